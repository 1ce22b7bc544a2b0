// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

/// The contents of an XMM register.
typealias Vector = SIMD2<UInt64>

/// Slots of 16 bytes, counted from the FXSAVE image, which the handlers of MMX and SSE take as operands.
///
/// One numbering for MMX, XMM and the scratch slots lets one handler serve all forms of an operation: a memory operand is
/// first loaded into a scratch slot by an op of its own.
enum SIMDSlot {
    static func mmx(_ register: UInt8) -> UInt8 { 2 + (register & 7) }
    static func xmm(_ register: UInt8) -> UInt8 { 10 + (register & 15) }
    static let scratch: UInt8 = UInt8((State.Offset.simdScratch - State.Offset.fxsave) / 16)
}

extension State {
    /// A 16-byte slot: see `SIMDSlot`.
    @inline(__always) subscript(slot number: UInt8) -> Vector {
        get { (base + Offset.fxsave + Int(number) &* 16).loadUnaligned(as: Vector.self) }
        nonmutating set {
            (base + Offset.fxsave + Int(number) &* 16).storeBytes(of: newValue, as: Vector.self)
        }
    }
    @inline(__always) subscript<T: BitwiseCopyable>(slot number: UInt8, as type: T.Type) -> T {
        get { (base + Offset.fxsave + Int(number) &* 16).loadUnaligned(as: T.self) }
        nonmutating set { (base + Offset.fxsave + Int(number) &* 16).storeBytes(of: newValue, as: T.self) }
    }
}

/// The mandatory prefix of an opcode of the SSE maps.
enum MandatoryPrefix: UInt8 {
    case none, p66, pF3, pF2
}

extension Instruction {
    var mandatoryPrefix: MandatoryPrefix {
        if prefixes.contains(.rep) { return .pF3 }
        if prefixes.contains(.repne) { return .pF2 }
        return prefixes.contains(.operandSize) ? .p66 : .none
    }
    var isWide: Bool { prefixes.contains(.rexW) }
    /// The immediate as a byte.
    var immediateByte: UInt8 { UInt8(truncatingIfNeeded: immediate) }
}

// MARK: - Shapes of handlers

/// `destination = f(destination, source)` on whole registers.
@inline(__always)
func vector(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ f: (Vector, Vector) -> Vector
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    state[slot: op.destination] = f(state[slot: op.destination], state[slot: op.source])
    return proceed(c, o)
}

/// `destination = f(destination, source)` on lanes.
@inline(__always)
func lanes<L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: L.Type, _ f: (L, L) -> L
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    state[slot: op.destination, as: L.self] = f(
        state[slot: op.destination, as: L.self], state[slot: op.source, as: L.self])
    return proceed(c, o)
}

/// `destination = f(destination, source)` lane by lane.
@inline(__always)
func eachLane<L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: L.Type,
    _ f: (L.Scalar, L.Scalar) -> L.Scalar
) -> UnsafeMutableRawPointer? {
    lanes(c, o, type) { a, b in
        var result = L()
        for lane in 0..<L.scalarCount { result[lane] = f(a[lane], b[lane]) }
        return result
    }
}

/// Lanes of all ones where the comparison holds.
@inline(__always)
func compare<L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: L.Type,
    _ f: (L, L) -> SIMDMask<L.MaskStorage>
) -> UnsafeMutableRawPointer? where L.Scalar: FixedWidthInteger {
    lanes(c, o, type) { a, b in L().replacing(with: L(repeating: ~0), where: f(a, b)) }
}

/// A shift of all lanes by the same count.
@inline(__always)
func shift<L: SIMD & BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: L.Type, count: UInt64,
    _ f: (L, L) -> L
) -> UnsafeMutableRawPointer? where L.Scalar: FixedWidthInteger {
    let state = State(c)
    let op = MicroOp(o)
    let bits = UInt64(L.Scalar.bitWidth)
    let value = state[slot: op.destination, as: L.self]
    if count < bits {
        state[slot: op.destination, as: L.self] = f(value, L(repeating: L.Scalar(truncatingIfNeeded: count)))
    } else if L.Scalar.isSigned {
        state[slot: op.destination, as: L.self] = f(
            value, L(repeating: L.Scalar(truncatingIfNeeded: bits - 1)))
    } else {
        state[slot: op.destination, as: L.self] = L()
    }
    return proceed(c, o)
}

