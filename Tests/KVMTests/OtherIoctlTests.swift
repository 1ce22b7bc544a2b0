// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import TDXABI
import Testing
import X86

/// The ioctls that are the same, or nearly so, for every kind of VM.
@Suite("Other ioctls")
struct OtherIoctlTests {
    @Test("are refused, or accepted without effect, as on Linux")
    func table() throws {
        let client = try Client()
        let td = TestTD(client)
        defer { td.close() }
        let (invalid, unknown, device) = (Errno.invalid.result, Errno.notTTY.result, Errno.noDevice.result)
        let rows: [(Int32, IOCTL, Int)] = [
            (td.vm, .createIRQChip, unknown), (td.vm, .createPIT2, Errno.noEntry.result),
            (td.vm, .irqChip, device),
            (td.vm, .setIRQChip, device), (td.vm, .memoryEncryptRegRegion, unknown),
            (td.vm, .memoryEncryptUnregRegion, unknown), (td.vm, .registerCoalescedMMIO, unknown),
            (td.vm, .statsFD, unknown), (td.vm, .createDevice, Errno.notSupportedByDevice.result),
            (td.vm, .hasDeviceAttribute, unknown), (td.vm, .resetDirtyRings, invalid), (td.vm, .pit2, device),
            (td.vm, .setIdentityMapAddress, invalid),
            (td.vm, .run, unknown), (td.vcpus[0], .smi, unknown), (td.vcpus[0], .kvmclockCtrl, invalid),
            (td.vcpus[0], .enableCap, invalid), (td.vcpus[0], .setTSCKHz, invalid),
            (td.vcpus[0], .setVAPICAddress, 0), (td.vcpus[0], .tprAccessReporting, 0),
            (td.vcpus[0], .statsFD, invalid), (td.vcpus[0], .createVCPU, invalid),
            (td.vcpus[0], .oneReg, invalid), (td.vcpus[0], .setOneReg, invalid),
            (td.vcpus[0], .regList, invalid), (client.system, .run, invalid),
        ]
        for (file, ioctl, result) in rows {
            var bytes = [UInt8](repeating: 0, count: 4096)
            #expect(
                client.call(file, ioctl, bytes: &bytes) == result, "0x\(String(ioctl.rawValue, radix: 16))")
        }
        for (ioctl, argument, result) in [
            (.setTSSAddress, 0xFEFF_D000, 0), (.setTSSAddress, 0xFFFF_F000, invalid),
            (.setNrMMUPages, 63, invalid),
            (.setNrMMUPages, 64, 0),
        ] as [(IOCTL, UInt, Int)] {
            #expect(client.call(td.vm, ioctl, argument) == result)
        }
    }

    @Test("KVM_SET_GSI_ROUTING checks every entry before the table is replaced")
    func routing() throws {
        let client = try Client()
        let plain = client.createVM()
        let td = TestTD(client)
        defer { td.close() }
        func route(
            _ vm: Int32, flags: UInt32 = 0, count: UInt32 = 1, gsi: UInt32 = 3, type: UInt32 = 2,
            entryFlags: UInt32 = 0,
            high: UInt32 = 0
        ) -> Int {
            var header = KVMIRQRouting()
            (header.count, header.flags) = (count, flags)
            var entry = KVMIRQRoutingEntry()
            (entry.gsi, entry.type, entry.flags) = (gsi, type, entryFlags)
            (entry.words[0], entry.words[1], entry.words[2]) = (0xFEE0_0000, high, 0x40)
            var bytes = Client.block(header, [entry])
            return client.call(vm, .setGSIRouting, bytes: &bytes)
        }
        let invalid = Errno.invalid.result
        #expect(route(plain) == invalid)
        #expect(route(td.vm, count: 4097) == invalid)
        #expect(route(td.vm, flags: 1) == invalid)
        #expect(route(td.vm, gsi: 4096) == invalid)
        #expect(route(td.vm, type: 1) == invalid, "pins are the program's in split mode")
        #expect(route(td.vm, type: 3) == invalid)
        #expect(route(td.vm, entryFlags: 2) == invalid)
        #expect(route(td.vm, high: 1) == 0)
        #expect(client.enable(td.vm, .x2APICAPI, 1) == 0)
        #expect(route(td.vm, high: 1) == invalid)
        #expect(route(td.vm, high: 0x100) == 0)
        #expect(route(td.vm, count: 0) == 0)
    }

    @Test("KVM_IRQ_LINE and KVM_SIGNAL_MSI want an interrupt controller")
    func lines() throws {
        let client = try Client()
        let plain = client.createVM()
        let td = TestTD(client)
        defer { td.close() }
        var line = KVMIRQLevel()
        line.level = 1
        for ioctl in [IOCTL.irqLine, .irqLineStatus] {
            #expect(client.call(plain, ioctl, &line) == Errno.noDevice.result)
            #expect(client.call(td.vm, ioctl, &line) == 0)
        }
        #expect(line.irq == ~0, "nothing is routed")
        var message = KVMMSI()
        #expect(client.call(plain, .signalMSI, &message) == Errno.invalid.result)
        message.flags = 2
        #expect(client.call(td.vm, .signalMSI, &message) == Errno.invalid.result)
        message.flags = 1
        #expect(client.call(td.vm, .signalMSI, &message) == 0, "the guest has not enabled its APIC")
        message.data = 4 << 8
        #expect(client.call(td.vm, .signalMSI, &message) == 1, "NMIs come through all the same")
        message.data = 0x40
        // The address needs no prefix; with 32-bit ids its upper half has the upper bits.
        (message.addressLow, message.addressHigh) = (1 << 12, 0)
        #expect(client.call(td.vm, .signalMSI, &message) == 0)
        #expect(client.enable(td.vm, .x2APICAPI, 3) == 0)
        (message.addressLow, message.addressHigh) = (0, 0x100)
        #expect(client.call(td.vm, .signalMSI, &message) == 0)
    }

    @Test("KVM_SET_CPUID2 is for before the first run")
    func cpuid() throws {
        let client = try Client()
        let td = TestTD.flat(client) { $0.report(1) }
        defer { td.close() }
        let vcpu = td.vcpus[0]
        func get(_ room: UInt32) -> (Int, [UInt8]) {
            var header = KVMCPUID2()
            header.entryCount = room
            var bytes = Client.block(header, [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: Int(room)))
            return (client.call(vcpu, .cpuid2, bytes: &bytes), bytes)
        }
        let (short, told) = get(4)
        #expect(short == Errno.tooBig.result)
        #expect(Client.value(told, 0) as UInt32 == 5)
        var (result, model) = get(5)
        #expect(result == 0)
        #expect(td.reports(most: 1).values == [1])
        #expect(client.call(vcpu, .setCPUID2, bytes: &model) == 0, "the same again")
        model[8 + 12] ^= 1
        #expect(client.call(vcpu, .setCPUID2, bytes: &model) == Errno.invalid.result)
        var header = KVMCPUID2()
        header.entryCount = 257
        var bytes = Client.block(header, [UInt64]())
        #expect(client.call(vcpu, .setCPUID2, bytes: &bytes) == Errno.tooBig.result)
    }

    @Test("KVM_GET_MSRS and KVM_SET_MSRS stop at the first MSR that KVM does not keep for a TD")
    func msrs() throws {
        let client = try Client()
        let td = TestTD(client)
        defer { td.close() }
        func access(_ ioctl: IOCTL, _ entries: [(UInt32, UInt64)]) -> (Int, [UInt64]) {
            var header = KVMMSRs()
            header.count = UInt32(entries.count)
            var bytes = Client.block(
                header,
                entries.map { number, value in
                    var entry = KVMMSREntry()
                    (entry.index, entry.data) = (number, value)
                    return entry
                })
            let result = client.call(td.vcpus[0], ioctl, bytes: &bytes)
            return (result, entries.indices.map { Client.value(bytes, 16 + 16 * $0) })
        }
        #expect(access(.msrs, []) == (0, []))
        #expect(access(.setMSRs, []) == (0, []))
        #expect(
            access(.msrs, [(0x1B, 0), (0xC000_0080, 0), (0x10, 7), (0x3A, 7)]) == (
                2, [0xFEE0_0D00, 0xD01, 7, 7]
            ))
        #expect(access(.setMSRs, [(0x8B, 5), (0x1B, 0), (0x277, 0)]).0 == 1)
        #expect(access(.setMSRs, [(0x3A, 5)]).0 == 0)
        #expect(access(.msrs, [(0x8B, 0)]) == (1, [5]))
        #expect(access(.msrs, [(UInt32, UInt64)](repeating: (0x1B, 0), count: 256)).0 == Errno.tooBig.result)
    }

    @Test("KVM_SET_MP_STATE: a state that a TD never has is found out at the next run")
    func mpState() throws {
        let client = try Client()
        let td = TestTD.flat(client) { $0.report(1) }
        defer { td.close() }
        var state: UInt32 = 10
        #expect(client.call(td.vcpus[0], .setMPState, &state) == Errno.invalid.result)
        for refused in [MPState.initReceived, .sipiReceived] {
            state = refused.rawValue
            #expect(client.call(td.vcpus[0], .setMPState, &state) == 0)
            #expect(td.run() == Errno.invalid.result)
        }
        state = MPState.runnable.rawValue
        #expect(client.call(td.vcpus[0], .setMPState, &state) == 0)
        #expect(td.reports() == ([1], .end))
    }

    @Test("KVM_SET_VCPU_EVENTS can make an NMI pending, and nothing else")
    func events() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.handle(2, endsInterrupt: false)
            program.report(0)
            program.report(1)
        }
        defer { td.close() }
        #expect(td.reports(most: 1).values == [0])
        var events = KVMVCPUEvents()
        for flags in [8, 0x40, 1 << 31] as [UInt32] {
            events.flags = flags
            #expect(client.call(td.vcpus[0], .setVCPUEvents, &events) == Errno.invalid.result)
        }
        (events.flags, events.nmiPending, events.interruptInjected, events.interruptNumber) = (1, 1, 1, 0x40)
        #expect(client.call(td.vcpus[0], .setVCPUEvents, &events) == 0)
        events = KVMVCPUEvents()
        #expect(client.call(td.vcpus[0], .vcpuEvents, &events) == 0)
        #expect((events.nmiPending, events.interruptInjected, events.flags) == (1, 0, 5))
        #expect(td.reports() == ([2, 1], .end))
        #expect(client.call(td.vcpus[0], .vcpuEvents, &events) == 0)
        #expect(events.nmiPending == 0)
    }

    @Test("KVM_INTERRUPT takes one, which never comes")
    func interrupt() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.handle(0x40)
            program.code.sti()
            program.code.nop()
            program.report(1)
        }
        defer { td.close() }
        var vector: UInt32 = 256
        #expect(client.call(td.vcpus[0], .interrupt, &vector) == Errno.invalid.result)
        vector = 0x40
        #expect(client.call(td.vcpus[0], .interrupt, &vector) == 0)
        #expect(client.call(td.vcpus[0], .interrupt, &vector) == Errno.exists.result)
        #expect(td.reports() == ([1], .end))
    }

    @Test("KVM_X86_SET_MCE keeps corrected errors in their bank; an uncorrected one is a shutdown")
    func machineCheck() throws {
        let client = try Client()
        let td = TestTD.flat(client) { program in
            program.report(1)
            program.vmcall(.rdmsr, 0x40D)
            program.report(.r11)
            program.vmcall(.rdmsr, 0x179)
            program.report(.r11)
        }
        defer { td.close() }
        let vcpu = td.vcpus[0]
        for capabilities in [0, 33, 8 | 1 << 40] as [UInt64] {
            var value = capabilities
            #expect(client.call(vcpu, .setupMCE, &value) == Errno.invalid.result)
        }
        var capabilities: UInt64 = 10 | 1 << 8
        #expect(client.call(vcpu, .setupMCE, &capabilities) == 0)
        func set(_ status: UInt64, bank: UInt8 = 3) -> Int {
            var event = KVMX86MCE()
            (event.status, event.bank, event.address) = (status, bank, 0x1000)
            return client.call(vcpu, .setMCE, &event)
        }
        let valid: UInt64 = 1 << 63
        #expect(set(valid, bank: 10) == Errno.invalid.result)
        #expect(set(5) == Errno.invalid.result)
        #expect(td.reports(most: 1).values == [1])
        #expect(set(valid | 5) == 0)
        #expect(set(valid | 6) == 0)
        #expect(td.reports(most: 2).values == [valid | 1 << 62 | 6, 10 | 1 << 8])
        #expect(set(valid | 1 << 61) == 0)
        #expect(td.run() == 0)
        #expect(td.area()?.exitReason == .shutdown)
        #expect(td.reports() == ([], .end), "the guest knows nothing of it")
    }

    @Test("KVM_SET_CLOCK and KVM_GET_CLOCK keep the VM's time, to which a moment of the wall clock adds")
    func clock() throws {
        let client = try Client()
        let vm = client.createVM()
        func read() -> KVMClockData {
            var data = KVMClockData()
            #expect(client.call(vm, .clock, &data) == 0)
            return data
        }
        let first = read()
        #expect(first.flags == 14)
        #expect(first.realtime > 1_600_000_000_000_000_000)
        #expect(first.clock < 60_000_000_000)
        var data = KVMClockData()
        data.flags = 2
        #expect(client.call(vm, .setClock, &data) == Errno.invalid.result)
        (data.flags, data.clock) = (0, 1 << 60)
        #expect(client.call(vm, .setClock, &data) == 0)
        let second = read()
        #expect(second.clock >= 1 << 60 && second.clock < 1 << 60 + 60_000_000_000)
        (data.flags, data.realtime) = (4, second.realtime - 3_000_000_000)
        #expect(client.call(vm, .setClock, &data) == 0)
        #expect(read().clock >= 1 << 60 + 3_000_000_000)
    }

    @Test("the time-stamp counter's offset can be read; setting it does nothing")
    func tscOffset() throws {
        let client = try Client()
        let td = TestTD(client)
        defer { td.close() }
        var value: UInt64 = 0x1234
        func call(_ ioctl: IOCTL, group: UInt64 = 0, attribute: UInt64 = 0) -> Int {
            withUnsafeMutablePointer(to: &value) { pointer in
                var words = [group << 32, attribute, UInt64(UInt(bitPattern: pointer))]
                return words.withUnsafeMutableBytes {
                    client.kvm.ioctl(td.vcpus[0], ioctl.rawValue, UInt(bitPattern: $0.baseAddress))
                }
            }
        }
        #expect(call(.hasDeviceAttribute) == 0)
        #expect(call(.hasDeviceAttribute, group: 1) == Errno.noDevice.result)
        #expect(call(.hasDeviceAttribute, attribute: 1) == Errno.noDevice.result)
        #expect(call(.deviceAttribute) == 0)
        let offset = value
        value = 0x1234
        #expect(call(.setDeviceAttribute) == 0)
        #expect(call(.deviceAttribute) == 0)
        #expect(value == offset)
    }
}
