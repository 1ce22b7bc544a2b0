// SPDX-License-Identifier: Apache-2.0

import KVM
import KVMABI
import Platform
import Testing

@Suite("/dev/kvm")
struct SystemTests {
    @Test("says what it is")
    func system() throws {
        let client = try Client()
        #expect(client.call(client.system, .apiVersion) == 12)
        #expect(client.call(client.system, .apiVersion, 1) == Errno.invalid.result)
        #expect(client.call(client.system, .vcpuMmapSize) == 0x3000)
        #expect(
            client.call(client.system, .checkExtension, UInt(Capability.vmTypes.rawValue)) & 1 << 5 != 0)
        #expect(client.call(client.system, .run) == Errno.notTTY.result)
        #expect(client.call(client.system, .createVM, 9) == Errno.invalid.result)
        #expect(client.kvm.ioctl(1, IOCTL.apiVersion.rawValue, 0) == Errno.badDescriptor.result)
        #expect(client.kvm.freeKeyIDs == 47)
    }

    @Test(
        "capabilities differ on a TD",
        arguments: [
            (.syncRegs, 7, 0), (.readOnlyMemory, 1, 0), (.smm, 1, 0), (.multiAddressSpace, 2, 1),
            (.memoryAttributes, 8, 8), (.exitHypercall, 0x1000, 0x1000), (.guestMemFD, 1, 1),
            (.x2APICAPI, 15, 0),
            (.maxVCPUs, 4096, 2),
        ] as [(Capability, Int, Int)])
    func capabilities(capability: Capability, system: Int, td: Int) throws {
        let client = try Client()
        let vm = client.createVM()
        #expect(client.call(client.system, .checkExtension, UInt(capability.rawValue)) == system)
        #expect(client.call(vm, .checkExtension, UInt(capability.rawValue)) == td)
    }
}

@Suite("KVM_TDX_CAPABILITIES")
struct CapabilitiesTests {
    @Test("wants room for all leaves and no flags")
    func rows() throws {
        let client = try Client()
        let vm = client.createVM()
        var small = Client.block(KVMTDXCapabilities(), [UInt64]())
        #expect(client.command(vm, .capabilities, bytes: &small).result == Errno.tooBig.result)
        #expect(
            client.command(vm, .capabilities, flags: 1, bytes: &small).result == Errno.invalid.result)
        #expect(client.command(vm, .capabilities, data: 0).result == Errno.badAddress.result)
        #expect(client.command(vm, .capabilities, hwError: 1).result == Errno.invalid.result)
        var header = KVMTDXCapabilities()
        header.entryCount = 64
        var bytes = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: 64))
        #expect(client.command(vm, .capabilities, bytes: &bytes).result == 0)
        #expect(Client.value(bytes, 0) as UInt64 == 1 << 28)
        #expect(Client.value(bytes, 8, as: UInt64.self) & 3 == 3)
        #expect(Client.value(bytes, 24) as UInt64 == 2)
        #expect(Client.value(bytes, 2048) as UInt32 == 18)
        let width = (0..<18).map { Client.value(bytes, 2056 + 40 * $0, as: KVMCPUIDEntry2.self) }
            .first { $0.function == 0x8000_0008 }
        #expect((width?.eax ?? 0) >> 16 & 0xFF == 0xFF)
    }
}

@Suite("KVM_TDX_INIT_VM")
struct InitVMTests {
    @Test("fails on what is wrong, and leaves the VM as it was")
    func failures() throws {
        let client = try Client()
        let pages = client.kvm.freePages
        let vm = client.createVM()
        #expect(client.initVM(vm, attributes: 1).result == Errno.invalid.result)
        #expect(client.initVM(vm, xfam: 1 << 2 | 3).result == Errno.invalid.result)
        #expect(client.initVM(vm, entries: []).result == Errno.invalid.result)
        #expect(client.initVM(vm, entries: [Client.sizes(40)]).result == Errno.invalid.result)
        #expect(
            client.initVM(vm, entries: [Client.sizes(), Client.sizes()]).result == Errno.invalid.result)
        #expect(client.initVM(vm) { $0.reserved[3] = 1 }.result == Errno.invalid.result)
        #expect(client.initVM(vm) { $0.padding = 1 }.result == Errno.invalid.result)
        #expect(client.initVM(vm) { $0.entryCount = 257 }.result == Errno.tooBig.result)
        #expect(client.kvm.freePages == pages)
        #expect(client.kvm.freeKeyIDs == 47)
        #expect(client.initVM(vm).result == 0)
        #expect(client.initVM(vm).result == Errno.invalid.result)
        #expect(client.kvm.freeKeyIDs == 46)
        #expect(client.kvm.close(vm) == 0)
        #expect(client.kvm.freePages == pages)
        #expect(client.kvm.freeKeyIDs == 47)
    }
}

