// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

/// Numbers from a seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Arbitrary calls")
struct CallSequenceTests {
    @Test("no sequence of calls breaks what must always hold", arguments: 1...6 as ClosedRange<UInt64>)
    func invariants(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let machine = try Machine.ready()
        let (tdr, tdvpr, _) = machine.runnable()
        let pages = (0..<24).map { Machine.tdmr + UInt64($0) * 4096 } + (0..<8).map { _ in machine.page() }
        let addresses: [UInt64] = [
            0x1000, 0x2000, 0x3000, 0x20_0000, 0x40_0001, 0x1, 0x2, 0x4000_0002, 0, ~0, 1 << 47,
        ]
        for step in 0..<1500 {
            var registers = HostRegisters()
            let leaf = HostLeaf.all.randomElement(using: &random)
            registers.rax =
                UInt64(leaf?.number.rawValue ?? 0) | (UInt64.random(in: 0...7, using: &random) / 7) << 16
            // A module that has been shut down answers nothing any more.
            if leaf?.number == .sysShutdown { continue }
            for register in GeneralRegister.allCases where register != .rax {
                switch UInt64.random(in: 0...9, using: &random) {
                case 0...3: registers[register] = pages.randomElement(using: &random) ?? 0
                case 4...6: registers[register] = addresses.randomElement(using: &random) ?? 0
                case 7: registers[register] = tdr
                case 8: registers[register] = tdvpr
                default: registers[register] = random.next()
                }
            }
            let processor = Int.random(in: 0...1, using: &random)
            // The guest has had its say before the host calls again.
            for _ in 0..<UInt64.random(in: 0...3, using: &random) {
                guard let guest = machine.module.system.processors[processor].entered?.processor else {
                    break
                }
                guest[.rax] = UInt64.random(in: 0...31, using: &random)
                for register in GeneralRegister.allCases where register != .rax && register != .rsp {
                    switch UInt64.random(in: 0...3, using: &random) {
                    case 0, 1: guest[register] = addresses.randomElement(using: &random) ?? 0
                    case 2: guest[register] = UInt64.random(in: 0...0x40, using: &random)
                    default: guest[register] = random.next()
                    }
                }
                _ = machine.leave(VMExit(.tdcall, instructionLength: 4), on: processor)
            }
            if machine.module.system.processors[processor].entered != nil {
                _ = machine.leave(
                    VMExit(.externalInterrupt, interruptionInformation: 0x8000_0020), on: processor)
            }
            let outcome = machine.module.call(&registers, on: processor)
            if case .completed = outcome {
                let status = TDXStatus(registers.rax)
                #expect(status.name != nil, "seed \(seed), step \(step): \(leaf?.name ?? "")")
                #expect(status.withoutDetails != .tdFatal || status.isError)
            }
            if step % 100 == 0 { try check(machine, tdr, "seed \(seed), step \(step)") }
        }
        for processor in 0...1 where machine.module.system.processors[processor].entered != nil {
            _ = machine.leave(VMExit(.externalInterrupt, interruptionInformation: 0x8000_0020), on: processor)
        }
        try check(machine, tdr, "seed \(seed), at the end")
        #expect(machine.module.pamt.entry(tdr).tryLock(exclusively: true))
    }

    /// The TD's pages are as many as it says, and no entry of a table stays locked.
    private func check(_ machine: Machine, _ tdr: UInt64, _ place: String) throws {
        guard case .tdr(let td)? = machine.module.pamt.entry(tdr).use else { return }
        var count: UInt64 = 0
        for page in stride(from: Machine.tdmr, to: Machine.tdmr + 0x80_0000, by: 4096) {
            if machine.module.pamt.entry(page).found.use.owner === td { count += 1 }
        }
        #expect(td.childCount.load(ordering: .relaxed) == count, "\(place)")
        let walk = try? machine.module.walk(td, 0x1000, to: 0)
        #expect(walk?.entry.isLocked != true, "\(place)")
    }
}
