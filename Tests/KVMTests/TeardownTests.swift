// SPDX-License-Identifier: Apache-2.0

import Boot
import KVMABI
import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import KVM

@Suite("Teardown")
struct TeardownTests {
    /// How far a TD has come when its files are closed.
    enum Point: Int, CaseIterable {
        case created, initFailed, initialized, hasMemory, hasVCPU, hasInitializedVCPU, hasInitialMemory,
            finalized
        case hasRun, isPrefaulted, isHalted, hasEnded, isDead, isFatal, hasNoSlot
    }

    /// The files of a TD, in the order VM, memory, vCPU.
    private static func build(_ client: Client, to point: Point) throws -> ([Int32], UnsafeMutableRawPointer?)
    {
        func reached(_ other: Point) -> Bool { point.rawValue >= other.rawValue }
        if reached(.hasRun) {
            let td = TestTD.flat(client) { program in
                program.writeMSR(0x80F, 0x1FF)
                program.writeMSR(0x832, 0x40)
                program.writeMSR(0x838, 0xFFFF_FFFF)
                program.accept(FlatProgram.free)
                program.report(1)
                switch point {
                case .isHalted: program.vmcall(.hlt, 0)
                case .hasEnded: program.code.ud2()
                case .isDead:
                    program.code.mov(.rbx, unsigned: FlatProgram.free + 0x1000)
                    program.code.mov(.rax, .at(.rbx))
                default: break
                }
            }
            _ = td.reports(most: 1)
            switch point {
            case .isPrefaulted:
                var request = KVMPreFaultMemory()
                (request.gpa, request.size) = (FlatProgram.free, 0x20_0000)
                #expect(client.call(td.vcpus[0], .preFaultMemory, &request) == 0)
            case .isHalted:
                client.kvm.interrupt(td.vcpus[0])
                _ = td.run()
                let sleeper = Worker { td.run() }
                while client.sleepingVCPUs(of: td) == 0 {}
                client.kvm.interrupt(td.vcpus[0])
                #expect(sleeper.value == Errno.interrupted.result)
            case .hasEnded: #expect(td.run() == 0)
            case .isDead: #expect(td.run() == Errno.ioError.result)
            case .isFatal:
                let address = try #require(td.machine?.mmu.leaves[FlatProgram.free >> 12])
                client.kvm.host.memory.write(PhysicalAddress(address), [1])
                let code = try #require(td.machine?.mmu.leaves[(FlatProgram.base + 0x21_0000) >> 12])
                client.kvm.host.memory.write(PhysicalAddress(code), [1])
                _ = td.run()
            case .hasNoSlot:
                var region = KVMUserspaceMemoryRegion2()
                region.flags = KVMConstant.memGuestMemFD
                region.guestPhysicalAddress = FlatProgram.base
                region.guestMemFD = UInt32(bitPattern: td.memfd)
                #expect(client.call(td.vm, .setUserMemoryRegion2, &region) == 0)
            default: break
            }
            return ([td.vm, td.memfd] + td.vcpus, td.memory)
        }
        guard reached(.hasMemory) else {
            let vm = client.createVM()
            if point == .initFailed {
                // The module refuses bits that are not configurable.
                var features = KVMCPUIDEntry2()
                (features.function, features.eax) = (1, ~0)
                let (result, hwError) = client.initVM(vm, entries: [Client.sizes(), features])
                #expect(result == Errno.invalid.result && hwError >> 32 == 0xC000_0100)
            }
            if point == .initialized { #expect(client.initVM(vm).result == 0) }
            return ([vm], nil)
        }
        let td = TestTD(client, vcpus: reached(.hasVCPU) ? 1 : 0)
        if reached(.hasInitializedVCPU) { #expect(client.command(td.vcpus[0], .initVCPU).result == 0) }
        if reached(.hasInitialMemory) {
            #expect(td.setPrivate(0..<td.size) == 0)
            #expect(td.add([UInt8](repeating: 1, count: 0x3000), at: 0x1000) == 0)
        }
        if reached(.finalized) { #expect(client.command(td.vm, .finalizeVM).result == 0) }
        return ([td.vm, td.memfd] + td.vcpus, td.memory)
    }

    private static func permutations(_ files: [Int32]) -> [[Int32]] {
        guard files.count > 1 else { return [files] }
        return files.indices.flatMap { index in
            var rest = files
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }

    @Test(
        "gives back every page and the key, in whatever order the files are closed", arguments: Point.allCases
    )
    func anyOrder(point: Point) throws {
        let client = try Client()
        let (pages, keys) = (client.kvm.freePages, client.kvm.freeKeyIDs)
        let count = try {
            let (files, memory) = try Self.build(client, to: point)
            for file in files { #expect(client.kvm.close(file) == 0) }
            memory?.deallocate()
            return Self.permutations(files).count
        }()
        for order in 0..<count {
            let (files, memory) = try Self.build(client, to: point)
            let sequence = Self.permutations(files)[order]
            for (index, file) in sequence.enumerated() {
                #expect(client.kvm.freePages < pages || point.rawValue < Point.initialized.rawValue)
                #expect(client.kvm.close(file) == 0)
                #expect(
                    client.kvm.ioctl(file, IOCTL.checkExtension.rawValue, 0) == Errno.badDescriptor.result)
                if index < sequence.count - 1, point.rawValue >= Point.initialized.rawValue {
                    #expect(client.kvm.freeKeyIDs == keys - 1, "a file is open still")
                }
            }
            memory?.deallocate()
            // The page that ended the TD is given to nobody any more.
            let lost = point == .isFatal ? order + 2 : 0
            #expect(client.kvm.freePages == pages - lost, "order \(order)")
            #expect(client.kvm.freeKeyIDs == keys, "order \(order)")
        }
    }

    @Test("as many TDs as there are keys, and one more when one has gone")
    func keys() throws {
        let client = try Client()
        let (pages, keys) = (client.kvm.freePages, client.kvm.freeKeyIDs)
        var vms = (0..<keys).map { _ in client.createVM() }
        for vm in vms { #expect(client.initVM(vm).result == 0) }
        let last = client.createVM()
        #expect(client.initVM(last).result == Errno.noSpace.result)
        #expect(client.kvm.close(vms.removeLast()) == 0)
        #expect(client.initVM(last).result == 0)
        for vm in vms + [last] { _ = client.kvm.close(vm) }
        #expect((client.kvm.freePages, client.kvm.freeKeyIDs) == (pages, keys))
    }
}
