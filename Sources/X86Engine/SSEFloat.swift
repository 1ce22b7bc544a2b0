// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// SSE floating point into ops.

extension BlockBuilder {
    /// The four forms of an operation: packed and scalar, single and double.
    private mutating func forms(
        _ i: Instruction, _ ps: @escaping Handler, _ pd: @escaping Handler, _ ss: @escaping Handler,
        _ sd: @escaping Handler
    ) -> Bool {
        switch i.mandatoryPrefix {
        case .none: xmm(i, ps)
        case .p66: xmm(i, pd)
        case .pF3: xmm(i, size: 4, ss)
        case .pF2: xmm(i, size: 8, sd)
        }
    }
    /// A conversion from XMM or memory to a general register.
    private mutating func convertToGeneral(
        _ i: Instruction, size: Int, _ narrow: @escaping Handler, _ wide: @escaping Handler
    ) -> Bool {
        if refusesSSE(i) { return true }
        let source = source(i, size: size)
        emit(i.isWide ? wide : narrow, i, destination: BlockBuilder.slot(i.reg), source: source)
        return true
    }
    private mutating func convertFromGeneral(
        _ i: Instruction, _ narrow: @escaping Handler, _ wide: @escaping Handler
    ) -> Bool {
        if refusesSSE(i) { return true }
        if i.isMemory {
            emitLoad(i, size: i.isWide ? 8 : 4, aligned: false, into: SIMDSlot.scratch)
        } else {
            emit(generalToSlot, i, destination: SIMDSlot.scratch, source: BlockBuilder.slot(i.rm))
        }
        emit(i.isWide ? wide : narrow, i, destination: SIMDSlot.xmm(i.reg), source: SIMDSlot.scratch)
        return true
    }
    /// A conversion from an MMX register, or from memory: that has nothing to do with the MMX state.
    private mutating func convertFromMMX(_ i: Instruction, _ handler: @escaping Handler) -> Bool {
        if i.isMemory { return xmm(i, size: 8, handler) }
        if refusesSSE(i) || refusesMMX(i) { return true }
        emitEnterMMX(i)
        emit(handler, i, destination: SIMDSlot.xmm(i.reg), source: SIMDSlot.mmx(i.rm))
        return true
    }
    /// A conversion to an MMX register.
    private mutating func convertToMMX(_ i: Instruction, size: Int, _ handler: @escaping Handler) -> Bool {
        if refusesSSE(i) || refusesMMX(i) { return true }
        let source = source(i, size: size)
        emitEnterMMX(i)
        emit(handler, i, destination: SIMDSlot.scratch + 1, source: source)
        emitMove(i, destination: SIMDSlot.mmx(i.reg), source: SIMDSlot.scratch + 1)
        emitFinishMMX(i, i.reg)
        return true
    }

