// SPDX-License-Identifier: Apache-2.0

import X86

/// Which output register of CPUID.
public enum CPUIDRegister: Int, CaseIterable, Sendable {
    case eax, ebx, ecx, edx
}

/// How the module treats the bits of one register of a CPUID leaf.
public struct CPUIDRule: Hashable, Sendable, BitwiseCopyable {
    /// Bits that the native processor must have as `checkedValue` says.
    public let checked: UInt32
    public let checkedValue: UInt32
    /// Bits that must be the same on all logical processors.
    public let uniform: UInt32
    /// Bits that are fixed at 0 or computed when the guest executes CPUID.
    public let cleared: UInt32
    /// Bits that are fixed at 1.
    public let set: UInt32
    /// Bits that `TD_PARAMS` sets, whatever the processor has.
    public let configured: UInt32
    /// Bits that are the processor's if `TD_PARAMS` allows.
    public let allowed: UInt32

    init(
        _ checked: UInt32, _ checkedValue: UInt32, _ uniform: UInt32, _ cleared: UInt32, _ set: UInt32,
        _ configured: UInt32, _ allowed: UInt32
    ) {
        self.checked = checked
        self.checkedValue = checkedValue
        self.uniform = uniform
        self.cleared = cleared
        self.set = set
        self.configured = configured
        self.allowed = allowed
    }

    /// The register as a TD sees it before anything that depends on its attributes.
    public func value(native: UInt32, parameter: UInt32) -> UInt32 {
        let value = (native & ~cleared | set) & ~configured | parameter & configured
        return value & ~allowed | value & parameter & allowed
    }
}

/// A row of the CPUID virtualization table: a leaf, or one sub-leaf of it.
public struct CPUIDRow: Sendable {
    public let leaf: UInt32
    /// nil: the row stands for all sub-leaves.
    public let subleaf: UInt32?
    /// Position in `CPUID_CONFIG` and in `TD_PARAMS.CPUID_VALUES`.
    public let configuration: Int?
    /// The guest always gets #VE.
    public let raisesVE: Bool
    public let eax: CPUIDRule
    public let ebx: CPUIDRule
    public let ecx: CPUIDRule
    public let edx: CPUIDRule

    init(
        _ leaf: UInt32, _ subleaf: UInt32?, configuration: Int?, raisesVE: Bool, _ eax: CPUIDRule,
        _ ebx: CPUIDRule,
        _ ecx: CPUIDRule, _ edx: CPUIDRule
    ) {
        self.leaf = leaf
        self.subleaf = subleaf
        self.configuration = configuration
        self.raisesVE = raisesVE
        self.eax = eax
        self.ebx = ebx
        self.ecx = ecx
        self.edx = edx
    }

    public subscript(_ register: CPUIDRegister) -> CPUIDRule {
        switch register {
        case .eax: eax
        case .ebx: ebx
        case .ecx: ecx
        case .edx: edx
        }
    }

    /// The sub-leaf as structures spell it: all ones when the leaf has none.
    public var subleafNumber: UInt32 { subleaf ?? ~0 }

    /// `FIELD_CODE` of the row's first element among the `CPUID_VALUES` of a TD.
    public var metadataCode: UInt32 {
        subleafNumber[bits: 0...6] << 1 | (subleaf == nil ? 1 << 8 : 0) | leaf[bits: 0...6] << 9
            | leaf[bits: 31...31] << 16
    }
}

/// Bits of a CPUID register that need a bit of `XFAM`.
public struct XFAMGate: Sendable {
    public let leaf: UInt32
    public let subleaf: UInt32?
    public let bit: Int
    public let register: CPUIDRegister
    public let clears: UInt32

    init(_ leaf: UInt32, _ subleaf: UInt32?, bit: Int, _ register: CPUIDRegister, clears: UInt32) {
        self.leaf = leaf
        self.subleaf = subleaf
        self.bit = bit
        self.register = register
        self.clears = clears
    }
}

/// How the module virtualises CPUID.
///
/// - SeeAlso: ABI Reference, "CPUID Virtualization".
public enum CPUIDTable {
    /// `NUM_CPUID_CONFIG`
    public static let configurationCount = 18
    /// The highest basic leaf; leaves beyond are answered like this one.
    public static let lastBasicLeaf: UInt32 = 0x23
    /// The highest extended leaf of a TD.
    public static let lastExtendedLeaf: UInt32 = 0x8000_0008

    /// The rows that `TD_PARAMS` configures, in its order; indices into `rows`.
    public static let configurable: [Int] = rows.indices.filter { rows[$0].configuration != nil }
        .sorted { (rows[$0].configuration ?? 0) < (rows[$1].configuration ?? 0) }

    /// The row for a leaf: the sub-leaf's own, or the one for all sub-leaves.
    public static func index(leaf: UInt32, subleaf: UInt32) -> Int? {
        lookup[leaf]?.first { rows[$0].subleaf == nil || rows[$0].subleaf == subleaf }
    }
    private static let lookup = Dictionary(grouping: rows.indices) { rows[$0].leaf }

    /// The number of a row in the module's own table, which `CPUID_CONTROL` uses: that has four empty rows before the
    /// last.
    public static func lookupIndex(_ row: Int) -> Int { row < rows.count - 1 ? row : row + 4 }

    /// The bits of a register that the VMM may set in `TD_PARAMS`, as `CPUID_CONFIG` tells it.
    public static func configurationMask(_ row: CPUIDRow, _ register: CPUIDRegister, native: UInt32) -> UInt32
    {
        row[register].configured | row[register].allowed & native
    }
}
