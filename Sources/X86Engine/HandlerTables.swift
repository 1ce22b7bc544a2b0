// SPDX-License-Identifier: Apache-2.0

// Handlers by size: one closure for each operation, shape and operand size.

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

/// The shapes of an arithmetic instruction.
struct ArithmeticForms {
    let rr: BySize
    let ri: BySize
    /// With dead flags.
    let rrDead: BySize
    let riDead: BySize
    let rm: BySize
    let mr: BySize
    let mi: BySize
}

// swift-format-ignore
enum Handlers {
    static let add = ArithmeticForms(
        rr: BySize(
            { c, o in rr(c, o, IntAdd.self, UInt8.self) },
            { c, o in rr(c, o, IntAdd.self, UInt16.self) },
            { c, o in rr(c, o, IntAdd.self, UInt32.self) },
            { c, o in rr(c, o, IntAdd.self, UInt64.self) }),
        ri: BySize(
            { c, o in ri(c, o, IntAdd.self, UInt8.self) },
            { c, o in ri(c, o, IntAdd.self, UInt16.self) },
            { c, o in ri(c, o, IntAdd.self, UInt32.self) },
            { c, o in ri(c, o, IntAdd.self, UInt64.self) }),
        rrDead: BySize(
            { c, o in rr(c, o, IntAdd.self, UInt8.self, live: false) },
            { c, o in rr(c, o, IntAdd.self, UInt16.self, live: false) },
            { c, o in rr(c, o, IntAdd.self, UInt32.self, live: false) },
            { c, o in rr(c, o, IntAdd.self, UInt64.self, live: false) }),
        riDead: BySize(
            { c, o in ri(c, o, IntAdd.self, UInt8.self, live: false) },
            { c, o in ri(c, o, IntAdd.self, UInt16.self, live: false) },
            { c, o in ri(c, o, IntAdd.self, UInt32.self, live: false) },
            { c, o in ri(c, o, IntAdd.self, UInt64.self, live: false) }),
        rm: BySize(
            { c, o in rm(c, o, IntAdd.self, UInt8.self) },
            { c, o in rm(c, o, IntAdd.self, UInt16.self) },
            { c, o in rm(c, o, IntAdd.self, UInt32.self) },
            { c, o in rm(c, o, IntAdd.self, UInt64.self) }),
        mr: BySize(
            { c, o in mr(c, o, IntAdd.self, UInt8.self) },
            { c, o in mr(c, o, IntAdd.self, UInt16.self) },
            { c, o in mr(c, o, IntAdd.self, UInt32.self) },
            { c, o in mr(c, o, IntAdd.self, UInt64.self) }),
        mi: BySize(
            { c, o in mi(c, o, IntAdd.self, UInt8.self) },
            { c, o in mi(c, o, IntAdd.self, UInt16.self) },
            { c, o in mi(c, o, IntAdd.self, UInt32.self) },
            { c, o in mi(c, o, IntAdd.self, UInt64.self) }))
    static let or = ArithmeticForms(
        rr: BySize(
            { c, o in rr(c, o, Or.self, UInt8.self) },
            { c, o in rr(c, o, Or.self, UInt16.self) },
            { c, o in rr(c, o, Or.self, UInt32.self) },
            { c, o in rr(c, o, Or.self, UInt64.self) }),
        ri: BySize(
            { c, o in ri(c, o, Or.self, UInt8.self) },
            { c, o in ri(c, o, Or.self, UInt16.self) },
            { c, o in ri(c, o, Or.self, UInt32.self) },
            { c, o in ri(c, o, Or.self, UInt64.self) }),
        rrDead: BySize(
            { c, o in rr(c, o, Or.self, UInt8.self, live: false) },
            { c, o in rr(c, o, Or.self, UInt16.self, live: false) },
            { c, o in rr(c, o, Or.self, UInt32.self, live: false) },
            { c, o in rr(c, o, Or.self, UInt64.self, live: false) }),
        riDead: BySize(
            { c, o in ri(c, o, Or.self, UInt8.self, live: false) },
            { c, o in ri(c, o, Or.self, UInt16.self, live: false) },
            { c, o in ri(c, o, Or.self, UInt32.self, live: false) },
            { c, o in ri(c, o, Or.self, UInt64.self, live: false) }),
        rm: BySize(
            { c, o in rm(c, o, Or.self, UInt8.self) },
            { c, o in rm(c, o, Or.self, UInt16.self) },
            { c, o in rm(c, o, Or.self, UInt32.self) },
            { c, o in rm(c, o, Or.self, UInt64.self) }),
        mr: BySize(
            { c, o in mr(c, o, Or.self, UInt8.self) },
            { c, o in mr(c, o, Or.self, UInt16.self) },
            { c, o in mr(c, o, Or.self, UInt32.self) },
            { c, o in mr(c, o, Or.self, UInt64.self) }),
        mi: BySize(
            { c, o in mi(c, o, Or.self, UInt8.self) },
            { c, o in mi(c, o, Or.self, UInt16.self) },
            { c, o in mi(c, o, Or.self, UInt32.self) },
            { c, o in mi(c, o, Or.self, UInt64.self) }))
    static let addWithCarry = ArithmeticForms(
        rr: BySize(
            { c, o in rr(c, o, AddWithCarry.self, UInt8.self) },
            { c, o in rr(c, o, AddWithCarry.self, UInt16.self) },
            { c, o in rr(c, o, AddWithCarry.self, UInt32.self) },
            { c, o in rr(c, o, AddWithCarry.self, UInt64.self) }),
        ri: BySize(
            { c, o in ri(c, o, AddWithCarry.self, UInt8.self) },
            { c, o in ri(c, o, AddWithCarry.self, UInt16.self) },
            { c, o in ri(c, o, AddWithCarry.self, UInt32.self) },
            { c, o in ri(c, o, AddWithCarry.self, UInt64.self) }),
        rrDead: BySize(
            { c, o in rr(c, o, AddWithCarry.self, UInt8.self, live: false) },
            { c, o in rr(c, o, AddWithCarry.self, UInt16.self, live: false) },
            { c, o in rr(c, o, AddWithCarry.self, UInt32.self, live: false) },
            { c, o in rr(c, o, AddWithCarry.self, UInt64.self, live: false) }),
        riDead: BySize(
            { c, o in ri(c, o, AddWithCarry.self, UInt8.self, live: false) },
            { c, o in ri(c, o, AddWithCarry.self, UInt16.self, live: false) },
            { c, o in ri(c, o, AddWithCarry.self, UInt32.self, live: false) },
            { c, o in ri(c, o, AddWithCarry.self, UInt64.self, live: false) }),
        rm: BySize(
            { c, o in rm(c, o, AddWithCarry.self, UInt8.self) },
            { c, o in rm(c, o, AddWithCarry.self, UInt16.self) },
            { c, o in rm(c, o, AddWithCarry.self, UInt32.self) },
            { c, o in rm(c, o, AddWithCarry.self, UInt64.self) }),
        mr: BySize(
            { c, o in mr(c, o, AddWithCarry.self, UInt8.self) },
            { c, o in mr(c, o, AddWithCarry.self, UInt16.self) },
            { c, o in mr(c, o, AddWithCarry.self, UInt32.self) },
            { c, o in mr(c, o, AddWithCarry.self, UInt64.self) }),
        mi: BySize(
            { c, o in mi(c, o, AddWithCarry.self, UInt8.self) },
            { c, o in mi(c, o, AddWithCarry.self, UInt16.self) },
            { c, o in mi(c, o, AddWithCarry.self, UInt32.self) },
            { c, o in mi(c, o, AddWithCarry.self, UInt64.self) }))
    static let subtractWithBorrow = ArithmeticForms(
        rr: BySize(
            { c, o in rr(c, o, SubtractWithBorrow.self, UInt8.self) },
            { c, o in rr(c, o, SubtractWithBorrow.self, UInt16.self) },
            { c, o in rr(c, o, SubtractWithBorrow.self, UInt32.self) },
            { c, o in rr(c, o, SubtractWithBorrow.self, UInt64.self) }),
        ri: BySize(
            { c, o in ri(c, o, SubtractWithBorrow.self, UInt8.self) },
            { c, o in ri(c, o, SubtractWithBorrow.self, UInt16.self) },
            { c, o in ri(c, o, SubtractWithBorrow.self, UInt32.self) },
            { c, o in ri(c, o, SubtractWithBorrow.self, UInt64.self) }),
        rrDead: BySize(
            { c, o in rr(c, o, SubtractWithBorrow.self, UInt8.self, live: false) },
            { c, o in rr(c, o, SubtractWithBorrow.self, UInt16.self, live: false) },
            { c, o in rr(c, o, SubtractWithBorrow.self, UInt32.self, live: false) },
            { c, o in rr(c, o, SubtractWithBorrow.self, UInt64.self, live: false) }),
        riDead: BySize(
            { c, o in ri(c, o, SubtractWithBorrow.self, UInt8.self, live: false) },
            { c, o in ri(c, o, SubtractWithBorrow.self, UInt16.self, live: false) },
            { c, o in ri(c, o, SubtractWithBorrow.self, UInt32.self, live: false) },
            { c, o in ri(c, o, SubtractWithBorrow.self, UInt64.self, live: false) }),
        rm: BySize(
            { c, o in rm(c, o, SubtractWithBorrow.self, UInt8.self) },
            { c, o in rm(c, o, SubtractWithBorrow.self, UInt16.self) },
            { c, o in rm(c, o, SubtractWithBorrow.self, UInt32.self) },
            { c, o in rm(c, o, SubtractWithBorrow.self, UInt64.self) }),
        mr: BySize(
            { c, o in mr(c, o, SubtractWithBorrow.self, UInt8.self) },
            { c, o in mr(c, o, SubtractWithBorrow.self, UInt16.self) },
            { c, o in mr(c, o, SubtractWithBorrow.self, UInt32.self) },
            { c, o in mr(c, o, SubtractWithBorrow.self, UInt64.self) }),
        mi: BySize(
            { c, o in mi(c, o, SubtractWithBorrow.self, UInt8.self) },
            { c, o in mi(c, o, SubtractWithBorrow.self, UInt16.self) },
            { c, o in mi(c, o, SubtractWithBorrow.self, UInt32.self) },
            { c, o in mi(c, o, SubtractWithBorrow.self, UInt64.self) }))
    static let and = ArithmeticForms(
        rr: BySize(
            { c, o in rr(c, o, And.self, UInt8.self) },
            { c, o in rr(c, o, And.self, UInt16.self) },
            { c, o in rr(c, o, And.self, UInt32.self) },
            { c, o in rr(c, o, And.self, UInt64.self) }),
        ri: BySize(
            { c, o in ri(c, o, And.self, UInt8.self) },
            { c, o in ri(c, o, And.self, UInt16.self) },
            { c, o in ri(c, o, And.self, UInt32.self) },
            { c, o in ri(c, o, And.self, UInt64.self) }),
        rrDead: BySize(
            { c, o in rr(c, o, And.self, UInt8.self, live: false) },
            { c, o in rr(c, o, And.self, UInt16.self, live: false) },
            { c, o in rr(c, o, And.self, UInt32.self, live: false) },
            { c, o in rr(c, o, And.self, UInt64.self, live: false) }),
        riDead: BySize(
            { c, o in ri(c, o, And.self, UInt8.self, live: false) },
            { c, o in ri(c, o, And.self, UInt16.self, live: false) },
            { c, o in ri(c, o, And.self, UInt32.self, live: false) },
            { c, o in ri(c, o, And.self, UInt64.self, live: false) }),
        rm: BySize(
            { c, o in rm(c, o, And.self, UInt8.self) },
            { c, o in rm(c, o, And.self, UInt16.self) },
            { c, o in rm(c, o, And.self, UInt32.self) },
            { c, o in rm(c, o, And.self, UInt64.self) }),
        mr: BySize(
            { c, o in mr(c, o, And.self, UInt8.self) },
            { c, o in mr(c, o, And.self, UInt16.self) },
            { c, o in mr(c, o, And.self, UInt32.self) },
            { c, o in mr(c, o, And.self, UInt64.self) }),
        mi: BySize(
            { c, o in mi(c, o, And.self, UInt8.self) },
            { c, o in mi(c, o, And.self, UInt16.self) },
            { c, o in mi(c, o, And.self, UInt32.self) },
            { c, o in mi(c, o, And.self, UInt64.self) }))
    static let subtract = ArithmeticForms(
        rr: BySize(
            { c, o in rr(c, o, IntSubtract.self, UInt8.self) },
            { c, o in rr(c, o, IntSubtract.self, UInt16.self) },
            { c, o in rr(c, o, IntSubtract.self, UInt32.self) },
            { c, o in rr(c, o, IntSubtract.self, UInt64.self) }),
        ri: BySize(
            { c, o in ri(c, o, IntSubtract.self, UInt8.self) },
            { c, o in ri(c, o, IntSubtract.self, UInt16.self) },
            { c, o in ri(c, o, IntSubtract.self, UInt32.self) },
            { c, o in ri(c, o, IntSubtract.self, UInt64.self) }),
        rrDead: BySize(
            { c, o in rr(c, o, IntSubtract.self, UInt8.self, live: false) },
            { c, o in rr(c, o, IntSubtract.self, UInt16.self, live: false) },
            { c, o in rr(c, o, IntSubtract.self, UInt32.self, live: false) },
            { c, o in rr(c, o, IntSubtract.self, UInt64.self, live: false) }),
        riDead: BySize(
            { c, o in ri(c, o, IntSubtract.self, UInt8.self, live: false) },
            { c, o in ri(c, o, IntSubtract.self, UInt16.self, live: false) },
            { c, o in ri(c, o, IntSubtract.self, UInt32.self, live: false) },
            { c, o in ri(c, o, IntSubtract.self, UInt64.self, live: false) }),
        rm: BySize(
            { c, o in rm(c, o, IntSubtract.self, UInt8.self) },
            { c, o in rm(c, o, IntSubtract.self, UInt16.self) },
            { c, o in rm(c, o, IntSubtract.self, UInt32.self) },
            { c, o in rm(c, o, IntSubtract.self, UInt64.self) }),
        mr: BySize(
            { c, o in mr(c, o, IntSubtract.self, UInt8.self) },
            { c, o in mr(c, o, IntSubtract.self, UInt16.self) },
            { c, o in mr(c, o, IntSubtract.self, UInt32.self) },
            { c, o in mr(c, o, IntSubtract.self, UInt64.self) }),
        mi: BySize(
            { c, o in mi(c, o, IntSubtract.self, UInt8.self) },
            { c, o in mi(c, o, IntSubtract.self, UInt16.self) },
            { c, o in mi(c, o, IntSubtract.self, UInt32.self) },
            { c, o in mi(c, o, IntSubtract.self, UInt64.self) }))
    static let xor = ArithmeticForms(
        rr: BySize(
            { c, o in rr(c, o, Xor.self, UInt8.self) },
            { c, o in rr(c, o, Xor.self, UInt16.self) },
            { c, o in rr(c, o, Xor.self, UInt32.self) },
            { c, o in rr(c, o, Xor.self, UInt64.self) }),
        ri: BySize(
            { c, o in ri(c, o, Xor.self, UInt8.self) },
            { c, o in ri(c, o, Xor.self, UInt16.self) },
            { c, o in ri(c, o, Xor.self, UInt32.self) },
            { c, o in ri(c, o, Xor.self, UInt64.self) }),
        rrDead: BySize(
            { c, o in rr(c, o, Xor.self, UInt8.self, live: false) },
            { c, o in rr(c, o, Xor.self, UInt16.self, live: false) },
            { c, o in rr(c, o, Xor.self, UInt32.self, live: false) },
            { c, o in rr(c, o, Xor.self, UInt64.self, live: false) }),
        riDead: BySize(
            { c, o in ri(c, o, Xor.self, UInt8.self, live: false) },
            { c, o in ri(c, o, Xor.self, UInt16.self, live: false) },
            { c, o in ri(c, o, Xor.self, UInt32.self, live: false) },
            { c, o in ri(c, o, Xor.self, UInt64.self, live: false) }),
        rm: BySize(
            { c, o in rm(c, o, Xor.self, UInt8.self) },
            { c, o in rm(c, o, Xor.self, UInt16.self) },
            { c, o in rm(c, o, Xor.self, UInt32.self) },
            { c, o in rm(c, o, Xor.self, UInt64.self) }),
        mr: BySize(
            { c, o in mr(c, o, Xor.self, UInt8.self) },
            { c, o in mr(c, o, Xor.self, UInt16.self) },
            { c, o in mr(c, o, Xor.self, UInt32.self) },
            { c, o in mr(c, o, Xor.self, UInt64.self) }),
        mi: BySize(
            { c, o in mi(c, o, Xor.self, UInt8.self) },
            { c, o in mi(c, o, Xor.self, UInt16.self) },
            { c, o in mi(c, o, Xor.self, UInt32.self) },
            { c, o in mi(c, o, Xor.self, UInt64.self) }))
    static let compare = ArithmeticForms(
        rr: BySize(
            { c, o in rr(c, o, Compare.self, UInt8.self) },
            { c, o in rr(c, o, Compare.self, UInt16.self) },
            { c, o in rr(c, o, Compare.self, UInt32.self) },
            { c, o in rr(c, o, Compare.self, UInt64.self) }),
        ri: BySize(
            { c, o in ri(c, o, Compare.self, UInt8.self) },
            { c, o in ri(c, o, Compare.self, UInt16.self) },
            { c, o in ri(c, o, Compare.self, UInt32.self) },
            { c, o in ri(c, o, Compare.self, UInt64.self) }),
        rrDead: BySize(
            { c, o in rr(c, o, Compare.self, UInt8.self, live: false) },
            { c, o in rr(c, o, Compare.self, UInt16.self, live: false) },
            { c, o in rr(c, o, Compare.self, UInt32.self, live: false) },
            { c, o in rr(c, o, Compare.self, UInt64.self, live: false) }),
        riDead: BySize(
            { c, o in ri(c, o, Compare.self, UInt8.self, live: false) },
            { c, o in ri(c, o, Compare.self, UInt16.self, live: false) },
            { c, o in ri(c, o, Compare.self, UInt32.self, live: false) },
            { c, o in ri(c, o, Compare.self, UInt64.self, live: false) }),
        rm: BySize(
            { c, o in rm(c, o, Compare.self, UInt8.self) },
            { c, o in rm(c, o, Compare.self, UInt16.self) },
            { c, o in rm(c, o, Compare.self, UInt32.self) },
            { c, o in rm(c, o, Compare.self, UInt64.self) }),
        mr: BySize(
            { c, o in mr(c, o, Compare.self, UInt8.self) },
            { c, o in mr(c, o, Compare.self, UInt16.self) },
            { c, o in mr(c, o, Compare.self, UInt32.self) },
            { c, o in mr(c, o, Compare.self, UInt64.self) }),
        mi: BySize(
            { c, o in mi(c, o, Compare.self, UInt8.self) },
            { c, o in mi(c, o, Compare.self, UInt16.self) },
            { c, o in mi(c, o, Compare.self, UInt32.self) },
            { c, o in mi(c, o, Compare.self, UInt64.self) }))
    static let test = ArithmeticForms(
        rr: BySize(
            { c, o in rr(c, o, Test.self, UInt8.self) },
            { c, o in rr(c, o, Test.self, UInt16.self) },
            { c, o in rr(c, o, Test.self, UInt32.self) },
            { c, o in rr(c, o, Test.self, UInt64.self) }),
        ri: BySize(
            { c, o in ri(c, o, Test.self, UInt8.self) },
            { c, o in ri(c, o, Test.self, UInt16.self) },
            { c, o in ri(c, o, Test.self, UInt32.self) },
            { c, o in ri(c, o, Test.self, UInt64.self) }),
        rrDead: BySize(
            { c, o in rr(c, o, Test.self, UInt8.self, live: false) },
            { c, o in rr(c, o, Test.self, UInt16.self, live: false) },
            { c, o in rr(c, o, Test.self, UInt32.self, live: false) },
            { c, o in rr(c, o, Test.self, UInt64.self, live: false) }),
        riDead: BySize(
            { c, o in ri(c, o, Test.self, UInt8.self, live: false) },
            { c, o in ri(c, o, Test.self, UInt16.self, live: false) },
            { c, o in ri(c, o, Test.self, UInt32.self, live: false) },
            { c, o in ri(c, o, Test.self, UInt64.self, live: false) }),
        rm: BySize(
            { c, o in rm(c, o, Test.self, UInt8.self) },
            { c, o in rm(c, o, Test.self, UInt16.self) },
            { c, o in rm(c, o, Test.self, UInt32.self) },
            { c, o in rm(c, o, Test.self, UInt64.self) }),
        mr: BySize(
            { c, o in mr(c, o, Test.self, UInt8.self) },
            { c, o in mr(c, o, Test.self, UInt16.self) },
            { c, o in mr(c, o, Test.self, UInt32.self) },
            { c, o in mr(c, o, Test.self, UInt64.self) }),
        mi: BySize(
            { c, o in mi(c, o, Test.self, UInt8.self) },
            { c, o in mi(c, o, Test.self, UInt16.self) },
            { c, o in mi(c, o, Test.self, UInt32.self) },
            { c, o in mi(c, o, Test.self, UInt64.self) }))
    /// In the order of the opcode extension.
    static let arithmetic: [ArithmeticForms] = [add, or, addWithCarry, subtractWithBorrow, and, subtract, xor, compare]
    static let incrementR = BySize(
        { c, o in unaryR(c, o, Increment.self, UInt8.self) },
        { c, o in unaryR(c, o, Increment.self, UInt16.self) },
        { c, o in unaryR(c, o, Increment.self, UInt32.self) },
        { c, o in unaryR(c, o, Increment.self, UInt64.self) })
    static let incrementM = BySize(
        { c, o in unaryM(c, o, Increment.self, UInt8.self) },
        { c, o in unaryM(c, o, Increment.self, UInt16.self) },
        { c, o in unaryM(c, o, Increment.self, UInt32.self) },
        { c, o in unaryM(c, o, Increment.self, UInt64.self) })
    static let decrementR = BySize(
        { c, o in unaryR(c, o, Decrement.self, UInt8.self) },
        { c, o in unaryR(c, o, Decrement.self, UInt16.self) },
        { c, o in unaryR(c, o, Decrement.self, UInt32.self) },
        { c, o in unaryR(c, o, Decrement.self, UInt64.self) })
    static let decrementM = BySize(
        { c, o in unaryM(c, o, Decrement.self, UInt8.self) },
        { c, o in unaryM(c, o, Decrement.self, UInt16.self) },
        { c, o in unaryM(c, o, Decrement.self, UInt32.self) },
        { c, o in unaryM(c, o, Decrement.self, UInt64.self) })
    static let notR = BySize(
        { c, o in unaryR(c, o, Not.self, UInt8.self) },
        { c, o in unaryR(c, o, Not.self, UInt16.self) },
        { c, o in unaryR(c, o, Not.self, UInt32.self) },
        { c, o in unaryR(c, o, Not.self, UInt64.self) })
    static let notM = BySize(
        { c, o in unaryM(c, o, Not.self, UInt8.self) },
        { c, o in unaryM(c, o, Not.self, UInt16.self) },
        { c, o in unaryM(c, o, Not.self, UInt32.self) },
        { c, o in unaryM(c, o, Not.self, UInt64.self) })
    static let negateR = BySize(
        { c, o in unaryR(c, o, Negate.self, UInt8.self) },
        { c, o in unaryR(c, o, Negate.self, UInt16.self) },
        { c, o in unaryR(c, o, Negate.self, UInt32.self) },
        { c, o in unaryR(c, o, Negate.self, UInt64.self) })
    static let negateM = BySize(
        { c, o in unaryM(c, o, Negate.self, UInt8.self) },
        { c, o in unaryM(c, o, Negate.self, UInt16.self) },
        { c, o in unaryM(c, o, Negate.self, UInt32.self) },
        { c, o in unaryM(c, o, Negate.self, UInt64.self) })
    static let imulRR = BySize(
        { c, o in X86Engine.imulRR(c, o, UInt8.self) },
        { c, o in X86Engine.imulRR(c, o, UInt16.self) },
        { c, o in X86Engine.imulRR(c, o, UInt32.self) },
        { c, o in X86Engine.imulRR(c, o, UInt64.self) })
    static let imulRM = BySize(
        { c, o in X86Engine.imulRM(c, o, UInt8.self) },
        { c, o in X86Engine.imulRM(c, o, UInt16.self) },
        { c, o in X86Engine.imulRM(c, o, UInt32.self) },
        { c, o in X86Engine.imulRM(c, o, UInt64.self) })
    static let imulRRI = BySize(
        { c, o in X86Engine.imulRRI(c, o, UInt8.self) },
        { c, o in X86Engine.imulRRI(c, o, UInt16.self) },
        { c, o in X86Engine.imulRRI(c, o, UInt32.self) },
        { c, o in X86Engine.imulRRI(c, o, UInt64.self) })
    static let imulRMI = BySize(
        { c, o in X86Engine.imulRMI(c, o, UInt8.self) },
        { c, o in X86Engine.imulRMI(c, o, UInt16.self) },
        { c, o in X86Engine.imulRMI(c, o, UInt32.self) },
        { c, o in X86Engine.imulRMI(c, o, UInt64.self) })
    static let moveRR = BySize(
        { c, o in X86Engine.moveRR(c, o, UInt8.self) },
        { c, o in X86Engine.moveRR(c, o, UInt16.self) },
        { c, o in X86Engine.moveRR(c, o, UInt32.self) },
        { c, o in X86Engine.moveRR(c, o, UInt64.self) })
    static let moveRI = BySize(
        { c, o in X86Engine.moveRI(c, o, UInt8.self) },
        { c, o in X86Engine.moveRI(c, o, UInt16.self) },
        { c, o in X86Engine.moveRI(c, o, UInt32.self) },
        { c, o in X86Engine.moveRI(c, o, UInt64.self) })
    static let moveRM = BySize(
        { c, o in X86Engine.moveRM(c, o, UInt8.self) },
        { c, o in X86Engine.moveRM(c, o, UInt16.self) },
        { c, o in X86Engine.moveRM(c, o, UInt32.self) },
        { c, o in X86Engine.moveRM(c, o, UInt64.self) })
    static let moveMR = BySize(
        { c, o in X86Engine.moveMR(c, o, UInt8.self) },
        { c, o in X86Engine.moveMR(c, o, UInt16.self) },
        { c, o in X86Engine.moveMR(c, o, UInt32.self) },
        { c, o in X86Engine.moveMR(c, o, UInt64.self) })
    static let moveMI = BySize(
        { c, o in X86Engine.moveMI(c, o, UInt8.self) },
        { c, o in X86Engine.moveMI(c, o, UInt16.self) },
        { c, o in X86Engine.moveMI(c, o, UInt32.self) },
        { c, o in X86Engine.moveMI(c, o, UInt64.self) })
    static let moveRB = BySize(
        { c, o in X86Engine.moveRB(c, o, UInt8.self) },
        { c, o in X86Engine.moveRB(c, o, UInt16.self) },
        { c, o in X86Engine.moveRB(c, o, UInt32.self) },
        { c, o in X86Engine.moveRB(c, o, UInt64.self) })
    static let moveBR = BySize(
        { c, o in X86Engine.moveBR(c, o, UInt8.self) },
        { c, o in X86Engine.moveBR(c, o, UInt16.self) },
        { c, o in X86Engine.moveBR(c, o, UInt32.self) },
        { c, o in X86Engine.moveBR(c, o, UInt64.self) })
    static let lea = BySize(
        { c, o in X86Engine.lea(c, o, UInt8.self) },
        { c, o in X86Engine.lea(c, o, UInt16.self) },
        { c, o in X86Engine.lea(c, o, UInt32.self) },
        { c, o in X86Engine.lea(c, o, UInt64.self) })
    static let leaNarrow = BySize(
        { c, o in X86Engine.leaNarrow(c, o, UInt8.self) },
        { c, o in X86Engine.leaNarrow(c, o, UInt16.self) },
        { c, o in X86Engine.leaNarrow(c, o, UInt32.self) },
        { c, o in X86Engine.leaNarrow(c, o, UInt64.self) })
    static let cmovRR = BySize(
        { c, o in X86Engine.cmovRR(c, o, UInt8.self) },
        { c, o in X86Engine.cmovRR(c, o, UInt16.self) },
        { c, o in X86Engine.cmovRR(c, o, UInt32.self) },
        { c, o in X86Engine.cmovRR(c, o, UInt64.self) })
    static let cmovRM = BySize(
        { c, o in X86Engine.cmovRM(c, o, UInt8.self) },
        { c, o in X86Engine.cmovRM(c, o, UInt16.self) },
        { c, o in X86Engine.cmovRM(c, o, UInt32.self) },
        { c, o in X86Engine.cmovRM(c, o, UInt64.self) })
    static let bitTestRR = BySize(
        { c, o in X86Engine.bitTestRR(c, o, UInt8.self) },
        { c, o in X86Engine.bitTestRR(c, o, UInt16.self) },
        { c, o in X86Engine.bitTestRR(c, o, UInt32.self) },
        { c, o in X86Engine.bitTestRR(c, o, UInt64.self) })
    static let bitTestRI = BySize(
        { c, o in X86Engine.bitTestRI(c, o, UInt8.self) },
        { c, o in X86Engine.bitTestRI(c, o, UInt16.self) },
        { c, o in X86Engine.bitTestRI(c, o, UInt32.self) },
        { c, o in X86Engine.bitTestRI(c, o, UInt64.self) })
    static let multiplyR = BySize(
        { c, o in X86Engine.multiplyR(c, o, UInt8.self, isSigned: false) },
        { c, o in X86Engine.multiplyR(c, o, UInt16.self, isSigned: false) },
        { c, o in X86Engine.multiplyR(c, o, UInt32.self, isSigned: false) },
        { c, o in X86Engine.multiplyR(c, o, UInt64.self, isSigned: false) })
    static let multiplySignedR = BySize(
        { c, o in X86Engine.multiplyR(c, o, UInt8.self, isSigned: true) },
        { c, o in X86Engine.multiplyR(c, o, UInt16.self, isSigned: true) },
        { c, o in X86Engine.multiplyR(c, o, UInt32.self, isSigned: true) },
        { c, o in X86Engine.multiplyR(c, o, UInt64.self, isSigned: true) })
    static let multiplyM = BySize(
        { c, o in X86Engine.multiplyM(c, o, UInt8.self, isSigned: false) },
        { c, o in X86Engine.multiplyM(c, o, UInt16.self, isSigned: false) },
        { c, o in X86Engine.multiplyM(c, o, UInt32.self, isSigned: false) },
        { c, o in X86Engine.multiplyM(c, o, UInt64.self, isSigned: false) })
    static let multiplySignedM = BySize(
        { c, o in X86Engine.multiplyM(c, o, UInt8.self, isSigned: true) },
        { c, o in X86Engine.multiplyM(c, o, UInt16.self, isSigned: true) },
        { c, o in X86Engine.multiplyM(c, o, UInt32.self, isSigned: true) },
        { c, o in X86Engine.multiplyM(c, o, UInt64.self, isSigned: true) })
    static let divideR = BySize(
        { c, o in X86Engine.divideR(c, o, UInt8.self, isSigned: false) },
        { c, o in X86Engine.divideR(c, o, UInt16.self, isSigned: false) },
        { c, o in X86Engine.divideR(c, o, UInt32.self, isSigned: false) },
        { c, o in X86Engine.divideR(c, o, UInt64.self, isSigned: false) })
    static let divideSignedR = BySize(
        { c, o in X86Engine.divideR(c, o, UInt8.self, isSigned: true) },
        { c, o in X86Engine.divideR(c, o, UInt16.self, isSigned: true) },
        { c, o in X86Engine.divideR(c, o, UInt32.self, isSigned: true) },
        { c, o in X86Engine.divideR(c, o, UInt64.self, isSigned: true) })
    static let divideM = BySize(
        { c, o in X86Engine.divideM(c, o, UInt8.self, isSigned: false) },
        { c, o in X86Engine.divideM(c, o, UInt16.self, isSigned: false) },
        { c, o in X86Engine.divideM(c, o, UInt32.self, isSigned: false) },
        { c, o in X86Engine.divideM(c, o, UInt64.self, isSigned: false) })
    static let divideSignedM = BySize(
        { c, o in X86Engine.divideM(c, o, UInt8.self, isSigned: true) },
        { c, o in X86Engine.divideM(c, o, UInt16.self, isSigned: true) },
        { c, o in X86Engine.divideM(c, o, UInt32.self, isSigned: true) },
        { c, o in X86Engine.divideM(c, o, UInt64.self, isSigned: true) })
    static let doubleShiftLeftR = BySize(
        { c, o in doubleShiftR(c, o, UInt8.self, left: true) },
        { c, o in doubleShiftR(c, o, UInt16.self, left: true) },
        { c, o in doubleShiftR(c, o, UInt32.self, left: true) },
        { c, o in doubleShiftR(c, o, UInt64.self, left: true) })
    static let doubleShiftRightR = BySize(
        { c, o in doubleShiftR(c, o, UInt8.self, left: false) },
        { c, o in doubleShiftR(c, o, UInt16.self, left: false) },
        { c, o in doubleShiftR(c, o, UInt32.self, left: false) },
        { c, o in doubleShiftR(c, o, UInt64.self, left: false) })
    static let doubleShiftLeftM = BySize(
        { c, o in doubleShiftM(c, o, UInt8.self, left: true) },
        { c, o in doubleShiftM(c, o, UInt16.self, left: true) },
        { c, o in doubleShiftM(c, o, UInt32.self, left: true) },
        { c, o in doubleShiftM(c, o, UInt64.self, left: true) })
    static let doubleShiftRightM = BySize(
        { c, o in doubleShiftM(c, o, UInt8.self, left: false) },
        { c, o in doubleShiftM(c, o, UInt16.self, left: false) },
        { c, o in doubleShiftM(c, o, UInt32.self, left: false) },
        { c, o in doubleShiftM(c, o, UInt64.self, left: false) })
    static let rotateLeftRI = BySize(
        { c, o in X86Engine.shiftRI(c, o, RotateLeft.self, UInt8.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateLeft.self, UInt16.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateLeft.self, UInt32.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateLeft.self, UInt64.self) })
    static let rotateLeftRC = BySize(
        { c, o in X86Engine.shiftRC(c, o, RotateLeft.self, UInt8.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateLeft.self, UInt16.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateLeft.self, UInt32.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateLeft.self, UInt64.self) })
    static let rotateLeftM = BySize(
        { c, o in X86Engine.shiftM(c, o, RotateLeft.self, UInt8.self) },
        { c, o in X86Engine.shiftM(c, o, RotateLeft.self, UInt16.self) },
        { c, o in X86Engine.shiftM(c, o, RotateLeft.self, UInt32.self) },
        { c, o in X86Engine.shiftM(c, o, RotateLeft.self, UInt64.self) })
    static let rotateRightRI = BySize(
        { c, o in X86Engine.shiftRI(c, o, RotateRight.self, UInt8.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateRight.self, UInt16.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateRight.self, UInt32.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateRight.self, UInt64.self) })
    static let rotateRightRC = BySize(
        { c, o in X86Engine.shiftRC(c, o, RotateRight.self, UInt8.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateRight.self, UInt16.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateRight.self, UInt32.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateRight.self, UInt64.self) })
    static let rotateRightM = BySize(
        { c, o in X86Engine.shiftM(c, o, RotateRight.self, UInt8.self) },
        { c, o in X86Engine.shiftM(c, o, RotateRight.self, UInt16.self) },
        { c, o in X86Engine.shiftM(c, o, RotateRight.self, UInt32.self) },
        { c, o in X86Engine.shiftM(c, o, RotateRight.self, UInt64.self) })
    static let rotateLeftCarryRI = BySize(
        { c, o in X86Engine.shiftRI(c, o, RotateLeftCarry.self, UInt8.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateLeftCarry.self, UInt16.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateLeftCarry.self, UInt32.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateLeftCarry.self, UInt64.self) })
    static let rotateLeftCarryRC = BySize(
        { c, o in X86Engine.shiftRC(c, o, RotateLeftCarry.self, UInt8.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateLeftCarry.self, UInt16.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateLeftCarry.self, UInt32.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateLeftCarry.self, UInt64.self) })
    static let rotateLeftCarryM = BySize(
        { c, o in X86Engine.shiftM(c, o, RotateLeftCarry.self, UInt8.self) },
        { c, o in X86Engine.shiftM(c, o, RotateLeftCarry.self, UInt16.self) },
        { c, o in X86Engine.shiftM(c, o, RotateLeftCarry.self, UInt32.self) },
        { c, o in X86Engine.shiftM(c, o, RotateLeftCarry.self, UInt64.self) })
    static let rotateRightCarryRI = BySize(
        { c, o in X86Engine.shiftRI(c, o, RotateRightCarry.self, UInt8.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateRightCarry.self, UInt16.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateRightCarry.self, UInt32.self) },
        { c, o in X86Engine.shiftRI(c, o, RotateRightCarry.self, UInt64.self) })
    static let rotateRightCarryRC = BySize(
        { c, o in X86Engine.shiftRC(c, o, RotateRightCarry.self, UInt8.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateRightCarry.self, UInt16.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateRightCarry.self, UInt32.self) },
        { c, o in X86Engine.shiftRC(c, o, RotateRightCarry.self, UInt64.self) })
    static let rotateRightCarryM = BySize(
        { c, o in X86Engine.shiftM(c, o, RotateRightCarry.self, UInt8.self) },
        { c, o in X86Engine.shiftM(c, o, RotateRightCarry.self, UInt16.self) },
        { c, o in X86Engine.shiftM(c, o, RotateRightCarry.self, UInt32.self) },
        { c, o in X86Engine.shiftM(c, o, RotateRightCarry.self, UInt64.self) })
    static let shiftLeftRI = BySize(
        { c, o in X86Engine.shiftRI(c, o, ShiftLeft.self, UInt8.self) },
        { c, o in X86Engine.shiftRI(c, o, ShiftLeft.self, UInt16.self) },
        { c, o in X86Engine.shiftRI(c, o, ShiftLeft.self, UInt32.self) },
        { c, o in X86Engine.shiftRI(c, o, ShiftLeft.self, UInt64.self) })
    static let shiftLeftRC = BySize(
        { c, o in X86Engine.shiftRC(c, o, ShiftLeft.self, UInt8.self) },
        { c, o in X86Engine.shiftRC(c, o, ShiftLeft.self, UInt16.self) },
        { c, o in X86Engine.shiftRC(c, o, ShiftLeft.self, UInt32.self) },
        { c, o in X86Engine.shiftRC(c, o, ShiftLeft.self, UInt64.self) })
    static let shiftLeftM = BySize(
        { c, o in X86Engine.shiftM(c, o, ShiftLeft.self, UInt8.self) },
        { c, o in X86Engine.shiftM(c, o, ShiftLeft.self, UInt16.self) },
        { c, o in X86Engine.shiftM(c, o, ShiftLeft.self, UInt32.self) },
        { c, o in X86Engine.shiftM(c, o, ShiftLeft.self, UInt64.self) })
    static let shiftRightRI = BySize(
        { c, o in X86Engine.shiftRI(c, o, ShiftRight.self, UInt8.self) },
        { c, o in X86Engine.shiftRI(c, o, ShiftRight.self, UInt16.self) },
        { c, o in X86Engine.shiftRI(c, o, ShiftRight.self, UInt32.self) },
        { c, o in X86Engine.shiftRI(c, o, ShiftRight.self, UInt64.self) })
    static let shiftRightRC = BySize(
        { c, o in X86Engine.shiftRC(c, o, ShiftRight.self, UInt8.self) },
        { c, o in X86Engine.shiftRC(c, o, ShiftRight.self, UInt16.self) },
        { c, o in X86Engine.shiftRC(c, o, ShiftRight.self, UInt32.self) },
        { c, o in X86Engine.shiftRC(c, o, ShiftRight.self, UInt64.self) })
    static let shiftRightM = BySize(
        { c, o in X86Engine.shiftM(c, o, ShiftRight.self, UInt8.self) },
        { c, o in X86Engine.shiftM(c, o, ShiftRight.self, UInt16.self) },
        { c, o in X86Engine.shiftM(c, o, ShiftRight.self, UInt32.self) },
        { c, o in X86Engine.shiftM(c, o, ShiftRight.self, UInt64.self) })
    static let shiftArithmeticRI = BySize(
        { c, o in X86Engine.shiftRI(c, o, ShiftArithmetic.self, UInt8.self) },
        { c, o in X86Engine.shiftRI(c, o, ShiftArithmetic.self, UInt16.self) },
        { c, o in X86Engine.shiftRI(c, o, ShiftArithmetic.self, UInt32.self) },
        { c, o in X86Engine.shiftRI(c, o, ShiftArithmetic.self, UInt64.self) })
    static let shiftArithmeticRC = BySize(
        { c, o in X86Engine.shiftRC(c, o, ShiftArithmetic.self, UInt8.self) },
        { c, o in X86Engine.shiftRC(c, o, ShiftArithmetic.self, UInt16.self) },
        { c, o in X86Engine.shiftRC(c, o, ShiftArithmetic.self, UInt32.self) },
        { c, o in X86Engine.shiftRC(c, o, ShiftArithmetic.self, UInt64.self) })
    static let shiftArithmeticM = BySize(
        { c, o in X86Engine.shiftM(c, o, ShiftArithmetic.self, UInt8.self) },
        { c, o in X86Engine.shiftM(c, o, ShiftArithmetic.self, UInt16.self) },
        { c, o in X86Engine.shiftM(c, o, ShiftArithmetic.self, UInt32.self) },
        { c, o in X86Engine.shiftM(c, o, ShiftArithmetic.self, UInt64.self) })
    static let shiftRI: [BySize] = [rotateLeftRI, rotateRightRI, rotateLeftCarryRI, rotateRightCarryRI, shiftLeftRI, shiftRightRI, shiftLeftRI, shiftArithmeticRI]
    static let shiftRC: [BySize] = [rotateLeftRC, rotateRightRC, rotateLeftCarryRC, rotateRightCarryRC, shiftLeftRC, shiftRightRC, shiftLeftRC, shiftArithmeticRC]
    static let shiftM: [BySize] = [rotateLeftM, rotateRightM, rotateLeftCarryM, rotateRightCarryM, shiftLeftM, shiftRightM, shiftLeftM, shiftArithmeticM]
    static let zeroExtend8RR = BySize(
        { c, o in extendRR(c, o, UInt8.self, from: UInt8.self) },
        { c, o in extendRR(c, o, UInt16.self, from: UInt8.self) },
        { c, o in extendRR(c, o, UInt32.self, from: UInt8.self) },
        { c, o in extendRR(c, o, UInt64.self, from: UInt8.self) })
    static let signExtend8RR = BySize(
        { c, o in signExtendRR(c, o, UInt8.self, from: Int8.self) },
        { c, o in signExtendRR(c, o, UInt16.self, from: Int8.self) },
        { c, o in signExtendRR(c, o, UInt32.self, from: Int8.self) },
        { c, o in signExtendRR(c, o, UInt64.self, from: Int8.self) })
    static let zeroExtend8RM = BySize(
        { c, o in extendRM(c, o, UInt8.self, from: UInt8.self) },
        { c, o in extendRM(c, o, UInt16.self, from: UInt8.self) },
        { c, o in extendRM(c, o, UInt32.self, from: UInt8.self) },
        { c, o in extendRM(c, o, UInt64.self, from: UInt8.self) })
    static let signExtend8RM = BySize(
        { c, o in signExtendRM(c, o, UInt8.self, from: Int8.self) },
        { c, o in signExtendRM(c, o, UInt16.self, from: Int8.self) },
        { c, o in signExtendRM(c, o, UInt32.self, from: Int8.self) },
        { c, o in signExtendRM(c, o, UInt64.self, from: Int8.self) })
    static let zeroExtend16RR = BySize(
        { c, o in extendRR(c, o, UInt8.self, from: UInt16.self) },
        { c, o in extendRR(c, o, UInt16.self, from: UInt16.self) },
        { c, o in extendRR(c, o, UInt32.self, from: UInt16.self) },
        { c, o in extendRR(c, o, UInt64.self, from: UInt16.self) })
    static let signExtend16RR = BySize(
        { c, o in signExtendRR(c, o, UInt8.self, from: Int16.self) },
        { c, o in signExtendRR(c, o, UInt16.self, from: Int16.self) },
        { c, o in signExtendRR(c, o, UInt32.self, from: Int16.self) },
        { c, o in signExtendRR(c, o, UInt64.self, from: Int16.self) })
    static let zeroExtend16RM = BySize(
        { c, o in extendRM(c, o, UInt8.self, from: UInt16.self) },
        { c, o in extendRM(c, o, UInt16.self, from: UInt16.self) },
        { c, o in extendRM(c, o, UInt32.self, from: UInt16.self) },
        { c, o in extendRM(c, o, UInt64.self, from: UInt16.self) })
    static let signExtend16RM = BySize(
        { c, o in signExtendRM(c, o, UInt8.self, from: Int16.self) },
        { c, o in signExtendRM(c, o, UInt16.self, from: Int16.self) },
        { c, o in signExtendRM(c, o, UInt32.self, from: Int16.self) },
        { c, o in signExtendRM(c, o, UInt64.self, from: Int16.self) })
    static let zeroExtend32RR = BySize(
        { c, o in extendRR(c, o, UInt8.self, from: UInt32.self) },
        { c, o in extendRR(c, o, UInt16.self, from: UInt32.self) },
        { c, o in extendRR(c, o, UInt32.self, from: UInt32.self) },
        { c, o in extendRR(c, o, UInt64.self, from: UInt32.self) })
    static let signExtend32RR = BySize(
        { c, o in signExtendRR(c, o, UInt8.self, from: Int32.self) },
        { c, o in signExtendRR(c, o, UInt16.self, from: Int32.self) },
        { c, o in signExtendRR(c, o, UInt32.self, from: Int32.self) },
        { c, o in signExtendRR(c, o, UInt64.self, from: Int32.self) })
    static let zeroExtend32RM = BySize(
        { c, o in extendRM(c, o, UInt8.self, from: UInt32.self) },
        { c, o in extendRM(c, o, UInt16.self, from: UInt32.self) },
        { c, o in extendRM(c, o, UInt32.self, from: UInt32.self) },
        { c, o in extendRM(c, o, UInt64.self, from: UInt32.self) })
    static let signExtend32RM = BySize(
        { c, o in signExtendRM(c, o, UInt8.self, from: Int32.self) },
        { c, o in signExtendRM(c, o, UInt16.self, from: Int32.self) },
        { c, o in signExtendRM(c, o, UInt32.self, from: Int32.self) },
        { c, o in signExtendRM(c, o, UInt64.self, from: Int32.self) })
    static let jumpIf: [Handler] = [
        { c, o in X86Engine.jumpIf(c, o, 0) },
        { c, o in X86Engine.jumpIf(c, o, 1) },
        { c, o in X86Engine.jumpIf(c, o, 2) },
        { c, o in X86Engine.jumpIf(c, o, 3) },
        { c, o in X86Engine.jumpIf(c, o, 4) },
        { c, o in X86Engine.jumpIf(c, o, 5) },
        { c, o in X86Engine.jumpIf(c, o, 6) },
        { c, o in X86Engine.jumpIf(c, o, 7) },
        { c, o in X86Engine.jumpIf(c, o, 8) },
        { c, o in X86Engine.jumpIf(c, o, 9) },
        { c, o in X86Engine.jumpIf(c, o, 10) },
        { c, o in X86Engine.jumpIf(c, o, 11) },
        { c, o in X86Engine.jumpIf(c, o, 12) },
        { c, o in X86Engine.jumpIf(c, o, 13) },
        { c, o in X86Engine.jumpIf(c, o, 14) },
        { c, o in X86Engine.jumpIf(c, o, 15) }]
    static let compareJumpRR: [BySize?] = [
        nil,
        nil,
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 2) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 2) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 2) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 2) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 3) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 3) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 3) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 3) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 4) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 4) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 4) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 4) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 5) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 5) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 5) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 5) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 6) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 6) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 6) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 6) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 7) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 7) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 7) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 7) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 8) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 8) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 8) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 8) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 9) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 9) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 9) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 9) }),
        nil,
        nil,
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 12) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 12) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 12) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 12) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 13) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 13) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 13) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 13) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 14) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 14) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 14) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 14) }),
        BySize(
            { c, o in X86Engine.compareJumpRR(c, o, UInt8.self, 15) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt16.self, 15) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt32.self, 15) },
            { c, o in X86Engine.compareJumpRR(c, o, UInt64.self, 15) })]
    static let compareJumpRI: [BySize?] = [
        nil,
        nil,
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 2) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 2) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 2) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 2) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 3) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 3) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 3) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 3) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 4) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 4) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 4) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 4) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 5) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 5) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 5) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 5) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 6) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 6) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 6) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 6) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 7) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 7) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 7) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 7) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 8) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 8) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 8) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 8) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 9) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 9) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 9) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 9) }),
        nil,
        nil,
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 12) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 12) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 12) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 12) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 13) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 13) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 13) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 13) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 14) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 14) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 14) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 14) }),
        BySize(
            { c, o in X86Engine.compareJumpRI(c, o, UInt8.self, 15) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt16.self, 15) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt32.self, 15) },
            { c, o in X86Engine.compareJumpRI(c, o, UInt64.self, 15) })]
    static let testJumpRR: [BySize?] = [
        nil,
        nil,
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 2) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 2) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 2) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 2) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 3) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 3) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 3) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 3) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 4) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 4) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 4) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 4) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 5) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 5) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 5) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 5) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 6) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 6) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 6) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 6) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 7) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 7) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 7) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 7) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 8) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 8) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 8) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 8) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 9) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 9) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 9) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 9) }),
        nil,
        nil,
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 12) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 12) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 12) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 12) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 13) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 13) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 13) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 13) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 14) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 14) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 14) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 14) }),
        BySize(
            { c, o in X86Engine.testJumpRR(c, o, UInt8.self, 15) },
            { c, o in X86Engine.testJumpRR(c, o, UInt16.self, 15) },
            { c, o in X86Engine.testJumpRR(c, o, UInt32.self, 15) },
            { c, o in X86Engine.testJumpRR(c, o, UInt64.self, 15) })]
    static let testJumpRI: [BySize?] = [
        nil,
        nil,
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 2) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 2) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 2) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 2) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 3) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 3) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 3) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 3) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 4) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 4) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 4) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 4) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 5) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 5) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 5) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 5) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 6) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 6) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 6) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 6) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 7) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 7) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 7) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 7) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 8) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 8) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 8) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 8) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 9) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 9) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 9) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 9) }),
        nil,
        nil,
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 12) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 12) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 12) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 12) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 13) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 13) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 13) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 13) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 14) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 14) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 14) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 14) }),
        BySize(
            { c, o in X86Engine.testJumpRI(c, o, UInt8.self, 15) },
            { c, o in X86Engine.testJumpRI(c, o, UInt16.self, 15) },
            { c, o in X86Engine.testJumpRI(c, o, UInt32.self, 15) },
            { c, o in X86Engine.testJumpRI(c, o, UInt64.self, 15) })]
}
