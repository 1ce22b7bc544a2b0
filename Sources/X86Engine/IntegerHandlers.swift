// SPDX-License-Identifier: Apache-2.0

// Written by Scripts/generate-handlers.py.

/// A handler for each operand size.
struct SizedHandlers {
    let byte, word, dword, qword: Handler

    subscript(size: UInt8) -> Handler {
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
            byte: { c, o in binaryRR(c, o, Add.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, Add.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, Add.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, Add.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, Add.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, Add.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, Add.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, Add.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, Add.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, Add.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, Add.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, Add.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, Add.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, Add.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, Add.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, Add.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, Add.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, Add.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, Add.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, Add.self, UInt64.self) }))
    static let or = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, Or.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, Or.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, Or.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, Or.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, Or.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, Or.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, Or.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, Or.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, Or.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, Or.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, Or.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, Or.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, Or.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, Or.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, Or.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, Or.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, Or.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, Or.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, Or.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, Or.self, UInt64.self) }))
    static let adc = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, Adc.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, Adc.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, Adc.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, Adc.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, Adc.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, Adc.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, Adc.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, Adc.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, Adc.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, Adc.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, Adc.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, Adc.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, Adc.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, Adc.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, Adc.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, Adc.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, Adc.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, Adc.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, Adc.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, Adc.self, UInt64.self) }))
    static let sbb = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, Sbb.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, Sbb.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, Sbb.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, Sbb.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, Sbb.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, Sbb.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, Sbb.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, Sbb.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, Sbb.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, Sbb.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, Sbb.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, Sbb.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, Sbb.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, Sbb.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, Sbb.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, Sbb.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, Sbb.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, Sbb.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, Sbb.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, Sbb.self, UInt64.self) }))
    static let and = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, And.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, And.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, And.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, And.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, And.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, And.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, And.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, And.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, And.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, And.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, And.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, And.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, And.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, And.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, And.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, And.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, And.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, And.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, And.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, And.self, UInt64.self) }))
    static let sub = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, Sub.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, Sub.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, Sub.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, Sub.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, Sub.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, Sub.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, Sub.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, Sub.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, Sub.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, Sub.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, Sub.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, Sub.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, Sub.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, Sub.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, Sub.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, Sub.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, Sub.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, Sub.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, Sub.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, Sub.self, UInt64.self) }))
    static let xor = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, Xor.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, Xor.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, Xor.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, Xor.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, Xor.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, Xor.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, Xor.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, Xor.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, Xor.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, Xor.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, Xor.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, Xor.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, Xor.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, Xor.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, Xor.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, Xor.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, Xor.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, Xor.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, Xor.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, Xor.self, UInt64.self) }))
    static let cmp = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, Cmp.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, Cmp.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, Cmp.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, Cmp.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, Cmp.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, Cmp.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, Cmp.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, Cmp.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, Cmp.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, Cmp.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, Cmp.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, Cmp.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, Cmp.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, Cmp.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, Cmp.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, Cmp.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, Cmp.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, Cmp.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, Cmp.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, Cmp.self, UInt64.self) }))
    static let test = BinaryHandlers(
        rr: SizedHandlers(
            byte: { c, o in binaryRR(c, o, Test.self, UInt8.self) },
            word: { c, o in binaryRR(c, o, Test.self, UInt16.self) },
            dword: { c, o in binaryRR(c, o, Test.self, UInt32.self) },
            qword: { c, o in binaryRR(c, o, Test.self, UInt64.self) }),
        ri: SizedHandlers(
            byte: { c, o in binaryRI(c, o, Test.self, UInt8.self) },
            word: { c, o in binaryRI(c, o, Test.self, UInt16.self) },
            dword: { c, o in binaryRI(c, o, Test.self, UInt32.self) },
            qword: { c, o in binaryRI(c, o, Test.self, UInt64.self) }),
        rm: SizedHandlers(
            byte: { c, o in binaryRM(c, o, Test.self, UInt8.self) },
            word: { c, o in binaryRM(c, o, Test.self, UInt16.self) },
            dword: { c, o in binaryRM(c, o, Test.self, UInt32.self) },
            qword: { c, o in binaryRM(c, o, Test.self, UInt64.self) }),
        mr: SizedHandlers(
            byte: { c, o in binaryMR(c, o, Test.self, UInt8.self) },
            word: { c, o in binaryMR(c, o, Test.self, UInt16.self) },
            dword: { c, o in binaryMR(c, o, Test.self, UInt32.self) },
            qword: { c, o in binaryMR(c, o, Test.self, UInt64.self) }),
        mi: SizedHandlers(
            byte: { c, o in binaryMI(c, o, Test.self, UInt8.self) },
            word: { c, o in binaryMI(c, o, Test.self, UInt16.self) },
            dword: { c, o in binaryMI(c, o, Test.self, UInt32.self) },
            qword: { c, o in binaryMI(c, o, Test.self, UInt64.self) }))
    static let inc = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in unaryR(c, o, Inc.self, UInt8.self) },
            word: { c, o in unaryR(c, o, Inc.self, UInt16.self) },
            dword: { c, o in unaryR(c, o, Inc.self, UInt32.self) },
            qword: { c, o in unaryR(c, o, Inc.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in unaryM(c, o, Inc.self, UInt8.self) },
            word: { c, o in unaryM(c, o, Inc.self, UInt16.self) },
            dword: { c, o in unaryM(c, o, Inc.self, UInt32.self) },
            qword: { c, o in unaryM(c, o, Inc.self, UInt64.self) }))
    static let dec = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in unaryR(c, o, Dec.self, UInt8.self) },
            word: { c, o in unaryR(c, o, Dec.self, UInt16.self) },
            dword: { c, o in unaryR(c, o, Dec.self, UInt32.self) },
            qword: { c, o in unaryR(c, o, Dec.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in unaryM(c, o, Dec.self, UInt8.self) },
            word: { c, o in unaryM(c, o, Dec.self, UInt16.self) },
            dword: { c, o in unaryM(c, o, Dec.self, UInt32.self) },
            qword: { c, o in unaryM(c, o, Dec.self, UInt64.self) }))
    static let neg = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in unaryR(c, o, Neg.self, UInt8.self) },
            word: { c, o in unaryR(c, o, Neg.self, UInt16.self) },
            dword: { c, o in unaryR(c, o, Neg.self, UInt32.self) },
            qword: { c, o in unaryR(c, o, Neg.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in unaryM(c, o, Neg.self, UInt8.self) },
            word: { c, o in unaryM(c, o, Neg.self, UInt16.self) },
            dword: { c, o in unaryM(c, o, Neg.self, UInt32.self) },
            qword: { c, o in unaryM(c, o, Neg.self, UInt64.self) }))
    static let not = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in unaryR(c, o, Not.self, UInt8.self) },
            word: { c, o in unaryR(c, o, Not.self, UInt16.self) },
            dword: { c, o in unaryR(c, o, Not.self, UInt32.self) },
            qword: { c, o in unaryR(c, o, Not.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in unaryM(c, o, Not.self, UInt8.self) },
            word: { c, o in unaryM(c, o, Not.self, UInt16.self) },
            dword: { c, o in unaryM(c, o, Not.self, UInt32.self) },
            qword: { c, o in unaryM(c, o, Not.self, UInt64.self) }))
    static let rol = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, Rol.self, UInt8.self) },
            word: { c, o in shiftR(c, o, Rol.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, Rol.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, Rol.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, Rol.self, UInt8.self) },
            word: { c, o in shiftM(c, o, Rol.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, Rol.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, Rol.self, UInt64.self) }))
    static let ror = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, Ror.self, UInt8.self) },
            word: { c, o in shiftR(c, o, Ror.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, Ror.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, Ror.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, Ror.self, UInt8.self) },
            word: { c, o in shiftM(c, o, Ror.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, Ror.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, Ror.self, UInt64.self) }))
    static let rcl = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, Rcl.self, UInt8.self) },
            word: { c, o in shiftR(c, o, Rcl.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, Rcl.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, Rcl.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, Rcl.self, UInt8.self) },
            word: { c, o in shiftM(c, o, Rcl.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, Rcl.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, Rcl.self, UInt64.self) }))
    static let rcr = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, Rcr.self, UInt8.self) },
            word: { c, o in shiftR(c, o, Rcr.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, Rcr.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, Rcr.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, Rcr.self, UInt8.self) },
            word: { c, o in shiftM(c, o, Rcr.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, Rcr.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, Rcr.self, UInt64.self) }))
    static let shl = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, Shl.self, UInt8.self) },
            word: { c, o in shiftR(c, o, Shl.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, Shl.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, Shl.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, Shl.self, UInt8.self) },
            word: { c, o in shiftM(c, o, Shl.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, Shl.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, Shl.self, UInt64.self) }))
    static let shr = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, Shr.self, UInt8.self) },
            word: { c, o in shiftR(c, o, Shr.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, Shr.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, Shr.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, Shr.self, UInt8.self) },
            word: { c, o in shiftM(c, o, Shr.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, Shr.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, Shr.self, UInt64.self) }))
    static let sar = UnaryHandlers(
        r: SizedHandlers(
            byte: { c, o in shiftR(c, o, Sar.self, UInt8.self) },
            word: { c, o in shiftR(c, o, Sar.self, UInt16.self) },
            dword: { c, o in shiftR(c, o, Sar.self, UInt32.self) },
            qword: { c, o in shiftR(c, o, Sar.self, UInt64.self) }),
        m: SizedHandlers(
            byte: { c, o in shiftM(c, o, Sar.self, UInt8.self) },
            word: { c, o in shiftM(c, o, Sar.self, UInt16.self) },
            dword: { c, o in shiftM(c, o, Sar.self, UInt32.self) },
            qword: { c, o in shiftM(c, o, Sar.self, UInt64.self) }))
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
