// SPDX-License-Identifier: Apache-2.0

public import TDXABI
public import X86

/// Why `TD_PARAMS.CPUID_VALUES` are refused.
public enum CPUIDConfigurationError: Error, Hashable, Sendable {
    /// The first leaf that has a bit it must not have, or bits that do not go together.
    case bits(leaf: UInt32, subleaf: UInt32)
    /// The virtual physical-address width is not one that a TD can have.
    case addressWidth
    /// Leaf 0x1F does not describe a topology.
    case topology

    /// The status of `TDH.MNG.INIT`, and the `RCX` that goes with it.
    public var result: (status: TDXStatus, rcx: UInt64) {
        switch self {
        case .bits(let leaf, let subleaf):
            (.operandInvalid.at(.cpuidConfig), UInt64(leaf) | UInt64(subleaf) << 32)
        case .addressWidth: (.operandInvalid.at(.cpuidConfig), 0)
        case .topology: (.cpuidLeaf1FFormatUnrecognized, 0)
        }
    }
}

/// What in `TD_PARAMS`, besides the CPUID values, decides what CPUID shows.
public struct CPUIDParameters: Sendable {
    public var attributes: UInt64
    public var xfam: UInt64
    public var configFlags: UInt64
    /// In units of 25 MHz.
    public var tscFrequency: UInt16
    /// `CPUID_VALUES`, in the order of `CPUID_CONFIG`; missing ones are zero.
    public var values: [CPUIDValues]

    public init(
        attributes: UInt64, xfam: UInt64, configFlags: UInt64, tscFrequency: UInt16, values: [CPUIDValues]
    ) {
        self.attributes = attributes
        self.xfam = xfam
        self.configFlags = configFlags
        self.tscFrequency = tscFrequency
        self.values = values
    }
}

/// What the TD's CPUID shows: the values that `TDH.MNG.INIT` computes, and what depends on the state of a vCPU.
///
/// - SeeAlso: Base Specification, "CPUID Virtualization".
public struct VirtualCPUID: Sendable {
    /// A value for each of `CPUIDTable.rows`.
    public private(set) var values: [CPUIDValues]
    public let xfam: UInt64
    public let attributes: UInt64
    /// `VIRT_MAXPA`
    public private(set) var physicalAddressWidth: Int
    /// Leaf 0x1F describes a topology (`TOPOLOGY_ENUM_CONFIGURED`).
    public private(set) var hasTopology: Bool
    /// Size, offset and flags of each state component.
    private let components: [CPUIDValues]
    private let nativeLastExtendedLeaf: UInt32

    /// What a CPUID in the guest does.
    public enum Result: Hashable, Sendable {
        case values(CPUIDValues)
        case ve
    }

    /// The state of the vCPU that CPUID shows.
    public struct State: Sendable {
        public var cr4: UInt64 = 0
        public var xcr0: UInt64 = 1
        public var xss: UInt64 = 0
        public var tsxControl: UInt64 = 0
        public var is64Bit = true
        public var vcpuIndex: UInt32 = 0
        public var x2APICID: UInt32 = 0
        /// `TD_CTLS`
        public var tdControls: UInt64 = 0
        public init() {}
    }

    /// Computes the values from the parameters.
    public init(
        _ parameters: CPUIDParameters, native: (UInt32, UInt32) -> CPUIDValues
    ) throws(CPUIDConfigurationError) {
        let attributes = parameters.attributes
        let xfam = parameters.xfam
        self.attributes = attributes
        self.xfam = xfam
        components = (0..<19).map { native(0xD, UInt32($0)) }
        nativeLastExtendedLeaf = native(0x8000_0000, 0).eax
        physicalAddressWidth = 52
        hasTopology = false
        values = []

        let topologyIsConfigured = CPUIDTable.configurable.contains { index in
            let row = CPUIDTable.rows[index]
            let value = row.configuration.flatMap {
                $0 < parameters.values.count ? parameters.values[$0] : nil
            }
            return row.leaf == 0x1F && value != nil && value != .zero
        }
        for row in CPUIDTable.rows {
            var value = native(row.leaf, row.subleaf ?? 0)
            var parameter = CPUIDValues.zero
            if let index = row.configuration, index < parameters.values.count {
                parameter = parameters.values[index]
            }
            if row.leaf == 0x1F, !topologyIsConfigured { parameter = value.masked(by: row) }
            for register in CPUIDRegister.allCases {
                let rule = row[register]
                guard parameter[register] & ~(rule.configured | rule.allowed) == 0 else {
                    throw .bits(leaf: row.leaf, subleaf: row.subleafNumber)
                }
                value[register] = rule.value(native: value[register], parameter: parameter[register])
            }
            for gate in CPUIDTable.xfamGates
            where gate.leaf == row.leaf && gate.subleaf == row.subleaf && !xfam[bit: gate.bit] {
                value[gate.register] &= ~gate.clears
            }
            values.append(value)
        }
        try finish(parameters, native)
        guard !topologyIsConfigured || isTopologyValid else { throw .topology }
        finishTopology()
    }

