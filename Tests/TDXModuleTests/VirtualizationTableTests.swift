// SPDX-License-Identifier: Apache-2.0

import Foundation
import TDXABI
import Testing
import X86

@testable import TDXModule

private func number(_ text: String?) -> UInt64? {
    guard let text else { return nil }
    return text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
}

@Suite("Virtualization tables", .enabled(if: Fixtures.reference != nil))
struct VirtualizationTableTests {
    @Test("CPUID rows are the module's")
    func cpuid() throws {
        let table = try Fixtures.table("cpuid-virtualization-1.5.06.csv")
        #expect(table.count == CPUIDTable.rows.count * 4)
        for line in table {
            let leaf = UInt32(number(line["leaf"]) ?? 0)
            let subleaf = number(line["subleaf"]).map { UInt32($0) }
            let index = try #require(CPUIDTable.index(leaf: leaf, subleaf: subleaf ?? 77))
            let row = CPUIDTable.rows[index]
            #expect(row.subleaf == subleaf)
            #expect(row.raisesVE == (line["always_ve"] == "1"))
            #expect(row.configuration.map { UInt64($0) } == number(line["config_index"]))
            #expect(UInt64(CPUIDTable.lookupIndex(index)) == number(line["lookup_index"]))
            let register = try #require(
                ["eax": CPUIDRegister.eax, "ebx": .ebx, "ecx": .ecx, "edx": .edx][line["reg"] ?? ""])
            let rule = row[register]
            #expect(UInt64(rule.checked) == number(line["native_check_mask"]))
            #expect(UInt64(rule.checkedValue) == number(line["native_check_value"]))
            #expect(UInt64(rule.uniform) == number(line["same_on_all_lps_mask"]))
            #expect(UInt64(rule.cleared) == number(line["fixed0_or_dynamic_mask"]))
            #expect(UInt64(rule.set) == number(line["fixed1_mask"]))
            #expect(UInt64(rule.configured) == number(line["config_direct_mask"]))
            #expect(UInt64(rule.allowed) == number(line["allow_direct_mask"]))
        }
    }

    @Test("MSR rows are the module's")
    func msr() throws {
        let table = try Fixtures.table("msr-virtualization-1.5.06.csv")
        #expect(table.count == MSRTable.rows.count)
        for line in table {
            let first = UInt32(number(line["first"]) ?? 0)
            let row = try #require(MSRTable.row(first))
            #expect(UInt64(row.numbers.upperBound) == number(line["last"]))
            #expect(row.name == line["name"])
            for (rule, text) in [(row.read, line["read"] ?? ""), (row.write, line["write"] ?? "")] {
                let expected: MSRAccess =
                    text.hasPrefix("native if")
                    ? (text.hasSuffix("#GP") ? .gp : .emulated)
                    : [
                        "native": .native, "#VE": .ve, "#GP": .gp, "#GP or #VE": .gpOrVE,
                        "emulated": .emulated,
                    ][text]
                        ?? .native
                #expect(rule.access([]) == expected)
                if text.hasPrefix("native if") { #expect(rule.access(Set(MSRFeature.allCases)) == .native) }
            }
        }
    }

    @Test(
        "Metadata rows are the module's",
        arguments: [
            ("metadata-sys-1.5.06.csv", MetadataTable.system, "vmm"),
            ("metadata-td-1.5.06.csv", MetadataTable.td, "prod"),
            ("metadata-vp-tdvps-1.5.06.csv", MetadataTable.vcpu, "prod"),
            ("metadata-vp-vmcs-1.5.06.csv", MetadataTable.vmcs, "prod"),
        ])
    func metadata(_ file: String, _ rows: [MetadataRow], _ host: String) throws {
        let table = try Fixtures.table(file)
        #expect(table.count == rows.count)
        for (line, row) in zip(table, rows) {
            #expect(row.id.rawValue == number(line["id"]))
            #expect(UInt64(row.fields) == number(line["num_of_fields"]))
            #expect(UInt64(row.elements) == number(line["num_of_elem"]))
            #expect(row.production == number(line["\(host)_rd_mask"]))
            #expect(row.productionWrite == number(line["\(host)_wr_mask"]))
            #expect(row.guest == number(line["guest_rd_mask"]) ?? 0)
            #expect(row.guestWrite == number(line["guest_wr_mask"]) ?? 0)
        }
    }
}
