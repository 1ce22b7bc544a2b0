// SPDX-License-Identifier: Apache-2.0

// Written by Scripts/generate-handlers.py.

/// A handler for each operand size.
struct SizedHandlers {
    let byte, word, dword, qword: Handler

    subscript(size size: UInt8) -> Handler {
        size == 1 ? byte : size == 2 ? word : size == 4 ? dword : qword
    }
}

/// Register and memory shapes of an operation with two operands.
struct BinaryHandlers {
    let rr, ri, rm, mr, mi: SizedHandlers
}

struct UnaryHandlers {
    let r, m: SizedHandlers
}

enum IntegerHandlers {
    static let add = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, IntAdd.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, IntAdd.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, IntAdd.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, IntAdd.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, IntAdd.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, IntAdd.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, IntAdd.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, IntAdd.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, IntAdd.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, IntAdd.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, IntAdd.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, IntAdd.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, IntAdd.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, IntAdd.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, IntAdd.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, IntAdd.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, IntAdd.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, IntAdd.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, IntAdd.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, IntAdd.self, UInt64.self) }))
    static let or = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, IntOr.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, IntOr.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, IntOr.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, IntOr.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, IntOr.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, IntOr.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, IntOr.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, IntOr.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, IntOr.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, IntOr.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, IntOr.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, IntOr.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, IntOr.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, IntOr.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, IntOr.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, IntOr.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, IntOr.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, IntOr.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, IntOr.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, IntOr.self, UInt64.self) }))
    static let adc = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, IntAdc.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, IntAdc.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, IntAdc.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, IntAdc.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, IntAdc.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, IntAdc.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, IntAdc.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, IntAdc.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, IntAdc.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, IntAdc.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, IntAdc.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, IntAdc.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, IntAdc.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, IntAdc.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, IntAdc.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, IntAdc.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, IntAdc.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, IntAdc.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, IntAdc.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, IntAdc.self, UInt64.self) }))
    static let sbb = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, IntSbb.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, IntSbb.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, IntSbb.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, IntSbb.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, IntSbb.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, IntSbb.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, IntSbb.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, IntSbb.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, IntSbb.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, IntSbb.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, IntSbb.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, IntSbb.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, IntSbb.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, IntSbb.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, IntSbb.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, IntSbb.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, IntSbb.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, IntSbb.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, IntSbb.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, IntSbb.self, UInt64.self) }))
    static let and = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, IntAnd.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, IntAnd.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, IntAnd.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, IntAnd.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, IntAnd.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, IntAnd.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, IntAnd.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, IntAnd.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, IntAnd.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, IntAnd.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, IntAnd.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, IntAnd.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, IntAnd.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, IntAnd.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, IntAnd.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, IntAnd.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, IntAnd.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, IntAnd.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, IntAnd.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, IntAnd.self, UInt64.self) }))
    static let sub = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, IntSub.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, IntSub.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, IntSub.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, IntSub.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, IntSub.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, IntSub.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, IntSub.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, IntSub.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, IntSub.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, IntSub.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, IntSub.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, IntSub.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, IntSub.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, IntSub.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, IntSub.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, IntSub.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, IntSub.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, IntSub.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, IntSub.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, IntSub.self, UInt64.self) }))
    static let xor = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, IntXor.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, IntXor.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, IntXor.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, IntXor.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, IntXor.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, IntXor.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, IntXor.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, IntXor.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, IntXor.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, IntXor.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, IntXor.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, IntXor.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, IntXor.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, IntXor.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, IntXor.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, IntXor.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, IntXor.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, IntXor.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, IntXor.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, IntXor.self, UInt64.self) }))
    static let cmp = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, IntCmp.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, IntCmp.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, IntCmp.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, IntCmp.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, IntCmp.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, IntCmp.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, IntCmp.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, IntCmp.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, IntCmp.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, IntCmp.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, IntCmp.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, IntCmp.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, IntCmp.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, IntCmp.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, IntCmp.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, IntCmp.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, IntCmp.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, IntCmp.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, IntCmp.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, IntCmp.self, UInt64.self) }))
    static let test = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, IntTest.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, IntTest.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, IntTest.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, IntTest.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, IntTest.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, IntTest.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, IntTest.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, IntTest.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, IntTest.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, IntTest.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, IntTest.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, IntTest.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, IntTest.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, IntTest.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, IntTest.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, IntTest.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, IntTest.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, IntTest.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, IntTest.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, IntTest.self, UInt64.self) }))
    static let inc = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in unaryR(c, o, IntInc.self, UInt8.self) },
            word: { c, o in unaryR(c, o, IntInc.self, UInt16.self) },
            dword: { c, o in unaryR(c, o, IntInc.self, UInt32.self) },
            qword: { c, o in unaryR(c, o, IntInc.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in unaryM(c, o, IntInc.self, UInt8.self) },
            word: { c, o in unaryM(c, o, IntInc.self, UInt16.self) },
            dword: { c, o in unaryM(c, o, IntInc.self, UInt32.self) },
            qword: { c, o in unaryM(c, o, IntInc.self, UInt64.self) }))
    static let dec = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in unaryR(c, o, IntDec.self, UInt8.self) },
            word: { c, o in unaryR(c, o, IntDec.self, UInt16.self) },
            dword: { c, o in unaryR(c, o, IntDec.self, UInt32.self) },
            qword: { c, o in unaryR(c, o, IntDec.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in unaryM(c, o, IntDec.self, UInt8.self) },
            word: { c, o in unaryM(c, o, IntDec.self, UInt16.self) },
            dword: { c, o in unaryM(c, o, IntDec.self, UInt32.self) },
            qword: { c, o in unaryM(c, o, IntDec.self, UInt64.self) }))
    static let neg = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in unaryR(c, o, IntNeg.self, UInt8.self) },
            word: { c, o in unaryR(c, o, IntNeg.self, UInt16.self) },
            dword: { c, o in unaryR(c, o, IntNeg.self, UInt32.self) },
            qword: { c, o in unaryR(c, o, IntNeg.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in unaryM(c, o, IntNeg.self, UInt8.self) },
            word: { c, o in unaryM(c, o, IntNeg.self, UInt16.self) },
            dword: { c, o in unaryM(c, o, IntNeg.self, UInt32.self) },
            qword: { c, o in unaryM(c, o, IntNeg.self, UInt64.self) }))
    static let not = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in unaryR(c, o, IntNot.self, UInt8.self) },
            word: { c, o in unaryR(c, o, IntNot.self, UInt16.self) },
            dword: { c, o in unaryR(c, o, IntNot.self, UInt32.self) },
            qword: { c, o in unaryR(c, o, IntNot.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in unaryM(c, o, IntNot.self, UInt8.self) },
            word: { c, o in unaryM(c, o, IntNot.self, UInt16.self) },
            dword: { c, o in unaryM(c, o, IntNot.self, UInt32.self) },
            qword: { c, o in unaryM(c, o, IntNot.self, UInt64.self) }))
    static let rol = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, IntRol.self, UInt8.self) },
            word: { c, o in shiftR(c, o, IntRol.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, IntRol.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, IntRol.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, IntRol.self, UInt8.self) },
            word: { c, o in shiftM(c, o, IntRol.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, IntRol.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, IntRol.self, UInt64.self) }))
    static let ror = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, IntRor.self, UInt8.self) },
            word: { c, o in shiftR(c, o, IntRor.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, IntRor.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, IntRor.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, IntRor.self, UInt8.self) },
            word: { c, o in shiftM(c, o, IntRor.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, IntRor.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, IntRor.self, UInt64.self) }))
    static let rcl = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, IntRcl.self, UInt8.self) },
            word: { c, o in shiftR(c, o, IntRcl.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, IntRcl.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, IntRcl.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, IntRcl.self, UInt8.self) },
            word: { c, o in shiftM(c, o, IntRcl.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, IntRcl.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, IntRcl.self, UInt64.self) }))
    static let rcr = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, IntRcr.self, UInt8.self) },
            word: { c, o in shiftR(c, o, IntRcr.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, IntRcr.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, IntRcr.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, IntRcr.self, UInt8.self) },
            word: { c, o in shiftM(c, o, IntRcr.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, IntRcr.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, IntRcr.self, UInt64.self) }))
    static let shl = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, IntShl.self, UInt8.self) },
            word: { c, o in shiftR(c, o, IntShl.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, IntShl.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, IntShl.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, IntShl.self, UInt8.self) },
            word: { c, o in shiftM(c, o, IntShl.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, IntShl.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, IntShl.self, UInt64.self) }))
    static let shr = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, IntShr.self, UInt8.self) },
            word: { c, o in shiftR(c, o, IntShr.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, IntShr.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, IntShr.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, IntShr.self, UInt8.self) },
            word: { c, o in shiftM(c, o, IntShr.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, IntShr.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, IntShr.self, UInt64.self) }))
    static let sar = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, IntSar.self, UInt8.self) },
            word: { c, o in shiftR(c, o, IntSar.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, IntSar.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, IntSar.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, IntSar.self, UInt8.self) },
            word: { c, o in shiftM(c, o, IntSar.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, IntSar.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, IntSar.self, UInt64.self) }))
    static let movRR = SizedHandlers(
            byte: { c, o in X86Engine.movRR(c, o, UInt8.self) },
            word: { c, o in X86Engine.movRR(c, o, UInt16.self) },
            dword: { c, o in X86Engine.movRR(c, o, UInt32.self) },
            qword: { c, o in X86Engine.movRR(c, o, UInt64.self) })
    static let movRI = SizedHandlers(
            byte: { c, o in X86Engine.movRI(c, o, UInt8.self) },
            word: { c, o in X86Engine.movRI(c, o, UInt16.self) },
            dword: { c, o in X86Engine.movRI(c, o, UInt32.self) },
            qword: { c, o in X86Engine.movRI(c, o, UInt64.self) })
    static let movRM = SizedHandlers(
            byte: { c, o in X86Engine.movRM(c, o, UInt8.self) },
            word: { c, o in X86Engine.movRM(c, o, UInt16.self) },
            dword: { c, o in X86Engine.movRM(c, o, UInt32.self) },
            qword: { c, o in X86Engine.movRM(c, o, UInt64.self) })
    static let movMR = SizedHandlers(
            byte: { c, o in X86Engine.movMR(c, o, UInt8.self) },
            word: { c, o in X86Engine.movMR(c, o, UInt16.self) },
            dword: { c, o in X86Engine.movMR(c, o, UInt32.self) },
            qword: { c, o in X86Engine.movMR(c, o, UInt64.self) })
    static let movMI = SizedHandlers(
            byte: { c, o in X86Engine.movMI(c, o, UInt8.self) },
            word: { c, o in X86Engine.movMI(c, o, UInt16.self) },
            dword: { c, o in X86Engine.movMI(c, o, UInt32.self) },
            qword: { c, o in X86Engine.movMI(c, o, UInt64.self) })
    static let leaR = SizedHandlers(
            byte: { c, o in X86Engine.leaR(c, o, UInt8.self) },
            word: { c, o in X86Engine.leaR(c, o, UInt16.self) },
            dword: { c, o in X86Engine.leaR(c, o, UInt32.self) },
            qword: { c, o in X86Engine.leaR(c, o, UInt64.self) })
    static let xchgRR = SizedHandlers(
            byte: { c, o in X86Engine.xchgRR(c, o, UInt8.self) },
            word: { c, o in X86Engine.xchgRR(c, o, UInt16.self) },
            dword: { c, o in X86Engine.xchgRR(c, o, UInt32.self) },
            qword: { c, o in X86Engine.xchgRR(c, o, UInt64.self) })
    static let xchgMR = SizedHandlers(
            byte: { c, o in X86Engine.xchgMR(c, o, UInt8.self) },
            word: { c, o in X86Engine.xchgMR(c, o, UInt16.self) },
            dword: { c, o in X86Engine.xchgMR(c, o, UInt32.self) },
            qword: { c, o in X86Engine.xchgMR(c, o, UInt64.self) })
    static let cmovRR = SizedHandlers(
            byte: { c, o in X86Engine.cmovRR(c, o, UInt8.self) },
            word: { c, o in X86Engine.cmovRR(c, o, UInt16.self) },
            dword: { c, o in X86Engine.cmovRR(c, o, UInt32.self) },
            qword: { c, o in X86Engine.cmovRR(c, o, UInt64.self) })
    static let cmovRM = SizedHandlers(
            byte: { c, o in X86Engine.cmovRM(c, o, UInt8.self) },
            word: { c, o in X86Engine.cmovRM(c, o, UInt16.self) },
            dword: { c, o in X86Engine.cmovRM(c, o, UInt32.self) },
            qword: { c, o in X86Engine.cmovRM(c, o, UInt64.self) })
    static let imulRR = SizedHandlers(
            byte: { c, o in X86Engine.imulRR(c, o, UInt8.self) },
            word: { c, o in X86Engine.imulRR(c, o, UInt16.self) },
            dword: { c, o in X86Engine.imulRR(c, o, UInt32.self) },
            qword: { c, o in X86Engine.imulRR(c, o, UInt64.self) })
    static let imulRM = SizedHandlers(
            byte: { c, o in X86Engine.imulRM(c, o, UInt8.self) },
            word: { c, o in X86Engine.imulRM(c, o, UInt16.self) },
            dword: { c, o in X86Engine.imulRM(c, o, UInt32.self) },
            qword: { c, o in X86Engine.imulRM(c, o, UInt64.self) })
    static let imulRRI = SizedHandlers(
            byte: { c, o in X86Engine.imulRRI(c, o, UInt8.self) },
            word: { c, o in X86Engine.imulRRI(c, o, UInt16.self) },
            dword: { c, o in X86Engine.imulRRI(c, o, UInt32.self) },
            qword: { c, o in X86Engine.imulRRI(c, o, UInt64.self) })
    static let imulRMI = SizedHandlers(
            byte: { c, o in X86Engine.imulRMI(c, o, UInt8.self) },
            word: { c, o in X86Engine.imulRMI(c, o, UInt16.self) },
            dword: { c, o in X86Engine.imulRMI(c, o, UInt32.self) },
            qword: { c, o in X86Engine.imulRMI(c, o, UInt64.self) })
    static let extendUInt8R = SizedHandlers(
            byte: { c, o in X86Engine.extendR(c, o, UInt8.self, UInt8.self) },
            word: { c, o in X86Engine.extendR(c, o, UInt8.self, UInt16.self) },
            dword: { c, o in X86Engine.extendR(c, o, UInt8.self, UInt32.self) },
            qword: { c, o in X86Engine.extendR(c, o, UInt8.self, UInt64.self) })
    static let extendUInt8M = SizedHandlers(
            byte: { c, o in X86Engine.extendM(c, o, UInt8.self, UInt8.self) },
            word: { c, o in X86Engine.extendM(c, o, UInt8.self, UInt16.self) },
            dword: { c, o in X86Engine.extendM(c, o, UInt8.self, UInt32.self) },
            qword: { c, o in X86Engine.extendM(c, o, UInt8.self, UInt64.self) })
    static let extendUInt16R = SizedHandlers(
            byte: { c, o in X86Engine.extendR(c, o, UInt16.self, UInt8.self) },
            word: { c, o in X86Engine.extendR(c, o, UInt16.self, UInt16.self) },
            dword: { c, o in X86Engine.extendR(c, o, UInt16.self, UInt32.self) },
            qword: { c, o in X86Engine.extendR(c, o, UInt16.self, UInt64.self) })
    static let extendUInt16M = SizedHandlers(
            byte: { c, o in X86Engine.extendM(c, o, UInt16.self, UInt8.self) },
            word: { c, o in X86Engine.extendM(c, o, UInt16.self, UInt16.self) },
            dword: { c, o in X86Engine.extendM(c, o, UInt16.self, UInt32.self) },
            qword: { c, o in X86Engine.extendM(c, o, UInt16.self, UInt64.self) })
    static let extendUInt32R = SizedHandlers(
            byte: { c, o in X86Engine.extendR(c, o, UInt32.self, UInt8.self) },
            word: { c, o in X86Engine.extendR(c, o, UInt32.self, UInt16.self) },
            dword: { c, o in X86Engine.extendR(c, o, UInt32.self, UInt32.self) },
            qword: { c, o in X86Engine.extendR(c, o, UInt32.self, UInt64.self) })
    static let extendUInt32M = SizedHandlers(
            byte: { c, o in X86Engine.extendM(c, o, UInt32.self, UInt8.self) },
            word: { c, o in X86Engine.extendM(c, o, UInt32.self, UInt16.self) },
            dword: { c, o in X86Engine.extendM(c, o, UInt32.self, UInt32.self) },
            qword: { c, o in X86Engine.extendM(c, o, UInt32.self, UInt64.self) })
    static let extendInt8R = SizedHandlers(
            byte: { c, o in X86Engine.extendR(c, o, Int8.self, UInt8.self) },
            word: { c, o in X86Engine.extendR(c, o, Int8.self, UInt16.self) },
            dword: { c, o in X86Engine.extendR(c, o, Int8.self, UInt32.self) },
            qword: { c, o in X86Engine.extendR(c, o, Int8.self, UInt64.self) })
    static let extendInt8M = SizedHandlers(
            byte: { c, o in X86Engine.extendM(c, o, Int8.self, UInt8.self) },
            word: { c, o in X86Engine.extendM(c, o, Int8.self, UInt16.self) },
            dword: { c, o in X86Engine.extendM(c, o, Int8.self, UInt32.self) },
            qword: { c, o in X86Engine.extendM(c, o, Int8.self, UInt64.self) })
    static let extendInt16R = SizedHandlers(
            byte: { c, o in X86Engine.extendR(c, o, Int16.self, UInt8.self) },
            word: { c, o in X86Engine.extendR(c, o, Int16.self, UInt16.self) },
            dword: { c, o in X86Engine.extendR(c, o, Int16.self, UInt32.self) },
            qword: { c, o in X86Engine.extendR(c, o, Int16.self, UInt64.self) })
    static let extendInt16M = SizedHandlers(
            byte: { c, o in X86Engine.extendM(c, o, Int16.self, UInt8.self) },
            word: { c, o in X86Engine.extendM(c, o, Int16.self, UInt16.self) },
            dword: { c, o in X86Engine.extendM(c, o, Int16.self, UInt32.self) },
            qword: { c, o in X86Engine.extendM(c, o, Int16.self, UInt64.self) })
    static let extendInt32R = SizedHandlers(
            byte: { c, o in X86Engine.extendR(c, o, Int32.self, UInt8.self) },
            word: { c, o in X86Engine.extendR(c, o, Int32.self, UInt16.self) },
            dword: { c, o in X86Engine.extendR(c, o, Int32.self, UInt32.self) },
            qword: { c, o in X86Engine.extendR(c, o, Int32.self, UInt64.self) })
    static let extendInt32M = SizedHandlers(
            byte: { c, o in X86Engine.extendM(c, o, Int32.self, UInt8.self) },
            word: { c, o in X86Engine.extendM(c, o, Int32.self, UInt16.self) },
            dword: { c, o in X86Engine.extendM(c, o, Int32.self, UInt32.self) },
            qword: { c, o in X86Engine.extendM(c, o, Int32.self, UInt64.self) })
}
