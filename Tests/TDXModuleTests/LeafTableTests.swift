// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@testable import TDXModule

/// What all host-side leaves have in common, from the table of all of them.
@Suite("Every host-side leaf")
struct LeafTableTests {
    @Test("is in the table once, in the order of the numbers")
    func complete() {
        #expect(LeafRow.all.map(\.leaf) == HostLeaf.all.map(\.number))
        for row in LeafRow.all {
            let leaf = HostLeaf.byNumber[row.leaf]
            #expect(leaf.map { leaf in OpState.allCases.filter { leaf.states.contains($0) } } == row.declared)
        }
    }

    @Test("succeeds in each of its versions, and gives results in its own registers only")
    func results() throws {
        for row in LeafRow.all {
            for version in row.versions {
                let scene = try row.scene()
                scene.version = version
                let result = scene.call()
                #expect(result.status == row.status, "\(row.name), version \(version)")
                let results = row.results.union(version > 0 ? row.laterResults : [])
                for register in GeneralRegister.allCases
                where register != .rax && register != .rsp && !results.contains(register) {
                    #expect(
                        result.registers[register] == scene.registers[register], "\(row.name), \(register)")
                }
                #expect(
                    (0..<16).allSatisfy { result.registers.xmm[$0] == scene.registers.xmm[$0] },
                    "\(row.name)")
            }
        }
    }

    @Test("is refused in an OP_STATE exactly where the specification says, and then changes nothing")
    func opStates() throws {
        var (allowed, refused) = (0, 0)
        for row in LeafRow.all {
            for state in OpState.allCases {
                for version in row.versions {
                    let isAllowed = row.states?.contains(state) ?? true
                    let (status, isChanged) = try row.call(version) { $0.opState = state }
                    #expect(
                        status == (isAllowed ? row.status : .opStateIncorrect), "\(row.name), \(state)")
                    #expect(isAllowed || !isChanged, "\(row.name), \(state)")
                    if isAllowed { allowed += 1 } else { refused += 1 }
                }
            }
        }
        let refusals = LeafRow.all.map { row in
            row.states.map { (OpState.allCases.count - $0.count) * row.versions.count } ?? 0
        }
        print("SEAMCALL × OP_STATE: \(allowed) rows allowed, \(refused) refused.")
        #expect(refused == refusals.reduce(0, +) && refused > 150)
        #expect(allowed > refused)
    }

    @Test("is refused in a state of the TD's key exactly where the specification says")
    func lifecycles() throws {
        for row in LeafRow.all {
            for lifecycle in [Lifecycle.hkidAssigned, .keysConfigured, .blocked, .teardown] {
                let expected =
                    row.lifecycles.map { $0.states.contains(lifecycle) ? row.status : $0.status }
                    ?? row.status
                let (status, isChanged) = try row.call { $0.lifecycle = lifecycle }
                #expect(status == expected, "\(row.name), \(lifecycle)")
                #expect(!status.isError || !isChanged, "\(row.name), \(lifecycle)")
            }
        }
    }

    @Test("does not work on a fatal TD, unless it takes the TD apart")
    func fatal() throws {
        for row in LeafRow.all {
            let (status, isChanged) = try row.call { $0.isFatal = true }
            #expect(status == (row.refusesFatal ? .tdFatal : row.status), "\(row.name)")
            #expect(!status.isError || !isChanged, "\(row.name)")
        }
    }
}

extension LeafRow {
    var name: String { HostLeaf.byNumber[leaf]?.name ?? "\(leaf)" }
    var versions: ClosedRange<UInt64> { 0...UInt64(HostLeaf.byNumber[leaf]?.version ?? 0) }
    /// There is never an earlier module from which `TDH.SYS.UPDATE` could take over.
    var status: TDXStatus { leaf == .sysUpdate ? .sysInvalidHandoff : .success }
    /// The states that the leaf's own row must name.
    fileprivate var declared: [OpState]? { states ?? (leaf == .vpFlush ? OpState.allCases : []) }
    /// Registers that get a result from version 1 on.
    fileprivate var laterResults: Set<GeneralRegister> {
        switch leaf {
        case .mngRd, .vpRd: [.rdx]
        case .memSEPTAdd: [.r8]
        case .memSEPTRemove, .memPagePromote: [.r9, .r10, .r11]
        default: []
        }
    }

