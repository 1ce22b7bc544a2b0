// SPDX-License-Identifier: Apache-2.0

/// Standard input on its way to a command in the guest, whose terminal knows two characters: Ctrl-D, which hands on what
/// has arrived, or ends the input when that is nothing, and Ctrl-V, which makes the next byte an ordinary one.
///
/// With them every byte reaches the command, in lines of any length, and so does the end.
struct CommandInput {
    private static let handOn: UInt8 = 0x04
    private static let literal: UInt8 = 0x16
    /// The terminal drops what a line has beyond 4095 bytes.
    private static let longest = 2048
    /// Bytes since the terminal last handed on.
    private var pending = 0

    mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            if [CommandInput.handOn, CommandInput.literal, 0].contains(byte) {
                result.append(CommandInput.literal)
            }
            result.append(byte)
            pending = byte == 0x0A ? 0 : pending + 1
            if pending == CommandInput.longest {
                result.append(CommandInput.handOn)
                pending = 0
            }
        }
        return result
    }

    /// No more will come.
    var end: [UInt8] { pending > 0 ? [CommandInput.handOn, CommandInput.handOn] : [CommandInput.handOn] }
}
