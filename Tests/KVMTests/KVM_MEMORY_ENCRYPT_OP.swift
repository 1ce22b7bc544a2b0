// SPDX-License-Identifier: Apache-2.0

import KVMABI
import TDXABI
import Testing
import X86

@testable import KVM

@Suite("KVM_MEMORY_ENCRYPT_OP")
struct MemoryEncryptOp {
    /// A TD in one of the states that decide what is accepted.
    enum State: CaseIterable {
        case uninitialized, initialized, vcpuUninitialized, vcpuInitialized, runnable
    }

    /// What a command with nothing wrong but its state gives.
    private static func results(_ state: State) throws -> [KVMTDXCommandID: Bool] {
        let commands: [KVMTDXCommandID] = [
            .capabilities, .initVM, .initVCPU, .initMemRegion, .getCPUID, .finalizeVM,
            KVMTDXCommandID(rawValue: 6),
        ]
        var accepted: [KVMTDXCommandID: Bool] = [:]
        for command in commands {
            let client = try Client()
            let vm: Int32
            var vcpu: Int32?
            var td: TestTD?
            switch state {
            case .uninitialized:
                vm = client.createVM()
            case .initialized:
                vm = client.createVM()
                #expect(client.initVM(vm).result == 0)
            default:
                let new = TestTD(client)
                (vm, vcpu, td) = (new.vm, new.vcpus[0], new)
                #expect(new.setPrivate(0..<new.size) == 0)
                if state != .vcpuUninitialized {
                    #expect(client.command(new.vcpus[0], .initVCPU).result == 0)
                }
                if state == .runnable { #expect(client.command(vm, .finalizeVM).result == 0) }
            }
            var result: Int?
            switch command {
            case .capabilities:
                var header = KVMTDXCapabilities()
                header.entryCount = 64
                var bytes = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: 64))
                result = client.command(vm, command, bytes: &bytes).result
            case .initVM: result = client.initVM(vm).result
            case .finalizeVM: result = client.command(vm, command).result
            case .initVCPU: result = vcpu.map { client.command($0, command).result }
            case .initMemRegion: result = vcpu == nil ? nil : td?.add([1], at: 0x1000)
            case .getCPUID:
                var header = KVMCPUID2()
                header.entryCount = 128
                var bytes = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: 128))
                result = vcpu.map { client.command($0, command, bytes: &bytes).result }
            default:
                result = client.command(vm, command).result
                if let vcpu { #expect(client.command(vcpu, command).result == Errno.invalid.result) }
            }
            // A TD without vCPUs is the module's to refuse.
            let isModules = command == .finalizeVM && result == Errno.ioError.result
            #expect(result == nil || result == 0 || result == Errno.invalid.result || isModules)
            accepted[command] = result == 0 || isModules
            td?.close()
        }
        return accepted
    }

    @Test(
        "a state accepts its commands, and EINVAL is the answer to others",
        arguments: [
            (.uninitialized, [.capabilities, .initVM]), (.initialized, [.capabilities, .finalizeVM]),
            (.vcpuUninitialized, [.capabilities, .getCPUID, .initVCPU, .finalizeVM]),
            (.vcpuInitialized, [.capabilities, .getCPUID, .initMemRegion, .finalizeVM]),
            (.runnable, [.capabilities]),
        ] as [(State, Set<KVMTDXCommandID>)])
    func states(state: State, accepted: Set<KVMTDXCommandID>) throws {
        let results = try Self.results(state)
        #expect(Set(results.filter(\.value).keys) == accepted)
    }

    @Test("hw_error must be 0 before anything else is looked at")
    func hwError() throws {
        let client = try Client()
        let td = TestTD(client)
        defer { td.close() }
        for command in 0..<8 as Range<UInt32> {
            for file in [td.vm, td.vcpus[0]] {
                let id = KVMTDXCommandID(rawValue: command)
                #expect(client.command(file, id, hwError: 1).result == Errno.invalid.result)
            }
        }
    }
}