    fileprivate var lifecycles: (states: [Lifecycle], status: TDXStatus)? {
        switch demand {
        case .none: nil
        case .lifecycle(let states, let status), .sound(let states, let status): (states, status)
        case .state: ([.keysConfigured], .tdKeysNotConfigured)
        }
    }

    fileprivate var refusesFatal: Bool {
        switch demand {
        case .none, .lifecycle: false
        case .sound, .state: true
        }
    }

    /// Makes the call after a change to the TD of the scene, if it has one.
    ///
    /// - Returns: the status, and whether the call has changed anything.
    fileprivate func call(
        _ version: UInt64 = 0, _ change: (TD) -> Void
    ) throws -> (status: TDXStatus, isChanged: Bool) {
        let scene = try scene()
        scene.version = version
        for td in scene.subject.map({ [$0] }) ?? scene.machine.module.pamt.tds { change(td) }
        let before = Snapshot(scene.machine)
        let status = scene.call().status
        return (status, Snapshot(scene.machine) != before)
    }
}

/// What all guest-side leaves have in common, from the table of all of them.
@Suite("Every guest-side leaf")
struct GuestLeafTableTests {
    @Test("is in the table once")
    func complete() {
        #expect(GuestLeafRow.all.map(\.leaf) == GuestLeaf.all.map(\.number))
    }

    @Test("succeeds in each of its versions, and gives results in its own registers only")
    func results() throws {
        for row in GuestLeafRow.all {
            let name = GuestLeaf.byNumber[row.leaf]?.name ?? ""
            for version in 0...UInt64(GuestLeaf.byNumber[row.leaf]?.version ?? 0) {
                let scene = try row.scene()
                scene.rax |= version << 16
                #expect(scene.call() == row.outcome, "\(name), version \(version)")
                let results = row.results.union(version > 0 ? [.rdx, .rax] : [.rax])
                for register in GeneralRegister.allCases where !results.contains(register) {
                    #expect(
                        scene.processor[register] == scene.registers[register], "\(name), \(register)")
                }
                #expect(scene.processor[.rip] == GuestScene.rip + 4, "\(name)")
                #expect((0..<16).allSatisfy { scene.processor.xmm($0) == SIMD2(UInt64($0), 5) }, "\(name)")
            }
        }
    }

    @Test("is refused in a version that it does not have, and with reserved bits of RAX")
    func operands() throws {
        for row in GuestLeafRow.all {
            let highest = UInt64(GuestLeaf.byNumber[row.leaf]?.version ?? 0)
            #expect(highest == (row.leaf == .vmRd ? 1 : 0))
            let scene = try row.scene()
            let rax = scene.rax
            for bits in (highest + 1...255).map({ $0 << 16 }) + (24..<64).map({ 1 << UInt64($0) }) {
                scene.rax = rax & 0xFFFF | bits
                #expect(scene.call() == .status(.operandInvalid.at(.rax)), "leaf \(row.leaf.rawValue)")
                for register in GeneralRegister.allCases where register != .rax {
                    #expect(scene.processor[register] == scene.registers[register])
                }
            }
        }
    }

    @Test(
        "raises #GP(0) outside 64-bit code at CPL 0, and changes nothing",
        arguments: [
            (0xA09B, 0xC093 | 3 << 5, 0xD01), (0xC09B, 0xC093, 0xD01), (0xC09B, 0xC093, 0x901),
        ] as [(UInt32, UInt32, UInt64)])
    func modes(code: UInt32, stack: UInt32, efer: UInt64) throws {
        for row in GuestLeafRow.all {
            let scene = try row.scene()
            scene.processor[SegmentRegister.cs].accessRights = code
            scene.processor[SegmentRegister.ss].accessRights = stack
            scene.processor.setMSR(0xC000_0080, efer)
            #expect(scene.call() == .exception(13), "leaf \(row.leaf.rawValue)")
            #expect(scene.processor[.rip] == GuestScene.rip)
            #expect(scene.processor[.rax] == scene.rax)
            for register in GeneralRegister.allCases where register != .rax {
                #expect(scene.processor[register] == scene.registers[register])
            }
        }
    }
}
