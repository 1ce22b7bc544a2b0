// SPDX-License-Identifier: Apache-2.0

/// What the guest's RDMSR or WRMSR of an MSR does.
public enum MSRAccess: Hashable, Sendable {
    /// The processor does it, without an exit.
    case native
    /// #VE: the guest asks its VMM.
    case ve
    case gp
    /// #GP(0) unless the feature the MSR belongs to is enumerated to the TD; then #VE.
    case gpOrVE
    /// The module does it.
    case emulated
}

/// What access to an MSR depends on.
public enum MSRFeature: Hashable, CaseIterable, Sendable {
    case perfmon, cet, lbr, pks, pt, tsx, uintr, waitpkg, xfd
    /// `PERFMON`, and the processor has performance metrics.
    case perfMetrics
    /// `PERFMON` and processor trace.
    case perfCapabilities
}

/// The rule for one direction of access.
public enum MSRRule: Hashable, Sendable {
    case always(MSRAccess)
    case nativeIf(MSRFeature, MSRAccess)

    static let native = MSRRule.always(.native)
    static let ve = MSRRule.always(.ve)
    static let gp = MSRRule.always(.gp)
    static let gpOrVE = MSRRule.always(.gpOrVE)
    static let emulated = MSRRule.always(.emulated)

    public func access(_ features: Set<MSRFeature>) -> MSRAccess {
        switch self {
        case .always(let access): access
        case .nativeIf(let feature, let access): features.contains(feature) ? .native : access
        }
    }
}

/// A row of the MSR virtualization table.
public struct MSRRow: Sendable {
    public let numbers: ClosedRange<UInt32>
    public let name: String
    public let read: MSRRule
    public let write: MSRRule

    init(_ numbers: ClosedRange<UInt32>, _ name: String, read: MSRRule, write: MSRRule) {
        self.numbers = numbers
        self.name = name
        self.read = read
        self.write = write
    }
}

/// How the module virtualises MSRs. MSRs without a row raise #VE.
///
/// - SeeAlso: ABI Reference, "MSR Virtualization".
public enum MSRTable {
    /// The row for an MSR, if it has one.
    public static func row(_ number: UInt32) -> MSRRow? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].numbers.upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low].numbers.contains(number) ? rows[low] : nil
    }

    /// The MSRs that do not exit on RDMSR and WRMSR in a TD with these features.
    public static func direct(_ features: Set<MSRFeature>) -> (read: Set<UInt32>, write: Set<UInt32>) {
        var read: Set<UInt32> = []
        var write: Set<UInt32> = []
        for row in rows {
            if row.read.access(features) == .native { read.formUnion(row.numbers) }
            if row.write.access(features) == .native { write.formUnion(row.numbers) }
        }
        return (read, write)
    }

    /// The same as the processor's MSR bitmaps: a page whose set bits make an access exit; reads of low and of high
    /// numbers, then writes.
    public static func bitmaps(_ features: Set<MSRFeature>) -> [UInt8] {
        let direct = direct(features)
        var page = [UInt8](repeating: 0xFF, count: 4096)
        for (numbers, start) in [(direct.read, 0), (direct.write, 2048)] {
            for number in numbers {
                let bit = Int(number & 0x1FFF)
                page[start + (number < 0xC000_0000 ? 0 : 1024) + bit / 8] &= ~(1 << UInt8(bit % 8))
            }
        }
        return page
    }
}
