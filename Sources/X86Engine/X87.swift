// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// x87: one handler for all instructions of the escapes D8 to DF, as they are rare.
//
// The FXSAVE image keeps the registers in stack order: slot *i* is ST(i). What changes TOP moves the registers.

/// The x87 state of a virtual CPU during one instruction.
struct X87 {
    let state: State
    var environment: FloatEnvironment

    /// Condition code bits of the status word.
    enum Condition {
        static let c0: UInt16 = 0x100
        static let c1: UInt16 = 0x200
        static let c2: UInt16 = 0x400
        static let c3: UInt16 = 0x4000
    }

    init(_ state: State) {
        self.state = state
        let control: UInt16 = state.read(State.Offset.fcw)
        environment = FloatEnvironment()
        environment.isX87 = true
        environment.rounding = UInt8(control >> 10 & 3)
        environment.masks = UInt8(control & 0x3F)
        switch control >> 8 & 3 {
        case 0: environment.precision = 24
        case 2: environment.precision = 53
        default: environment.precision = 64
        }
    }

    // MARK: Registers

    var control: UInt16 {
        get { state.read(State.Offset.fcw) }
        nonmutating set { state.write(State.Offset.fcw, newValue) }
    }
    var status: UInt16 {
        get { state.read(State.Offset.fsw) }
        nonmutating set { state.write(State.Offset.fsw, newValue) }
    }
    var tags: UInt8 {
        get { state.read(State.Offset.ftw) }
        nonmutating set { state.write(State.Offset.ftw, newValue) }
    }
    var top: Int { Int(status >> 11) & 7 }

    func isEmpty(_ i: Int) -> Bool { tags >> UInt8((top + i) & 7) & 1 == 0 }
    func free(_ i: Int) { tags &= ~(1 << UInt8((top + i) & 7)) }

    subscript(i: Int) -> Extended {
        get {
            let value = state[slot: UInt8(2 + i)]
            return Extended(significand: value.x, head: UInt16(truncatingIfNeeded: value.y))
        }
        nonmutating set {
            state[slot: UInt8(2 + i)] = Vector(newValue.significand, UInt64(newValue.head))
            tags |= 1 << UInt8((top + i) & 7)
        }
    }
    func number(_ i: Int) -> SoftFloat { SoftFloat(extended: self[i]) }

    /// Changes TOP; every physical register keeps its value.
    func setTop(_ newTop: Int) {
        let turn = (newTop - top) & 7
        if turn != 0 {
            var registers: [8 of Vector] = [8 of Vector](repeating: Vector())
            for i in 0..<8 { registers[i] = state[slot: UInt8(2 + ((i + turn) & 7))] }
            for i in 0..<8 { state[slot: UInt8(2 + i)] = registers[i] }
        }
        status = status & ~0x3800 | UInt16(newTop & 7) << 11
    }
    func pop() {
        free(0)
        setTop(top + 1)
    }
    func pop(_ count: Int) { for _ in 0..<count { pop() } }

    // MARK: Exceptions

    /// Condition code bits, the others of the four cleared.
    func setConditions(_ bits: UInt16) { status = status & ~0x4700 | bits }
    func setC1(_ value: Bool) { status = status & ~Condition.c1 | (value ? Condition.c1 : 0) }

    /// Adds the exceptions found to the status word. Those of the result are not found when the operands stop the instruction.
    mutating func flush() {
        if isStopped { environment.flags &= 7 }
        var word = status | UInt16(environment.flags)
        if word & ~control & 0x3F != 0 { word |= 0x8080 }
        status = word
    }
    /// An unmasked invalid, denormal or divide exception: the instruction must leave its operands alone.
    var isStopped: Bool { environment.flags & ~environment.masks & 7 != 0 }

    /// C1 says that the result was rounded up.
    mutating func setC1ByRounding() {
        setC1(!isStopped && environment.flags & FloatFlag.precision != 0 && environment.roundedUp)
    }

    /// A stack fault. True: masked, the indefinite is the result.
    mutating func stackFault(overflow: Bool) -> Bool {
        environment.flags |= FloatFlag.invalid
        status = status & ~Condition.c1 | 0x40 | (overflow ? Condition.c1 : 0)
        flush()
        return environment.isMasked(FloatFlag.invalid)
    }
    /// Writes a result to ST(i) and pops, unless an exception of the operands is unmasked.
    mutating func complete(_ value: Encoded, to i: Int = 0, pops: Int = 0) {
        setC1ByRounding()
        if !isStopped {
            self[i] = Extended(value)
            pop(pops)
        }
        flush()
    }
    /// Pushes a value, or the indefinite when there is no room; nothing when one of `stopping` is unmasked.
    mutating func push(_ value: Extended, stoppedBy stopping: UInt8 = 7) {
        if !isEmpty(7) {
            // The stack fault hides what the operand would have caused.
            environment.flags = 0
            guard stackFault(overflow: true) else { return }
            setTop(top - 1)
            self[0] = .indefinite
            return
        }
        setC1(false)
        if environment.flags & ~environment.masks & stopping == 0 {
            setTop(top - 1)
            self[0] = value
        }
        flush()
    }
}

