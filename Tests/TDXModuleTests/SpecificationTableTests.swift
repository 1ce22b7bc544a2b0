// SPDX-License-Identifier: Apache-2.0

import Foundation
import TDXABI
import Testing

@testable import TDXModule

@Suite("Specification tables", .enabled(if: Fixtures.reference != nil))
struct SpecificationTableTests {
    @Test("statuses have the values of the specification, and none is missing")
    func statuses() throws {
        let table = try Fixtures.table("completion-status.csv")
        var values: [String: UInt64] = [:]
        for row in table {
            let name = try #require(row["name"])
            values[name] = try UInt64(#require(row["value"]).dropFirst(2), radix: 16)
        }
        #expect(
            values == Dictionary(TDXStatus.names.map { ($0.name, $0.status.rawValue) }) { first, _ in first })
    }

    @Test("leaves are allowed in the states of the specification")
    func opStates() throws {
        let names = [
            "UNINITIALIZED", "INITIALIZED", "RUNNABLE", "LIVE_EXPORT", "PAUSED_EXPORT", "POST_EXPORT",
            "MEMORY_IMPORT",
            "STATE_IMPORT", "POST_IMPORT", "LIVE_IMPORT", "FAILED_IMPORT",
        ]
        for row in try Fixtures.table("op-state-1.5.06.csv") {
            let number = try #require(UInt16(row["leaf"] ?? ""))
            guard let leaf = HostLeaf.byNumber[HostLeafNumber(rawValue: number)] else { continue }
            let states = LeafRow.all.first { $0.leaf == leaf.number }?.states
            for (state, name) in zip(OpState.allCases, names) {
                #expect(leaf.states.contains(state) == (row[name] == "1"), "\(leaf.name) in \(name)")
                #expect(states?.contains(state) ?? true == (row[name] == "1"), "\(leaf.name) in \(name)")
            }
        }
    }

    @Test("Secure EPT states have the encodings of the specification")
    func septStates() throws {
        let rows = try Fixtures.table("sept-state-1.5.06.csv")
        #expect(rows.count == SEPTState.allCases.count)
        for row in rows {
            let code = try #require(UInt8((row["internal_encoding"] ?? "").dropFirst(2), radix: 16))
            let state = try #require(SEPTState(rawValue: code))
            #expect(String(state.architectural) == row["architectural_state"])
            #expect(state.needsTracking == (row["tlb_tracking_required"] == "1"), "\(row["state"] ?? "")")
            #expect(state.isBlocked == (row["any_blocked"] == "1"), "\(row["state"] ?? "")")
            #expect(state.isPending == (row["any_pending"] == "1"), "\(row["state"] ?? "")")
            #expect(
                state.isAccessible == (row["guest_fully_accessible_leaf"] == "1"), "\(row["state"] ?? "")")
            #expect(SEPTEntry(state, address: 0x1234_5000).state == state)
            #expect(SEPTEntry(state, address: 0x1234_5000).address == 0x1234_5000)
        }
    }

    @Test("every leaf of the specification that we have has its number")
    func allowedLeaves() throws {
        for row in try Fixtures.table("sept-state-allowed-leaves-1.5.06.csv")
        where row["kind"] == "SEAMCALL" {
            let number = try #require(UInt16(row["leaf"] ?? ""))
            guard let leaf = HostLeaf.byNumber[HostLeafNumber(rawValue: number)] else { continue }
            #expect(leaf.name == row["name"]?.replacingOccurrences(of: "_", with: "."))
        }
    }
}
