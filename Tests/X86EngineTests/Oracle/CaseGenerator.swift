// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

@testable import X86Engine

/// Makes random cases of a form: prefixes, operands, addresses, registers, and what memory must hold for the instruction
/// to do more than fault.
struct CaseGenerator {
    typealias Place = OraclePlace

    var random: CaseRandom
    let base: UInt64
    let is64: Bool

    /// Where a selector of the local table begins, outside 64-bit mode: what 16-bit addresses can reach is the window.
    static let localBase: UInt64 = 0x8000
    static let localLimit: UInt32 = 0xA7FF
    /// The descriptor that the kernel makes of a region's segment.
    static func localDescriptor(_ entry: Int) -> UInt64 {
        let start = HostRegion.first + UInt64(entry) * HostRegion.size + localBase
        return 0x0040_F300_0000_0000 | UInt64(localLimit) | (start & 0xFF_FFFF) << 16 | (start >> 24) << 56
    }
    /// The entry of the local table that belongs to the region: the table is the process's.
    private var localSelector: UInt16 { UInt16(CaseGenerator.localEntry(base)) << 3 | 7 }
    static func localEntry(_ base: UInt64) -> Int {
        Int((base - HostRegion.first) / HostRegion.size)
    }

    private var state = ProcessorState()
    private var words: [(place: UInt64, value: UInt64)] = []

    init(seed: UInt64, base: UInt64, is64: Bool) {
        random = CaseRandom(state: seed)
        self.base = base
        self.is64 = is64
    }

    // MARK: Places

    /// A linear address for an operand: mostly plain memory, sometimes an edge of it.
    private mutating func target() -> UInt64 {
        let near = UInt64(random.pick(20))
        switch random.pick(40) {
        case 0: return base + Place.data + 0x1000 - near
        case 1: return base + Place.readOnly - near
        case 2: return base + Place.readOnly + UInt64(random.pick(0xF00))
        case 3: return base + Place.absent + UInt64(random.pick(0x1000))
        case 4: return base + Place.absent - near
        case 5: return base + Place.data - near
        case 6 where is64: return random.chance(2) ? 0x7FFF_FFFF_FFFF &- near &+ 4 : random.next() | 1 << 62
        case 7 where is64: return 0xFFFF_8000_0000_0000 &+ random.next() >> 20
        default:
            let offset = 0x200 + UInt64(random.pick(0x1C00))
            return base + Place.data + (random.chance(2) ? offset & ~15 : offset)
        }
    }
    /// Where the memory operand of an instruction is to be.
    private mutating func operandTarget(_ i: Instruction, _ kind: Preparation) -> UInt64 {
        switch kind {
        case .far, .farPointer:
            // Whether the offset alone must be canonical when a base is added, vendors see differently here.
            if is64, i.segment == .fs || i.segment == .gs {
                return base + Place.data + 0x400 + UInt64(random.pick(0x1800))
            }
            return kind == .far ? stackTop() : target()
        case .indirect: return stackTop()
        default: return target()
        }
    }
    /// For something that takes several slots.
    private mutating func stackTop() -> UInt64 {
        if random.chance(12) { return target() }
        let offset = 0x400 + UInt64(random.pick(0x1800))
        return base + Place.data + (random.chance(8) ? offset : offset & ~7)
    }
    /// Where a branch may go.
    private mutating func destination() -> UInt64 {
        switch random.pick(24) {
        case 0 where is64: return random.chance(2) ? 1 << 47 : random.next() | 1 << 62
        case 1: return base + Place.absent + UInt64(random.pick(0x1000))
        case 2: return base + Place.data + UInt64(random.pick(0x1000))
        default: return base + Place.landing + UInt64(random.pick(0xFF0))
        }
    }
    private mutating func selector() -> UInt64 {
        let own: [UInt64] = [
            0x23, 0x2B, 0x33, 0x2B, 0, 3, 0x10, 0x13, 0x18, 0x08, 0x43, 0x53, UInt64(localSelector),
        ]
        return random.chance(10) ? random.next() & 0xFF & ~0x7C : random.element(own)
    }

