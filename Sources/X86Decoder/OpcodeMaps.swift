// SPDX-License-Identifier: Apache-2.0

/// What the decoder knows of an opcode: one letter a cell, printed as the manual prints its maps.
///
/// - `.` no ModRM, no immediate          `m` ModRM                    `b` imm8        `z` imm16/32
/// - `M` ModRM and imm8                  `Z` ModRM and imm16/32       `w` imm16       `e` ENTER: imm16, imm8
/// - `v` immediate of the operand size up to 64 bits (MOV)            `o` moffs       `f` far pointer
/// - `j` rel8   `J` rel16/32             `3` group 3: TEST has an immediate           `x` undefined
/// - `p` prefix or escape
///
/// - SeeAlso: SDM Vol. 2, "Opcode Map".
enum OpcodeMaps {
    // swift-format-ignore
    static let oneByte: StaticString = """
        mmmmbz..mmmmbz.p\
        mmmmbz..mmmmbz..\
        mmmmbzp.mmmmbzp.\
        mmmmbzp.mmmmbzp.\
        ................\
        ................\
        ..mmppppzZbM....\
        jjjjjjjjjjjjjjjj\
        MZMMmmmmmmmmmmmm\
        ..........f.....\
        oooo....bz......\
        bbbbbbbbvvvvvvvv\
        MMw.mmMZe.w..b..\
        mmmmbb..mmmmmmmm\
        jjjjbbbbJJfj....\
        p.pp..33......mm
        """
    // swift-format-ignore
    static let twoByte: StaticString = """
        mmmmx.....x.xm.x\
        mmmmmmmmmmmmmmmm\
        mmmmxxxxmmmmmmmm\
        ......x.pxpxxxxx\
        mmmmmmmmmmmmmmmm\
        mmmmmmmmmmmmmmmm\
        mmmmmmmmmmmmmmmm\
        MMMMmmm.mmxxmmmm\
        JJJJJJJJJJJJJJJJ\
        mmmmmmmmmmmmmmmm\
        ...mMmxx...mMmmm\
        mmmmmmmmmmMmmmmm\
        mmMmMMMm........\
        mmmmmmmmmmmmmmmm\
        mmmmmmmmmmmmmmmm\
        mmmmmmmmmmmmmmmm
        """

    @inline(__always) static func cell(_ map: StaticString, _ opcode: UInt8) -> UInt8 {
        unsafe map.utf8Start[Int(opcode)]
    }
}
