// SPDX-License-Identifier: Apache-2.0

import KVM
import KVMABI
import Testing

@Suite("KVM_CHECK_EXTENSION")
struct CheckExtension {
    @Test("gives Linux's values, which for a TD are less in places")
    func values() throws {
        let client = try Client(processors: 2)
        let vm = client.createVM()
        let rows: [(capability: Capability, system: Int, td: Int)] = [
            (.vmTypes, 1 << 5, 1 << 5), (.guestMemFD, 1, 1), (.guestMemFDFlags, 0, 1),
            (.memoryAttributes, 8, 8),
            (.userMemory2, 1, 1), (.memoryFaultInfo, 1, 1), (.preFaultMemory, 1, 1),
            (.exitHypercall, 0x1000, 0x1000), (.splitIRQChip, 1, 1), (.apicBusCyclesNS, 1, 1),
            (.x2APICAPI, 15, 0), (.maxVCPUs, 4096, 2), (.nrVCPUs, 2, 2), (.maxVCPUID, 4096, 4096),
            (.nrMemslots, 32764, 32764), (.vmTSCControl, 1, 1), (.syncRegs, 7, 0), (.readOnlyMemory, 1, 0),
            (.smm, 1, 0), (.multiAddressSpace, 2, 1), (.irqRouting, 4096, 4096), (.irqFD, 1, 1),
            (.ioEventFD, 1, 1), (.ioEventFDAnyLength, 1, 1), (.ioEventFDNoLength, 1, 1), (.signalMSI, 1, 1),
            (.immediateExit, 1, 1), (.userSpaceMSR, 7, 7), (.msrFilter, 1, 1), (.pmuCapability, 1, 1),
            (.disableQuirks2, 0x3FF, 0x3FF), (.systemEventData, 1, 1), (.exceptionPayload, 1, 1),
            (.tripleFaultEvent, 1, 1), (.mpState, 1, 1), (.mce, 32, 32), (.adjustClock, 14, 14),
            (.vcpuEvents, 1, 1), (.debugRegs, 1, 1), (.xsave, 1, 1), (.xcrs, 1, 1), (.xsave2, 4096, 4096),
            (.tscDeadlineTimer, 1, 1), (.tscKHz, 1, 1), (.setTSSAddress, 1, 1),
            (.setIdentityMapAddress, 1, 1),
            (.extCPUID, 1, 1), (.destroyMemoryRegionWorks, 1, 1), (.joinMemoryRegionsWorks, 1, 1),
            (.internalErrorData, 1, 1), (.robustSingleStep, 1, 1), (.userMemory, 1, 1), (.syncMMU, 1, 1),
            (.irqChip, 1, 1), (.irqInjectStatus, 1, 1), (.msrFeatures, 1, 1), (.hlt, 1, 1),
            (.busLockExit, 0, 0), (.notifyVMExit, 0, 0), (.copyEncryptionContext, 0, 0),
            (.moveEncryptionContext, 0, 0), (.coalescedMMIO, 0, 0), (.coalescedPIO, 0, 0),
            (Capability(rawValue: 9999), 0, 0),
        ]
        for (capability, system, td) in rows {
            let number = UInt(capability.rawValue)
            #expect(client.call(client.system, .checkExtension, number) == system, "\(number) of the system")
            #expect(client.call(vm, .checkExtension, number) == td, "\(number) of a TD")
        }
        #expect(client.enable(vm, .splitIRQChip, 24) == 0)
        #expect(client.call(vm, .checkExtension, UInt(Capability.x2APICAPI.rawValue)) == 15)
    }
}

@Suite("/dev/kvm")
struct SystemTests {
    @Test("says what it is, and knows only its own calls")
    func system() throws {
        let client = try Client()
        let rows: [(IOCTL, UInt, Int)] = [
            (.apiVersion, 0, 12), (.apiVersion, 1, Errno.invalid.result), (.vcpuMmapSize, 0, 0x3000),
            (.vcpuMmapSize, 1, Errno.invalid.result), (.run, 0, Errno.invalid.result),
            (.createVCPU, 0, Errno.invalid.result), (.memoryEncryptOp, 0, Errno.invalid.result),
            (IOCTL(rawValue: 0xAEFF), 0, Errno.invalid.result),
        ]
        for (ioctl, argument, result) in rows {
            #expect(client.call(client.system, ioctl, argument) == result, "\(ioctl) \(argument)")
        }
        #expect(client.kvm.ioctl(1, IOCTL.apiVersion.rawValue, 0) == Errno.badDescriptor.result)
        #expect(client.kvm.close(1) == Errno.badDescriptor.result)
        #expect(client.kvm.close(client.system) == 0)
        #expect(client.call(client.system, .apiVersion) == Errno.badDescriptor.result)
    }