    /// The values that follow from several parameters together.
    private mutating func finish(
        _ parameters: CPUIDParameters, _ native: (UInt32, UInt32) -> CPUIDValues
    ) throws(CPUIDConfigurationError) {
        let isPerfmon = attributes[bit: 63]
        let (attributes, xfam) = (attributes, xfam)
        let size = standardSize(xfam & VirtualCPUID.userStates)
        change(1) { $0.eax = $0.eax & 0x0FFF_3FFF == 0 ? native(1, 0).eax & 0x0FFF_3FFF : $0.eax }
        change(1) { $0.ebx = $0.ebx & 0x00FF_0000 | 0x0800 }
        change(1) { $0.ecx |= 1 << 31 }
        let hasMonitor = values[row(1) ?? 0].ecx[bit: 3]
        if !hasMonitor { change(5) { $0 = .zero } }
        change(7, 0) {
            $0.ecx[bit: 31] = attributes[bit: 30]
            $0.ecx[bit: 23] = false
        }
        if let row = row(7, 0), values[row].ebx[bit: 4] != values[row].ebx[bit: 11] {
            throw .bits(leaf: 7, subleaf: 0)
        }
        change(7, 1) { $0.eax[bit: 6] = attributes[bit: 27] }
        if !isPerfmon { change(0xA) { $0 = .zero } }
        if !isPerfmon || !values[row(7, 1) ?? 0].eax[bit: 8] {
            for index in CPUIDTable.rows.indices where CPUIDTable.rows[index].leaf == 0x23 {
                values[index] = .zero
            }
        }

        change(0xD, 0) {
            $0 = CPUIDValues(
                eax: UInt32(truncatingIfNeeded: xfam & VirtualCPUID.userStates), ebx: 0,
                ecx: size, edx: 0)
        }
        change(0xD, 1) {
            $0.ecx = UInt32(truncatingIfNeeded: xfam & VirtualCPUID.supervisorStates)
            if xfam[bits: 17...18] == 0 { $0.eax[bit: 4] = false }
        }
        for component in 2..<19 where !xfam[bit: component] { change(0xD, UInt32(component)) { $0 = .zero } }

        for index in CPUIDTable.rows.indices {
            let clears =
                switch CPUIDTable.rows[index].leaf {
                case 0x14: !xfam[bit: 8]
                case 0x1C: !xfam[bit: 15]
                case 0x1D, 0x1E: xfam[bits: 17...18] != 3
                case 0x1A: attributes[bit: 29]
                default: false
                }
            if clears { values[index] = .zero }
        }
        change(0x15) {
            $0 = CPUIDValues(eax: 1, ebx: UInt32(parameters.tscFrequency), ecx: 25_000_000, edx: 0)
        }
        try finishAddressWidths(parameters, native)
    }

    private mutating func finishAddressWidths(
        _ parameters: CPUIDParameters, _ native: (UInt32, UInt32) -> CPUIDValues
    ) throws(CPUIDConfigurationError) {
        let gpaWidth = parameters.configFlags[bit: 0] ? 52 : 48
        let processor = Int(native(0x8000_0008, 0).eax[bits: 0...7])
        guard let row = row(0x8000_0008) else { return }
        var width = processor
        if parameters.configFlags[bit: 3] {
            let configured = Int(values[row].eax[bits: 0...7])
            width = min(processor, gpaWidth)
            if configured != 0 {
                guard 45...max(45, width) ~= configured else {
                    throw .addressWidth
                }
                width = configured
            }
        }
        physicalAddressWidth = width
        let hasLA57 = values[self.row(7, 0) ?? 0].ecx[bit: 16]
        values[row].eax = UInt32(truncatingIfNeeded: width) | (hasLA57 ? 57 : 48) << 8
    }

    /// Leaf 0x1F is a list of ascending levels, each with its own number: SMT first or not at all, and the core level.
    private var isTopologyValid: Bool {
        let levels = (0..<6).compactMap { row(0x1F, $0).map { values[$0].ecx } }
        let valid = Array(levels.prefix { $0[bits: 8...15] != 0 })
        let types = valid.map { $0[bits: 8...15] }
        return levels[valid.count...].allSatisfy { $0[bits: 8...15] == 0 }
            && valid.enumerated().allSatisfy { $1[bits: 0...7] == UInt32($0) }
            && zip(types, types.dropFirst()).allSatisfy { $0 < $1 } && types.contains(2)
    }

    /// Leaf 0xB from leaf 0x1F: its SMT level, and all others as one.
    private mutating func finishTopology() {
        let levels = (0..<6).compactMap { row(0x1F, $0).map { values[$0] } }
        let valid = levels.prefix { $0.ecx[bits: 8...15] != 0 }
        hasTopology = !valid.isEmpty
        for index in 0..<levels.count {
            change(0x1F, UInt32(index)) { $0.ecx = $0.ecx & 0xFF00 | UInt32(index) }
        }
        var derived: [CPUIDValues] = []
        if let first = valid.first, first.ecx[bits: 8...15] == 1 { derived.append(first) }
        if let last = valid.last, last.ecx[bits: 8...15] != 1 {
            derived.append(CPUIDValues(eax: last.eax, ebx: last.ebx, ecx: 2 << 8, edx: 0))
        }
        for index in 0..<3 {
            change(0xB, UInt32(index)) {
                $0 = index < derived.count ? derived[index] : .zero
                $0.ecx = $0.ecx & 0xFF00 | UInt32(index)
            }
        }
    }

