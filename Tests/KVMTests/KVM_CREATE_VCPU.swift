// SPDX-License-Identifier: Apache-2.0

import KVM
import KVMABI
import Testing

@Suite("KVM_CREATE_VCPU")
struct CreateVCPU {
    @Test("fails in Linux's order")
    func failures() throws {
        let client = try Client(processors: 2)
        let vm = client.createVM()
        func create(_ id: UInt) -> Int { client.call(vm, .createVCPU, id) }
        #expect(create(4096) == Errno.invalid.result)
        #expect(create(0) == Errno.ioError.result, "KVM_TDX_INIT_VM is missing")
        #expect(client.initVM(vm).result == 0)
        #expect(create(0) == Errno.invalid.result, "no split interrupt controller")
        #expect(client.enable(vm, .splitIRQChip, 24) == 0)
        #expect(client.enable(vm, .maxVCPUID, 8) == 0)
        #expect(create(8) == Errno.invalid.result)
        #expect(create(7) > 0)
        #expect(create(7) == Errno.exists.result)
        #expect(create(0) > 0)
        #expect(create(1) == Errno.invalid.result, "as many as processors")
    }

    @Test("KVM_SET_BOOT_CPU_ID comes before, and makes that vCPU the one that boots")
    func bootVCPU() throws {
        let client = try Client(processors: 2)
        let vm = client.createVM()
        #expect(client.initVM(vm).result == 0)
        #expect(client.enable(vm, .splitIRQChip, 24) == 0)
        #expect(client.call(vm, .setBootCPUID, 4097) == Errno.invalid.result)
        #expect(client.call(vm, .setBootCPUID, 1) == 0)
        for id in 0..<2 as Range<UInt> {
            let vcpu = Int32(client.call(vm, .createVCPU, id))
            #expect(client.setCPUID(vcpu) == 0)
            #expect(client.command(vcpu, .initVCPU).result == 0)
            let area = try #require(client.kvm.map(vcpu, length: KVMConstant.vcpuMmapSize))
            #expect(KVMRun(area).apicBase == (id == 1 ? 0xFEE0_0D00 : 0xFEE0_0C00))
        }
        #expect(client.call(vm, .setBootCPUID, 0) == Errno.busy.result)
    }

    @Test("a vCPU that was not initialized waits in KVM_RUN for a signal")
    func uninitialized() throws {
        let client = try Client()
        let td = TestTD(client, vcpus: 2)
        defer { td.close() }
        let waiter = Worker { td.run(1) }
        client.kvm.interrupt(td.vcpus[1])
        #expect(waiter.value == Errno.interrupted.result)
    }
}

@Suite("KVM_ENABLE_CAP")
struct EnableCap {
    @Test("accepts what a TD has, in time")
    func rows() throws {
        let client = try Client()
        let vm = client.createVM()
        let rows: [(Capability, UInt64, Int)] = [
            (.exitHypercall, 1 << 11, Errno.invalid.result), (.exitHypercall, 1 << 12, 0),
            (.exitHypercall, 0, 0),
            (.apicBusCyclesNS, 40, Errno.noDevice.result), (.splitIRQChip, 4097, Errno.invalid.result),
            (.splitIRQChip, 24, 0), (.splitIRQChip, 24, Errno.exists.result),
            (.apicBusCyclesNS, 0, Errno.invalid.result), (.apicBusCyclesNS, 40, 0),
            (.x2APICAPI, 16, Errno.invalid.result), (.x2APICAPI, 3, 0),
            (.maxVCPUID, 4097, Errno.invalid.result),
            (.maxVCPUID, 16, 0), (.maxVCPUID, 16, 0), (.maxVCPUID, 17, Errno.invalid.result),
            (.userSpaceMSR, 8, Errno.invalid.result), (.userSpaceMSR, 4, 0),
            (.pmuCapability, 2, Errno.invalid.result), (.pmuCapability, 1, 0),
            (.disableQuirks2, 1 << 20, Errno.invalid.result), (.disableQuirks2, 1, 0),
            (.exceptionPayload, 1, 0),
            (.tripleFaultEvent, 1, 0), (.copyEncryptionContext, 1, Errno.invalid.result),
            (.moveEncryptionContext, 1, Errno.invalid.result),
            (Capability(rawValue: 9999), 0, Errno.invalid.result),
        ]
        for (index, (capability, value, result)) in rows.enumerated() {
            #expect(client.enable(vm, capability, value) == result, "row \(index)")
        }
        var request = KVMEnableCap()
        (request.cap, request.flags) = (Capability.exitHypercall.rawValue, 1)
        #expect(client.call(vm, .enableCap, &request) == Errno.invalid.result)
        #expect(client.initVM(vm).result == 0)
        let vcpu = Int32(client.call(vm, .createVCPU, 0))
        #expect(client.enable(vm, .apicBusCyclesNS, 50) == Errno.invalid.result, "there is a vCPU")
        #expect(client.enable(vm, .pmuCapability, 1) == Errno.invalid.result)
        #expect(client.enable(vcpu, .exitHypercall, 0) == Errno.invalid.result)
    }
}

@Suite("KVM_SET_TSC_KHZ")
struct SetTSCKHz {
    @Test("is for VMs without vCPUs; the guest sees the frequency")
    func rows() throws {
        let client = try Client()
        let vm = client.createVM()
        #expect(client.call(vm, .tscKHz) == 2_000_000)
        #expect(client.call(vm, .setTSCKHz, 1_500_000) == 0)
        #expect(client.call(vm, .tscKHz) == 1_500_000)
        #expect(client.call(vm, .setTSCKHz, 0) == 0)
        #expect(client.call(vm, .tscKHz) == 2_000_000)
        let td = TestTD(client)
        defer { td.close() }
        #expect(client.call(td.vm, .setTSCKHz, 1_000_000) == Errno.invalid.result)
        #expect(client.call(td.vcpus[0], .tscKHz) == 2_000_000)
        #expect(client.call(td.vcpus[0], .setTSCKHz, 1_000_000) == Errno.invalid.result)
    }
}
