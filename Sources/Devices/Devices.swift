// SPDX-License-Identifier: Apache-2.0

/// Device models of a small PC: what a Linux guest touches on its way up, and nothing more.
///
/// A device knows its ports or registers, an interrupt line and a backend closure. It does not know the machine, threads
/// or files: whoever owns the bus calls it from one thread at a time.
public enum AccessWidth: Int, Sendable, CaseIterable {
    case byte = 1
    case word = 2
    case doubleWord = 4
    case quadWord = 8

    /// The bits an access of this width can carry.
    public var mask: UInt64 { self == .quadWord ? ~0 : (1 << UInt64(rawValue * 8)) - 1 }
    /// The next smaller width; nil for a byte.
    var half: AccessWidth? { AccessWidth(rawValue: rawValue / 2) }
}

/// A level on a wire: `true` is asserted.
public typealias InterruptLine = (Bool) -> Void
