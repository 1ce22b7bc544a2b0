// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

/// Every host-side leaf in every state of a TD.
@Suite("Leaves in every OP_STATE")
struct OpStateTests {
    /// Where a leaf is allowed, in the order of `OP_STATE`; leaves that are not here do not look at it.
    ///
    /// - SeeAlso: ABI Reference, "SEAMCALL Leaf Functions", the table of TD states.
    // swift-format-ignore
    static let allowed: [HostLeafNumber: String] = [
        //                 UIR LPP MSPLF
        .vpEnter:         "..x x.. ...x.",
        .mngAddCX:        "x.. ... .....",
        .memPageAdd:      ".x. ... .....",
        .memSEPTAdd:      ".xx x.. xxxx.",
        .vpAddCX:         ".x. ... .x...",
        .memPageRelocate: ".xx xxx ..xx.",
        .memPageAug:      ".xx x.. ...x.",
        .memRangeBlock:   ".xx xxx ..xx.",
        .vpCreate:        ".x. ... .x...",
        .mngRd:           ".xx xxx xxxxx",
        .memRd:           ".xx xxx xxxxx",
        .mngWr:           ".xx x.. xxxxx",
        .memWr:           ".xx x.. xxxxx",
        .memPageDemote:   ".xx xxx ..xx.",
        .mrExtend:        ".x. ... .....",
        .mrFinalize:      ".x. ... .....",
        .vpFlush:         "xxx xxx xxxxx",
        .mngInit:         "x.. ... .....",
        .vpInit:          ".x. ... .....",
        .memPagePromote:  ".xx xxx ..xx.",
        .memSEPTRd:       ".xx xxx xxxxx",
        .vpRd:            ".xx xxx xxxxx",
        .memPageRemove:   ".xx xxx ..xxx",
        .memSEPTRemove:   ".xx xxx xxxxx",
        .memTrack:        ".xx xxx xxxx.",
        .memRangeUnblock: ".xx xxx ..xx.",
        .vpWr:            ".xx x.. xxxxx",
    ]

    /// Leaves whose TDR or TDVPR is in `RDX`; of all others it is in `RCX`.
    static let second: Set<HostLeafNumber> = [
        .mngAddCX, .memPageAdd, .memSEPTAdd, .vpAddCX, .memPageRelocate, .memPageAug, .memRangeBlock,
        .vpCreate,
        .memRd, .memWr, .memPageDemote, .mrExtend, .memPagePromote, .memSEPTRd, .memPageRemove,
        .memSEPTRemove,
        .memRangeUnblock,
    ]
    static let ofVCPU: Set<HostLeafNumber> = [.vpEnter, .vpAddCX, .vpFlush, .vpInit, .vpRd, .vpWr]

    @Test("is refused exactly where the table says, without a change")
    func matrix() throws {
        var (allowed, refused) = (0, 0)
        for leaf in HostLeaf.all {
            let table = Self.allowed[leaf.number].map { $0.filter { $0 != " " } }.map(Array.init)
            for state in OpState.allCases {
                let isAllowed = table.map { $0[Int(state.rawValue)] == "x" } ?? true
                if table != nil {
                    #expect(leaf.states.contains(state) == isAllowed, "\(leaf.name), \(state)")
                }
                for version in 0...UInt64(leaf.version) {
                    let machine = try Machine.ready()
                    let (tdr, tdvpr, _) = machine.runnable()
                    let td = try machine.td(at: tdr)
                    td.opState = state
                    let operand = Self.ofVCPU.contains(leaf.number) ? tdvpr : tdr
                    let isSecond = Self.second.contains(leaf.number)
                    let scene = Scene(
                        leaf.number, on: machine, version: version,
                        isSecond
                            ? [
                                .rcx: leaf.number == .mngAddCX ? machine.page() : 0, .rdx: operand, .r8: 0,
                                .r9: 0,
                            ]
                            : [.rcx: operand, .rdx: 0, .r8: 0, .r9: 0])
                    let before = Snapshot(machine)
                    let status = scene.call().status
                    #expect((status == .opStateIncorrect) == !isAllowed, "\(leaf.name), \(state)")
                    if isAllowed {
                        allowed += 1
                    } else {
                        refused += 1
                        #expect(Snapshot(machine).changes(since: before) == [], "\(leaf.name), \(state)")
                    }
                }
            }
        }
        // Every refusal of the table has been seen, in each version of its leaf.
        let refusals = HostLeaf.all.map { leaf in
            (Self.allowed[leaf.number] ?? "").count { $0 == "." } * (Int(leaf.version) + 1)
        }
        #expect(refused == refusals.reduce(0, +))
        #expect(allowed > refused)
    }
}