    private func row(_ leaf: UInt32, _ subleaf: UInt32 = 0) -> Int? {
        CPUIDTable.index(leaf: leaf, subleaf: subleaf)
    }

    private mutating func change(_ leaf: UInt32, _ subleaf: UInt32 = 0, _ body: (inout CPUIDValues) -> Void) {
        guard let row = row(leaf, subleaf) else { return }
        var value = values[row]
        body(&value)
        values[row] = value
    }

    // MARK: Extended state

    /// The bits of `XFAM` that are in XCR0.
    public static let userStates: UInt64 = 0x602FF
    /// The bits of `XFAM` that are in IA32_XSS.
    public static let supervisorStates: UInt64 = 0x1FD00

    /// Bytes of the standard format of XSAVE for the components.
    private func standardSize(_ states: UInt64) -> UInt32 {
        (2..<19).filter { states[bit: $0] }.reduce(576) { max($0, components[$1].eax &+ components[$1].ebx) }
    }
    /// Bytes of the compacted format for the components.
    func compactedSize(_ states: UInt64) -> UInt32 {
        (2..<19).filter { states[bit: $0] }.reduce(576) { size, component in
            (components[component].ecx[bit: 1] ? (size &+ 63) & ~63 : size) &+ components[component].eax
        }
    }

    /// Where a component of the TD lies in the compacted format; 0 when the TD does not have it.
    func compactedOffset(_ component: Int) -> UInt32 {
        guard component >= 2, xfam[bit: component] else { return 0 }
        return compactedSize(xfam & ((2 << UInt64(component)) - 1)) &- components[component].eax
    }

    // MARK: Execution

    /// The values of a row, or nil when the table has none.
    public func configured(leaf: UInt32, subleaf: UInt32) -> CPUIDValues? {
        row(leaf, subleaf).map { values[$0] }
    }

    /// Whether the TD has a feature, by the bit that enumerates it.
    public func has(_ leaf: UInt32, _ subleaf: UInt32 = 0, _ register: CPUIDRegister, bit: Int) -> Bool {
        configured(leaf: leaf, subleaf: subleaf)?[register][bit: bit] ?? false
    }

    /// What CPUID does in a vCPU in `state`.
    public func execute(leaf: UInt32, subleaf: UInt32, _ state: State) -> Result {
        var leaf = leaf
        if !(0x4000_0000...0x4FFF_FFFF ~= leaf),
            leaf > max(nativeLastExtendedLeaf, CPUIDTable.lastExtendedLeaf)
                || CPUIDTable.lastBasicLeaf + 1..<0x8000_0000 ~= leaf
        {
            leaf = CPUIDTable.lastBasicLeaf
        }
        guard let row = row(leaf, subleaf), !CPUIDTable.rows[row].raisesVE else { return .ve }
        let showsTopology = state.tdControls[bit: 1]
        var value = values[row]
        switch leaf {
        case 1:
            value.ebx |= (showsTopology ? state.x2APICID : state.vcpuIndex) << 24
            value.ecx[bit: 27] = state.cr4[bit: 18]
        case 2:
            guard state.tdControls[bit: 2] else { return .ve }
            value = CPUIDValues(eax: 0x00FE_FF01)
        case 7 where subleaf == 0:
            value.ecx[bit: 4] = state.cr4[bit: 22]
            if state.tsxControl[bit: 1] { value.ebx &= ~(1 << 4 | 1 << 11) }
        case 0xB, 0x1F:
            guard showsTopology else { return .ve }
            value.edx = state.x2APICID
        case 0xD where subleaf == 0: value.ebx = standardSize(state.xcr0)
        case 0xD where subleaf == 1: value.ebx = compactedSize(state.xcr0 | state.xss)
        case 0x8000_0001: value.edx[bit: 11] = state.is64Bit
        default: break
        }
        return .values(value)
    }
}

extension CPUIDValues {
    subscript(_ register: CPUIDRegister) -> UInt32 {
        get {
            switch register {
            case .eax: eax
            case .ebx: ebx
            case .ecx: ecx
            case .edx: edx
            }
        }
        set {
            switch register {
            case .eax: eax = newValue
            case .ebx: ebx = newValue
            case .ecx: ecx = newValue
            case .edx: edx = newValue
            }
        }
    }

    /// Only the bits that `TD_PARAMS` may hold for a row.
    fileprivate func masked(by row: CPUIDRow) -> CPUIDValues {
        var result = self
        for register in CPUIDRegister.allCases {
            result[register] &= row[register].configured | row[register].allowed
        }
        return result
    }
}
