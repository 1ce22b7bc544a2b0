// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@testable import TDXModule

/// Every host-side leaf, and numbers that are none, in every state of the system, in every version.
@Suite("SEAMCALL in every state of the system")
struct SystemStateTests {
    /// A machine whose module has been brought so far by calls, initialised on processor 0 only where that is possible.
    private static func machine(_ state: SystemPhase, isInitializedHere: Bool = true) throws -> Machine {
        let machine = try Machine()
        if state >= .initDone { #expect(machine.call(.sysInit).status == .success) }
        if state >= .configDone {
            for processor in 0...1 { machine.call(.sysLPInit, on: processor) }
            #expect(machine.configure() == .success)
        } else if state == .initDone {
            for processor in isInitializedHere ? [0, 1] : [1] { machine.call(.sysLPInit, on: processor) }
        }
        if state >= .ready { #expect(machine.call(.sysKeyConfig).status == .success) }
        if state >= .shutdown { #expect(machine.call(.sysShutdown).status == .success) }
        #expect(machine.module.system.state == state)
        return machine
    }

    /// What the leaves for bringing up the module answer, with operands of zero; others are `TDX_SYS_NOT_READY` until
    /// they are their own.
    private static let answers: [(HostLeafNumber, [SystemPhase: TDXStatus])] = [
        (
            .sysInit,
            [
                .initPending: .success, .initDone: .sysInitNotPending, .configDone: .sysInitNotPending,
                .ready: .sysInitNotPending,
            ]
        ),
        (
            .sysLPInit,
            [
                .initPending: .sysLPInitNotPending, .initDone: .sysLPInitDone,
                .configDone: .sysLPInitNotPending, .ready: .sysLPInitNotPending,
            ]
        ),
        (
            .sysConfig,
            [
                .initPending: .sysConfigNotPending, .initDone: .operandInvalid.at(.rdx),
                .configDone: .sysConfigNotPending, .ready: .sysConfigNotPending,
            ]
        ),
        (
            .sysKeyConfig,
            [
                .initPending: .sysKeyConfigNotPending, .initDone: .sysKeyConfigNotPending,
                .configDone: .success, .ready: .sysKeyConfigNotPending,
            ]
        ),
        (
            .sysInfo,
            [
                .initPending: .sysLPInitNotDone, .initDone: .operandInvalid.at(.rdx),
                .configDone: .operandInvalid.at(.rdx), .ready: .operandInvalid.at(.rdx),
            ]
        ),
        (
            .sysRd,
            [
                .initPending: .sysLPInitNotDone, .initDone: .success, .configDone: .success, .ready: .success,
            ]
        ),
        (
            .sysRdAll,
            [
                .initPending: .sysLPInitNotDone, .initDone: .success, .configDone: .success, .ready: .success,
            ]
        ),
        (
            .sysUpdate,
            [
                .initPending: .sysStateIncorrect, .initDone: .sysInvalidHandoff,
                .configDone: .sysStateIncorrect, .ready: .sysStateIncorrect,
            ]
        ),
        (
            .sysLPShutdown,
            [
                .initPending: .success, .initDone: .success, .configDone: .success, .ready: .success,
                .shutdown: .success,
            ]
        ),
        (
            .sysTDMRInit,
            [
                .initPending: .sysNotReady, .initDone: .sysNotReady, .configDone: .sysNotReady,
                .ready: .operandInvalid.at(.rcx),
            ]
        ),
        (
            .sysShutdown,
            [
                .initPending: .sysNotReady, .initDone: .sysNotReady, .configDone: .sysNotReady,
                .ready: .success,
            ]
        ),
    ]

    @Test("a leaf answers as its place in the order allows", arguments: SystemPhase.allCases)
    func states(state: SystemPhase) throws {
        var count = 0
        for number in 0...UInt16(127) {
            let machine = try Self.machine(state)
            let leaf = HostLeafNumber(rawValue: number)
            let before = Snapshot(machine)
            let status = machine.call(leaf).status
            let expected: TDXStatus?
            if let answer = Self.answers.first(where: { $0.0 == leaf }) {
                expected = answer.1[state] ?? .sysShutdown
            } else if state == .shutdown {
                expected = .sysShutdown
            } else if state != .ready {
                expected = .sysNotReady
            } else {
                expected = HostLeaf.byNumber[leaf] == nil ? .operandInvalid.at(.rax) : nil
            }
            if let expected { #expect(status == expected, "leaf \(number) while \(state)") }
            if status.isError {
                #expect(Snapshot(machine).changes(since: before) == [], "leaf \(number) while \(state)")
            }
            count += 1
        }
        print("SYS_STATE \(state): \(count) leaf numbers")
    }

    @Test(
        "what needs the calling processor to be initialised says so",
        arguments: [HostLeafNumber.sysInfo, .sysRd, .sysRdAll])
    func elsewhere(leaf: HostLeafNumber) throws {
        let machine = try Self.machine(.initDone, isInitializedHere: false)
        #expect(machine.call(leaf, rdx: ~0).status == .sysLPInitNotDone)
        #expect(machine.call(leaf, rdx: ~0, on: 1).status != .sysLPInitNotDone)
        #expect(machine.call(.sysConfig).status == .sysConfigNotPending)
    }

    @Test("steps that have been taken cannot be taken again, and none can be left out")
    func steps() throws {
        let machine = try Machine(processors: [0, 0, 1], packages: 2)
        let order: [(HostLeafNumber, Int)] = [
            (.sysInit, 0), (.sysLPInit, 0), (.sysLPInit, 1), (.sysLPInit, 2), (.sysConfig, 0),
            (.sysKeyConfig, 0), (.sysKeyConfig, 2), (.sysTDMRInit, 0),
        ]
        _ = machine.configure()  // The structures are in memory for every attempt.
        func attempt(_ leaf: HostLeafNumber, _ processor: Int) -> TDXStatus {
            let rcx = leaf == .sysConfig ? machine.scratch : leaf == .sysTDMRInit ? Machine.tdmr : 0
            return machine.call(leaf, rcx: rcx, rdx: 1, r8: Machine.globalKey, on: processor).status
        }
        for (index, step) in order.enumerated() {
            // Neither a later step, unless it is the same on another processor, nor an earlier one.
            for (other, candidate) in order.enumerated()
            where other != index && (other < index || candidate.0 != step.0) {
                #expect(attempt(candidate.0, candidate.1) != .success, "\(candidate) before \(step)")
            }
            #expect(attempt(step.0, step.1) == .success, "\(step)")
        }
        #expect(machine.call(.phymemPageRdMD, rcx: Machine.tdmr).status == .success)
    }

    // MARK: RAX

    @Test("each leaf has its versions, and no more", arguments: [SystemPhase.initPending, .ready, .shutdown])
    func versions(state: SystemPhase) throws {
        let two: Set<UInt16> = [3, 11, 22, 23, 26, 30]
        let machine = try Self.machine(state)
        var count = 0
        for number in 0...UInt16(127) {
            for version in 1...255 as ClosedRange<UInt64> {
                let status = machine.call(HostLeafNumber(rawValue: number), version: version).status
                let isRefused = status == .operandInvalid.at(.rax)
                let isKnown = version == 1 && two.contains(number)
                #expect(isRefused == !isKnown, "leaf \(number), version \(version)")
                count += 1
            }
        }
        for leaf in HostLeaf.all {
            #expect(leaf.version == (two.contains(leaf.number.rawValue) ? 1 : 0), "\(leaf.name)")
        }
        print("versions while \(state): \(count) calls")
    }

    @Test("no leaf takes reserved bits of RAX", arguments: [SystemPhase.initPending, .ready, .shutdown])
    func reservedBits(state: SystemPhase) throws {
        let machine = try Self.machine(state)
        let before = Snapshot(machine)
        var count = 0
        for number in 0...UInt64(127) {
            for bit in 24..<64 {
                var registers = HostRegisters()
                registers.rcx = 0x1234
                registers.rax = number | 1 << UInt64(bit)
                _ = machine.module.call(&registers, on: 0)
                #expect(registers.rax == TDXStatus.operandInvalid.at(.rax).rawValue)
                #expect(registers.rcx == 0x1234)
                count += 1
            }
        }
        #expect(Snapshot(machine).changes(since: before) == [])
        print("reserved bits of RAX while \(state): \(count) calls")
    }

    @Test("a processor that the machine does not have is refused")
    func processors() throws {
        let machine = try Self.machine(.ready)
        #expect(machine.call(.sysRd, rdx: ~0, on: 2).status == .operandInvalid.at(.rax))
        #expect(machine.call(.sysRd, rdx: ~0, on: -1).status == .operandInvalid.at(.rax))
    }
}