@Suite("KVM_TDX_CAPABILITIES")
struct TDXCapabilities {
    @Test("wants room for all leaves and no flags")
    func rows() throws {
        let client = try Client()
        let vm = client.createVM()
        var small = Client.block(KVMTDXCapabilities(), [UInt64]())
        #expect(client.command(vm, .capabilities, flags: 1, bytes: &small).result == Errno.invalid.result)
        #expect(client.command(vm, .capabilities, flags: 1, data: 0).result == Errno.invalid.result)
        #expect(client.command(vm, .capabilities, data: 0).result == Errno.badAddress.result)
        #expect(client.command(vm, .capabilities, bytes: &small).result == Errno.tooBig.result)
        #expect(small.allSatisfy { $0 == 0 }, "the number is not told")
        var header = KVMTDXCapabilities()
        header.entryCount = 64
        var bytes = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: 64))
        #expect(client.command(vm, .capabilities, bytes: &bytes).result == 0)
        #expect(Client.value(bytes, 0) as UInt64 == 1 << 28)
        #expect(Client.value(bytes, 8, as: UInt64.self) & 3 == 3)
        #expect((16..<2048).filter { $0 != 24 }.allSatisfy { bytes[$0] == 0 })
        #expect(Client.value(bytes, 24) as UInt64 == 2, "SetupEventNotifyInterrupt")
        let count = Int(Client.value(bytes, 2048, as: UInt32.self))
        #expect(count > 10 && count < 64)
        let leaves = (0..<count).map { Client.value(bytes, 2056 + 40 * $0, as: KVMCPUIDEntry2.self) }
        #expect(leaves.allSatisfy { $0.flags == 0 })
        #expect((leaves.first { $0.function == 0x8000_0008 }?.eax ?? 0) >> 16 & 0xFF == 0xFF)
        let features = leaves.first { $0.function == 7 && $0.index == 0 }
        #expect((features?.ebx ?? 0) & (1 << 4 | 1 << 11) == 0, "no HLE, no RTM")
        #expect((features?.ecx ?? 0) & 1 << 5 == 0, "no WAITPKG")
        header.entryCount = UInt32(count)
        bytes = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: count))
        #expect(client.command(vm, .capabilities, bytes: &bytes).result == 0)
    }
}

@Suite("KVM_TDX_INIT_VM")
struct TDXInitVM {
    @Test("fails in Linux's order, and leaves the VM as it was")
    func failures() throws {
        let client = try Client()
        let (pages, keys) = (client.kvm.freePages, client.kvm.freeKeyIDs)
        let vm = client.createVM()
        func check(
            _ error: Errno, entries: [KVMCPUIDEntry2] = [Client.sizes()], attributes: UInt64 = 1 << 28,
            xfam: UInt64 = 3, _ change: (inout KVMTDXInitVM) -> Void = { _ in },
            location: SourceLocation = #_sourceLocation
        ) {
            let (result, _) = client.initVM(
                vm, entries: entries, attributes: attributes, xfam: xfam, change: change)
            #expect(result == error.result, sourceLocation: location)
        }
        #expect(client.command(vm, .initVM, flags: 1, data: 0).result == Errno.invalid.result)
        #expect(client.command(vm, .initVM, data: 0).result == Errno.badAddress.result)
        check(.tooBig) { ($0.entryCount, $0.reserved[0]) = (257, 1) }
        check(.invalid, attributes: 1) { $0.reserved[11] = 1 }
        check(.invalid) { $0.padding = 1 }
        for attributes in [1, 1 << 29, 1 << 63] as [UInt64] { check(.invalid, attributes: attributes) }
        for xfam in [1 << 2 | 3, 1 << 17 | 3, 1 << 63 | 3] as [UInt64] { check(.invalid, xfam: xfam) }
        check(.invalid, entries: [])
        for width in [0, 40, 47, 49, 57] as [UInt32] { check(.invalid, entries: [Client.sizes(width)]) }
        var (hle, rtm, waitpkg, features, stray) = (
            KVMCPUIDEntry2(), KVMCPUIDEntry2(), KVMCPUIDEntry2(), KVMCPUIDEntry2(), KVMCPUIDEntry2()
        )
        (hle.function, hle.ebx) = (7, 1 << 4)
        (rtm.function, rtm.ebx) = (7, 1 << 11)
        (waitpkg.function, waitpkg.ecx) = (7, 1 << 5)
        stray.function = 0x4000_0000
        for entry in [hle, rtm, waitpkg, stray, Client.sizes()] {
            check(.invalid, entries: [Client.sizes(), entry])
        }
        // What only the module finds out: hw_error has its status.
        (features.function, features.eax) = (1, ~0)
        let (result, hwError) = client.initVM(vm, entries: [Client.sizes(), features])
        #expect(result == Errno.invalid.result)
        #expect(hwError >> 32 == TDXStatus.operandInvalid.rawValue >> 32)
        #expect((client.kvm.freePages, client.kvm.freeKeyIDs) == (pages, keys))
        #expect(client.initVM(vm).result == 0)
        #expect(client.kvm.freeKeyIDs == keys - 1)
        check(.invalid)
        #expect(client.kvm.close(vm) == 0)
        #expect((client.kvm.freePages, client.kvm.freeKeyIDs) == (pages, keys))
    }
}

