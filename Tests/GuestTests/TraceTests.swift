// SPDX-License-Identifier: Apache-2.0

import Boot
import Foundation
import Testing
import ToolTesting

@Suite("A trace")
struct TraceTests {
    private func events(_ file: String) throws -> [[String: Any]] {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.last == "\n")
        return try text.split(separator: "\n").map { line in
            try #require(
                JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
    }

    @Test("has a TD's whole life in order, each line JSON")
    func life() throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/trace"
        let arguments = try EndingTests.kernel(directory) { code in
            FlatKernel.out(&code, 0xF4, 3)
            FlatKernel.out(&code, 0x604, 0x2000, size: 2)
        }
        #expect(try Tool.run(arguments + ["--trace", file]).status == 3)
        let events = try events(file)
        // Each of these follows the one before.
        let order = [
            "TDH.SYS.INIT", "TDH.SYS.LP.INIT", "TDH.SYS.RD", "TDH.SYS.CONFIG", "TDH.SYS.KEY.CONFIG",
            "TDH.SYS.TDMR.INIT", "KVM_CREATE_VM", "KVM_CREATE_GUEST_MEMFD", "TDH.MNG.CREATE",
            "TDH.MNG.KEY.CONFIG", "TDH.MNG.ADDCX", "TDH.MNG.INIT", "KVM_CREATE_VCPU", "TDH.VP.CREATE",
            "TDH.VP.ADDCX", "TDH.VP.INIT", "TDH.MEM.SEPT.ADD", "TDH.MEM.PAGE.ADD", "TDH.MR.EXTEND",
            "TDH.MR.FINALIZE", "TDG.MEM.PAGE.ACCEPT", "TDH.VP.ENTER", "TDH.MEM.PAGE.AUG",
            "TDG.MEM.PAGE.ACCEPT", "TDG.VP.VMCALL", "TDH.VP.ENTER", "KVM_RUN", "TDH.VP.FLUSH",
            "TDH.MNG.VPFLUSHDONE", "TDH.PHYMEM.CACHE.WB", "TDH.MNG.KEY.FREEID", "TDH.PHYMEM.PAGE.RECLAIM",
        ]
        let names = events.map { $0["name"] as? String ?? "" }
        var position = 0
        for name in order {
            let found = try #require(names[position...].firstIndex(of: name), "\(name) after \(position)")
            position = found + 1
        }
        // What was made is given back: each page that was added or augmented, and the last call is for the TDR.
        func count(_ name: String) -> Int {
            events.count { $0["name"] as? String == name && $0["status"] as? String == "0x0" }
        }
        let given = [
            "TDH.MEM.PAGE.ADD", "TDH.MEM.PAGE.AUG", "TDH.MEM.SEPT.ADD", "TDH.MNG.ADDCX", "TDH.VP.ADDCX",
        ]
        .reduce(0) { $0 + count($1) }
        #expect(count("TDH.MEM.PAGE.ADD") * 16 > count("TDH.MR.EXTEND"))
        let taken = count("TDH.PHYMEM.PAGE.RECLAIM") + count("TDH.MEM.PAGE.REMOVE")
        #expect(taken >= given, "\(given) given, \(taken) taken")
        #expect(names.last { $0.hasPrefix("TDH") } == "TDH.PHYMEM.PAGE.WBINVD")
    }

    @Test("has each TDVMCALL with its leaf and registers")
    func calls() throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/trace"
        #expect(try Tool.run("run", "--trace", file).status == 0)
        let calls = try events(file).filter { $0["name"] as? String == "TDG.VP.VMCALL" }
        #expect(calls.allSatisfy { $0["leaf"] as? Int == 0 })
        // RCX, RDX, R8 to R15: R11 is the function, R14 and R15 are port and value of an OUT.
        let operands = calls.compactMap { $0["operands"] as? [String] }
        let out = operands.filter { $0.count == 10 && $0[5] == "0x1e" && $0[7] == "0x1" && $0[8] == "0x3f8" }
        let text = out.compactMap { UInt8($0[9].dropFirst(2), radix: 16) }
        #expect(String(decoding: text, as: UTF8.self).hasPrefix("Hello from a trust domain.\r\n"))
        #expect(operands.contains { $0[5] == "0xa" && $0[6] == "0x40000000" })
    }

    @Test("that cannot be written is said, with a status", arguments: ["/dev/full", "/nowhere/trace"])
    func unwritable(file: String) throws {
        let run = try Tool.run("run", "--trace", file)
        #expect(run.status == 73)
        #expect(run.sentences.last?.hasPrefix("“\(file)” cannot be written: ") == true)
    }
}
