// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDH.MNG.INIT")
struct MNGInit {
    static func scene() throws -> Scene {
        let machine = try Machine.ready()
        let tdr = machine.create()
        let address = machine.scratch + 0x4000
        machine.memory.write(PhysicalAddress(address), Machine.parameters.bytes)
        return Scene(.mngInit, on: machine, [.rcx: tdr, .rdx: address])
    }

    /// Changes the parameters in memory.
    static func change(_ scene: Scene, _ change: (inout TDParams) -> Void) {
        let address = PhysicalAddress(scene.machine.scratch + 0x4000)
        var parameters = TDParams(scene.machine.memory.read(address, count: TDParams.size))
        change(&parameters)
        scene.machine.memory.write(address, parameters.bytes)
    }

    static func parameter(
        _ name: String, _ status: TDXStatus, _ change: @escaping @Sendable (inout TDParams) -> Void
    ) -> Fault {
        Fault(name, status) { Self.change($0, change) }
    }

    /// A topology as hosts describe it: threads, then cores.
    static func setTopology(_ parameters: inout TDParams) {
        parameters.cpuidValues[12] = CPUIDValues(eax: 1, ebx: 2, ecx: 0x100, edx: 0)
        parameters.cpuidValues[13] = CPUIDValues(eax: 3, ebx: 8, ecx: 0x201, edx: 0)
    }