    private mutating func put(_ linear: UInt64, _ value: UInt64) {
        let place = linear &- base
        guard place >= Place.data, place <= Place.readOnly - 8 else { return }
        words.append((place, value))
    }

    // MARK: The case

    /// nil: these choices make no case that the host can be asked.
    mutating func make(_ form: InstructionForm) -> OracleCase? {
        state = ProcessorState()
        words = []
        var c = OracleCase(form: form)
        c.pattern = random.pick(0x1000) & ~7
        for n in 0..<16 { state.registers[n] = random.value() }
        if !is64 {
            for n in 0..<8 { state.registers[n] &= 0xFFFF_FFFF }
            for n in 8..<16 { state.registers[n] = 0 }
            state.cs = 0x23
            state.ds = 0x2B
            state.es = 0x2B
            state.fs = 0x2B
            state.gs = 0x2B
            if random.chance(40) { state.ds = 0 }
            if random.chance(40) { state.es = 0 }
        } else {
            state.gsBase = random.chance(2) ? 0 : base &+ random.next() >> 44
            state.fsBase = random.chance(2) ? 0 : base &+ random.next() >> 44
        }
        state.rflags = 0x202 | random.next() & RFLAGS.arithmetic
        if random.chance(4) { state.rflags |= RFLAGS.df }
        if random.chance(30) { state.rflags |= RFLAGS.ac }
        if random.chance(30) { state.rflags |= RFLAGS.tf }
        if random.chance(20) { state.rflags |= RFLAGS.nt }
        if random.chance(10) { state.rflags |= RFLAGS.id }
        if form.map == .oneByte, form.opcode == 0xCF, !random.chance(8) { state.rflags &= ~RFLAGS.nt }

        let encoding = encode(form)
        c.bytes = encoding.bytes
        let decoded = try? (c.bytes + [UInt8](repeating: 0xF4, count: 15)).withUnsafeBytes {
            try Decoder.decode($0, rip: 0, codeSize: is64 ? .bits64 : .bits32)
        }
        if var i = decoded, i.length <= Decoder.maximumLength {
            // What the encoding has no bytes for yet is immediate.
            while c.bytes.count < Int(i.length) { c.bytes.append(random.byte()) }
            guard c.bytes.count == Int(i.length) else { return nil }
            place(&c)
            i.rip = state.rip
            guard prepare(&c, i, encoding) else { return nil }
            // With the operands as they are now.
            c.instruction = try? (c.bytes + [UInt8](repeating: 0xF4, count: 15)).withUnsafeBytes {
                try Decoder.decode($0, rip: state.rip, codeSize: is64 ? .bits64 : .bits32)
            }
            guard c.instruction?.length == i.length else { return nil }
        } else {
            // What is refused for its opcode is not to be refused for its length as well.
            if decoded == nil, c.bytes.count > 9 { return nil }
            // Refused: all registers point to where no harm is done, should the host know it.
            place(&c)
            for n in 0..<16 { state.registers[n] = base + Place.data + 0x800 + UInt64(random.pick(0x800)) }
            if !is64 { for n in 8..<16 { state.registers[n] = 0 } }
        }
        c.start = state
        c.words = words
        return c
    }

    /// Chooses where the bytes lie: sometimes across the two pages, sometimes across the end of the second.
    private mutating func place(_ c: inout OracleCase) {
        let length = UInt64(c.bytes.count)
        switch random.pick(40) {
        case 0: c.place = Place.code + 0x1000 - UInt64(1 + random.pick(Int(length)))
        case 1 where length > 1: c.place = Place.codeEnd - UInt64(1 + random.pick(Int(length) - 1))
        default: c.place = Place.code + 0x800
        }
        state.rip = base + c.place
    }

    private struct Encoding {
        var bytes: [UInt8] = []
        /// Where the displacement lies in `bytes`, and its size.
        var displacement = 0
        var displacementSize = 0
    }

