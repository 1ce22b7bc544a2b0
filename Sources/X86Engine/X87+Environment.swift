// SPDX-License-Identifier: Apache-2.0

import X86

// FNINIT, and the environment of FNSTENV, FLDENV, FNSAVE and FRSTOR.

extension X87 {
    func initialize() {
        setTop(0)
        control = 0x37F
        status = 0
        tags = 0
        state.write(State.Offset.fop, UInt16(0))
        state.write(State.Offset.fip, UInt64(0))
        state.write(State.Offset.fdp, UInt64(0))
    }
    /// The tag word of FSTENV: two bits a register.
    var fullTags: UInt16 {
        var word: UInt16 = 0
        for physical in 0..<8 {
            var tag: UInt16 = 3
            if tags >> UInt8(physical) & 1 != 0 {
                let value = self[(physical - top) & 7]
                let exponent = value.biased
                tag =
                    exponent == 0 && value.significand == 0
                    ? 1 : exponent == 0 || exponent == 0x7FFF || value.significand >> 63 == 0 ? 2 : 0
            }
            word |= tag << UInt16(physical * 2)
        }
        return word
    }
    /// The words of the environment in memory: 7 of 4 bytes, or of 2.
    func environmentWords(small: Bool) -> [7 of UInt32] {
        let fip = state[field: State.Offset.fip]
        let fdp = state[field: State.Offset.fdp]
        let fop = state.read(State.Offset.fop, as: UInt16.self)
        if small {
            return [
                UInt32(control), UInt32(status), UInt32(fullTags), UInt32(fip & 0xFFFF), 0,
                UInt32(fdp & 0xFFFF), 0,
            ]
        }
        return [
            UInt32(control) | 0xFFFF_0000, UInt32(status) | 0xFFFF_0000, UInt32(fullTags) | 0xFFFF_0000,
            UInt32(truncatingIfNeeded: fip), UInt32(fop & 0x7FF) << 16, UInt32(truncatingIfNeeded: fdp),
            0xFFFF_0000,
        ]
    }
    /// Loads control, status and tags from an environment's words; the physical registers stay.
    func setEnvironment(_ words: [7 of UInt32], small: Bool) {
        let newStatus = UInt16(truncatingIfNeeded: words[1])
        setTop(Int(newStatus >> 11) & 7)
        control = UInt16(truncatingIfNeeded: words[0])
        status = newStatus
        var newTags: UInt8 = 0
        for physical in 0..<8 where words[2] >> UInt32(physical * 2) & 3 != 3 {
            newTags |= 1 << UInt8(physical)
        }
        tags = newTags
        state[field: State.Offset.fip] = UInt64(words[3])
        state[field: State.Offset.fdp] = UInt64(words[5])
        state.write(State.Offset.fop, small ? 0 : UInt16(truncatingIfNeeded: words[4] >> 16) & 0x7FF)
        state.settleX87Control()
    }

    func storeEnvironment(_ address: UInt64, _ op: MicroOp, small: Bool, extra: UInt64) -> Completed {
        let words = environmentWords(small: small)
        let size: UInt64 = small ? 2 : 4
        guard state.isWritable(address, bytes: 7 * size + extra, op) else { return false }
        for n in 0..<7 {
            let place = address &+ UInt64(n) * size
            let stored =
                small
                ? state.store(place, UInt16(truncatingIfNeeded: words[n]), op)
                : state.store(place, words[n], op)
            if !stored { return false }
        }
        return true
    }
    func loadEnvironment(_ address: UInt64, _ op: MicroOp, small: Bool) -> [7 of UInt32]? {
        var words: [7 of UInt32] = [7 of UInt32](repeating: 0)
        for n in 0..<7 {
            if small {
                guard let word = state.load(address &+ UInt64(n * 2), op, as: UInt16.self) else { return nil }
                words[n] = UInt32(word)
            } else {
                guard let word = state.load(address &+ UInt64(n * 4), op, as: UInt32.self) else { return nil }
                words[n] = word
            }
        }
        return words
    }
}
