// SPDX-License-Identifier: Apache-2.0

import X86
import X86Decoder

// Instructions on registers.

extension X87 {
    private static let constants: [7 of (head: UInt16, down: UInt64, nearest: UInt64)] = [
        (0x3FFF, 0x8000_0000_0000_0000, 0x8000_0000_0000_0000),
        (0x4000, 0xD49A_784B_CD1B_8AFE, 0xD49A_784B_CD1B_8AFE),
        (0x3FFF, 0xB8AA_3B29_5C17_F0BB, 0xB8AA_3B29_5C17_F0BC),
        (0x4000, 0xC90F_DAA2_2168_C234, 0xC90F_DAA2_2168_C235),
        (0x3FFD, 0x9A20_9A84_FBCF_F798, 0x9A20_9A84_FBCF_F799),
        (0x3FFE, 0xB172_17F7_D1CF_79AB, 0xB172_17F7_D1CF_79AC),
        (0, 0, 0),
    ]
    private mutating func pushConstant(_ n: Int) {
        let (head, down, nearest) = X87.constants[n]
        var value = nearest
        if n > 0, n < 6 {
            switch environment.rounding {
            case 0: value = nearest
            case 2: value = down + 1
            default: value = down
            }
        }
        push(Extended(significand: value, head: head))
    }
    private mutating func conditionalMove(_ code: UInt16, _ i: Int) {
        if isEmpty(0) || isEmpty(i) {
            if stackFault(overflow: false) { self[0] = .indefinite }
            return
        }
        if state.condition(code) { self[0] = self[i] }
    }
    private mutating func storeRegister(_ i: Int, pops: Int) {
        if isEmpty(0) {
            guard stackFault(overflow: false) else { return }
            self[i] = .indefinite
        } else {
            setC1(false)
            self[i] = self[0]
        }
        pop(pops)
    }

    /// An instruction on registers.
    mutating func registerForm(_ instruction: Instruction) {
        let reg = instruction.opcodeExtension
        let i = Int(instruction.modRM & 7)
        switch instruction.opcode {
        case 0xD8:
            switch reg {
            case 2, 3: registerCompare(i, quiet: false, pops: reg == 3 ? 1 : 0)
            default: registerOperation(reg, i, toOther: false, pops: 0)
            }
        case 0xDC:
            switch reg {
            case 2, 3: registerCompare(i, quiet: false, pops: reg == 3 ? 1 : 0)
            default: registerOperation(reg, i, toOther: true, pops: 0)
            }
        case 0xDE:
            switch reg {
            case 2: registerCompare(i, quiet: false, pops: 1)
            case 3: registerCompare(1, quiet: false, pops: 2)
            default: registerOperation(reg, i, toOther: true, pops: 1)
            }
        case 0xD9: registerFormD9(instruction.modRM)
        case 0xDA:
            switch reg {
            case 0: conditionalMove(2, i)
            case 1: conditionalMove(4, i)
            case 2: conditionalMove(6, i)
            case 3: conditionalMove(10, i)
            default: registerCompare(1, quiet: true, pops: 2)
            }
        case 0xDB:
            switch reg {
            case 0: conditionalMove(3, i)
            case 1: conditionalMove(5, i)
            case 2: conditionalMove(7, i)
            case 3: conditionalMove(11, i)
            case 5: flagCompare(i, quiet: true, pops: 0)
            case 6: flagCompare(i, quiet: false, pops: 0)
            default:
                switch instruction.modRM {
                case 0xE2: status &= 0x7F00
                case 0xE3: initialize()
                // FENI, FDISI and FSETPM do nothing.
                default: break
                }
            }
        case 0xDD:
            switch reg {
            case 0:
                setC1(false)
                free(i)
            case 1: exchange(i)
            case 2: storeRegister(i, pops: 0)
            case 3: storeRegister(i, pops: 1)
            case 4: registerCompare(i, quiet: true, pops: 0)
            default: registerCompare(i, quiet: true, pops: 1)
            }
        default:
            switch reg {
            case 0:
                setC1(false)
                free(i)
                pop()
            case 1: exchange(i)
            case 2, 3: storeRegister(i, pops: 1)
            case 5: flagCompare(i, quiet: true, pops: 1)
            case 6: flagCompare(i, quiet: false, pops: 1)
            default: state.write(State.Offset.gpr, status)
            }
        }
    }
    private mutating func registerFormD9(_ modRM: UInt8) {
        let i = Int(modRM & 7)
        switch modRM {
        case 0xC0...0xC7:
            if isEmpty(i) {
                // An empty source beats a full stack.
                guard stackFault(overflow: false) else { return }
                setTop(top - 1)
                self[0] = .indefinite
            } else {
                push(self[i])
            }
        case 0xC8...0xCF: exchange(i)
        case 0xD0: break
        case 0xD8...0xDF:
            // The alias of FSTP knows no stack fault: an empty source is only popped.
            setC1(false)
            if !isEmpty(0) { self[i] = self[0] }
            pop()
        case 0xE0, 0xE1:
            if isEmpty(0) {
                if stackFault(overflow: false) { self[0] = .indefinite }
                break
            }
            setC1(false)
            var value = self[0]
            value.head = modRM == 0xE0 ? value.head ^ 0x8000 : value.head & 0x7FFF
            self[0] = value
        case 0xE4:
            if isEmpty(0) { compareEmpty(pops: 0) } else { compare(.zero(false), pops: 0) }
        case 0xE5: examine()
        case 0xE8...0xEE: pushConstant(i)
        case 0xF4: extract()
        case 0xF5: remainder(nearest: true)
        case 0xF6:
            setC1(false)
            setTop(top - 1)
        case 0xF7:
            setC1(false)
            setTop(top + 1)
        case 0xF8: remainder(nearest: false)
        case 0xFA: unary { e, a in e.squareRoot(a, .extended) }
        case 0xFC:
            unary { e, a in
                e.noteDenormals(a, a)
                return e.roundToInteger(a, rounding: e.rounding, .extended)
            }
        case 0xFD: scale()
        default: transcendental(modRM)
        }
    }
}
