// SPDX-License-Identifier: Apache-2.0

import Foundation
import TDXABI
import Testing

@testable import TDXModule

/// A table of the specification's data files, for those who have them: `SEAMLESS_REFERENCE` names their directory.
private struct SpecificationTable {
    let rows: [[String: String]]

    static let directory = ProcessInfo.processInfo.environment["SEAMLESS_REFERENCE"]

    init(_ name: String) throws {
        let directory = try #require(SpecificationTable.directory)
        let text = try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let header = try #require(lines.first)
        rows = lines.dropFirst().map { Dictionary(zip(header, $0)) { first, _ in first } }
    }
}

@Suite("Specification tables", .enabled(if: SpecificationTable.directory != nil))
struct SpecificationTableTests {
    @Test("statuses have the values of the specification, and none is missing")
    func statuses() throws {
        let table = try SpecificationTable("completion-status.csv")
        var values: [String: UInt64] = [:]
        for row in table.rows {
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
        for row in try SpecificationTable("op-state-1.5.06.csv").rows {
            let number = try #require(UInt16(row["leaf"] ?? ""))
            guard let leaf = HostLeaf.byNumber[HostLeafNumber(rawValue: number)] else { continue }
            for (state, name) in zip(OpState.allCases, names) {
                #expect(leaf.states.contains(state) == (row[name] == "1"), "\(leaf.name) in \(name)")
            }
        }
    }

    @Test("Secure EPT states have the encodings of the specification")
    func septStates() throws {
        let rows = try SpecificationTable("sept-state-1.5.06.csv").rows
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
        for row in try SpecificationTable("sept-state-allowed-leaves-1.5.06.csv").rows
        where row["kind"] == "SEAMCALL" {
            let number = try #require(UInt16(row["leaf"] ?? ""))
            guard let leaf = HostLeaf.byNumber[HostLeafNumber(rawValue: number)] else { continue }
            #expect(leaf.name == row["name"]?.replacingOccurrences(of: "_", with: "."))
        }
    }
}
