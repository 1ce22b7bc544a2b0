// SPDX-License-Identifier: Apache-2.0

import X86

@testable import X86Engine

/// What one instruction came to.
enum Execution: Equatable {
    /// The instruction behind it is next.
    case done
    /// RIP is elsewhere.
    case away(UInt64)
    /// An exception with RIP at the instruction.
    case fault(UInt8, UInt32?)
    /// A gate was entered with RIP behind the instruction.
    case trap(UInt8)
    case exit(ExitReason)

    static let undefined = Execution.fault(ExceptionVector.undefined, nil)
    static func protection(_ code: UInt32 = 0) -> Execution { .fault(ExceptionVector.protection, code) }
    static func stack(_ code: UInt32 = 0) -> Execution { .fault(ExceptionVector.stack, code) }
    static func notPresent(_ code: UInt32) -> Execution { .fault(ExceptionVector.notPresent, code) }
}

extension SystemMachine {
    /// Where `execute` puts the instruction.
    static let start: UInt64 = 0x9000
    /// A place for operands.
    static let operand: UInt64 = 0xB000
    private static let vmcall: [UInt8] = [0x0F, 0x01, 0xC1]

    /// Runs one instruction, written as hexadecimal digits, at the current privilege and in the current mode, and says what
    /// it came to. Behind it, and in every handler, stands VMCALL.
    func execute(_ text: String) -> Execution {
        let bytes = text.split(separator: " ").compactMap { UInt8($0, radix: 16) }
        place(SystemMachine.start, bytes + SystemMachine.vmcall)
        cpu.blocks.removeAll()
        for vector in 0..<32 as Range<UInt64> {
            place(SystemMachine.handler + vector * 16, SystemMachine.vmcall)
        }
        cpu[.rip] = SystemMachine.start
        let exit = cpu.run()
        guard exit.reason == .vmcall else { return .exit(exit.reason) }
        let end = SystemMachine.start + UInt64(bytes.count)
        let rip = cpu[.rip]
        if rip == end { return .done }
        guard rip >= SystemMachine.handler, rip < SystemMachine.handler + 0x200 else { return .away(rip) }
        let vector = UInt8(rip >> 4 & 31)
        let hasCode = [8, 10, 11, 12, 13, 14, 17, 21].contains(vector)
        let frame = cpu[.rsp] + (hasCode ? 8 : 0)
        if read(frame) == end { return .trap(vector) }
        return .fault(vector, hasCode ? UInt32(truncatingIfNeeded: read(cpu[.rsp])) : nil)
    }

    /// Puts VMCALL where a transfer is to arrive.
    func land(at linear: UInt64) { place(linear, SystemMachine.vmcall) }

    /// Makes all of memory the user's, and runs at CPL 3.
    func enterUserWithMemory() {
        for page in 0..<512 as Range<UInt64> { write(0x4000 + page * 8, page << 12 | 7) }
        cpu.translations.flushAll()
        enterUser()
    }

    /// Writes a descriptor: `number` in the GDT.
    func setDescriptor(_ number: UInt64, _ value: UInt64) { write(0x6000 + number * 8, value) }
}

/// Descriptors as rows want them.
enum TestDescriptor {
    static let data3: UInt64 = 0x00CF_F300_0000_FFFF
    static let readOnly3: UInt64 = 0x00CF_F100_0000_FFFF
    static let data0: UInt64 = 0x00CF_9300_0000_FFFF
    static let absentData0: UInt64 = 0x00CF_1300_0000_FFFF
    static let absentData3: UInt64 = 0x00CF_7300_0000_FFFF
    static let code64: UInt64 = 0x00AF_9B00_0000_FFFF
    static let absentCode64: UInt64 = 0x00AF_1B00_0000_FFFF
    static let conforming64: UInt64 = 0x00AF_9F00_0000_FFFF
    static let executeOnly: UInt64 = 0x00AF_9900_0000_FFFF
    static let code64user: UInt64 = 0x00AF_FB00_0000_FFFF
    static let code32: UInt64 = 0x00CF_9B00_0000_FFFF
    static let code32user: UInt64 = 0x00CF_FB00_0000_FFFF
    /// Both L and D.
    static let codeLD: UInt64 = 0x00EF_9B00_0000_FFFF
    static let tss: UInt64 = 0x0000_8900_8000_0067
    static let busyTSS: UInt64 = 0x0000_8B00_8000_0067
    static let absentTSS: UInt64 = 0x0000_0900_8000_0067
    static let ldt: UInt64 = 0x0000_8200_7000_0FFF
    static let callGate: UInt64 = 0x0000_8C00_0008_9000
}
