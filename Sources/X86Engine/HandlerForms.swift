// SPDX-License-Identifier: Apache-2.0

import X86Decoder

/// A handler for each operand size.
struct BySize {
    let byte: Handler
    let word: Handler
    let double: Handler
    let quad: Handler

    init(
        _ byte: @escaping Handler, _ word: @escaping Handler, _ double: @escaping Handler,
        _ quad: @escaping Handler
    ) {
        self.byte = byte
        self.word = word
        self.double = double
        self.quad = quad
    }
    subscript(_ size: UInt8) -> Handler {
        switch size {
        case 1: byte
        case 2: word
        case 4: double
        default: quad
        }
    }
}

/// How a handler computes the address of its memory operand.
protocol AddressForm {
    static func address(_ s: State, _ op: MicroOp) -> UInt64
}
/// Base and displacement, in 64-bit mode without segment base.
enum BaseAddress: AddressForm {
    @inline(__always) static func address(_ s: State, _ op: MicroOp) -> UInt64 {
        s[field: Int(op.baseRegister)] &+ op.displacement
    }
}
/// Base, index and displacement, in 64-bit mode without segment base.
enum IndexedAddress: AddressForm {
    @inline(__always) static func address(_ s: State, _ op: MicroOp) -> UInt64 {
        s[field: Int(op.baseRegister)] &+ (s[field: Int(op.indexRegister)] &<< UInt64(op.scale))
            &+ op.displacement
    }
}
/// Everything else.
enum SegmentedAddress: AddressForm {
    @inline(__always) static func address(_ s: State, _ op: MicroOp) -> UInt64 { op.address(s) }
}

/// Handlers for each address form and operand size.
struct ByAddress {
    let base: BySize
    let indexed: BySize
    let segmented: BySize
}

/// The shapes of an arithmetic instruction: r register, m memory, i immediate; destination first.
struct ArithmeticForms {
    let rr: BySize
    let ri: BySize
    let rm: ByAddress
    let mr: ByAddress
    let mi: ByAddress
    // With dead flags.
    let rrDead: BySize
    let riDead: BySize
    let rmDead: ByAddress
}