    private mutating func encode(_ form: InstructionForm) -> Encoding {
        var e = Encoding()
        var legacy = form.prefixes
        if form.isLocked { legacy.append(0xF0) }
        if random.chance(12) { legacy.append(random.element([0x65, 0x64, 0x36, 0x3E, 0x26, 0x2E])) }
        let narrow = random.chance(12)
        if narrow { legacy.append(0x67) }
        if random.chance(100), let again = legacy.first {
            legacy += [UInt8](repeating: again, count: random.pick(13))
        }
        legacy.shuffle(using: &random)
        e.bytes = legacy
        if is64 {
            let extensions = UInt8(random.pick(8))
            if form.isWide {
                e.bytes.append(0x48 | extensions)
            } else if random.chance(2) {
                e.bytes.append(0x40 | extensions)
            }
        }
        e.bytes += form.opcodeBytes
        guard form.hasModRM else { return e }
        let reg = (form.ext ?? UInt8(random.pick(8))) << 3
        if !form.isMemory {
            e.bytes.append(0xC0 | reg | (form.rm ?? UInt8(random.pick(8))))
            return e
        }
        let mod = UInt8(random.pick(3))
        let rm = UInt8(random.pick(8))
        e.bytes.append(mod << 6 | reg | rm)
        var size = mod == 1 ? 1 : mod == 2 ? 4 : 0
        if narrow, !is64 {
            if mod == 2 || mod == 0 && rm == 6 { size = 2 }
        } else if rm == 4 {
            let sib = random.byte()
            e.bytes.append(sib)
            if mod == 0, sib & 7 == 5 { size = 4 }
        } else if mod == 0, rm == 5 {
            size = 4
        }
        e.displacement = e.bytes.count
        e.displacementSize = size
        let value = Int32(Int8(bitPattern: random.byte())) * (size == 4 ? 5 : 1)
        for n in 0..<size { e.bytes.append(UInt8(truncatingIfNeeded: value >> Int32(8 * n))) }
        return e
    }

    // MARK: Operands

