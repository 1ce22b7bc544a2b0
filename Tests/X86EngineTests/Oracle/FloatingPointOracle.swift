// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)
    import Glibc
    @testable import X86Engine

    /// Compares MMX, SSE, x87 and state management with the host's own instructions: registers, flags, memory, exceptions.
    final class FloatingPointOracle: HostOracle {
        static let name = "floating-point"

        /// The engine and the host, ready for instructions of one mode.
        private struct Pair {
            let machine: FloatingPointMachine
            let native: NativeFloatingPoint

            init?(is64: Bool) throws {
                guard let native = NativeFloatingPoint(is64: is64) else { return nil }
                self.native = native
                machine = try FloatingPointMachine(base: UInt64(UInt(bitPattern: native.base)), is64: is64)
                machine.data.copyMemory(
                    from: native.data,
                    byteCount: NativeFloatingPoint.Layout.dataEnd - NativeFloatingPoint.Layout.data)
            }
        }
        private let pair64: Pair
        private let pair32: Pair
        /// The mode of the current case.
        private var is64 = true
        private var machine: FloatingPointMachine { is64 ? pair64.machine : pair32.machine }
        private var native: NativeFloatingPoint { is64 ? pair64.native : pair32.native }
        private let seed: UInt64
        private var operands = OperandGenerator(random: CaseRandom(state: 0))
        var number: UInt64 = 0
        private(set) var compared = 0

        init?(seed: UInt64, worker: Int = 0) throws {
            guard let pair64 = try Pair(is64: true), let pair32 = try Pair(is64: false) else { return nil }
            self.pair64 = pair64
            self.pair32 = pair32
            self.seed = seed
        }

        private static let cells64 = FloatingPointForm.cells(is64: true)
        private static let cells32 = FloatingPointForm.cells(is64: false)
        /// Opcodes of which something is defined.
        private static let known64 = cells64.filter { $0.contains { $0.isDefined } }
        private static let known32 = cells32.filter { $0.contains { $0.isDefined } }

        func run(_ count: Int) -> String? {
            pair64.native.attach()
            defer { pair64.native.detach() }
            let goal = compared + count
            while compared < goal {
                number &+= 1
                var random = CaseRandom(state: seed &+ number &* 0xD129_0D3F_37A5_8D2B)
                let is64 = !random.chance(4)
                // Undefined opcodes now and then.
                let cells =
                    random.chance(32)
                    ? is64 ? FloatingPointOracle.cells64 : FloatingPointOracle.cells32
                    : is64 ? FloatingPointOracle.known64 : FloatingPointOracle.known32
                let form = random.element(random.element(cells)).form
                operands.random = random
                if case .differs(let text) = check(form) {
                    return "seed \(seed), case \(number): \(text)"
                }
            }
            return nil
        }

        /// Each form with `count` encodings. What differs, and the forms that have never been completed though they are not
        /// undefined.
        func runAll(_ count: Int) -> (differences: [String], missing: [FloatingPointForm]) {
            pair64.native.attach()
            defer { pair64.native.detach() }
            var differences: [String] = []
            var missing: [FloatingPointForm] = []
            operands.random = CaseRandom(state: seed)
            let forms = [FloatingPointOracle.cells64.joined(), FloatingPointOracle.cells32.joined()].joined()
            for (form, isDefined) in forms {
                var isMissing = true
                for _ in 0..<count {
                    switch check(form) {
                    case .differs(let text):
                        differences.append(text)
                        isMissing = false
                    case .completed: isMissing = false
                    case .undefined: isMissing = isDefined
                    case .raised: break
                    }
                }
                if isMissing { missing.append(form) }
            }
            return (differences, missing)
        }

        private enum Answer {
            case differs(String)
            /// At least once.
            case completed
            case undefined
            case raised
        }

        /// One encoding of a form with several states.
        private func check(_ form: FloatingPointForm) -> Answer {
            is64 = form.is64
            let encoding = form.encode(&operands.random)
            native.place(encoding.bytes)
            machine.place(encoding.bytes, at: native.instruction)
            var answer = Answer.raised
            for _ in 0..<8 {
                let place = prepare(form, encoding)
                machine.run(native.input)
                native.run()
                compared += 1
                if difference(form, encoding, place) != nil {
                    // An interrupt of the host between loading the state and the instruction can lose FOP, FIP and FDP.
                    rewind(form, place)
                    machine.run(native.input)
                    native.run()
                }
                if let text = difference(form, encoding, place) {
                    restore()
                    return .differs(text)
                }
                // An undefined opcode is so whatever the operands.
                if native.output.vector == 6 { return .undefined }
                if native.output.vector == FloatingPointCase.noVector { answer = .completed }
            }
            return answer
        }

        /// Runs transcendental instructions of the engine in three rounding modes; returns what does not fit together.
        func checkRoundingDirections(count: Int) -> [String] {
            var found: [String] = []
            // FSINCOS and FPTAN define C1 for the stack only.
            for modRM in [0xF0, 0xF1, 0xF3, 0xF9, 0xFE, 0xFF] as [UInt8] {
                let form = FloatingPointForm(opcode: [0xD9], operand: .fixed(modRM))
                machine.place([0xD9, modRM], at: 0x1000)
                for _ in 0..<count {
                    let input = native.input
                    operands.fill(input)
                    // Everything masked, both operands there.
                    input[word: 0] = 0xFF_0000_037F
                    guard form.isDefined(input) else { continue }
                    var results: [(value: UInt128, status: UInt16)] = []
                    for control in [0x37F, 0x77F, 0xB7F, 0xF7F] as [UInt64] {
                        input[word: 0] = 0xFF_0000_0000 | control
                        machine.run(input)
                        let (significand, head) = machine.output.st(0)
                        results.append(
                            (UInt128(head & 0x7FFF) << 64 | UInt128(significand), machine.output.status))
                    }
                    // Not a result of rounding: special, or an infinity by overflow.
                    guard results[0].status & 0x2D == 0x20 else { continue }
                    let low = results.map(\.value).min() ?? 0
                    let isToZero = results[3].value == low
                    for (value, status) in results where (value != low) != (status & 0x200 != 0) || !isToZero
                    {
                        found.append(
                            "\(hex(UInt64(modRM))): \(results) \(value) \(input.st(0)) \(input.st(1))")
                        break
                    }
                }
            }
            return Array(found.prefix(8))
        }

        // MARK: Cases

        private typealias Layout = NativeFloatingPoint.Layout
        /// Fills the input and the memory operand. Returns the operand's place among the data pages.
        private func prepare(_ form: FloatingPointForm, _ encoding: FloatingPointForm.Encoding)
            -> Int
        {
            let input = native.input
            operands.fill(input)
            guard let base = encoding.base else { return 0 }
            let size = form.operandSize
            let alignment = size >= 512 ? 64 : 16
            let pages = Layout.dataEnd - Layout.data
            let place: Int
            let choice = operands.random.pick(20)
            switch form.isMaskedStore ? min(choice, 3) : form.needsAlignment ? max(choice, 8) : choice {
            case 0, 1, 2: place = 1024 + operands.random.pick(2048 - size)
            case 3: place = 4096 - operands.random.pick(size + 1)
            case 4: place = 8192 - operands.random.pick(size + 1)
            case 5: place = 8192 + operands.random.pick(2048)
            case 6: place = pages - operands.random.pick(size + 1)
            case 7: place = -operands.random.pick(size)
            default: place = 1024 + operands.random.pick(128) * alignment % (3072 - size) & ~(alignment - 1)
            }
            if let index = encoding.index {
                input[gpr: index] = UInt64(bitPattern: Int64(operands.random.pick(4096)) - 2048)
                input[gpr: base] =
                    address(place) &- encoding.displacement &- input[gpr: index] &<< UInt64(encoding.scale)
            } else {
                input[gpr: base] = address(place) &- encoding.displacement
            }
            if !is64 { input[gpr: base] &= 0xFFFF_FFFF }
            // XSAVE and XRSTOR: x87 and SSE state only, as the host has more.
            if size == 576 {
                input[gpr: 0] &= 3
                input[gpr: 2] = 0
            }
            fill(form, place, size)
            let window = window(place, size)
            native.before.copyMemory(from: native.data + window.lowerBound, byteCount: window.count)
            (machine.data + window.lowerBound).copyMemory(
                from: native.data + window.lowerBound, byteCount: window.count)
            return place
        }
        private func address(_ place: Int) -> UInt64 {
            UInt64(UInt(bitPattern: native.data)) &+ UInt64(bitPattern: Int64(place))
        }
        /// The part of the writable pages around an operand.
        private func window(_ place: Int, _ size: Int) -> Range<Int> {
            let start = min(max(place - 32, 0), 8192) & ~7
            return start..<max(start, min((place + size + 32) & ~7, 8192))
        }
        private func fill(_ form: FloatingPointForm, _ place: Int, _ size: Int) {
            for offset in stride(
                from: window(place, size).lowerBound, to: window(place, size).upperBound, by: 8)
            {
                native.data.storeBytes(of: operands.word(), toByteOffset: offset, as: UInt64.self)
            }
            guard place >= 0, place + size <= 8192 else { return }
            let memory = native.data + place
            switch form.shape {
            case .words:
                if operands.random.pick(2) == 0 {
                    memory.storeBytes(of: operands.word(), as: UInt64.self)
                    memory.storeBytes(of: operands.word(), toByteOffset: 8, as: UInt64.self)
                }
            case .extended:
                let value = operands.extended()
                memory.storeBytes(of: value.significand, as: UInt64.self)
                memory.storeBytes(of: value.head, toByteOffset: 8, as: UInt16.self)
            case .decimal:
                for n in 0..<9 {
                    memory.storeBytes(
                        of: UInt8(operands.random.pick(10) << 4 | operands.random.pick(10)),
                        toByteOffset: n, as: UInt8.self)
                }
                memory.storeBytes(of: UInt8(operands.random.pick(2) * 0x80), toByteOffset: 9, as: UInt8.self)
            case .environment(let small, let registers):
                let width = small ? 2 : 4
                memory.storeBytes(of: operands.controlWord(), as: UInt16.self)
                var status = UInt16(truncatingIfNeeded: operands.random.next())
                if operands.random.pick(2) == 0 { status &= ~0x3F }
                memory.storeBytes(of: status, toByteOffset: width, as: UInt16.self)
                if registers {
                    for n in 0..<8 {
                        let value = operands.extended()
                        memory.storeBytes(
                            of: value.significand, toByteOffset: width * 7 + n * 10, as: UInt64.self)
                        memory.storeBytes(
                            of: value.head, toByteOffset: width * 7 + n * 10 + 8, as: UInt16.self)
                    }
                }
            case .image, .extendedArea:
                operands.image(memory)
                // Reserved bits of the status and control words, and of MXCSR but the one that the host has.
                if operands.random.pick(4) == 0 {
                    memory.storeBytes(of: UInt32(truncatingIfNeeded: operands.random.next()), as: UInt32.self)
                }
                if operands.random.pick(8) == 0 {
                    memory.storeBytes(
                        of: operands.controlStatus() | 1 << UInt32(18 + operands.random.pick(14)),
                        toByteOffset: 24, as: UInt32.self)
                }
                guard case .extendedArea = form.shape else { break }
                for word in 0..<8 { memory.storeBytes(of: 0, toByteOffset: 512 + word * 8, as: UInt64.self) }
                var present = UInt64(operands.random.pick(4))
                if operands.random.pick(12) == 0 { present |= 1 << UInt64(10 + operands.random.pick(54)) }
                memory.storeBytes(of: present, toByteOffset: 512, as: UInt64.self)
                if operands.random.pick(2) == 0 {
                    var format: UInt64 = 1 << 63 | UInt64(operands.random.pick(4))
                    if operands.random.pick(2) == 0 { format |= present }
                    memory.storeBytes(of: format, toByteOffset: 520, as: UInt64.self)
                }
                if operands.random.pick(12) == 0 {
                    memory.storeBytes(
                        of: 1 << UInt64(operands.random.pick(64)),
                        toByteOffset: 520 + 8 * operands.random.pick(7), as: UInt64.self)
                }
            case .controlStatus:
                var value = operands.controlStatus()
                if operands.random.pick(8) == 0 { value |= 1 << UInt32(18 + operands.random.pick(14)) }
                memory.storeBytes(of: value, as: UInt32.self)
            }
        }
        private func rewind(_ form: FloatingPointForm, _ place: Int) {
            let window = window(place, form.operandSize)
            (native.data + window.lowerBound).copyMemory(from: native.before, byteCount: window.count)
            (machine.data + window.lowerBound).copyMemory(from: native.before, byteCount: window.count)
        }
        /// Brings the engine's pages in line with the host's after a difference.
        private func restore() { machine.data.copyMemory(from: native.data, byteCount: 8192) }

        // MARK: Comparison

        /// This host keeps opcode and addresses only while an exception is pending, and has another `MXCSR_MASK`.
        private func forgetPointers(_ place: Int) {
            guard place >= 0, place + 32 <= 8192 else { return }
            let theirs = native.data + place
            let mine = machine.data + place
            (mine + 28).copyMemory(from: theirs + 28, byteCount: 4)
            if theirs.loadUnaligned(fromByteOffset: 2, as: UInt16.self) & 0x80 == 0 {
                (mine + 6).copyMemory(from: theirs + 6, byteCount: 18)
            }
        }

        private func difference(
            _ form: FloatingPointForm, _ encoding: FloatingPointForm.Encoding, _ place: Int
        ) -> String? {
            let mine = machine.output
            let theirs = native.output
            var found: [String] = []
            func compare(_ name: String, _ a: UInt64, _ b: UInt64) {
                if a != b { found.append("\(name) \(hex(a)) for \(hex(b))") }
            }
            typealias Offset = FloatingPointCase.Offset
            compare("vector", mine.vector, theirs.vector)
            // Which of the parts on two pages that both fault comes first.
            let isOrderOpen = form.hasParts && place < 0x2000 + 0x1000 && place + form.operandSize > 0x3000
            if found.isEmpty, !isOrderOpen, theirs.vector == 13 || theirs.vector == 14 {
                compare("error code", mine[word: Offset.errorCode], theirs[word: Offset.errorCode])
                if theirs.vector == 14 {
                    let mask: UInt64 = form.hasParts ? ~0xFFF : ~0
                    compare("CR2", mine[word: Offset.address] & mask, theirs[word: Offset.address] & mask)
                }
            }
            // Compatibility mode says nothing of what it does not see.
            let mask: UInt64 = is64 ? ~0 : 0xFFFF_FFFF
            for n in 0..<(is64 ? 16 : 8) where n != 4 {
                compare("gpr\(n)", mine[gpr: n] & mask, theirs[gpr: n] & mask)
            }
            compare("flags", mine[word: Offset.flags] & 0xCD5, theirs[word: Offset.flags] & 0xCD5)
            let isTranscendental = form.comparison == .transcendental
            if isTranscendental, !form.isDefined(native.input) { return nil }
            compare("control", UInt64(mine.control), UInt64(theirs.control))
            // Which neighbour of the true result the host takes is its own matter, and so is C1.
            let statusMask: UInt64 = isTranscendental ? 0xFDFF : 0xFFFF
            compare("status", UInt64(mine.status) & statusMask, UInt64(theirs.status) & statusMask)
            compare("tags", mine[word: 0] >> 32 & 0xFF, theirs[word: 0] >> 32 & 0xFF)
            if theirs.status & 0x80 != 0 {
                compare("opcode", mine[word: 0] >> 48, theirs[word: 0] >> 48)
                compare("FIP", linear(mine[word: 8]), theirs[word: 8])
                if form.isMemory { compare("FDP", linear(mine[word: 16]), theirs[word: 16]) }
            }
            compare("mxcsr", UInt64(mine.mxcsr), UInt64(theirs.mxcsr))
            for n in 0..<8 {
                let a = mine.st(n)
                let b = theirs.st(n)
                if isTranscendental, areNeighbours(a, b) { continue }
                compare("st\(n)", a.significand, b.significand)
                compare("st\(n) head", UInt64(a.head), UInt64(b.head))
            }
            for n in 0..<16 where mine.xmm(n) != theirs.xmm(n) {
                if form.comparison == .approximate, n == encoding.destination { continue }
                found.append("xmm\(n) \(hex(mine, n)) for \(hex(theirs, n))")
            }
            if form.comparison == .approximate, theirs.vector == FloatingPointCase.noVector {
                if let text = approximation(form, encoding, place) { found.append(text) }
            }
            if encoding.base != nil {
                let window = window(place, form.operandSize)
                if form.savesImage { forgetPointers(place) }
                if memcmp(machine.data + window.lowerBound, native.data + window.lowerBound, window.count)
                    != 0
                {
                    for offset in window where offset & 3 == 0 {
                        compare(
                            "memory[\(offset - place)]",
                            UInt64(machine.data.load(fromByteOffset: offset, as: UInt32.self)),
                            UInt64(native.data.load(fromByteOffset: offset, as: UInt32.self)))
                    }
                }
            }
            if found.isEmpty { return nil }
            let input = native.input
            let bytes = encoding.bytes.map { hex(UInt64($0)) }.joined(separator: " ")
            var text = "\(is64 ? 64 : 32): \(bytes): " + found.prefix(6).joined(separator: ", ")
            text += "; from control \(hex(UInt64(input.control))) status \(hex(UInt64(input.status)))"
            text += " tags \(hex(input[word: 0] >> 32 & 0xFF)) mxcsr \(hex(UInt64(input.mxcsr)))"
            text += " vector \(mine.vector)"
            if form.isX87 {
                for n in 0..<2 {
                    text += " st\(n) \(hex(UInt64(input.st(n).head))):\(hex(input.st(n).significand))"
                }
            } else {
                text += " xmm\(encoding.destination) \(hex(input, encoding.destination))"
                text += " xmm\(encoding.source) \(hex(input, encoding.source))"
            }
            return text
        }
        /// This host keeps 57 bits of the pointers that FXRSTOR and XRSTOR load; what happens to addresses that are not canonical is
        /// the processor's own.
        private func linear(_ pointer: UInt64) -> UInt64 {
            HostProcessor.isAMD ? UInt64(bitPattern: Int64(bitPattern: pointer << 7) >> 7) : pointer
        }
        /// Two numbers are the same or have nothing between them: ours is rounded from the true result, the host's is less than
        /// one unit in the last place away from it.
        private func areNeighbours(
            _ a: (significand: UInt64, head: UInt16), _ b: (significand: UInt64, head: UInt16)
        ) -> Bool {
            func rank(_ x: (significand: UInt64, head: UInt16)) -> UInt128 {
                UInt128(x.head & 0x7FFF) << 63 + UInt128(x.significand & ~(1 << 63))
            }
            let (x, y) = (rank(a), rank(b))
            return (a.head ^ b.head) >> 15 == 0 && max(x, y) - min(x, y) <= 1
        }
        private func hex(_ value: UInt64) -> String { String(value, radix: 16) }
        private func hex(_ it: FloatingPointCase, _ n: Int) -> String {
            (0..<4).map { hex(UInt64(it.xmm(n)[3 - $0])) }.joined(separator: "_")
        }

        /// RCPPS, RSQRTPS: the architecture's error bound of 1.5 × 2^-12 relative to the true value, special values exact.
        private func approximation(
            _ form: FloatingPointForm, _ encoding: FloatingPointForm.Encoding, _ place: Int
        ) -> String? {
            let isScalar = form.prefix.contains(0xF3)
            var operand = native.input.xmm(encoding.source)
            if form.isMemory {
                let place = native.data + place
                operand =
                    isScalar
                    ? SIMD4(place.loadUnaligned(as: UInt32.self), 0, 0, 0)
                    : place.loadUnaligned(as: SIMD4<UInt32>.self)
            }
            let result = machine.output.xmm(encoding.destination)
            for lane in 0..<4 {
                if isScalar, lane > 0 {
                    if result[lane] != native.input.xmm(encoding.destination)[lane] {
                        return "lane \(lane) changed"
                    }
                } else if !isGood(operand[lane], result[lane], isRoot: form.opcode == [0x0F, 0x52]) {
                    return
                        "lane \(lane): \(hex(UInt64(result[lane]))) for operand \(hex(UInt64(operand[lane])))"
                }
            }
            return nil
        }
        private func isGood(_ operand: UInt32, _ result: UInt32, isRoot: Bool) -> Bool {
            let x = Float(bitPattern: operand)
            if x.isNaN { return result == operand | 0x40_0000 }
            // A denormal counts as zero.
            if x.isZero || x.isSubnormal { return result == operand & 0x8000_0000 | 0x7F80_0000 }
            if isRoot, x < 0 { return result == 0xFFC0_0000 }
            if x.isInfinite { return result == operand & 0x8000_0000 }
            let truth = isRoot ? 1 / Double(x).squareRoot() : 1 / Double(x)
            // A result that would be denormal is zero of the same sign.
            if truth.magnitude < 0x1p-126 * (1 - 1.5 / 4096) { return result == operand & 0x8000_0000 }
            if truth.magnitude < 0x1p-126 * (1 + 1.5 / 4096), result == operand & 0x8000_0000 { return true }
            return ((Double(Float(bitPattern: result)) - truth) / truth).magnitude <= 1.5 / 4096
        }
    }
#endif