@Suite("KVM_TDX_INIT_VCPU")
struct TDXInitVCPU {
    @Test("wants x2APIC in the vCPU's model, no flags, and comes once")
    func rows() throws {
        let client = try Client()
        let td = TestTD(client, vcpus: 2)
        defer { td.close() }
        var header = KVMCPUID2()
        header.entryCount = 1
        var bytes = Client.block(header, [Client.sizes()])
        #expect(client.call(td.vcpus[1], .setCPUID2, bytes: &bytes) == 0)
        let pages = client.kvm.freePages
        #expect(client.command(td.vcpus[0], .initVCPU, flags: 1).result == Errno.invalid.result)
        #expect(client.command(td.vcpus[1], .initVCPU).result == Errno.invalid.result)
        #expect(client.kvm.freePages == pages)
        #expect(client.setCPUID(td.vcpus[1]) == 0)
        for (index, vcpu) in td.vcpus.enumerated() {
            var state: UInt32 = 0
            #expect(client.call(vcpu, .mpState, &state) == 0)
            #expect(MPState(rawValue: state) == (index == 0 ? .runnable : .uninitialized))
            #expect(client.command(vcpu, .initVCPU, data: 0x1234).result == 0)
            #expect(client.command(vcpu, .initVCPU).result == Errno.invalid.result)
            #expect(client.call(vcpu, .mpState, &state) == 0)
            #expect(MPState(rawValue: state) == .runnable)
            #expect(td.area(index)?.apicBase == (index == 0 ? 0xFEE0_0D00 : 0xFEE0_0C00))
        }
    }

    @Test("its data is the guest's first RCX and R8, the vCPU's index its RSI")
    func registers() throws {
        let client = try Client()
        let td = TestTD.flat(client, vcpus: 2) { program in
            program.report(.rcx)
            program.report(.r8)
            program.report(.rbp)
        }
        defer { td.close() }
        for index in 0..<2 { #expect(td.reports(index) == ([0x1234, 0x1234, UInt64(index)], .end)) }
    }
}

@Suite("KVM_TDX_INIT_MEM_REGION")
struct TDXInitMemRegion {
    @Test("fails in Linux's order, and says how far it came")
    func failures() throws {
        let client = try Client()
        let td = TestTD(client)
        defer { td.close() }
        let source = UnsafeMutableRawPointer.allocate(byteCount: 0x4000, alignment: 4096)
        defer { source.deallocate() }
        source.initializeMemory(as: UInt8.self, repeating: 1, count: 0x4000)
        let address = UInt64(UInt(bitPattern: source))
        func add(
            _ gpa: UInt64, from source: UInt64, pages: UInt64, flags: UInt32 = 0
        ) -> (result: Int, region: KVMTDXInitMemRegion) {
            var region = KVMTDXInitMemRegion()
            (region.sourceAddress, region.gpa, region.pageCount) = (source, gpa, pages)
            let result = withUnsafeMutablePointer(to: &region) {
                client.command(
                    td.vcpus[0], .initMemRegion, flags: flags, data: UInt64(UInt(bitPattern: $0))
                ).result
            }
            return (result, region)
        }
        #expect(add(0, from: address, pages: 1).result == Errno.invalid.result, "the vCPU is not initialized")
        #expect(client.command(td.vcpus[0], .initVCPU).result == 0)
        #expect(client.command(td.vcpus[0], .initMemRegion, flags: 2, data: 0).result == Errno.invalid.result)
        #expect(client.command(td.vcpus[0], .initMemRegion, data: 0).result == Errno.badAddress.result)
        let rows: [(UInt64, UInt64, UInt64)] = [
            (0, 0, 1), (0, address + 1, 1), (1, address, 1), (0, address, 0), (0, address, 1 << 52),
            (~0xFFF, address, 2), (1 << 47, address, 1), (1 << 47 - 0x1000, address, 2),
            (1 << 30, address, 1),  // no slot
            (0, address, 1),  // still shared
        ]
        for (gpa, source, pages) in rows {
            #expect(
                add(gpa, from: source, pages: pages).result == Errno.invalid.result,
                "\(gpa) \(source) \(pages)")
        }
        #expect(td.setPrivate(0..<td.size) == 0)
        let (result, region) = add(td.size - 0x2000, from: address, pages: 3, flags: 1)
        #expect(result == Errno.invalid.result, "the third page has no slot")
        #expect((region.gpa, region.pageCount) == (td.size, 1))
        #expect(region.sourceAddress == address + 0x2000)
        #expect(add(0, from: address, pages: 2).result == 0)
        #expect(add(0x1000, from: address, pages: 1).result == Errno.ioError.result, "it is there")
        client.kvm.interrupt(td.vcpus[0])
        let interrupted = add(0x4000, from: address, pages: 1)
        #expect(interrupted.result == Errno.interrupted.result)
        #expect((interrupted.region.gpa, interrupted.region.pageCount) == (0x4000, 1))
        #expect(td.mirrorDifferences() == [])
        #expect(client.command(td.vm, .finalizeVM).result == 0)
        #expect(add(0x8000, from: address, pages: 1).result == Errno.invalid.result)
    }