    mutating func lowerSSEFloat(_ i: Instruction) -> Bool {
        let prefix = i.mandatoryPrefix
        switch i.opcode {
        case 0x2A:
            switch prefix {
            case .none: return convertFromMMX(i, singlesFromInts2)
            case .p66: return convertFromMMX(i, doublesFromInts)
            case .pF3:
                return convertFromGeneral(
                    i, { c, o in fromGeneral(c, o, Float.self, wide: false) },
                    { c, o in fromGeneral(c, o, Float.self, wide: true) })
            case .pF2:
                return convertFromGeneral(
                    i, { c, o in fromGeneral(c, o, Double.self, wide: false) },
                    { c, o in fromGeneral(c, o, Double.self, wide: true) })
            }
        case 0x2C, 0x2D:
            let truncate = i.opcode == 0x2C
            switch prefix {
            case .none:
                return convertToMMX(i, size: 8, truncate ? ints2FromSinglesTruncated : ints2FromSingles)
            case .p66: return convertToMMX(i, size: 16, truncate ? intsFromDoublesTruncated : intsFromDoubles)
            case .pF3:
                return truncate
                    ? convertToGeneral(
                        i, size: 4, { c, o in toGeneral(c, o, Float.self, bits: 32, truncate: true) },
                        { c, o in toGeneral(c, o, Float.self, bits: 64, truncate: true) })
                    : convertToGeneral(
                        i, size: 4, { c, o in toGeneral(c, o, Float.self, bits: 32, truncate: false) },
                        { c, o in toGeneral(c, o, Float.self, bits: 64, truncate: false) })
            case .pF2:
                return truncate
                    ? convertToGeneral(
                        i, size: 8, { c, o in toGeneral(c, o, Double.self, bits: 32, truncate: true) },
                        { c, o in toGeneral(c, o, Double.self, bits: 64, truncate: true) })
                    : convertToGeneral(
                        i, size: 8, { c, o in toGeneral(c, o, Double.self, bits: 32, truncate: false) },
                        { c, o in toGeneral(c, o, Double.self, bits: 64, truncate: false) })
            }
        case 0x2E:  // UCOMISS, UCOMISD
            switch prefix {
            case .none: return xmm(i, size: 4) { c, o in flagComparison(c, o, Float.self, quiet: true) }
            case .p66: return xmm(i, size: 8) { c, o in flagComparison(c, o, Double.self, quiet: true) }
            default: return undefined(i)
            }
        case 0x2F:  // COMISS, COMISD
            switch prefix {
            case .none: return xmm(i, size: 4) { c, o in flagComparison(c, o, Float.self, quiet: false) }
            case .p66: return xmm(i, size: 8) { c, o in flagComparison(c, o, Double.self, quiet: false) }
            default: return undefined(i)
            }
        case 0x51:  // SQRT
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, SquareRoot.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, SquareRoot.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, SquareRoot.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, SquareRoot.self, lanes: 1) })
        case 0x52:  // RSQRTPS, RSQRTSS
            switch prefix {
            case .none: return xmm(i, reciprocalRootPacked)
            case .pF3: return xmm(i, size: 4, reciprocalRootScalar)
            default: return undefined(i)
            }
        case 0x53:  // RCPPS, RCPSS
            switch prefix {
            case .none: return xmm(i, reciprocalPacked)
            case .pF3: return xmm(i, size: 4, reciprocalScalar)
            default: return undefined(i)
            }
        case 0x58:  // ADD
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Add.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Add.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Add.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Add.self, lanes: 1) })
        case 0x59:  // MUL
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Multiply.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Multiply.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Multiply.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Multiply.self, lanes: 1) })
        case 0x5A:  // CVTPS2PD, CVTPD2PS, CVTSS2SD, CVTSD2SS
            switch prefix {
            case .none: return xmm(i, size: 8, doublesFromSingles)
            case .p66: return xmm(i, singlesFromDoubles)
            case .pF3: return xmm(i, size: 4, doubleFromSingle)
            case .pF2: return xmm(i, size: 8, singleFromDouble)
            }
        case 0x5B:  // CVTDQ2PS, CVTPS2DQ, CVTTPS2DQ
            switch prefix {
            case .none: return xmm(i, singlesFromInts)
            case .p66: return xmm(i, intsFromSingles)
            case .pF3: return xmm(i, intsFromSinglesTruncated)
            case .pF2: return undefined(i)
            }
        case 0x5C:  // SUB
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Subtract.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Subtract.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Subtract.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Subtract.self, lanes: 1) })
        case 0x5D:  // MIN
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Minimum.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Minimum.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Minimum.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Minimum.self, lanes: 1) })
        case 0x5E:  // DIV
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Divide.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Divide.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Divide.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Divide.self, lanes: 1) })
        case 0x5F:  // MAX
            return forms(
                i, { c, o in arithmetic(c, o, Float.self, Maximum.self, lanes: 4) },
                { c, o in arithmetic(c, o, Double.self, Maximum.self, lanes: 2) },
                { c, o in arithmetic(c, o, Float.self, Maximum.self, lanes: 1) },
                { c, o in arithmetic(c, o, Double.self, Maximum.self, lanes: 1) })
        case 0x7C:  // HADDPD, HADDPS
            switch prefix {
            case .p66: return xmm(i, horizontalAddDouble)
            case .pF2: return xmm(i, horizontalAddSingle)
            default: return undefined(i)
            }
        case 0x7D:  // HSUBPD, HSUBPS
            switch prefix {
            case .p66: return xmm(i, horizontalSubtractDouble)
            case .pF2: return xmm(i, horizontalSubtractSingle)
            default: return undefined(i)
            }
        case 0xAE: return lowerGroup15(i)
        case 0xC2:  // CMP
            return forms(
                i, { c, o in comparison(c, o, Float.self, lanes: 4) },
                { c, o in comparison(c, o, Double.self, lanes: 2) },
                { c, o in comparison(c, o, Float.self, lanes: 1) },
                { c, o in comparison(c, o, Double.self, lanes: 1) })
        case 0xD0:  // ADDSUBPD, ADDSUBPS
            switch prefix {
            case .p66: return xmm(i, addSubtractDouble)
            case .pF2: return xmm(i, addSubtractSingle)
            default: return undefined(i)
            }
        case 0xE6:  // CVTTPD2DQ, CVTDQ2PD, CVTPD2DQ
            switch prefix {
            case .none: return undefined(i)
            case .p66: return xmm(i, intsFromDoublesTruncated)
            case .pF3: return xmm(i, size: 8, doublesFromInts)
            case .pF2: return xmm(i, intsFromDoubles)
            }
        default: return false
        }
    }

    mutating func lowerSSEFloat3A(_ i: Instruction) -> Bool {
        guard (0x08...0x0B).contains(i.opcode) || i.opcode == 0x40 || i.opcode == 0x41 else { return false }
        guard i.mandatoryPrefix == .p66 else { return undefined(i) }
        switch i.opcode {
        case 0x08: return xmm(i) { c, o in roundLanes(c, o, Float.self, Singles.self, lanes: 4) }
        case 0x09: return xmm(i) { c, o in roundLanes(c, o, Double.self, Vector.self, lanes: 2) }
        case 0x0A: return xmm(i, size: 4) { c, o in roundLanes(c, o, Float.self, Singles.self, lanes: 1) }
        case 0x0B: return xmm(i, size: 8) { c, o in roundLanes(c, o, Double.self, Vector.self, lanes: 1) }
        case 0x40: return xmm(i) { c, o in dotProduct(c, o, Float.self, Singles.self) }
        default: return xmm(i) { c, o in dotProduct(c, o, Double.self, Vector.self) }
        }
    }
}
