// SPDX-License-Identifier: Apache-2.0

import Foundation
import KVMABI
import PhysicalMemory
import Platform
import Synchronization
import TDXABI
import X86

@testable import KVM

/// Random calls of a program, of its guests and of a kernel that only looks, on one machine; and what must always hold.
///
/// The numbers follow from the seed alone. Several threads may `step` at once, each with numbers of its own; `check` is for
/// when none does.
final class IoctlSequence: @unchecked Sendable {
    static let pages = 48
    static let size = UInt64(pages) * 4096
    /// What a guest writes at the beginning of a page of its own.
    static let secret: UInt64 = 0x5EC2_E75E_C2E7_5EC2

    /// A TD as its program knows it.
    private final class TD {
        let vm: Int32
        var memfd: Int32 = -1
        var vcpus: [Int32] = []
        let memory: UnsafeMutableRawPointer
        init(vm: Int32) {
            self.vm = vm
            memory = .allocate(byteCount: Int(size), alignment: 4096)
            memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: Int(size))
        }
    }

    let client: Client
    private let isConcurrent: Bool
    private let freePages: Int
    private let freeKeys: Int
    private let lock = NSLock()
    private var tds: [TD] = []

    init(seed: UInt64, isConcurrent: Bool) throws {
        self.isConcurrent = isConcurrent
        // Guests that do anything. Where all is to be repeated, KVM_RUN never sleeps.
        let guests = SeededRandom(~seed)
        let script = Script.endless { IoctlSequence.guestStep($0, guests) }
        client = try Client(
            processors: 4, script: script, time: isConcurrent ? nil : InstructionTime(kHz: 2_000_000))
        (freePages, freeKeys) = (client.kvm.freePages, client.kvm.freeKeyIDs)
    }

    // MARK: The guest

    private static func guestStep(_ processor: ScriptedProcessor, _ random: SeededRandom) -> VMExit {
        func edge() -> UInt64 {
            switch random.next(below: 8) {
            case 0...3: random.next(below: UInt64(pages) + 2) << 12 | random.next(below: 4) / 3
            case 4: random.next(below: UInt64(pages)) << 12 | 1 << 47
            case 5: [0, 1, 0x1000, ~0, 1 << 63, 1 << 47][Int(random.next(below: 6))]
            case 6: random.next() >> random.next(below: 64)
            default: random.next()
            }
        }
        switch random.next(below: 10) {
        case 0...2:
            // TDCALL of any leaf, most often TDG.MEM.PAGE.ACCEPT.
            processor[.rax] =
                random.next(below: 2) == 0
                ? UInt64(GuestLeafNumber.memPageAccept.rawValue) : random.next(below: 32)
            for register in [.rcx, .rdx, .r8, .r9, .r10, .r11, .r12, .r13] as [GeneralRegister] {
                processor[register] = edge()
            }
            return VMExit(.tdcall, instructionLength: 4)
        case 3...6:
            // TDG.VP.VMCALL of any number.
            let leaves: [UInt64] = [
                10, 12, 30, 31, 32, 48, 0x10000, 0x10001, 0x10001, 0x10001, 0x10002, 0x10003, 0x10004, 1,
                edge(),
            ]
            processor[.rax] = 0
            processor[.rcx] = random.next(below: 8) == 0 ? edge() : 0xFC00
            processor[.r10] = random.next(below: 16) == 0 ? edge() : 0
            processor[.r11] = leaves[Int(random.next(below: UInt64(leaves.count)))]
            for register in [.r12, .r13, .r14, .r15] as [GeneralRegister] { processor[register] = edge() }
            return VMExit(.tdcall, instructionLength: 4)
        case 7, 8:
            let shared: UInt64 = random.next(below: 2) << 47
            return VMExit(
                .eptViolation, qualification: 1 + random.next(below: 2),
                guestPhysicalAddress: random.next(below: UInt64(pages) + 1) << 12 | shared)
        default:
            return VMExit(
                [.externalInterrupt, .cpuid, .hlt, .rdmsr, .wrmsr, .tripleFault][
                    Int(random.next(below: random.next(below: 20) == 0 ? 6 : 5))], instructionLength: 2)
        }
    }

    // MARK: The program

    private func any(_ random: SeededRandom) -> TD? {
        lock.withLock { tds.isEmpty ? nil : tds[Int(random.next(below: UInt64(tds.count)))] }
    }

    private func vcpus(of td: TD) -> [Int32] { lock.withLock { td.vcpus } }

    /// One random call.
    ///
    /// Files are closed only where no other thread could be using them.
    func step(_ random: SeededRandom) {
        let choice = random.next(below: 100)
        guard let td = any(random), choice > 0 else {
            if lock.withLock({ tds.count }) < 4 { create(random) }
            return
        }
        let page = random.next(below: UInt64(IoctlSequence.pages))
        let count = 1 + random.next(below: random.next(below: 4) == 0 ? UInt64(IoctlSequence.pages) : 3)
        switch choice {
        case 1...55: run(td, random)
        case 56...67:
            var request = KVMMemoryAttributes()
            (request.address, request.size) = (page << 12, count << 12)
            request.attributes = random.next(below: 3) == 0 ? 0 : KVMConstant.attributePrivate
            if random.next(below: 50) == 0 { request.attributes = random.next() }
            client.call(td.vm, .setMemoryAttributes, &request)
        case 68...74: _ = client.kvm.punchHole(td.memfd, offset: page << 12, length: count << 12)
        case 75...79:
            var message = KVMMSI()
            message.addressLow = 0xFEE0_0000 | UInt32(random.next(below: 4)) << 12
            message.data = UInt32(random.next(below: 0x700))
            client.call(td.vm, .signalMSI, &message)
        case 80...83: region(td, random, remove: random.next(below: 2) == 0)
        case 84...86: prefault(td, page, count)
        case 87: _ = client.command(td.vm, .finalizeVM)
        case 88, 89: arbitrary(td, random)
        case 90...95: look(td, random, page)
        case 96: if vcpus(of: td).count < 3 { addVCPU(td, random) }
        case 97: if !isConcurrent { close(td) }
        case 98: client.kvm.interrupt(vcpus(of: td).first ?? td.vm)
        default: _ = client.kvm.passTime()
        }
    }

    private func create(_ random: SeededRandom) {
        let td = TD(vm: client.createVM())
        guard td.vm >= 0 else { return }
        if random.next(below: 10) > 0 { _ = client.enable(td.vm, .exitHypercall, 1 << 12) }
        if random.next(below: 10) > 0 { _ = client.enable(td.vm, .splitIRQChip, 24) }
        _ = client.initVM(td.vm)
        var file = KVMCreateGuestMemFD()
        file.size = IoctlSequence.size
        td.memfd = Int32(client.call(td.vm, .createGuestMemFD, &file))
        region(td, random, remove: false)
        for _ in 0...random.next(below: 2) { addVCPU(td, random) }
        var request = KVMMemoryAttributes()
        (request.size, request.attributes) = (IoctlSequence.size, KVMConstant.attributePrivate)
        if random.next(below: 10) > 0 { client.call(td.vm, .setMemoryAttributes, &request) }
        if let vcpu = td.vcpus.first {
            var initial = KVMTDXInitMemRegion()
            initial.sourceAddress = UInt64(UInt(bitPattern: td.memory))
            initial.gpa = random.next(below: 8) << 12
            initial.pageCount = 1 + random.next(below: 4)
            _ = withUnsafeMutablePointer(to: &initial) {
                client.command(vcpu, .initMemRegion, data: UInt64(UInt(bitPattern: $0)))
            }
        }
        if random.next(below: 10) > 0 { _ = client.command(td.vm, .finalizeVM) }
        lock.withLock { tds.append(td) }
    }

    private func addVCPU(_ td: TD, _ random: SeededRandom) {
        let vcpu = Int32(client.call(td.vm, .createVCPU, UInt(vcpus(of: td).count)))
        guard vcpu >= 0 else { return }
        if random.next(below: 20) > 0 { _ = client.setCPUID(vcpu) }
        if random.next(below: 20) > 0 { _ = client.command(vcpu, .initVCPU) }
        lock.withLock { td.vcpus.append(vcpu) }
    }

    private func region(_ td: TD, _ random: SeededRandom, remove: Bool) {
        var region = KVMUserspaceMemoryRegion2()
        region.flags = KVMConstant.memGuestMemFD
        region.memorySize = remove ? 0 : IoctlSequence.size
        region.userspaceAddress = UInt64(UInt(bitPattern: td.memory))
        region.guestMemFD = UInt32(bitPattern: td.memfd)
        if random.next(below: 20) == 0 {
            region.guestPhysicalAddress = random.next() >> random.next(below: 64)
        }
        client.call(td.vm, .setUserMemoryRegion2, &region)
    }

    private func prefault(_ td: TD, _ page: UInt64, _ count: UInt64) {
        guard let vcpu = vcpus(of: td).first else { return }
        var request: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
            page << 12, count << 12, 0, 0, 0, 0, 0, 0
        )
        _ = withUnsafeMutablePointer(to: &request) {
            client.kvm.ioctl(vcpu, IOCTL.preFaultMemory.rawValue, UInt(bitPattern: $0))
        }
    }

    /// A vCPU to its next exit.
    private func run(_ td: TD, _ random: SeededRandom) {
        let vcpus = vcpus(of: td)
        guard !vcpus.isEmpty else { return }
        let vcpu = vcpus[Int(random.next(below: UInt64(vcpus.count)))]
        // The program has nothing to say to the exit: what is in the area is the answer.
        _ = client.call(vcpu, .run)
    }

    /// Guests halt, and wait for what never comes: whoever has several threads calls this again and again.
    func interruptAll() {
        for vcpu in lock.withLock({ tds.flatMap(\.vcpus) }) { client.kvm.interrupt(vcpu) }
    }

    /// Any request on any file, with an argument that may be an address of zeros or of anything.
    private func arbitrary(_ td: TD, _ random: SeededRandom) {
        let requests: [IOCTL] = [
            .checkExtension, .createVCPU, .setUserMemoryRegion, .setGSIRouting, .irqLine, .setTSCKHz, .tscKHz,
            .enableCap, .supportedCPUID, .msrIndexList, .cpuid2, .mpState, .setMPState, .irqFD, .ioEventFD,
            .clock,
            .nmi, .msrs, .setMSRs, .memoryEncryptOp,
        ]
        let files = [td.vm, td.memfd, client.system] + vcpus(of: td)
        let buffer = UnsafeMutablePointer<UInt64>.allocate(capacity: 512)
        defer { buffer.deallocate() }
        for index in 0..<512 {
            buffer[index] = random.next(below: 4) == 0 ? random.next() >> random.next(below: 64) : 0
        }
        let file = files[Int(random.next(below: UInt64(files.count)))]
        let request = requests[Int(random.next(below: UInt64(requests.count)))]
        // A vCPU that is created here is nobody's to run: it goes with its VM's number.
        if request == .createVCPU { return }
        _ = client.call(file, request, UInt(bitPattern: buffer))
    }

    /// The kernel reads what it may: nothing of it changes anything, whatever the operands.
    private func look(_ td: TD, _ random: SeededRandom, _ page: UInt64) {
        guard case .vm(let vm)? = client.kvm.file(td.vm), vm.tdr != 0 else { return }
        let leaves: [HostLeafNumber] = [.memSEPTRd, .mngRd, .phymemPageRdMD, .memRd, .vpRd, .sysRd]
        _ = vm.call(
            leaves[Int(random.next(below: UInt64(leaves.count)))], rcx: page << 12 | random.next(below: 5),
            rdx: random.next(below: 2) == 0 ? vm.tdr : random.next())
    }

    private func close(_ td: TD) {
        lock.withLock { tds.removeAll { $0 === td } }
        for vcpu in td.vcpus { _ = client.kvm.close(vcpu) }
        _ = client.kvm.close(td.memfd)
        _ = client.kvm.close(td.vm)
        td.memory.deallocate()
    }

    /// Ends everything; what is wrong with the machine then.
    func finish() -> [String] {
        for td in tds { close(td) }
        var wrong: [String] = []
        if client.kvm.freeKeyIDs != freeKeys {
            wrong.append("\(freeKeys - client.kvm.freeKeyIDs) KeyIDs are lost.")
        }
        if client.kvm.freePages != freePages {
            wrong.append("\(freePages - client.kvm.freePages) pages are lost.")
        }
        return wrong
    }

    // MARK: What must hold

    /// What can be said whenever no other thread is inside: keys are accounted for, a page has one owner, and what the
    /// owner's key protects is nobody else's to read.
    func quickCheck() -> [String] {
        var wrong: [String] = []
        var owners: [UInt64: String] = [:]
        var keys = 0
        let memory = client.kvm.host.memory
        for td in tds {
            guard case .vm(let vm)? = client.kvm.file(td.vm) else { continue }
            if vm.hkid != nil { keys += 1 }
            func own(_ page: UInt64, _ use: String) {
                guard page != 0 else { return }
                if let other = owners.updateValue(use, forKey: page) {
                    wrong.append("Page \(String(page, radix: 16)) is \(use) and \(other).")
                }
            }
            own(vm.tdr, "TDR")
            for page in vm.controlPages { own(page, "TDCX") }
            for (gpa, page) in vm.mmu.leaves {
                own(page, "private memory")
                // A page that the guest has not accepted is not yet its own.
                let entry = vm.call(.memSEPTRd, rcx: gpa << 12, rdx: vm.tdr)
                guard entry.status == .success, entry.registers.rdx >> 8 & 0xFF == 4 else { continue }
                let owner = memory.owner(of: PhysicalAddress(page))
                guard let key = vm.hkid, owner == key else {
                    wrong.append("Private page \(gpa) of key \(vm.hkid ?? 0) has the key \(owner).")
                    continue
                }
                // What the guest writes there is not what the host reads.
                memory.store(PhysicalMemory.address(PhysicalAddress(page), key: key), IoctlSequence.secret)
                let seen: UInt64 = memory.load(PhysicalAddress(page))
                if seen == IoctlSequence.secret { wrong.append("Everybody can read private page \(gpa).") }
            }
            for page in vm.mmu.tables.values { own(page, "Secure EPT") }
            for vcpu in vm.allVCPUs {
                own(vcpu.tdvpr, "TDVPR")
                for page in vcpu.controlPages { own(page, "TDCX of a vCPU") }
                if vcpu.isInGuest.load(ordering: .relaxed) {
                    wrong.append("vCPU \(vcpu.id) is still inside.")
                }
            }
        }
        if keys + client.kvm.freeKeyIDs != freeKeys {
            wrong.append("Of \(freeKeys) KeyIDs \(keys) are in use.")
        }
        return wrong
    }

    /// The same, and that KVM's mirror is the Secure EPT.
    func check() -> [String] {
        var wrong = quickCheck()
        for td in tds {
            guard case .vm(let vm)? = client.kvm.file(td.vm), vm.tdr != 0, vm.state != .uninitialized,
                !vm.isDead
            else {
                continue
            }
            wrong += vm.mirrorDifferences()
        }
        return wrong
    }
}