    @Test("the guest finds what its source held, and measured pages are measured", arguments: [false, true])
    func contents(measure: Bool) throws {
        let client = try Client()
        let td = TestTD(client)
        let other = TestTD(client)
        defer {
            td.close()
            other.close()
        }
        var digests: [[UInt64]] = []
        for (td, byte) in [(td, 1), (other, 2)] as [(TestTD, UInt8)] {
            #expect(client.command(td.vcpus[0], .initVCPU).result == 0)
            #expect(td.setPrivate(0..<td.size) == 0)
            #expect(td.add([UInt8](repeating: byte, count: 4096), at: 0x1000, measure: measure) == 0)
            #expect(client.command(td.vm, .finalizeVM).result == 0)
            let vm = try #require(td.machine)
            digests.append(
                (0..<6).map { vm.call(.mngRd, rcx: vm.tdr, rdx: 0x1310_0003_0000_0000 + $0).registers.r8 })
        }
        #expect(digests[0].contains { $0 != 0 })
        #expect((digests[0] != digests[1]) == measure)
    }
}

@Suite("KVM_TDX_FINALIZE_VM")
struct TDXFinalizeVM {
    @Test("looks at neither flags nor data, and says the module's status")
    func rows() throws {
        let client = try Client()
        let vm = client.createVM()
        #expect(client.command(vm, .finalizeVM, flags: 7, data: 7).result == Errno.invalid.result)
        #expect(client.initVM(vm).result == 0)
        let (result, hwError) = client.command(vm, .finalizeVM)
        #expect((result, hwError) == (Errno.ioError.result, TDXStatus.noVCPUs.rawValue))
        #expect(client.command(vm, .finalizeVM).result == Errno.ioError.result, "the VM is dead")
        #expect(client.kvm.close(vm) == 0)

        let td = TestTD(client)
        defer { td.close() }
        #expect(client.command(td.vcpus[0], .initVCPU).result == 0)
        let good = client.command(td.vm, .finalizeVM, flags: 7, data: 7)
        #expect((good.result, good.hwError) == (0, 0))
        #expect(client.command(td.vm, .finalizeVM).result == Errno.invalid.result)
    }
}

@Suite("KVM_TDX_GET_CPUID")
struct TDXGetCPUID {
    @Test(
        "gives the module's leaves, and says how many there are when there is no room", arguments: [48, 52])
    func leaves(width: UInt32) throws {
        let client = try Client()
        let td = TestTD(client, gpaWidth: width)
        defer { td.close() }
        var header = KVMCPUID2()
        header.entryCount = 1
        var bytes = Client.block(header, [KVMCPUIDEntry2()])
        #expect(client.command(td.vcpus[0], .getCPUID, bytes: &bytes).result == Errno.tooBig.result)
        #expect(bytes[8...].allSatisfy { $0 == 0 })
        let needed: UInt32 = Client.value(bytes, 0)
        #expect(needed > 10)
        header.entryCount = needed
        bytes = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: Int(needed)))
        #expect(client.command(td.vcpus[0], .getCPUID, bytes: &bytes).result == 0)
        let entries = (0..<Int(needed)).map { Client.value(bytes, 8 + 40 * $0, as: KVMCPUIDEntry2.self) }
        #expect(entries.first { $0.function == 0 }?.ebx == 0x756E_6547)
        #expect((entries.first { $0.function == 0x8000_0008 }?.eax ?? 0) >> 16 & 0xFF == width)
        #expect(
            entries.filter { $0.function == 4 }.map(\.index)
                == Array(0..<UInt32(entries.count { $0.function == 4 })))
        #expect(
            entries.filter { $0.function == 4 }.allSatisfy { $0.flags == KVMConstant.cpuidSignificantIndex })
    }
}
