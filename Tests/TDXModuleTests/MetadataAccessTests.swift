// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@testable import TDXModule

/// Every metadata field, for everybody who may ask: read and written as far as the tables have it.
@Suite("Every metadata field × access class")
struct MetadataAccessTests {
    /// Somebody who asks, and the columns of the specification's tables that are about him.
    struct AccessClass: Sendable, CustomTestStringConvertible {
        let name: String
        let isDebug: Bool
        let context: @Sendable (TD, VirtualCPUState) -> MetadataContext
        let columns: [(file: String, read: String, write: String)]
        var testDescription: String { name }
    }

    private static func host(_ file: String, debug: Bool) -> (file: String, read: String, write: String) {
        (file, debug ? "dbg_rd_mask" : "prod_rd_mask", debug ? "dbg_wr_mask" : "prod_wr_mask")
    }
    private static let (system, td) = ("metadata-sys-1.5.06.csv", "metadata-td-1.5.06.csv")
    private static let (vmcs, tdvps) = ("metadata-vp-vmcs-1.5.06.csv", "metadata-vp-tdvps-1.5.06.csv")

    static let classes: [AccessClass] = [
        AccessClass(
            name: "the host, of the system", isDebug: false, context: { _, _ in .system(isGuest: false) },
            columns: [(system, "vmm_rd_mask", "vmm_wr_mask")]),
        AccessClass(
            name: "a guest, of the system", isDebug: false, context: { _, _ in .system(isGuest: true) },
            columns: [(system, "guest_rd_mask", "guest_wr_mask")]),
        AccessClass(
            name: "the host, of a TD", isDebug: false, context: { td, _ in .td(td, isGuest: false) },
            columns: [host(td, debug: false)]),
        AccessClass(
            name: "the host, of a debug TD", isDebug: true, context: { td, _ in .td(td, isGuest: false) },
            columns: [host(td, debug: true)]),
        AccessClass(
            name: "a guest, of its TD", isDebug: false, context: { td, _ in .td(td, isGuest: true) },
            columns: [(td, "guest_rd_mask", "guest_wr_mask")]),
        AccessClass(
            name: "a guest, of its debug TD", isDebug: true, context: { td, _ in .td(td, isGuest: true) },
            columns: [(td, "guest_rd_mask", "guest_wr_mask")]),
        AccessClass(
            name: "a service TD, of its target", isDebug: false, context: { td, _ in .serviceTD(td) },
            columns: [(td, "migtd_rd_mask", "migtd_wr_mask")]),
        AccessClass(
            name: "the host, of a vCPU", isDebug: false, context: { _, vcpu in .vcpu(vcpu, isGuest: false) },
            columns: [host(vmcs, debug: false), host(tdvps, debug: false)]),
        AccessClass(
            name: "the host, of a debug vCPU", isDebug: true,
            context: { _, vcpu in .vcpu(vcpu, isGuest: false) },
            columns: [host(vmcs, debug: true), host(tdvps, debug: true)]),
        AccessClass(
            name: "a guest, of its vCPU", isDebug: false, context: { _, vcpu in .vcpu(vcpu, isGuest: true) },
            columns: [(vmcs, "guest_rd_mask", "guest_wr_mask"), (tdvps, "guest_rd_mask", "guest_wr_mask")]),
    ]

    private static func subject(isDebug: Bool) throws -> (module: TDXModule, td: TD, vcpu: VirtualCPUState) {
        let machine = try Machine.ready()
        var parameters = Machine.parameters
        if isDebug { parameters.attributes |= TDAttributes.debug.rawValue }
        let (tdr, tdvpr, _) = machine.runnable(parameters)
        return (machine.module, try machine.td(at: tdr), try machine.vcpu(at: tdvpr))
    }

    @Test("is read as far as its mask lets, and written not at all without one", arguments: classes)
    func access(by who: AccessClass) throws {
        let (module, td, vcpu) = try Self.subject(isDebug: who.isDebug)
        let context = who.context(td, vcpu)
        var counts = (read: 0, hidden: 0, writable: 0, kept: 0)
        for row in context.rows {
            let (read, write) = (context.readMask(row), context.writeMask(row))
            let ids =
                row.name == "CPUID_VALUES"
                ? MetadataFieldTests.identifiers(row)
                : Set([0, Int(row.count) - 1]).map { row.id(of: $0).rawValue }
            for id in ids {
                do throws(TDXStatus) {
                    let value = try module.readMetadata(context, MetadataFieldID(id))
                    #expect(read != 0 && value & ~read == 0, "\(row.name)")
                    counts.read += 1
                } catch {
                    #expect(read == 0 && error == .metadataFieldNotReadable, "\(row.name): \(error)")
                    counts.hidden += 1
                }
                do throws(TDXStatus) {
                    // Of what nobody may write nothing is written; the first bit of the rest may be refused.
                    _ = try module.writeMetadata(
                        context, MetadataFieldID(id), value: 0, mask: write == 0 ? ~0 : write & (0 &- write))
                    #expect(write != 0, "\(row.name)")
                    counts.writable += 1
                } catch {
                    #expect((error == .metadataFieldNotWritable) == (write == 0), "\(row.name): \(error)")
                    if write == 0 { counts.kept += 1 } else { counts.writable += 1 }
                }
            }
        }
        print(
            "Metadata × access: \(who.name): \(counts.read) elements read, \(counts.hidden) hidden;",
            "\(counts.writable) writable, \(counts.kept) not.")
        #expect(counts.read > 10 && counts.read + counts.hidden == counts.writable + counts.kept)
    }

    @Test(
        "has the masks of the specification", .enabled(if: Fixtures.reference != nil), arguments: classes)
    func masks(of who: AccessClass) throws {
        let (_, td, vcpu) = try Self.subject(isDebug: who.isDebug)
        let context = who.context(td, vcpu)
        func number(_ text: String?) -> UInt64 {
            UInt64(text?.dropFirst(2) ?? "", radix: 16) ?? 0  // what has no column is nobody's
        }
        let lines = try who.columns.flatMap { column in
            try Fixtures.table(column.file).map { (line: $0, column: column) }
        }
        #expect(lines.count == context.rows.count)
        for (entry, row) in zip(lines, context.rows) {
            #expect(row.id.rawValue == number(entry.line["id"]), "\(row.name)")
            #expect(context.readMask(row) == number(entry.line[entry.column.read]), "\(row.name)")
            #expect(context.writeMask(row) == number(entry.line[entry.column.write]), "\(row.name)")
        }
    }

    @Test("lists hold no more than there is room for, and together all fields", arguments: [false, true])
    func lists(isGuest: Bool) throws {
        let module = try Self.subject(isDebug: false).module
        let context = MetadataContext.system(isGuest: isGuest)
        for size in stride(from: 40, through: 1024, by: 8) {
            var (id, words) = (MetadataFieldID.null, 0)
            repeat {
                let list = try module.metadataList(context, from: id, size: size)
                #expect(list.bytes.count <= size)
                let header = list.bytes[..<4].reversed().reduce(0) { $0 << 8 | UInt64($1) }
                #expect(header & 0xFFFF == list.bytes.count)
                words += list.bytes.count / 8 - 1 - Int(header >> 16)
                guard list.next == .null || list.next != id else {
                    Issue.record("A list of \(size) bytes has no room for a field.")
                    return
                }
                id = list.next
            } while id != .null
            let all = context.rows.reduce(0) { context.readMask($1) == 0 ? $0 : $0 + Int($1.count) }
            #expect(words == all, "\(size) bytes")
        }
    }
}