/// The count operand of a shift: the low 64 bits of the source, or the immediate.
@inline(__always)
func shiftCount(_ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer) -> UInt64 {
    State(c)[slot: MicroOp(o).source].x
}
@inline(__always)
func shiftImmediate(_ o: UnsafeMutableRawPointer) -> UInt64 {
    UInt64(UInt8(truncatingIfNeeded: MicroOp(o).immediate))
}

/// Loads a memory operand into the destination slot, zero-extended.
@inline(__always)
func loadSlot<T: BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: T.Type, _ f: (T) -> Vector
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    guard let value = state.load(op.address(state), op, as: T.self) else { return nil }
    state[slot: op.destination] = f(value)
    return proceed(c, o)
}

private let load16: Handler = { c, o in loadSlot(c, o, Vector.self) { $0 } }
private let load16Aligned: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let address = op.address(state)
    guard _fastPath(address & 15 == 0) else { return state.raise(13, errorCode: 0, op) }
    guard let value = state.load(address, op, as: Vector.self) else { return nil }
    state[slot: op.destination] = value
    return proceed(c, o)
}
private let load8: Handler = { c, o in loadSlot(c, o, UInt64.self) { Vector($0, 0) } }
private let load4: Handler = { c, o in loadSlot(c, o, UInt32.self) { Vector(UInt64($0), 0) } }
private let load2: Handler = { c, o in loadSlot(c, o, UInt16.self) { Vector(UInt64($0), 0) } }
private let load1: Handler = { c, o in loadSlot(c, o, UInt8.self) { Vector(UInt64($0), 0) } }

private let store16: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    guard state.store(op.address(state), state[slot: op.source], op) else { return nil }
    return proceed(c, o)
}
private let store16Aligned: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let address = op.address(state)
    guard _fastPath(address & 15 == 0) else { return state.raise(13, errorCode: 0, op) }
    guard state.store(address, state[slot: op.source], op) else { return nil }
    return proceed(c, o)
}
@inline(__always)
private func storeLane<T: BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: T.Type
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let lane = state.base + State.Offset.fxsave + Int(op.source) &* 16 + Int(op.immediate)
    guard state.store(op.address(state), lane.loadUnaligned(as: T.self), op) else { return nil }
    return proceed(c, o)
}
/// Store a part of a slot; `immediate` is its byte offset.
private let store8: Handler = { c, o in storeLane(c, o, UInt64.self) }
private let store4: Handler = { c, o in storeLane(c, o, UInt32.self) }
private let store2: Handler = { c, o in storeLane(c, o, UInt16.self) }
private let store1: Handler = { c, o in storeLane(c, o, UInt8.self) }

private let raiseNoFPU: Handler = { c, o in State(c).raise(7, MicroOp(o)) }

/// Raises `#MF` when an unmasked x87 exception is pending.
let checkPendingX87: Handler = { c, o in
    let state = State(c)
    if state.read(State.Offset.fsw, as: UInt16.self) & 0x80 != 0 { return state.raise(16, MicroOp(o)) }
    return proceed(c, o)
}
/// What every MMX instruction but EMMS does to the x87 state: TOP = 0, all registers valid.
private let enterMMX: Handler = { c, o in
    State(c).enterMMX()
    return proceed(c, o)
}
/// The upper part of an MMX register that was written: exponent and sign all ones.
private let finishMMX: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    state[slot: op.destination] = Vector(state[slot: op.destination].x, 0xFFFF)
    return proceed(c, o)
}
/// The same, with the result in the upper half.
private let finishMMXHigh: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    state[slot: op.destination] = Vector(state[slot: op.destination].y, 0xFFFF)
    return proceed(c, o)
}
/// Destination and source side by side in the destination.
private let joinMMX: Handler = { c, o in vector(c, o) { a, b in Vector(a.x, b.x) } }

