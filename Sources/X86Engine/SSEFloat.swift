// SPDX-License-Identifier: Apache-2.0

import X86Decoder
extension BlockBuilder {
    mutating func lowerSSEFloat(_ i: Instruction) -> Bool { i.opcode == 0xAE ? lowerGroup15(i) : false }
    mutating func lowerSSEFloat3A(_ i: Instruction) -> Bool { false }
}
