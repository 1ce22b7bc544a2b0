// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// A shift or rotation by a count that is already masked to 5 or 6 bits and not zero.
///
/// Where the manual leaves flags undefined: OF of shifts by more than one is what the last single step would give; AF is
/// clear.
protocol ShiftOperation {
    static func apply<T: Word>(_ s: State, _ a: T, _ count: Int, live: Bool) -> T
}

enum ShiftLeft: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ count: Int, live: Bool) -> T {
        let before = T(truncatingIfNeeded: UInt64(truncatingIfNeeded: a) &<< UInt64(count &- 1))
        let result = before &<< 1
        let carry = before >> (T.bitWidth - 1) != 0
        if live {
            s.recordShift(result, carry: carry, overflow: (result >> (T.bitWidth - 1) != 0) != carry)
        }
        return result
    }
}
enum ShiftRight: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ count: Int, live: Bool) -> T {
        let before = T(truncatingIfNeeded: UInt64(truncatingIfNeeded: a) &>> UInt64(count &- 1))
        let result = before &>> 1
        if live {
            s.recordShift(result, carry: before & 1 != 0, overflow: before >> (T.bitWidth - 1) != 0)
        }
        return result
    }
}
enum ShiftArithmetic: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ count: Int, live: Bool) -> T {
        let wide = (Int64(truncatingIfNeeded: a) &<< Int64(64 - T.bitWidth)) &>> Int64(64 - T.bitWidth)
        let before = wide &>> Int64(count &- 1)
        let result = T(truncatingIfNeeded: before &>> 1)
        if live { s.recordShift(result, carry: before & 1 != 0, overflow: false) }
        return result
    }
}
enum RotateLeft: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ count: Int, live: Bool) -> T {
        let n = T(truncatingIfNeeded: count)
        let result = a &<< n | a &>> (0 &- n)
        guard live else { return result }
        let carry = result & 1 != 0
        s.setCarry(carry, overflow: (result >> (T.bitWidth - 1) != 0) != carry)
        return result
    }
}
enum RotateRight: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ count: Int, live: Bool) -> T {
        let n = T(truncatingIfNeeded: count)
        let result = a &>> n | a &<< (0 &- n)
        guard live else { return result }
        let top = result >> (T.bitWidth - 1) != 0
        s.setCarry(top, overflow: top != ((result >> (T.bitWidth - 2)) & 1 != 0))
        return result
    }
}
enum RotateLeftCarry: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ count: Int, live: Bool) -> T {
        var result = a
        var carry = s.carryFlag
        for _ in 0..<count % (T.bitWidth + 1) {
            let top = result >> (T.bitWidth - 1) != 0
            result = result << 1 | (carry ? 1 : 0)
            carry = top
        }
        s.setCarry(carry, overflow: (result >> (T.bitWidth - 1) != 0) != carry)
        return result
    }
}
enum RotateRightCarry: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ count: Int, live: Bool) -> T {
        var result = a
        var carry = s.carryFlag
        for _ in 0..<count % (T.bitWidth + 1) {
            let bottom = result & 1 != 0
            result = result >> 1 | (carry ? 1 << (T.bitWidth - 1) : 0)
            carry = bottom
        }
        s.setCarry(
            carry,
            overflow: (result >> (T.bitWidth - 1) != 0) != ((result >> (T.bitWidth - 2)) & 1 != 0))
        return result
    }
}

/// The operation where its flags are dead.
enum DeadShift<O: ShiftOperation>: ShiftOperation {
    @inline(__always) static func apply<T: Word>(_ s: State, _ a: T, _ count: Int, live: Bool) -> T {
        O.apply(s, a, count, live: false)
    }
}

/// Register by immediate (masked at decode time, not zero).
@inline(__always)
func shiftRI<O: ShiftOperation, T: Word>(_ c: Pointer, _ o: Pointer, _: O.Type, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    s.setRegister(
        op.destination, O.apply(s, s.register(op.destination, T.self), Int(op.immediate), live: true))
    return proceed(c, o)
}
/// Register by CL.
@inline(__always)
func shiftRC<O: ShiftOperation, T: Word>(_ c: Pointer, _ o: Pointer, _: O.Type, _: T.Type) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let count = Int(s.register(8, UInt8.self) & (T.bitWidth == 64 ? 63 : 31))
    let a = s.register(op.destination, T.self)
    // By zero: flags stay; 32 bits are still written.
    s.setRegister(op.destination, count == 0 ? a : O.apply(s, a, count, live: true))
    return proceed(c, o)
}
/// The count of a shift by immediate, or by CL when `code` is 1.
@inline(__always)
private func count<T: Word>(_ s: State, _ op: MicroOp, _: T.Type) -> Int {
    Int(
        (op.code == 1 ? s.register(8, UInt8.self) : UInt8(truncatingIfNeeded: op.immediate))
            & (T.bitWidth == 64 ? 63 : 31))
}
@inline(__always)
func shiftM<O: ShiftOperation, T: Word>(_ c: Pointer, _ o: Pointer, _: O.Type, _: T.Type) -> Pointer? {
    updating(c, o, MicroOp(o).address(State(c)), T.self) { s, op, a in
        let count = count(s, op, T.self)
        return count == 0 ? a : O.apply(s, a, count, live: true)
    }
}

/// SHLD and SHRD: register `source` goes in. `count` is masked and not zero.
@inline(__always)
func doubleShift<T: Word>(_ s: State, _ a: T, _ b: T, _ count: Int, left: Bool) -> T {
    // 16 bits by more than 16: the operand follows itself, as processors do.
    let n = count
    let bits = T.bitWidth
    var result: T
    let carry: Bool
    if n > bits {
        let m = n - bits
        if left {
            result = b << T(truncatingIfNeeded: m) | a >> T(truncatingIfNeeded: bits - m)
            carry = (b >> T(truncatingIfNeeded: bits - m)) & 1 != 0
        } else {
            result = b >> T(truncatingIfNeeded: m) | a << T(truncatingIfNeeded: bits - m)
            carry = (b >> T(truncatingIfNeeded: m - 1)) & 1 != 0
        }
    } else if left {
        result = (n == bits ? 0 : a << T(truncatingIfNeeded: n)) | b >> T(truncatingIfNeeded: bits - n)
        carry = (a >> T(truncatingIfNeeded: bits - n)) & 1 != 0
    } else {
        result =
            (n == bits ? 0 : a >> T(truncatingIfNeeded: n))
            | (n == 0 ? 0 : b << T(truncatingIfNeeded: bits - n))
        carry = (a >> T(truncatingIfNeeded: n - 1)) & 1 != 0
    }
    s.recordShift(result, carry: carry, overflow: (result ^ a) >> (bits - 1) != 0)
    return result
}
@inline(__always)
func doubleShiftR<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, left: Bool) -> Pointer? {
    let (s, op) = (State(c), MicroOp(o))
    let count = count(s, op, T.self)
    let a = s.register(op.destination, T.self)
    s.setRegister(
        op.destination, count == 0 ? a : doubleShift(s, a, s.register(op.source, T.self), count, left: left))
    return proceed(c, o)
}
@inline(__always)
func doubleShiftM<T: Word>(_ c: Pointer, _ o: Pointer, _: T.Type, left: Bool) -> Pointer? {
    updating(c, o, MicroOp(o).address(State(c)), T.self) { s, op, a in
        let count = count(s, op, T.self)
        return count == 0 ? a : doubleShift(s, a, s.register(op.source, T.self), count, left: left)
    }
}