    @Test("fails on the first thing that is wrong, and changes nothing")
    func fails() throws {
        let states: [Fault] = Fault.state(.rcx, in: [.uninitialized])
        try expectFaults(
            Fault.dispatch() + [
                Fault("CPUID is limited", .limitCPUIDMaxValSet) { $0.machine.msrs[0x1A0] = 1 << 22 }
            ] + Fault.tdr(.rcx, exclusive: true) + states + Fault.shared(.rdx, alignment: 1024) + [
                Self.parameter("an attribute does not exist", .operandInvalid.at(.attributes)) {
                    $0.attributes |= 1 << 31
                },
                Self.parameter("XFAM lacks SSE", .operandInvalid.at(.xfam)) { $0.xfam = 1 },
                Self.parameter("MAX_VCPUS is 0", .operandInvalid.at(.maxVCPUs)) { $0.maxVCPUs = 0 },
                Self.parameter("NUM_L2_VMS is 4", .operandInvalid.at(.numL2VMs)) { $0.numL2VMs = 4 },
                Self.parameter("an L2 VM has no page", .tdcsNotAllocated) { $0.numL2VMs = 1 },
                Self.parameter("bytes 20 to 23 are not zero", .operandInvalid.at(.rdx)) {
                    $0.reserved20 = 1 << 31
                },
                Self.parameter("a CONFIG_FLAG does not exist", .operandInvalid.at(.configFlags)) {
                    $0.configFlags |= 1 << 4
                },
                Self.parameter("EPT memory is not write-back", .operandInvalid.at(.eptpControls)) {
                    $0.eptpControls = 3 << 3
                },
                Self.parameter("the TSC is too slow", .operandInvalid.at(.tscFrequency)) {
                    $0.tscFrequency = 3
                },
                Fault("IA32_TSC_ADJUST has changed", .inconsistentMSR.with(0x3B)) {
                    $0.machine.msrs[0x3B] = 1
                },
                Self.parameter("bytes 42 to 79 are not zero", .operandInvalid.at(.rdx)) {
                    $0.reserved42[37] = 1
                },
                Self.parameter("MSR_CONFIG_CTLS has reserved bits", .operandInvalid.at(.rdx)) {
                    $0.msrConfigControls = 0x80
                },
                Self.parameter("bytes 232 to 255 are not zero", .operandInvalid.at(.rdx)) {
                    $0.reserved232[23] = 1
                },
            ], failing: [.rcx: 0], Self.scene)
        // From here on, RCX may tell more.
        let later: [(Fault, UInt64)] = [
            (
                Self.parameter("a CPUID bit is not to be had", .operandInvalid.at(.cpuidConfig)) {
                    $0.cpuidValues[5].eax = 1
                }, 7
            ),
            (
                Self.parameter("the topology has no cores", .cpuidLeaf1FFormatUnrecognized) {
                    $0.cpuidValues[12] = CPUIDValues(eax: 1, ebx: 2, ecx: 0x100, edx: 0)
                }, 0
            ),
            (
                Self.parameter("bytes after the CPUID values are not zero", .operandInvalid.at(.rdx)) {
                    $0.reservedTail[$0.reservedTail.count - 1] = 1
                }, 0
            ),
            (
                Self.parameter(
                    "a value is given that is not to count", .operandInvalid.at(.archCapabilitiesConfig)
                ) {
                    $0.archCapabilitiesConfig = 1 << 4
                }, 0
            ),
        ]
        for (index, (fault, rcx)) in later.enumerated() {
            try expectFaults(
                [fault] + later[(index + 1)...].map(\.0).map { $0.variant() }.prefix(0), failing: [.rcx: rcx],
                Self.scene)
            for (second, _) in later[(index + 1)...] {
                let scene = try Self.scene()
                try second.spoil(scene)
                try fault.spoil(scene)
                let result = scene.call()
                #expect(
                    (result.status, result.registers.rcx) == (fault.status, rcx),
                    "\(fault.name), \(second.name)")
            }
        }
    }

    @Test("reserved bytes before the CPUID values come before those, and those before the bytes after")
    func reserved() throws {
        let scene = try Self.scene()
        Self.change(scene) {
            $0.reserved232[0] = 1
            $0.cpuidValues[5].eax = 1
        }
        #expect(scene.call().status == .operandInvalid.at(.rdx))
    }

    // MARK: Each field's rule

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status: TDXStatus
        var change: @Sendable (inout TDParams) -> Void
        init(_ name: String, _ status: TDXStatus, _ change: @escaping @Sendable (inout TDParams) -> Void) {
            testDescription = name
            self.status = status
            self.change = change
        }
    }

    /// Each bit of a field by itself.
    static func bits(
        _ name: String, _ count: Int, _ allowed: [Int], _ status: TDXStatus,
        _ change: @escaping @Sendable (inout TDParams, UInt64) -> Void
    ) -> [Row] {
        (0..<count).map { bit in
            Row("\(name) bit \(bit)", allowed.contains(bit) ? .success : status) {
                change(&$0, 1 << UInt64(bit))
            }
        }
    }

    static var bitRows: [Row] {
        // DEBUG, ICSSD, SEPT_VE_DISABLE, MIGRATABLE, PKS and PERFMON; LASS is not there natively.
        var rows = bits("ATTRIBUTES", 64, [0, 16, 28, 29, 30, 63], .operandInvalid.at(.attributes)) {
            $0.attributes = $1
        }
        rows += bits("XFAM", 64, [0, 1, 2], .operandInvalid.at(.xfam)) { $0.xfam = 3 | $1 }
        rows += bits("CONFIG_FLAGS", 64, [0, 1, 2, 3], .operandInvalid.at(.configFlags)) {
            $0.configFlags = $1
            // GPAW needs five levels.
            if $1 == 1 { $0.eptpControls = 6 | 4 << 3 }
        }
        rows += bits("MSR_CONFIG_CTLS", 8, [0], .operandInvalid.at(.rdx)) {
            $0.msrConfigControls = UInt8(truncatingIfNeeded: $1)
        }
        return rows
    }

    static var byteRows: [Row] {
        let eptp: [Row] = (0..<256).map { controls in
            let isValid = controls == 0x1E || controls == 0x26
            return Row("EPTP_CONTROLS \(controls)", isValid ? .success : .operandInvalid.at(.eptpControls)) {
                $0.eptpControls = UInt64(controls)
            }
        }
        let reserved42: [Row] = (0..<38).map { byte in
            Row("byte \(42 + byte)", .operandInvalid.at(.rdx)) { $0.reserved42[byte] = 0x80 }
        }
        let reserved232: [Row] = (0..<24).map { byte in
            Row("byte \(232 + byte)", .operandInvalid.at(.rdx)) { $0.reserved232[byte] = 1 }
        }
        let tail: [Row] = [0, 1, 100, 479].map { byte in
            Row("byte \(544 + byte)", .operandInvalid.at(.rdx)) { $0.reservedTail[byte] = 1 }
        }
        return eptp + reserved42 + reserved232 + tail
    }

    static let valueRows: [Row] = [
        Row("no attributes", .success) { $0.attributes = 0 },
        Row("MIGRATABLE and DEBUG", .operandInvalid.at(.attributes)) { $0.attributes = 1 << 29 | 1 },
        Row("MIGRATABLE and PERFMON", .operandInvalid.at(.attributes)) {
            $0.attributes = 1 << 29 | 1 << 63
        },
        Row("PERFMON and ICSSD", .operandInvalid.at(.attributes)) {
            $0.attributes = 1 << 63 | 1 << 16
        },
        Row("PERFMON and DEBUG", .success) { $0.attributes = 1 << 63 | 1 },
        Row("XFAM without x87", .operandInvalid.at(.xfam)) { $0.xfam = 2 },
        Row("XFAM without SSE", .operandInvalid.at(.xfam)) { $0.xfam = 1 },
        Row("XFAM of nothing", .operandInvalid.at(.xfam)) { $0.xfam = 0 },
        Row("one vCPU", .success) { $0.maxVCPUs = 1 },
        Row("576 vCPUs", .success) { $0.maxVCPUs = 576 },
        Row("577 vCPUs", .operandInvalid.at(.maxVCPUs)) { $0.maxVCPUs = 577 },
        Row("65535 vCPUs", .operandInvalid.at(.maxVCPUs)) { $0.maxVCPUs = 0xFFFF },
        Row("3 L2 VMs", .tdcsNotAllocated) { $0.numL2VMs = 3 },
        Row("255 L2 VMs", .operandInvalid.at(.numL2VMs)) { $0.numL2VMs = 255 },
        Row("bits of EPTP_CONTROLS beyond the levels", .operandInvalid.at(.eptpControls)) {
            $0.eptpControls |= 1 << 63
        },
        Row("GPAW with four levels", .operandInvalid.at(.eptpControls)) { $0.configFlags |= 1 },
        Row("100 MHz", .success) { $0.tscFrequency = 4 },
        Row("75 MHz", .operandInvalid.at(.tscFrequency)) { $0.tscFrequency = 3 },
        Row("10 GHz", .success) { $0.tscFrequency = 400 },
        Row("10.025 GHz", .operandInvalid.at(.tscFrequency)) { $0.tscFrequency = 401 },
        Row("no TSC", .operandInvalid.at(.tscFrequency)) { $0.tscFrequency = 0 },
        Row("IA32_ARCH_CAPABILITIES that counts", .success) {
            $0.msrConfigControls = 1
            $0.archCapabilitiesConfig = 1 << 4 | 1 << 19 | 1 << 20 | 1 << 24
        },
        Row("IA32_ARCH_CAPABILITIES of zero that counts", .success) { $0.msrConfigControls = 1 },
        Row(
            "a bit of IA32_ARCH_CAPABILITIES that is not to be had",
            .operandInvalid.at(.archCapabilitiesConfig)
        ) {
            $0.msrConfigControls = 1
            $0.archCapabilitiesConfig = 1 << 5
        },
        Row("a topology", .success) { setTopology(&$0) },
        Row("a topology of cores only", .success) {
            $0.cpuidValues[12] = CPUIDValues(eax: 3, ebx: 8, ecx: 0x200, edx: 0)
        },
        Row("a topology in descending order", .cpuidLeaf1FFormatUnrecognized) {
            setTopology(&$0)
            $0.cpuidValues[12].ecx = 0x500
        },
        Row("a topology with the same level twice", .cpuidLeaf1FFormatUnrecognized) {
            setTopology(&$0)
            $0.cpuidValues[12].ecx = 0x200
        },
        Row("a topology without cores", .cpuidLeaf1FFormatUnrecognized) {
            setTopology(&$0)
            $0.cpuidValues[13].ecx = 0x501
        },
        Row("a topology with a level after the end", .cpuidLeaf1FFormatUnrecognized) {
            setTopology(&$0)
            $0.cpuidValues[15].ecx = 0x503
        },
        Row("a topology whose levels have wrong numbers", .cpuidLeaf1FFormatUnrecognized) {
            setTopology(&$0)
            $0.cpuidValues[13].ecx = 0x200
        },
    ]

    @Test("takes a field as the ABI says", arguments: bitRows + byteRows + valueRows)
    func field(row: Row) throws {
        let scene = try Self.scene()
        Self.change(scene, row.change)
        let result = scene.call()
        #expect(result.status == row.status)
        #expect(result.registers.rcx == 0)
        // A call that failed can be repeated.
        if row.status != .success {
            scene.machine.memory.write(PhysicalAddress(scene.registers.rdx), Machine.parameters.bytes)
            #expect(scene.call().status == .success)
        }
        #expect(scene.call().status == .opStateIncorrect)
    }

    @Test("takes each bit of each CPUID value, or names the leaf that must not have it")
    func cpuid() throws {
        var count = 0
        let scene = try Self.scene()
        let td = try scene.td(scene.registers.rcx)
        for index in 0..<TDParams.cpuidCount {
            let row = CPUIDTable.rows[CPUIDTable.configurable[index]]
            for register in CPUIDRegister.allCases {
                for bit in 0..<32 {
                    scene.machine.memory.write(PhysicalAddress(scene.registers.rdx), Machine.parameters.bytes)
                    Self.change(scene) { $0.cpuidValues[index][register] = 1 << UInt32(bit) }
                    let result = scene.call()
                    let isKnown = (row[register].configured | row[register].allowed)[bit: bit]
                    count += 1
                    if result.status == .success {
                        #expect(isKnown, "\(row.leaf) \(register) \(bit)")
                        td.opState = .uninitialized
                        continue
                    }
                    if result.status == .cpuidLeaf1FFormatUnrecognized {
                        #expect(row.leaf == 0x1F && isKnown)
                        continue
                    }
                    #expect(result.status == .operandInvalid.at(.cpuidConfig))
                    if isKnown {
                        // HLE and RTM go together only.
                        #expect(row.leaf == 7 && register == .ebx && (bit == 4 || bit == 11))
                    }
                    #expect(result.registers.rcx == UInt64(row.leaf) | UInt64(row.subleafNumber) << 32)
                    #expect(td.opState == .uninitialized)
                }
            }
        }
        print("CPUID configuration: \(count) bits")
        #expect(count == 18 * 128)
    }

    @Test(
        "takes the virtual address width between 45 bits and what is there, with its flag",
        arguments: [
            (0, .success, 48), (44, .operandInvalid.at(.cpuidConfig), 0), (45, .success, 45),
            (48, .success, 48),
            (49, .operandInvalid.at(.cpuidConfig), 0), (255, .operandInvalid.at(.cpuidConfig), 0),
        ] as [(UInt32, TDXStatus, Int)])
    func addressWidth(width: UInt32, status: TDXStatus, result: Int) throws {
        let scene = try Self.scene()
        Self.change(scene) {
            $0.configFlags |= 1 << 3
            $0.cpuidValues[9].eax = width
        }
        let call = scene.call()
        #expect((call.status, call.registers.rcx) == (status, 0))
        if status == .success {
            #expect(try scene.td(scene.registers.rcx).cpuid?.physicalAddressWidth == result)
        }
    }

    // MARK: Effects

    @Test("makes the TD what the parameters say")
    func effects() throws {
        let scene = try Self.scene()
        let td = try scene.td(scene.registers.rcx)
        let digest = { (byte: UInt8) in Digest384([UInt8](repeating: byte, count: 48)[...]) }
        Self.change(scene) {
            $0.attributes = 1 << 28
            $0.maxVCPUs = 7
            $0.configFlags = 0b0110
            $0.mrConfigID = digest(1)
            $0.mrOwner = digest(2)
            $0.mrOwnerConfig = digest(3)
            $0.msrConfigControls = 1
            $0.archCapabilitiesConfig = 1 << 4
            Self.setTopology(&$0)
        }
        let before = Snapshot(scene.machine)
        let result = scene.call()
        #expect((result.status, result.registers.rcx) == (.success, 0))
        #expect(result.registers.rdx == scene.registers.rdx)
        #expect(td.opState == .initialized)
        let values: [String: UInt64] = [
            "ATTRIBUTES": 1 << 28, "XFAM": 3, "MAX_VCPUS": 7, "NUM_L2_VMS": 0, "GPAW": 0, "CONFIG_FLAGS": 6,
            "EPTP": 0x1E | td.pages[3], "TSC_FREQUENCY": 40, "NUM_VCPUS": 0, "NUM_ASSOC_VCPUS": 0,
            "TD_EPOCH": 1, "REFCOUNT": 0, "OP_STATE": 1, "FATAL": 0, "NUM_TDCX": 6, "CHLDCNT": 6,
            "LIFECYCLE_STATE": 1, "HKID": 33, "PKG_CONFIG_BITMAP": 1, "HP_LOCK_TIMEOUT": 1_000_000,
            "NOTIFY_ENABLES": 0, "VM_CTLS": 0, "TD_CTLS": 1, "VIRT_MAXPA": 52, "TOPOLOGY_ENUM_CONFIGURED": 1,
            "MRTD": 0, "RTMR": 0, "SERVTD_HASH": 0, "MRCONFIGID": 0x0101_0101_0101_0101,
            "MROWNER": 0x0202_0202_0202_0202, "MROWNERCONFIG": 0x0303_0303_0303_0303,
            "TD_UUID": 0x0707_0707_0707_0707, "XBUFF_SIZE": 576, "X2APIC_IDS": 0xFFFF_FFFF,
            "TSC_MULTIPLIER": UInt64((UInt128(1_000_000_000) << 48) / 2_100_000_000),
        ]
        for row in MetadataTable.td {
            guard let expected = values[row.name] else { continue }
            let element = MetadataElement(row: row, rowIndex: 0, index: Int(row.count) - 1)
            #expect(scene.machine.module.value(td, element) == expected, "\(row.name)")
        }
        #expect(Set(values.keys).isSubset(of: Set(MetadataTable.td.map(\.name))))
        #expect(td.measurement.digest() == Measurement().digest())
        #expect(td.archCapabilities[bit: 4] == false)  // Not there natively.
        let changes = Snapshot(scene.machine).changes(since: before)
        #expect(changes.allSatisfy { $0.hasPrefix("TD ") || $0.contains("contents") }, "\(changes)")
        #expect(changes.filter { $0.contains("contents") }.count == 1, "the MSR bitmaps, and no other page")
    }

    @Test("starts the TD's time at zero, now, at its own rate", arguments: [4, 40, 84, 400] as [UInt16])
    func time(frequency: UInt16) throws {
        let scene = try Self.scene()
        let td = try scene.td(scene.registers.rcx)
        Self.change(scene) { $0.tscFrequency = frequency }
        scene.machine.clock.set(0x1234_5678_9ABC)
        #expect(scene.call().status == .success)
        let native: UInt64 = 0x1234_5678_9ABC + 1000
        let virtual = { (time: UInt64) in
            UInt64(truncatingIfNeeded: (UInt128(time) * UInt128(td.tscMultiplier)) >> 48) &+ td.tscOffset
        }
        #expect(virtual(native) == 0)
        // A second later, to the tick.
        let ticks = UInt64(frequency) * 25_000_000
        #expect(ticks - 1...ticks ~= virtual(native + 2_100_000_000))
    }

    @Test(
        "lets accesses to MSRs through that the table calls native, and no others",
        arguments: [0, 1 << 63] as [UInt64])
    func msrBitmaps(attributes: UInt64) throws {
        let scene = try Self.scene()
        let td = try scene.td(scene.registers.rcx)
        Self.change(scene) { $0.attributes = attributes }
        #expect(scene.call().status == .success)
        let page = scene.machine.memory.read(
            PhysicalMemory.address(PhysicalAddress(td.pages[2]), key: td.hkid), count: 4096)
        let features = scene.machine.module.msrFeatures(of: td)
        for number in Array(0...0x1FFF) + Array(0xC000_0000...0xC000_1FFF) as [UInt32] {
            let row = MSRTable.row(number)
            let start = number < 0xC000_0000 ? 0 : 1024
            let bit = Int(number & 0x1FFF)
            for (offset, rule) in [(0, row?.read), (2048, row?.write)] {
                let exits = page[start + offset + bit / 8] >> UInt8(bit % 8) & 1 == 1
                #expect(exits == (rule?.access(features) != .native), "\(number)")
            }
        }
    }

    @Test(
        "gives the guest the native IA32_ARCH_CAPABILITIES without what may not be, and with what the host adds"
    )
    func archCapabilities() throws {
        for bit in 0..<64 {
            for configured in [false, true] {
                let machine = try Machine()
                machine.msrs[0x10A] = 0xF16B | 1 << UInt64(bit)
                machine.initialize()
                #expect(machine.configure() == .success)
                machine.call(.sysKeyConfig)
                machine.call(.sysTDMRInit, rcx: Machine.tdmr)
                var parameters = Machine.parameters
                parameters.msrConfigControls = 1
                parameters.archCapabilitiesConfig = configured ? 0x0118_0010 : 0
                let td = try machine.td(at: machine.td(parameters))
                let isConfigurable = [4, 20, 24].contains(bit)
                let isCleared = [7, 9, 10, 11, 16, 17, 18, 22, 23].contains(bit) || bit >= 25 || bit == 19
                var expected: UInt64 = 0xF16B | 1 << 21
                if !isCleared, !isConfigurable || configured { expected |= 1 << UInt64(bit) }
                if configured { expected |= 1 << 19 }
                #expect(td.archCapabilities == expected, "bit \(bit), configured: \(configured)")
            }
        }
    }
}