/// Stores an MMX register, then goes to MMX state: a store that faults changes nothing.
@inline(__always)
private func storeMMX<T: BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ type: T.Type
) -> UnsafeMutableRawPointer? {
    let state = State(c)
    let op = MicroOp(o)
    let value = state[slot: state.currentSlot(ofMMX: op.source), as: T.self]
    guard state.store(op.address(state), value, op) else { return nil }
    state.enterMMX()
    return proceed(c, o)
}
private let storeMMX8: Handler = { c, o in storeMMX(c, o, UInt64.self) }
private let storeMMX4: Handler = { c, o in storeMMX(c, o, UInt32.self) }

extension State {
    /// TOP = 0, all registers valid: `SIMDSlot.mmx` numbers the registers from now on.
    @inline(__always) func enterMMX() {
        rotateX87ToTopZero()
        write(Offset.ftw, UInt8(0xFF))
    }
    /// Where an MMX register lies while TOP is what it is.
    @inline(__always) func currentSlot(ofMMX register: UInt8) -> UInt8 {
        SIMDSlot.mmx(register &- UInt8(truncatingIfNeeded: read(Offset.fsw, as: UInt16.self) >> 11))
    }
    /// Turns the stack of the FXSAVE image until TOP is 0, so that slot *i* is physical register *i*.
    @inline(__always) func rotateX87ToTopZero() {
        let status = read(Offset.fsw, as: UInt16.self)
        if _slowPath(status & 0x3800 != 0) { rotateX87(Int(status >> 11) & 7) }
    }
    @inline(never) private func rotateX87(_ top: Int) {
        var registers: [8 of Vector] = [8 of Vector](repeating: Vector())
        for i in 0..<8 { registers[(i + top) & 7] = self[slot: UInt8(2 + i)] }
        for i in 0..<8 { self[slot: UInt8(2 + i)] = registers[i] }
        write(Offset.fsw, read(Offset.fsw, as: UInt16.self) & ~0x3800)
    }
}

// MARK: - Lowering

extension BlockBuilder {
    /// Emits an op that raises `#UD`.
    mutating func undefined(_ i: Instruction) -> Bool {
        emit(undefinedOp, i)
        return true
    }

    /// Emits an op that raises `#NM`.
    mutating func raiseDeviceNotAvailable(_ i: Instruction) -> Bool {
        emit(raiseNoFPU, i)
        return true
    }

    /// Emits the op for an SSE instruction the mode forbids; false when it is allowed.
    mutating func refusesSSE(_ i: Instruction) -> Bool {
        if i.prefixes.contains(.lock) || mode.contains(.emulateFPU) || !mode.contains(.osfxsr) {
            emit(undefinedOp, i)
            return true
        }
        if mode.contains(.taskSwitched) {
            emit(raiseNoFPU, i)
            return true
        }
        return false
    }
    /// The same for MMX.
    mutating func refusesMMX(_ i: Instruction) -> Bool {
        if i.prefixes.contains(.lock) || mode.contains(.emulateFPU) {
            emit(undefinedOp, i)
            return true
        }
        if mode.contains(.taskSwitched) {
            emit(raiseNoFPU, i)
            return true
        }
        emit(checkPendingX87, i)
        return false
    }
    /// The same for x87 and FXSAVE.
    mutating func refusesX87(_ i: Instruction) -> Bool {
        if i.prefixes.contains(.lock) {
            emit(undefinedOp, i)
            return true
        }
        if mode.contains(.emulateFPU) || mode.contains(.taskSwitched) {
            emit(raiseNoFPU, i)
            return true
        }
        return false
    }

