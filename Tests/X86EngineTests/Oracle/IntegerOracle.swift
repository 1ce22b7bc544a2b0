// SPDX-License-Identifier: Apache-2.0

#if arch(x86_64) && os(Linux)

    import Glibc
    import X86
    import X86Decoder

    @testable import X86Engine

    /// Compares integer, control, string, bit and system instructions with the host's processor, in 64-bit and in
    /// compatibility mode: registers, defined flags, memory, faults with their codes and addresses.
    final class IntegerOracle: HostOracle {
        static let name = "integer"
        typealias Place = OraclePlace

        /// Forms by mode.
        static let forms64 = InstructionForm.cells(is64: true, .integer)
        static let forms32 = InstructionForm.cells(is64: false, .integer)

        private let host: HostProcessor
        private let machine: OracleMachine
        private let pattern: [UInt8]
        private let seed: UInt64
        var number: UInt64 = 0
        private var instructions = 0
        private(set) var compared = 0

        /// The local table is the process's: all workers' entries are made once, so that they are the same to each.
        private static let hasLocalTable: Bool = {
            guard let host = HostProcessor(region: HostRegion.count - 1) else { return false }
            return (0..<HostRegion.count).allSatisfy { entry in
                let start = UInt32(
                    HostRegion.first + UInt64(entry) * HostRegion.size + CaseGenerator.localBase)
                // A data segment of 32 bits that can be written.
                return host.setDescriptor([UInt32(entry), start, CaseGenerator.localLimit, 0b100_0001])
            }
        }()

        init?(seed: UInt64, worker: Int) throws {
            guard let host = HostProcessor(region: worker) else { return nil }
            self.host = host
            self.seed = seed
            machine = try OracleMachine(base: host.base)
            var random = CaseRandom(state: 1)
            pattern = (0..<0x4000 / 8).flatMap { _ in withUnsafeBytes(of: random.value()) { Array($0) } }
            guard IntegerOracle.hasLocalTable else { return nil }
            for entry in 0..<HostRegion.count {
                machine.setDescriptor(entry, CaseGenerator.localDescriptor(entry))
            }
            machine.localBase = host.base + CaseGenerator.localBase
            machine.localLimit = CaseGenerator.localLimit
            pattern.withUnsafeBytes { bytes in
                guard let first = bytes.baseAddress else { return }
                host.fillReadOnly(first)
                machine[Place.readOnly].copyMemory(from: first, byteCount: 0x1000)
            }
        }

        enum Answer {
            case agreed
            case differs(String)
            /// No case could be made that means the same to both.
            case none
        }

        func run(_ count: Int) -> String? {
            host.attach()
            defer { host.detach() }
            let goal = compared + count
            while compared < goal {
                number &+= 1
                var random = CaseRandom(state: seed &+ number &* 0xD129_0D3F_37A5_8D2B)
                if random.chance(4) {
                    if case .differs(let text) = compareSequence(seed: random.next()) {
                        return "seed \(seed), case \(number): \(text)"
                    }
                    continue
                }
                let is64 = !random.chance(3)
                let form = random.element(
                    random.element(is64 ? IntegerOracle.forms64 : IntegerOracle.forms32))
                if case .differs(let text) = compare(form, seed: random.next()) {
                    return "seed \(seed), case \(number): \(text)"
                }
            }
            return nil
        }

        /// Each form of both modes, `count` cases. What differs, and the forms that no case was made of.
        func runAll(_ count: Int) -> (differences: [String], missing: [InstructionForm]) {
            host.attach()
            defer { host.detach() }
            var differences: [String] = []
            var missing: [InstructionForm] = []
            for form in Array(IntegerOracle.forms64.joined()) + Array(IntegerOracle.forms32.joined()) {
                if HostProcessor.isAMD, IntegerOracle.vendorsDiffer(form) { continue }
                var isMissing = true
                for n in 0..<count {
                    switch compare(form, seed: seed &+ UInt64(n)) {
                    case .agreed: isMissing = false
                    case .differs(let text):
                        isMissing = false
                        differences.append(text)
                    case .none: break
                    }
                }
                if isMissing { missing.append(form) }
            }
            return (differences, missing)
        }

        /// Not even many tries make a case of the form.
        func isMissing(_ form: InstructionForm) -> Bool {
            host.attach()
            defer { host.detach() }
            for n in 0..<20 as Range<UInt64> {
                if case .none = compare(form, seed: seed &+ 1000 &+ n) { continue }
                return false
            }
            return true
        }

        /// Where the host, when it is AMD's, does other than the part that the engine stands for: these have rows in `VendorForms`.
        static func vendorsDiffer(_ f: InstructionForm) -> Bool {
            switch (f.map, f.opcode) {
            // 66 makes near branches 16 bits wide.
            case (.oneByte, 0x70...0x7F), (.oneByte, 0xC2), (.oneByte, 0xC3), (.oneByte, 0xE2),
                (.oneByte, 0xE3),
                (.oneByte, 0xE8), (.oneByte, 0xE9), (.oneByte, 0xEB), (.twoByte, 0x80...0x8F):
                f.is64 && f.has66
            // LOOPE and LOOPNE heed F2 and F3.
            case (.oneByte, 0xE0), (.oneByte, 0xE1): f.is64 && f.has66 || f.hasF2 || f.hasF3
            // No far pointers with 64-bit offsets.
            case (.oneByte, 0xFF):
                f.ext == 2 || f.ext == 4 ? f.is64 && f.has66 : f.isWide && (f.ext == 3 || f.ext == 5)
            case (.twoByte, 0xB2), (.twoByte, 0xB4), (.twoByte, 0xB5): f.isWide
            // The trap of INT1 stands at the instruction; virtual machines differ, too.
            case (.oneByte, 0xF1): true
            // SYSRET exists outside 64-bit mode.
            case (.twoByte, 0x07): !f.is64
            // PREFETCHW has no register form.
            case (.twoByte, 0x0D): !f.isMemory
            // LOCK makes CR0 CR8, and VERW does not mind it.
            case (.twoByte, 0x20), (.twoByte, 0x22): f.isLocked
            case (.twoByte, 0x00): f.isLocked && f.ext == 5
            // UD0 and UD1 without ModRM.
            case (.twoByte, 0xB9), (.twoByte, 0xFF): true
            default: false
            }
        }

        /// Tries a form until it makes a case.
        private func compare(_ form: InstructionForm, seed: UInt64) -> Answer {
            if HostProcessor.isAMD, IntegerOracle.vendorsDiffer(form) { return .none }
            var generator = CaseGenerator(seed: seed, base: host.base, is64: form.is64)
            for _ in 0..<64 {
                if let c = generator.make(form) { return compare(c) }
            }
            return .none
        }

        private func compare(_ c: OracleCase) -> Answer {
            place(c.bytes, at: c.place)
            defer { place([UInt8](repeating: 0xF4, count: c.bytes.count), at: c.place) }
            return judge(c)
        }

        /// Several instructions, run more than once with other registers.
        private func compareSequence(seed: UInt64) -> Answer {
            var generator = CaseGenerator(seed: seed, base: host.base, is64: true)
            var c = generator.makeSequence()
            place(c.bytes, at: c.place)
            defer { place([UInt8](repeating: 0xF4, count: c.bytes.count), at: c.place) }
            for _ in 0..<4 {
                if case .differs(let text) = judge(c) { return .differs(text) }
                c.start = generator.sequenceState(c)
            }
            return .agreed
        }

        private func judge(_ c: OracleCase) -> Answer {
            fill(c)
            let ours = machine.run(c.start)
            guard isSafe(ours) else {
                return .none
            }
            let theirs = host.run(c.start)
            compared += 1
            let differences = differences(c, ours, theirs)
            if differences.isEmpty { return .agreed }
            return .differs(
                """
                \(c.text)
                  engine: \(ours.text)
                  host:   \(theirs.text)
                  differ: \(differences.joined(separator: ", "))
                """)
        }

        // MARK: Before

        private func fill(_ c: OracleCase) {
            pattern.withUnsafeBytes { bytes in
                guard let first = bytes.baseAddress else { return }
                host[Place.data].copyMemory(from: first + c.pattern, byteCount: Place.dataSize)
                machine[Place.data].copyMemory(from: first + c.pattern, byteCount: Place.dataSize)
            }
            for (place, value) in c.words {
                let offset = Int(place - Place.data)
                host[Place.data].storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
                machine[Place.data].storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
            }
        }

        private func place(_ bytes: [UInt8], at place: UInt64) {
            let count = min(bytes.count, Int(Place.codeEnd - place))
            bytes.withUnsafeBytes { source in
                guard let first = source.baseAddress else { return }
                host[place].copyMemory(from: first, byteCount: count)
                machine[place].copyMemory(from: first, byteCount: count)
            }
            machine.codeChanged(place, count)
            if place & 0xFFF + UInt64(count) > 0x1000 {
                machine.codeChanged((place | 0xFFF) + 1, Int(place & 0xFFF) + count - 0x1000)
            }
            instructions += 1
            if instructions & 0xFFF == 0 { machine.cpu.blocks.removeAll() }
        }

        /// What the engine found not mapped is not mapped here either, so that the host can do no harm.
        private func isSafe(_ outcome: ProcessorOutcome) -> Bool {
            // A stack pointer into the signal stack means to the kernel that a signal is being handled already.
            let stack = outcome.state.registers[4] & 0xFFFF_FFFF &- host.base &- Place.signalStack
            if stack <= UInt64(Place.signalStackSize) { return false }
            guard case .exception(14, _) = outcome.event else { return true }
            let address = outcome.faultAddress
            // Nothing lies in the first 64 KiB of a process.
            return address >> 47 != 0 || address < 0x1_0000 || Place.window.contains(address &- host.base)
        }

        // MARK: Afterwards

        private func differences(_ c: OracleCase, _ ours: ProcessorOutcome, _ theirs: ProcessorOutcome)
            -> [String]
        {
            var list: [String] = []
            let isUnordered = IntegerOracle.isUnordered(c.form)
            if !isUnordered || !isFault(ours) || !isFault(theirs) {
                if event(ours) != event(theirs) { list.append("event") }
                if ours.faultAddress != theirs.faultAddress { list.append("fault address") }
            }
            var (a, b) = (ours.state, theirs.state)
            let completed = b.rip != c.start.rip
            let flags = completed ? c.undefinedFlags : 0
            a.rflags &= ~flags
            b.rflags &= ~flags
            // Compatibility mode says nothing of the upper halves.
            if !c.form.is64 || b.cs == 0x23 {
                for n in 0..<16 {
                    a.registers[n] = n < 8 ? a.registers[n] & 0xFFFF_FFFF : 0
                    b.registers[n] = n < 8 ? b.registers[n] & 0xFFFF_FFFF : 0
                }
            }
            let isUndefined = completed && c.resultIsUndefined
            if isUndefined, let i = c.instruction, !i.isMemory {
                a.registers[Int(i.rm)] &= ~0xFFFF
                b.registers[Int(i.rm)] &= ~0xFFFF
            }
            // What LAR leaves in bits 19:16 is not said.
            if completed, let i = c.instruction, i.map == .twoByte, i.opcode == 0x02 {
                a.registers[Int(i.reg)] &= ~0xF_0000
                b.registers[Int(i.reg)] &= ~0xF_0000
            }
            // LSL of Linux's last descriptor: the only one with such a limit.
            if completed, let i = c.instruction, i.map == .twoByte, i.opcode == 0x03,
                a.registers[Int(i.reg)] == 0
            {
                b.registers[Int(i.reg)] &= ~0xFFF
            }
            // POPA on AMD's keeps what it has loaded before a fault.
            if !completed, HostProcessor.isAMD, c.form.map == .oneByte, c.form.opcode == 0x61 {
                b.registers = a.registers
            }
            if a != b {
                for (n, (x, y)) in zip(a.fields, b.fields).enumerated() where x != y {
                    list.append("\(ProcessorState.names[n]) \(hex(x)) for \(hex(y))")
                }
            }
            if memcmp(machine[Place.data], host[Place.data], Place.dataSize) != 0 {
                let places = (0..<Place.dataSize).filter {
                    machine[Place.data].load(fromByteOffset: $0, as: UInt8.self)
                        != host[Place.data].load(fromByteOffset: $0, as: UInt8.self)
                }
                if !isUndefined || places.count > 2 {
                    for n in places.prefix(4) {
                        let x = machine[Place.data].load(fromByteOffset: n, as: UInt8.self)
                        let y = host[Place.data].load(fromByteOffset: n, as: UInt8.self)
                        list.append(
                            "memory \(hex(host.base + Place.data + UInt64(n))): \(hex([x])) for \(hex([y]))")
                    }
                }
            }
            return list
        }

        /// Which of two faults is met first is not said, or vendors differ: CMPS, far returns, calls to bad addresses with bad
        /// stacks.
        private static func isUnordered(_ f: InstructionForm) -> Bool {
            guard f.map == .oneByte else { return false }
            switch f.opcode {
            case 0x9A, 0xA6, 0xA7, 0xCA, 0xCB, 0xCF: return true
            case 0xFF: return f.ext == 2 || f.ext == 3
            default: return false
            }
        }

        private func isFault(_ outcome: ProcessorOutcome) -> Bool {
            guard case .exception(let vector, _) = outcome.event else { return false }
            return vector == 14 || vector == 13 || vector == 12 || vector == 17
        }

        /// The kernel says "present" of every page of its own half.
        private func event(_ outcome: ProcessorOutcome) -> ProcessorOutcome.Event {
            guard case .exception(let vector, let code) = outcome.event else { return outcome.event }
            let hasCode = [8, 10, 11, 12, 13, 14, 17].contains(vector)
            if vector == 14, outcome.faultAddress >> 63 != 0 { return .exception(14, code: code | 1) }
            return .exception(vector, code: hasCode ? code : 0)
        }
    }

#endif
