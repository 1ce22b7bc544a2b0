// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

/// Numbers that look like what guests pass: small ones, addresses, single bits, field identifiers, noise.
private struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
    mutating func operand() -> UInt64 {
        let value = next()
        switch value % 9 {
        case 0: return 0
        case 1: return ~0
        case 2: return value >> 32 & 0xFF
        case 3: return 1 << (value >> 32 & 63)
        case 4: return (value >> 20 & 0x7F) << 12
        case 5: return (value >> 20 & 0x7F) << 12 | 1 << 47
        case 6: return value >> 32 & 0x7FF
        case 7:
            let rows = MetadataTable.td + MetadataTable.allVCPU + MetadataTable.system
            let row = rows[Int(value >> 16) % rows.count]
            return row.id(of: Int(value >> 40) % Int(row.count)).rawValue
        default: return value
        }
    }
}

@Suite("Exits, whatever the guest does")
struct GuestExitProperties {
    @Test("never stop the module, and end in one of the ways there are", arguments: [1, 2, 3] as [UInt64])
    func random(_ seed: UInt64) throws {
        var numbers = Numbers(state: seed)
        let reasons: [ExitReason] = [
            .cpuid, .rdmsr, .wrmsr, .controlRegisterAccess, .xsetbv, .hlt, .ioInstruction, .vmcall, .pconfig,
            .rdpmc,
            .eptViolation, .nmiWindow, .externalInterrupt, .taskSwitch, .tdcall, .tdcall, .tdcall, .tdcall,
        ]
        var guest = try GuestFixture(attributes: seed == 1 ? 1 : 1 << 28)
        for step in 0..<4000 {
            if step % 500 == 0 {
                guest = try GuestFixture(attributes: seed == 1 ? 1 : (seed & 1) << 28)
                for page in 0..<16 {
                    guest.map(
                        UInt64(page) << 12, page % 3 == 0 ? .pending : .mapped,
                        to: 0x40_0000 + UInt64(page) << 12)
                }
                guest.mapLarge(.pending)
            }
            let processor = guest.processor
            for register in GeneralRegister.allCases { processor[register] = numbers.operand() }
            let reason = reasons[Int(numbers.next() % UInt64(reasons.count))]
            if reason == .tdcall {
                processor[.rax] = numbers.next() % 30
                processor[.cs].accessRights = 0xA09B
                processor[.ss].accessRights = 0xC093
                processor.msrs[0xC000_0080] = 0xD01
                if numbers.next() % 2 == 0 { processor[.rcx] = 0 }
            }
            processor[.rip] = 0x1000
            processor[.rflags] = 2
            let action = guest.exit(
                reason, qualification: numbers.operand(), gpa: numbers.operand(), gla: numbers.operand(),
                length: UInt32(numbers.next() % 16),
                vectoring: numbers.next() % 8 == 0 ? UInt32(truncatingIfNeeded: numbers.next()) : 0)
            switch action {
            case .resume:
                if let event = processor.entryEvent { #expect(event.information >> 31 == 1) }
            case .vmcall: #expect(guest.vcpu.vmcallMask & 0x13 == 0, "seed \(seed), step \(step)")
            case .toHost(let host):
                #expect(host.guestPhysicalAddress & 0xFFF == 0, "seed \(seed), step \(step)")
                #expect(!host.status.isFatal || guest.td.isFatal, "seed \(seed), step \(step)")
            }
            guest.td.isFatal = false
            for (level, table) in guest.levels.enumerated() {
                #expect(
                    guest.module.memory.owner(of: PhysicalAddress(table)) == GuestFixture.key,
                    "level \(level)")
            }
        }
    }
}