@Suite("Life of a TD")
struct LifeTests {
    @Test("is built in order, and gives every page and its key back")
    func build() throws {
        let client = try Client()
        let pages = client.kvm.freePages
        do {
            let vm = client.createVM()
            #expect(client.call(vm, .createVCPU, 0) == Errno.invalid.result)  // no split irqchip
            #expect(client.enable(vm, .splitIRQChip, 24) == 0)
            #expect(client.call(vm, .createVCPU, 0) == Errno.ioError.result)  // not initialised
            #expect(client.command(vm, .finalizeVM).result == Errno.invalid.result)
            _ = client.kvm.close(vm)
        }
        let td = TestTD(client, vcpus: 2)
        #expect(td.vcpus.allSatisfy { $0 > 0 })
        #expect(client.call(td.vm, .createVCPU, 0) == Errno.invalid.result)  // over the limit of two
        #expect(td.run() == Errno.invalid.result)
        #expect(td.add([1, 2, 3], at: 0) == Errno.invalid.result)  // vCPU not initialised
        for vcpu in td.vcpus {
            #expect(client.command(vcpu, .initVCPU, data: 0x1234).result == 0)
            #expect(client.command(vcpu, .initVCPU).result == Errno.invalid.result)
        }
        #expect(td.add([1, 2, 3], at: 0) == Errno.invalid.result)  // still shared
        #expect(td.setPrivate(0..<td.size) == 0)
        #expect(td.add([1, 2, 3], at: 0) == 0)
        #expect(td.add([1, 2, 3], at: 0) == Errno.ioError.result)
        #expect(td.add([UInt8](repeating: 7, count: 8192), at: 0x4000, measure: false) == 0)
        #expect(td.add([1], at: 1 << 30) == Errno.invalid.result)  // no slot
        #expect(td.run() == Errno.invalid.result)
        #expect(client.command(td.vm, .finalizeVM).result == 0)
        #expect(client.command(td.vm, .finalizeVM).result == Errno.invalid.result)
        #expect(td.add([1, 2, 3], at: 0x8000) == Errno.invalid.result)
        #expect(td.setPrivate(0..<0x5000, false) == 0)
        #expect(client.call(td.vcpus[0], .regs) == Errno.invalid.result)
        #expect(client.call(td.vcpus[0], .smi) == Errno.notTTY.result)
        td.close()
        #expect(client.kvm.freePages == pages)
        #expect(client.kvm.freeKeyIDs == 47)
    }

    @Test("GET_CPUID reads the module's leaves")
    func cpuid() throws {
        let client = try Client()
        let td = TestTD(client)
        var header = KVMCPUID2()
        header.entryCount = 1
        var bytes = Client.block(header, [KVMCPUIDEntry2()])
        #expect(client.command(td.vcpus[0], .getCPUID, bytes: &bytes).result == Errno.tooBig.result)
        let needed: UInt32 = Client.value(bytes, 0)
        #expect(needed > 10)
        header.entryCount = needed
        bytes = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: Int(needed)))
        #expect(client.command(td.vcpus[0], .getCPUID, bytes: &bytes).result == 0)
        let entries = (0..<Int(needed)).map {
            Client.value(bytes, 8 + 40 * $0, as: KVMCPUIDEntry2.self)
        }
        #expect(entries.first { $0.function == 0 }?.ebx == 0x756E_6547)
        #expect((entries.first { $0.function == 0x8000_0008 }?.eax ?? 0) >> 16 & 0xFF == 48)
        td.close()
    }

    @Test("memory is bound, punched and rebound")
    func memory() throws {
        let client = try Client()
        let pages = client.kvm.freePages
        let td = TestTD(client)
        var region = KVMUserspaceMemoryRegion2()
        region.flags = KVMConstant.memGuestMemFD
        region.memorySize = td.size
        region.userspaceAddress = UInt64(UInt(bitPattern: td.memory))
        region.guestMemFD = UInt32(bitPattern: td.memfd)
        region.slot = 1
        #expect(client.call(td.vm, .setUserMemoryRegion2, &region) == Errno.exists.result)
        region.guestPhysicalAddress = 1 << 30
        #expect(client.call(td.vm, .setUserMemoryRegion2, &region) == Errno.exists.result)
        region.guestMemFD = 5
        #expect(client.call(td.vm, .setUserMemoryRegion2, &region) == Errno.badDescriptor.result)
        region.slot = 0
        #expect(client.call(td.vm, .setUserMemoryRegion2, &region) == Errno.invalid.result)
        _ = client.command(td.vcpus[0], .initVCPU)
        _ = td.setPrivate(0..<td.size)
        #expect(td.add([UInt8](repeating: 1, count: 4096 * 4), at: 0) == 0)
        let before = client.kvm.freePages
        #expect(client.kvm.punchHole(td.memfd, offset: 0x1000, length: 0x2000) == 0)
        #expect(client.kvm.freePages == before + 2)
        #expect(client.kvm.punchHole(td.memfd, offset: 1, length: 0x2000) == Errno.invalid.result)
        region.memorySize = 0
        #expect(client.call(td.vm, .setUserMemoryRegion2, &region) == 0)
        td.close()
        #expect(client.kvm.freePages == pages)
    }
}