    @Test("lists MSRs when there is room for them, and says how many there are when there is not")
    func msrLists() throws {
        let client = try Client()
        for list in [IOCTL.msrIndexList, .msrFeatureIndexList] {
            var words = [UInt32](repeating: 0, count: 64)
            func call() -> Int {
                words.withUnsafeMutableBytes {
                    client.kvm.ioctl(client.system, list.rawValue, UInt(bitPattern: $0.baseAddress))
                }
            }
            #expect(call() == Errno.tooBig.result)
            let count = Int(words[0])
            #expect(count > 0 && count < 63)
            words[0] = UInt32(count - 1)
            #expect(call() == Errno.tooBig.result)
            words[0] = 63
            #expect(call() == 0)
            #expect(Int(words[0]) == count)
            #expect(Set(words[1...count]).count == count)
        }
    }

    @Test("gives the values of its feature MSRs, and stops at the first that is none")
    func featureMSRs() throws {
        let client = try Client()
        var header = KVMMSRs()
        header.count = 3
        var entries = [KVMMSREntry(), KVMMSREntry(), KVMMSREntry()]
        (entries[0].index, entries[1].index, entries[2].index) = (0x10A, 0x1234, 0x8B)
        var bytes = Client.block(header, entries)
        #expect(client.call(client.system, .msrs, bytes: &bytes) == 1)
        #expect(Client.value(bytes, 16, as: UInt64.self) != 0)
        header.count = 257
        bytes = Client.block(header, entries)
        #expect(client.call(client.system, .msrs, bytes: &bytes) == Errno.tooBig.result)
    }

    @Test("KVM_CREATE_VM makes TDs only", arguments: [0, 1, 2, 3, 4, 6, 1 << 40] as [UInt])
    func createVM(type: UInt) throws {
        let client = try Client()
        #expect(client.call(client.system, .createVM, type) == Errno.invalid.result)
        #expect(client.call(client.system, .createVM, 5) > 0)
    }
}

@Suite("KVM_GET_SUPPORTED_CPUID")
struct SupportedCPUID {
    @Test("gives a guest's leaves, with the widths that KVM_TDX_INIT_VM takes")
    func leaves() throws {
        let client = try Client()
        var header = KVMCPUID2()
        header.entryCount = 3
        var small = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: 3))
        #expect(client.call(client.system, .supportedCPUID, bytes: &small) == Errno.tooBig.result)
        header.entryCount = 256
        var bytes = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: 256))
        #expect(client.call(client.system, .supportedCPUID, bytes: &bytes) == 0)
        let count = Int(Client.value(bytes, 0, as: UInt32.self))
        let entries = (0..<count).map { Client.value(bytes, 8 + 40 * $0, as: KVMCPUIDEntry2.self) }
        #expect(Set(entries.map { UInt64($0.function) << 32 | UInt64($0.index) }).count == count)
        func entry(_ function: UInt32, _ index: UInt32 = 0) -> KVMCPUIDEntry2? {
            entries.first { $0.function == function && $0.index == index }
        }
        #expect(entry(0)?.ebx == 0x756E_6547)
        // x2APIC, TSC deadline and hypervisor; no VMX
        #expect((entry(1)?.ecx ?? 0) & (1 << 21 | 1 << 24 | 1 << 31 | 1 << 5) == 1 << 21 | 1 << 24 | 1 << 31)
        #expect(entry(0x4000_0000).map { [$0.ebx, $0.ecx, $0.edx] } == [0x4B4D_564B, 0x564B_4D56, 0x4D])
        // No clock, steal time or asynchronous page faults: a TD has not their MSRs.
        #expect((entry(0x4000_0001)?.eax ?? ~0) & 0x0100_003B == 0)
        #expect((entry(0x8000_0008)?.eax ?? 0) >> 16 & 0xFF == 48)
    }
}
