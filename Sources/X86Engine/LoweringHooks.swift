// SPDX-License-Identifier: Apache-2.0

import X86Decoder

/// Families that are lowered in files of their own.
extension BlockBuilder {
    mutating func lowerX87(_ i: Instruction) -> Bool { false }
}
