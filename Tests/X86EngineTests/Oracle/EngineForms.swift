// SPDX-License-Identifier: Apache-2.0

import X86Decoder

@testable import X86Engine

/// What the engine's decoder and lowerings know.
enum EngineForms {
    /// Whether the instruction that the bytes begin with is lowered to anything but #UD, with all extensions switched on.
    static func isDefined(_ bytes: [UInt8], is64: Bool) -> Bool {
        // Refusal is an answer here.
        let decoded = try? (bytes + [UInt8](repeating: 0, count: 15)).withUnsafeBytes {
            try Decoder.decode($0, rip: 0x1000, codeSize: is64 ? .bits64 : .bits32)
        }
        guard let i = decoded else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 64) { buffer in
            guard let arena = buffer.baseAddress else { return false }
            var builder = BlockBuilder(
                mode: [is64 ? .code64 : .code32, .osfxsr], start: i.rip, arena: arena, end: arena + 1024)
            builder.lower(i)
            return ![arena, builder.cursor - MicroOp.size].contains { place in
                place >= arena && builder.cursor > arena
                    && place.load(as: UInt.self) == unsafeBitCast(undefinedOp, to: UInt.self)
            }
        }
    }

    static func isDefined(_ form: InstructionForm) -> Bool {
        isDefined(form.bytes(modRM: form.sampleModRM), is64: form.is64)
    }
}
