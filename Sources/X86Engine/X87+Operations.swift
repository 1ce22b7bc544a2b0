// SPDX-License-Identifier: Apache-2.0

// Arithmetic, comparisons and what else works on ST(0).

extension X87 {
    /// FADD, FMUL, FSUB, FSUBR, FDIV, FDIVR by the reg field: `a` is ST(0), `b` the other operand.
    mutating func arithmetic(_ operation: UInt8, _ a: SoftFloat, _ b: SoftFloat) -> Encoded {
        switch operation {
        case 0: environment.add(a, b, .extended)
        case 1: environment.multiply(a, b, .extended)
        case 4: environment.add(a, b, subtract: true, .extended)
        case 5: environment.add(b, a, subtract: true, .extended)
        case 6: environment.divide(a, b, .extended)
        default: environment.divide(b, a, .extended)
        }
    }
    /// FCOM and the like on ST(0) and a number.
    mutating func compare(_ b: SoftFloat, quiet: Bool = false, pops: Int) {
        let order = environment.compare(number(0), b, quiet: quiet)
        // Even with an unmasked exception the codes say "unordered".
        switch order {
        case .less: setConditions(Condition.c0)
        case .equal: setConditions(Condition.c3)
        case .greater: setConditions(0)
        case .unordered: setConditions(Condition.c0 | Condition.c2 | Condition.c3)
        }
        if !isStopped { pop(pops) }
        flush()
    }
    mutating func compareEmpty(pops: Int) {
        setConditions(Condition.c0 | Condition.c2 | Condition.c3)
        if stackFault(overflow: false) { pop(pops) }
    }
    /// An operation of ST(0) and memory, reg field as in D8.
    mutating func memoryOperation(_ operation: UInt8, _ b: SoftFloat) {
        if operation == 2 || operation == 3 {
            if isEmpty(0) { return compareEmpty(pops: operation == 3 ? 1 : 0) }
            return compare(b, pops: operation == 3 ? 1 : 0)
        }
        if isEmpty(0) {
            if stackFault(overflow: false) { self[0] = .indefinite }
            return
        }
        complete(arithmetic(operation, number(0), b))
    }
    /// An operation of ST(0) and ST(i).
    mutating func registerOperation(_ operation: UInt8, _ i: Int, toOther: Bool, pops: Int) {
        let destination = toOther ? i : 0
        if isEmpty(0) || isEmpty(i) {
            if stackFault(overflow: false) {
                self[destination] = .indefinite
                pop(pops)
            }
            return
        }
        complete(arithmetic(operation, number(0), number(i)), to: destination, pops: pops)
    }
    mutating func registerCompare(_ i: Int, quiet: Bool, pops: Int) {
        if isEmpty(0) || isEmpty(i) { return compareEmpty(pops: pops) }
        compare(number(i), quiet: quiet, pops: pops)
    }
    /// FCOMI and the like: to RFLAGS.
    mutating func flagCompare(_ i: Int, quiet: Bool, pops: Int) {
        if isEmpty(0) || isEmpty(i) {
            state.setArithmeticFlags(0x45)
            if stackFault(overflow: false) { pop(pops) }
            return
        }
        switch environment.compare(number(0), number(i), quiet: quiet) {
        case .less: state.setArithmeticFlags(1)
        case .equal: state.setArithmeticFlags(0x40)
        case .greater: state.setArithmeticFlags(0)
        case .unordered: state.setArithmeticFlags(0x45)
        }
        if !isStopped { pop(pops) }
        flush()
    }

    /// A one-operand operation on ST(0).
    mutating func unary(_ operation: (inout FloatEnvironment, SoftFloat) -> Encoded) {
        if isEmpty(0) {
            if stackFault(overflow: false) { self[0] = .indefinite }
            return
        }
        complete(operation(&environment, number(0)))
    }

    func examine() {
        let value = self[0]
        var bits: UInt16 = value.sign ? Condition.c1 : 0
        if isEmpty(0) {
            bits |= Condition.c3 | Condition.c0
        } else {
            let number = SoftFloat(extended: value)
            switch number.kind {
            case .unsupported: break
            case .quietNaN, .signalingNaN: bits |= Condition.c0
            case .infinity: bits |= Condition.c2 | Condition.c0
            case .zero: bits |= Condition.c3
            case .finite: bits |= number.isDenormal ? Condition.c3 | Condition.c2 : Condition.c2
            }
        }
        setConditions(bits)
    }

    mutating func exchange(_ i: Int) {
        setC1(false)
        if isEmpty(0) || isEmpty(i) {
            guard stackFault(overflow: false) else { return }
            if isEmpty(0) { self[0] = .indefinite }
            if isEmpty(i) { self[i] = .indefinite }
        }
        let value = self[0]
        self[0] = self[i]
        self[i] = value
    }
}
