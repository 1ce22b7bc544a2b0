// SPDX-License-Identifier: Apache-2.0

/// Bits of `RFLAGS`.
///
/// Computed, so that they are constants in the code of other targets.
///
/// - SeeAlso: SDM Vol. 1, "EFLAGS Register".
public enum RFLAGS {
    /// `CF`, carry.
    @inlinable public static var cf: UInt64 { 1 << 0 }
    /// `PF`, parity of the result's low byte.
    @inlinable public static var pf: UInt64 { 1 << 2 }
    /// `AF`, carry out of bit 3.
    @inlinable public static var af: UInt64 { 1 << 4 }
    /// `ZF`.
    @inlinable public static var zf: UInt64 { 1 << 6 }
    /// `SF`.
    @inlinable public static var sf: UInt64 { 1 << 7 }
    /// `TF`, a trap after each instruction.
    @inlinable public static var tf: UInt64 { 1 << 8 }
    /// `IF`, interrupts are let in.
    @inlinable public static var `if`: UInt64 { 1 << 9 }
    /// `DF`, strings run downwards.
    @inlinable public static var df: UInt64 { 1 << 10 }
    /// `OF`.
    @inlinable public static var of: UInt64 { 1 << 11 }
    /// `IOPL`, the lowest privilege that may do I/O.
    @inlinable public static var iopl: UInt64 { 3 << 12 }
    /// `NT`.
    @inlinable public static var nt: UInt64 { 1 << 14 }
    /// `RF`, instruction breakpoints are passed over once.
    @inlinable public static var rf: UInt64 { 1 << 16 }
    /// `VM`.
    @inlinable public static var vm: UInt64 { 1 << 17 }
    /// `AC`, alignment checks at CPL 3, and SMAP's consent.
    @inlinable public static var ac: UInt64 { 1 << 18 }
    /// `VIF`.
    @inlinable public static var vif: UInt64 { 1 << 19 }
    /// `VIP`.
    @inlinable public static var vip: UInt64 { 1 << 20 }
    /// `ID`.
    @inlinable public static var id: UInt64 { 1 << 21 }
    /// The flags that arithmetic leaves.
    @inlinable public static var arithmetic: UInt64 { cf | pf | af | zf | sf | of }
    /// Everything that is defined, bit 1 included.
    @inlinable public static var all: UInt64 { 0x3F_7FD7 }
}
