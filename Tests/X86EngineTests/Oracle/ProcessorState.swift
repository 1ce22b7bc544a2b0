// SPDX-License-Identifier: Apache-2.0

/// The registers an instruction starts from, or has left.
struct ProcessorState: Equatable {
    /// In encoding order.
    var registers: [16 of UInt64] = .init(repeating: 0)
    var rip: UInt64 = 0
    var rflags: UInt64 = 0x202
    var cs: UInt16 = 0x33
    var ss: UInt16 = 0x2B
    var ds: UInt16 = 0
    var es: UInt16 = 0
    var fs: UInt16 = 0
    var gs: UInt16 = 0
    var fsBase: UInt64 = 0
    var gsBase: UInt64 = 0

    static func == (a: ProcessorState, b: ProcessorState) -> Bool { a.fields == b.fields }

    static let names = [
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
        "r15", "rip", "rflags", "cs", "ss", "ds", "es", "fs", "gs", "fsbase", "gsbase",
    ]
    /// Everything, in the order of `names`.
    var fields: [UInt64] {
        (0..<16).map { registers[$0] } + [
            rip, rflags, UInt64(cs), UInt64(ss), UInt64(ds), UInt64(es), UInt64(fs), UInt64(gs), fsBase,
            gsBase,
        ]
    }

    var text: String {
        zip(ProcessorState.names, fields).map { "\($0) \(hex($1))" }.joined(separator: " ")
    }
}

/// What came of running until something happened.
struct ProcessorOutcome {
    enum Event: Equatable {
        case exception(UInt8, code: UInt32)
        /// A VM exit with this reason: the engine only.
        case exit(UInt32)
        case stuck
    }
    var state: ProcessorState
    var event: Event
    /// CR2 of a page fault.
    var faultAddress: UInt64 = 0

    var text: String { "\(event) cr2 \(hex(faultAddress)) \(state.text)" }
}

func hex(_ value: UInt64) -> String { String(value, radix: 16) }
func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

/// SplitMix64: a seeded generator whose cases can be repeated.
struct CaseRandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
    /// Below `count`.
    mutating func pick(_ count: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % count }
    mutating func chance(_ one: Int) -> Bool { pick(one) == 0 }
    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 24) }
    mutating func element<T>(_ list: [T]) -> T { list[pick(list.count)] }

    /// A value with many edges among them.
    mutating func value() -> UInt64 {
        switch pick(6) {
        case 0: return UInt64(bitPattern: Int64(pick(5)) - 2)
        case 1: return 1 << UInt64(pick(64))
        case 2: return (1 << UInt64(pick(64))) &- 1
        case 3: return UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: next())))
        case 4: return next() >> UInt64(pick(64))
        default: return next()
        }
    }
}