    /// The slot of the XMM register or memory operand of `size` bytes; emits the load.
    mutating func source(_ i: Instruction, size: Int = 16, aligned: Bool = true) -> UInt8 {
        guard i.isMemory else { return SIMDSlot.xmm(i.rm) }
        emitLoad(i, size: size, aligned: aligned, into: SIMDSlot.scratch)
        return SIMDSlot.scratch
    }
    mutating func emitLoad(_ i: Instruction, size: Int, aligned: Bool, into slot: UInt8) {
        switch size {
        case 16: emit(aligned ? load16Aligned : load16, i, destination: slot)
        case 8: emit(load8, i, destination: slot)
        case 4: emit(load4, i, destination: slot)
        case 2: emit(load2, i, destination: slot)
        default: emit(load1, i, destination: slot)
        }
    }
    /// Stores `size` bytes of a slot, from byte `offset` of it.
    mutating func emitStore(
        _ i: Instruction, size: Int, aligned: Bool = false, from slot: UInt8, offset: Int32 = 0
    ) {
        switch size {
        case 16: emit(aligned ? store16Aligned : store16, i, source: slot)
        case 8: emit(store8, i, source: slot, immediate: offset)
        case 4: emit(store4, i, source: slot, immediate: offset)
        case 2: emit(store2, i, source: slot, immediate: offset)
        default: emit(store1, i, source: slot, immediate: offset)
        }
    }

    /// An instruction on XMM registers: `reg = handler(reg, r/m)`.
    mutating func xmm(_ i: Instruction, size: Int = 16, aligned: Bool = true, _ handler: @escaping Handler)
        -> Bool
    {
        if refusesSSE(i) { return true }
        let source = source(i, size: size, aligned: aligned)
        emit(handler, i, destination: SIMDSlot.xmm(i.reg), source: source, immediate: Int32(i.immediateByte))
        return true
    }

    /// How an operation on 16 bytes does its MMX form.
    enum MMXForm {
        /// The low halves are the MMX operation.
        case lanes
        /// The operands side by side, the low half of the result.
        case joined
        /// The upper half of the result.
        case upper
    }

    /// An MMX instruction done by a handler for 16 bytes.
    mutating func mmx(_ i: Instruction, _ handler: @escaping Handler) -> Bool {
        mmx(i, size: 8, .lanes, handler)
    }
    mutating func mmx(_ i: Instruction, size: Int = 8, _ form: MMXForm, _ handler: @escaping Handler) -> Bool
    {
        if refusesMMX(i) { return true }
        var source = SIMDSlot.mmx(i.rm)
        if i.isMemory {
            emitLoad(i, size: size, aligned: false, into: SIMDSlot.scratch)
            source = SIMDSlot.scratch
        }
        let destination = SIMDSlot.mmx(i.reg)
        emit(enterMMX, i)
        if form == .joined {
            emit(joinMMX, i, destination: destination, source: source)
            source = destination
        }
        emit(handler, i, destination: destination, source: source, immediate: Int32(i.immediateByte))
        emit(form == .upper ? finishMMXHigh : finishMMX, i, destination: destination)
        return true
    }

    /// Goes to MMX state for an instruction that has its own handlers.
    mutating func emitEnterMMX(_ i: Instruction) { emit(enterMMX, i) }
    /// Stores an MMX register; then the state is MMX state.
    mutating func emitStoreMMX(_ i: Instruction, size: Int) {
        emit(size == 8 ? storeMMX8 : storeMMX4, i, source: i.reg & 7)
    }
    mutating func emitFinishMMX(_ i: Instruction, _ register: UInt8) {
        emit(finishMMX, i, destination: SIMDSlot.mmx(register))
    }

    /// An instruction with an MMX form without prefix and an XMM form with prefix 66.
    mutating func integer(_ i: Instruction, _ handler: @escaping Handler) -> Bool {
        integer(i, .lanes, handler)
    }
    mutating func integer(
        _ i: Instruction, _ form: MMXForm, mmxSize: Int = 8, _ handler: @escaping Handler
    ) -> Bool {
        switch i.mandatoryPrefix {
        case .none: mmx(i, size: mmxSize, form, handler)
        case .p66: xmm(i, handler)
        default: undefined(i)
        }
    }

    /// MMX, SSE to SSE4.2, AES, SHA, PCLMULQDQ, CRC32.
    mutating func lowerSIMD(_ i: Instruction) -> Bool {
        switch i.map {
        case .oneByte: false
        case .twoByte: lowerSIMDMoves(i) || lowerSIMDInteger(i) || lowerSSEFloat(i)
        case .threeByte38: lowerSIMD38(i)
        case .threeByte3A: lowerSIMD3A(i)
        }
    }
}