// MARK: - Lowering

extension State {
    /// The address of a memory operand within its segment.
    fileprivate func operandOffset(_ op: MicroOp) -> UInt64 {
        let address = op.address(self)
        let segment = Int(op.addressing >> 1) & 7
        guard segment != 0 else { return address }
        let offset = address &- self[field: Offset.segments + (segment - 1) * 32]
        return mode.contains(.code64) ? offset : offset & 0xFFFF_FFFF
    }
}

private let executeX87: Handler = { c, o in
    let state = State(c)
    let op = MicroOp(o)
    let i = op.instruction
    if op.code & 1 != 0, state.read(State.Offset.fsw, as: UInt16.self) & 0x80 != 0 {
        return state.raise(16, op)
    }
    var x87 = X87(state)
    if i.isMemory {
        guard x87.memoryForm(i, op) else { return nil }
    } else {
        x87.registerForm(i)
    }
    if op.code & 2 != 0 {
        // Not a control instruction: it leaves its place; and what it was and its operand's when it is to be handled.
        state[field: State.Offset.fip] = state.currentRIP(op)
        if state.read(State.Offset.fsw, as: UInt16.self) & 0x80 != 0 {
            state.write(State.Offset.fop, UInt16(i.opcode & 7) << 8 | UInt16(i.modRM))
            if i.isMemory { state[field: State.Offset.fdp] = state.operandOffset(op) }
        }
    }
    return proceedPastRecord(c, o)
}

extension BlockBuilder {
    /// x87 and FWAIT.
    mutating func lowerX87(_ i: Instruction) -> Bool {
        guard i.map == .oneByte else { return false }
        if i.opcode == 0x9B {
            if mode.contains(.monitorFPU), mode.contains(.taskSwitched) { return raiseDeviceNotAvailable(i) }
            emit(checkPendingX87, i)
            return true
        }
        guard (0xD8...0xDF).contains(i.opcode) else { return false }
        guard i.isMemory ? BlockBuilder.isMemoryForm(i) : BlockBuilder.isRegisterForm(i) else {
            return undefined(i)
        }
        if refusesX87(i) { return true }
        let (waits, isControl) = BlockBuilder.kindOfX87(i)
        let op = emitRecord(executeX87, i)
        op.code = (waits ? 1 : 0) | (isControl ? 0 : 2)
        return true
    }
    private static func isMemoryForm(_ i: Instruction) -> Bool {
        switch (i.opcode, i.opcodeExtension) {
        case (0xD9, 1), (0xDB, 4), (0xDB, 6), (0xDD, 5): false
        default: true
        }
    }
    private static func isRegisterForm(_ i: Instruction) -> Bool {
        switch (i.opcode, i.modRM) {
        case (0xD9, 0xD1...0xD7), (0xD9, 0xE2...0xE3), (0xD9, 0xE6...0xE7), (0xD9, 0xEF): false
        case (0xDA, 0xE0...0xFF): i.modRM == 0xE9
        case (0xDB, 0xE5...0xE7), (0xDB, 0xF8...0xFF): false
        case (0xDD, 0xF0...0xFF): false
        case (0xDE, 0xD8...0xDF): i.modRM == 0xD9
        case (0xDF, 0xE1...0xE7), (0xDF, 0xF8...0xFF): false
        default: true
        }
    }
    /// Whether an instruction waits for pending exceptions, and whether it is a control instruction.
    private static func kindOfX87(_ i: Instruction) -> (waits: Bool, isControl: Bool) {
        if i.isMemory {
            switch (i.opcode, i.opcodeExtension) {
            case (0xD9, 6), (0xD9, 7), (0xDD, 6), (0xDD, 7): return (false, true)
            case (0xD9, 4), (0xD9, 5), (0xDD, 4): return (true, true)
            default: return (true, false)
            }
        }
        switch (i.opcode, i.modRM) {
        case (0xDB, 0xE0...0xE7), (0xDF, 0xE0): return (false, true)
        case (0xD9, 0xF6), (0xD9, 0xF7), (0xD9, 0xD0), (0xDD, 0xC0...0xC7): return (true, true)
        default: return (true, false)
        }
    }
}