    /// Sets registers so that the memory operand is at `linear`. The address it really gets; nil: cannot be had.
    private mutating func aim(_ c: inout OracleCase, _ i: Instruction, _ e: Encoding, at linear: UInt64)
        -> UInt64?
    {
        let segmentBase: UInt64
        if is64 {
            segmentBase = i.segment == .fs ? state.fsBase : i.segment == .gs ? state.gsBase : 0
        } else {
            if i.addressSize == 2 {
                state.ds = localSelector
                state.es = state.ds
                state.ss = state.ds
                state.fs = state.ds
                state.gs = state.ds
                if i.usesStack {
                    state.registers[4] = (state.registers[4] &- base &- CaseGenerator.localBase) & 0xFFFF_FFFF
                }
                state.fsBase = base + CaseGenerator.localBase
                state.gsBase = state.fsBase
            }
            segmentBase = i.addressSize == 2 ? base + CaseGenerator.localBase : 0
            if i.addressSize == 2, i.segment == .cs { return nil }
        }
        let mask: UInt64 = i.addressSize == 8 ? ~0 : i.addressSize == 4 ? 0xFFFF_FFFF : 0xFFFF
        if !is64, i.segment == .cs, c.form.isLocked { return nil }
        let wanted = (linear &- segmentBase) & mask
        let none = Instruction.noRegister
        /// Registers are wider than addresses.
        func wide(_ value: UInt64, _ garbage: UInt64) -> UInt64 {
            let all: UInt64 = is64 ? ~0 : 0xFFFF_FFFF
            return (value & mask | garbage & ~mask) & all
        }
        let garbage = random.next()
        if i.base == none, i.index == none {
            guard e.displacementSize >= 2 else { return nil }
            let isRelative = is64 && i.modRM & 0xC7 == 5
            let value = isRelative ? wanted &- (state.rip &+ UInt64(i.length)) : wanted
            if e.displacementSize == 4, !isRelative, i.addressSize == 8,
                UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value))) != value
            {
                return nil
            }
            if isRelative, Int64(Int32(truncatingIfNeeded: value)) != Int64(bitPattern: value) { return nil }
            for n in 0..<e.displacementSize {
                c.bytes[e.displacement + n] = UInt8(truncatingIfNeeded: value >> UInt64(8 * n))
            }
            return linear
        }
        let rest = (wanted &- i.displacement) & mask
        let (b, x) = (Int(i.base), Int(i.index))
        if i.index == none {
            state.registers[b] = wide(rest, garbage)
            return linear
        }
        let scale = UInt64(i.scale)
        if i.base == none || b == x {
            let factor = (1 << scale) + (i.base == none ? 0 : 1) as UInt64
            let part = rest / factor
            state.registers[x] = wide(part, garbage)
            return (linear &- rest) &+ part &* factor
        }
        state.registers[x] = wide(UInt64(bitPattern: Int64(random.pick(64)) - 32), garbage)
        state.registers[b] = wide(rest &- state.registers[x] << scale, garbage)
        return linear
    }

    private mutating func setImmediate(_ c: inout OracleCase, _ value: UInt64, size: Int, fromEnd: Int = 0) {
        let first = c.bytes.count - size - fromEnd
        for n in 0..<size { c.bytes[first + n] = UInt8(truncatingIfNeeded: value >> UInt64(8 * n)) }
    }

    /// False: not a case for the host.
    private mutating func prepare(_ c: inout OracleCase, _ i: Instruction, _ e: Encoding) -> Bool {
        let kind = i.preparation
        if i.usesStack { state.registers[4] = stackTop() }
        if i.usesFrame { state.registers[5] = stackTop() }
        var at: UInt64?
        if i.hasModRM, i.isMemory {
            at = aim(&c, i, e, at: operandTarget(i, kind))
            if at == nil { return false }
        }
        switch kind {
        case .offsets:
            let linear =
                is64
                ? target() &- (i.segment == .gs ? state.gsBase : i.segment == .fs ? state.fsBase : 0)
                : target()
            guard is64 || i.addressSize == 4, i.addressSize == 8 || linear >> 32 == 0 else { return false }
            setImmediate(&c, linear, size: Int(i.addressSize))
        case .string: return prepareString(i)
        case .translate:
            state.registers[3] = (target() &- segmentBase(i) &- state.registers[0] & 0xFF)
            if i.addressSize == 2 { return false }
            if !is64 { state.registers[3] &= 0xFFFF_FFFF }
        case .divide:
            // Unless the address would change.
            let isAddress = i.isMemory && [i.base, i.index].contains { $0 == 0 || $0 == 2 }
            if !isAddress, !random.chance(3) {
                let isSigned = i.opcodeExtension == 7
                let bits = i.operandSize == 1 ? 8 : UInt64(i.operandSize) * 8
                if i.operandSize == 1 {
                    let al = state.registers[0] & 0xFF
                    state.registers[0] =
                        state.registers[0] & ~0xFFFF | (isSigned && al >> 7 != 0 ? 0xFF00 : 0) | al
                } else {
                    state.registers[2] = isSigned && state.registers[0] >> (bits - 1) & 1 != 0 ? ~0 : 0
                    if !is64 { state.registers[2] &= 0xFFFF_FFFF }
                }
            }
        case .bitString:
            if i.isMemory {
                if i.reg == i.base || i.reg == i.index { return false }
                let far = UInt64(bitPattern: Int64(random.pick(4000)) - 2000)
                state.registers[Int(i.reg)] = is64 ? far : far & 0xFFFF_FFFF
                if i.addressSize == 2 { return false }
            }
        case .shift:
            if !random.chance(3) { setLow(1, UInt64(random.pick(70))) }
        case .compareExchange:
            if let at, random.chance(2) { put(at, state.registers[0]) }
        case .comparePair:
            if let at {
                if random.chance(2) {
                    if i.operandSize == 8 {
                        put(at, state.registers[0])
                        put(at &+ 8, state.registers[2])
                    } else {
                        put(at, state.registers[0] & 0xFFFF_FFFF | state.registers[2] << 32)
                    }
                }
            }
        case .selector:
            let value = selector()
            if let at { put(at, value) } else { setLow(Int(i.rm), value, bits: 16) }
        case .farPointer:
            guard let at else { break }
            put(at, destination())
            put(at &+ UInt64(i.operandSize), selector())
        case .popSegment:
            put(state.registers[4], selector())
        case .relative8:
            let delta = Int64(Int8(bitPattern: random.byte()))
            // Not into the instruction itself.
            if delta < 0, delta >= -Int64(i.length) { return false }
            setImmediate(&c, UInt64(bitPattern: delta), size: 1)
            if i.opcode < 0x70 || i.opcode >= 0xE0, i.opcode < 0xE4, random.chance(2) {
                setLow(1, UInt64(random.pick(3)), bits: 32)
                if i.addressSize == 8 { state.registers[1] &= 0xFFFF_FFFF }
            }
        case .relative:
            let size = i.operandSize == 2 ? 2 : 4
            let to =
                random.chance(24) ? base + Place.absent : base + Place.landing + UInt64(random.pick(0xFF0))
            setImmediate(&c, to &- state.rip &- UInt64(i.length), size: size)
        case .indirect:
            let to = destination()
            if let at { put(at, to) } else { state.registers[Int(i.rm)] = to }
            if i.rm == 4, at == nil, i.usesStack { return false }
        case .returns:
            put(state.registers[4], destination())
        case .far:
            if let at {
                let code = random.chance(3) ? selector() : is64 ? 0x33 : 0x23
                // Whether the stack's segment still counts when a call goes to 64-bit mode, vendors see differently.
                if state.ss == localSelector, code & ~3 == 0x30 { return false }
                // And whether a call to 32-bit mode pushes by RSP or by ESP.
                if is64, i.opcodeExtension == 3, code & ~3 == 0x20, state.registers[4] >> 32 != 0 {
                    return false
                }
                put(at, destination())
                put(at &+ UInt64(i.operandSize), code)
            }
        case .farDirect:
            setImmediate(&c, random.chance(3) ? selector() : 0x23, size: 2)
            setImmediate(&c, destination() & 0xFFFF_FFFF, size: i.operandSize == 2 ? 2 : 4, fromEnd: 2)
        case .farReturn:
            let size = UInt64(i.operandSize)
            var sp = state.registers[4]
            let code: UInt64 =
                random.chance(3) ? random.element([0x23, 0x33, 0x33, 0x10, 0]) : is64 ? 0x33 : 0x23
            let image =
                0x202 | random.next() & (RFLAGS.arithmetic | RFLAGS.df | RFLAGS.iopl | RFLAGS.id | RFLAGS.nt)
            var slots = [destination(), code]
            if i.opcode == 0xCF { slots += [image, stackTop(), random.chance(4) ? selector() : 0x2B] }
            for value in slots {
                put(sp, value)
                sp &+= size
            }
            if i.opcode == 0xCA { setImmediate(&c, UInt64(random.pick(64)), size: 2) }
        case .enter:
            setImmediate(&c, UInt64(random.chance(3) ? random.pick(40) : random.pick(3)), size: 1)
            setImmediate(&c, UInt64(random.pick(0x300)), size: 2, fromEnd: 1)
        case .popFlags:
            let safe =
                RFLAGS.arithmetic | RFLAGS.df | RFLAGS.iopl | RFLAGS.id | RFLAGS.nt | RFLAGS.tf | RFLAGS.ac
                | RFLAGS.rf
            put(state.registers[4], random.next() & (safe | RFLAGS.if | 1 << 15 | 1 << 5))
        case .interrupt:
            var vector = random.byte()
            // Linux's system call.
            if vector == 0x80 { vector = 0x81 }
            if random.chance(4) { vector = 3 + vector & 1 }
            setImmediate(&c, UInt64(vector), size: 1)
        case .bounds:
            if let at, random.chance(2) {
                put(at, 0xFFFF_FF00)
                put(at &+ UInt64(i.operandSize), 0x0000_1000)
            }
        case .plain: break
        }
        return true
    }

    private mutating func setLow(_ register: Int, _ value: UInt64, bits: UInt64 = 8) {
        let mask = (1 << bits) - 1 as UInt64
        state.registers[register] = state.registers[register] & ~mask | value & mask
    }
    private func segmentBase(_ i: Instruction) -> UInt64 {
        guard is64 else { return 0 }
        return i.segment == .fs ? state.fsBase : i.segment == .gs ? state.gsBase : 0
    }

    private mutating func prepareString(_ i: Instruction) -> Bool {
        if i.addressSize == 2 { return false }
        let mask: UInt64 = i.addressSize == 8 ? ~0 : 0xFFFF_FFFF
        let garbage = is64 ? random.next() & ~mask : 0
        // Sometimes near each other, so that they overlap.
        let from = target()
        let to = random.chance(3) ? from &+ UInt64(random.pick(64)) &- 32 : target()
        state.registers[6] = (from &- segmentBase(i)) & mask | garbage
        state.registers[7] = to & mask | garbage
        let repeats = !i.prefixes.isDisjoint(with: [.rep, .repne])
        if repeats {
            let count = random.chance(12) ? 0x1000 + random.pick(0x2000) : random.pick(48)
            state.registers[1] = UInt64(count) & mask | garbage
        }
        // Comparisons should find something: few different values in memory.
        if i.opcode & 0xFE == 0xA6 || i.opcode & 0xFE == 0xAE, random.chance(2) {
            let value: UInt64 = random.chance(2) ? 0 : 0x0101_0101_0101_0101
            if random.chance(2) { state.registers[0] = is64 ? value : value & 0xFFFF_FFFF }
            for n in 0..<20 as Range<UInt64> {
                put(from &+ n * 8 &- 80, value)
                put(to &+ n * 8 &- 80, value)
            }
        }
        return true
    }
}

