// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)

    import Testing
    import X86Decoder

    @testable import X86Engine

    /// What the engine knows is compared with the host, or named with the reason why not.
    @Suite("Coverage of the oracles")
    struct CoverageTests {
        /// A form without what it may leave open.
        private struct Shape: Hashable {
            var map: OpcodeMap
            var opcode: UInt8
            var isMemory: Bool
            var prefixes: Set<UInt8>
            var isWide: Bool
            var isLocked: Bool

            init(_ form: InstructionForm) {
                (map, opcode, isMemory) = (form.map, form.opcode, form.isMemory)
                (prefixes, isWide, isLocked) = (Set(form.prefixes), form.isWide, form.isLocked)
            }
        }

        @Test(
            "each encoding that the engine does not refuse has an oracle or a reason",
            arguments: [true, false])
        func each(is64: Bool) {
            let integer = is64 ? IntegerOracle.forms64 : IntegerOracle.forms32
            let others = InstructionForm.cells(is64: is64, .floatingPoint)
            let compared = Dictionary(grouping: (integer + others).joined()) { Shape($0) }
            var left: Set<String> = []
            var count = 0
            for form in CoverageTests.encodings(is64: is64) where EngineForms.isDefined(form) {
                count += 1
                let isCompared = (compared[Shape(form)] ?? []).contains {
                    ($0.ext == nil || $0.ext == form.ext) && ($0.rm == nil || $0.rm == form.rm)
                }
                if !isCompared, InstructionForm.reason(form) == nil { left.insert(form.text) }
            }
            #expect(left.isEmpty, "\(left.sorted().prefix(40))")
            #expect(count > 10_000)
        }

        /// All that can be written, without the help of the tables that the oracles make their forms from.
        private static func encodings(is64: Bool) -> [InstructionForm] {
            var forms: [InstructionForm] = []
            for map in [OpcodeMap.oneByte, .twoByte, .threeByte38, .threeByte3A] {
                for opcode in UInt8.min...UInt8.max
                where !InstructionForm.isPrefixOrEscape(map, opcode, is64: is64) {
                    for isMemory in [false, true] {
                        for ext in 0..<8 as Range<UInt8> {
                            for rm in isMemory ? 3..<4 : 0..<8 as Range<UInt8> {
                                var form = InstructionForm(
                                    map: map, opcode: opcode, ext: ext, rm: rm, hasModRM: true,
                                    isMemory: isMemory, is64: is64)
                                form.hasModRM = form.decoded(modRM: form.sampleModRM)?.hasModRM ?? false
                                if !form.hasModRM {
                                    if isMemory || ext > 0 || rm > 0 { continue }
                                    (form.ext, form.rm) = (nil, nil)
                                }
                                forms += form.withPrefixes
                            }
                        }
                    }
                }
            }
            return forms
        }
    }

#endif