extension CaseRandom: RandomNumberGenerator {}

/// What an instruction needs to have prepared.
private enum Preparation {
    case plain, offsets, string, translate, divide, bitString, shift, compareExchange, comparePair, selector,
        farPointer
    case popSegment, relative8, relative, indirect, returns, far, farDirect, farReturn, enter, popFlags,
        interrupt, bounds
}

extension Instruction {
    fileprivate var preparation: Preparation {
        map == .oneByte ? oneBytePreparation : map == .twoByte ? twoBytePreparation : .plain
    }

    private var oneBytePreparation: Preparation {
        switch opcode {
        case 0x07, 0x17, 0x1F: .popSegment
        case 0x62: .bounds
        case 0x6C...0x6F, 0xA4...0xA7, 0xAA...0xAF: .string
        case 0x70...0x7F, 0xE0...0xE3, 0xEB: .relative8
        case 0x8E: .selector
        case 0x9A, 0xEA: .farDirect
        case 0x9D: .popFlags
        case 0xA0...0xA3: .offsets
        case 0xC0, 0xC1, 0xD0...0xD3: .shift
        case 0xC2, 0xC3: .returns
        case 0xC4, 0xC5: .farPointer
        case 0xC8: .enter
        case 0xCA, 0xCB, 0xCF: .farReturn
        case 0xCD: .interrupt
        case 0xD7: .translate
        case 0xE8, 0xE9: .relative
        case 0xF6, 0xF7: opcodeExtension >= 6 ? .divide : .plain
        case 0xFF:
            switch opcodeExtension {
            case 2, 4: .indirect
            case 3, 5: .far
            default: .plain
            }
        default: .plain
        }
    }
    private var twoBytePreparation: Preparation {
        switch opcode {
        case 0x00, 0x02, 0x03: .selector
        case 0x80...0x8F: .relative
        case 0xA1, 0xA9: .popSegment
        case 0xA3, 0xAB, 0xB3, 0xBB: .bitString
        case 0xA4, 0xA5, 0xAC, 0xAD: .shift
        case 0xB0, 0xB1: .compareExchange
        case 0xB2, 0xB4, 0xB5: .farPointer
        case 0xC7: opcodeExtension == 1 ? .comparePair : .plain
        default: .plain
        }
    }

    /// RBP counts.
    fileprivate var usesFrame: Bool { map == .oneByte && (opcode == 0xC8 || opcode == 0xC9) }
}
