// SPDX-License-Identifier: Apache-2.0

import Boot
import Foundation
import Testing
import ToolTesting

@Suite("Attestation of a Debian guest", .enabled(if: Debian.isHere, Debian.reason))
struct AttestationTests {
    /// Asks for a quote as any program in the guest would. The interface takes exactly 64 bytes.
    private static let script = """
        mkdir /sys/kernel/config/tsm/report/r && cd /sys/kernel/config/tsm/report/r && printf '%064d' 7 >inblob &&
        cat provider generation && base64 outblob && cat generation
        """
    /// And for the log of what was measured before the kernel.
    private static let scriptWithLog =
        script + "; echo log; base64 /sys/firmware/acpi/tables/data/CCEL; echo end"

    /// What the guest printed, from the provider's name on: the quote and the event log.
    private func parts(_ output: String) throws -> (quote: [UInt8], log: [UInt8]) {
        let lines = output.split(whereSeparator: \.isNewline).map(String.init)
        let start = try #require(lines.firstIndex { $0.hasSuffix("tdx_guest") }, "\(output)")
        try #require(lines.count > start + 10 && lines[start + 1] == "1", "\(output)")
        func decoded(_ lines: some Sequence<String>) throws -> [UInt8] {
            Array(try #require(Data(base64Encoded: lines.joined())))
        }
        let parts = lines[(start + 2)...].split(separator: "log", maxSplits: 1)
        try #require(parts.count == 2, "\(output)")
        #expect(parts[0].last == "1", "the generation is what it was")
        return (try decoded(parts[0].dropLast()), try decoded(parts[1].prefix { $0 != "end" }))
    }

    @Test("gets a quote by configfs-tsm, which is accepted under the platform's root and no other")
    func quote() throws {
        let directory = try TemporaryDirectory()
        let platform = directory.path + "/platform"
        #expect(try Tool.run("platform", "new", platform, "--seed", "test").status == 0)
        let run = try Debian.run(["--platform", platform], AttestationTests.scriptWithLog)
        #expect(run.status == 0)
        let parts = try parts(run.output)
        let file = try directory.file("quote.bin", parts.quote)
        let log = try directory.file("CCEL", parts.log)

        let verify = ["quote", "verify", file, "--collateral", platform + "/collateral", "--json"]
        let accepted = try Tool.run(verify + ["--root", platform + "/root.pem"])
        #expect(accepted.status == 0, "\(accepted.output)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(accepted.bytes)) as? [String: Any])
        #expect(report["verdict"] as? String == "accepted")
        #expect(report["tcbStatus"] as? String == "UpToDate")
        #expect(report["rootIsIntel"] as? Bool == false)
        let quote = try #require(report["quote"] as? [String: Any])
        #expect(quote["reportData"] as? String == String(repeating: "30", count: 63) + "37")
        let measure = ["measure", "--json", "debian", "--", "sh", "-c", AttestationTests.scriptWithLog]
        let measured = try #require(
            try JSONSerialization.jsonObject(with: Data(Tool.run(measure).bytes)) as? [String: Any])
        #expect(quote["mrTD"] as? String == measured["mrtd"] as? String)
        for register in ["rtmr0", "rtmr1", "rtmr2", "rtmr3"] {
            let value = try #require(measured[register] as? String)
            #expect(quote[register] as? String == value)
            #expect((value == String(repeating: "0", count: 96)) == (register == "rtmr3"))
        }
        let replayed = try Tool.run("quote", "replay", log, "--quote", file)
        #expect(replayed.status == 0, "\(replayed.output) \(replayed.errors)")
        for event in ["TD HOB", "ACPI DATA", "boot_params", "console="] {
            #expect(String(decoding: parts.log, as: UTF8.self).contains(event))
        }

        let refused = try Tool.run(verify)
        #expect(refused.status == 1)
        #expect(refused.output.contains("which is simulated"))

        // What the vendor says afterwards holds for quotes made before.
        #expect(try Tool.run("platform", "revoke", platform).status == 0)
        let revoked = try Tool.run(verify + ["--root", platform + "/root.pem"])
        #expect(revoked.status == 1)
        #expect(revoked.output.contains("SGX_PCK_REVOKED"))
    }

    @Test("gets an empty one on a machine that is no platform")
    func none() throws {
        // The kernel does not look at the status that says why.
        let run = try Debian.run([], AttestationTests.script)
        #expect(run.output == "tdx_guest\n1\n1\n")
    }

    @Test(
        "gets one by QEMU too, with the registers of the firmware's and the kernel's event log",
        .enabled(if: QEMU.installed != nil, "There is no QEMU 10.1 or newer with OVMF."))
    func qemu() throws {
        let qemu = try #require(QEMU.installed)
        let directory = try TemporaryDirectory()
        let (platform, socket) = (directory.path + "/platform", directory.path + "/qgs")
        #expect(try Tool.run("platform", "new", platform, "--seed", "test").status == 0)
        let service = try Tool.start([
            "platform", "serve", platform, "--listen", "127.0.0.1:0", "--qgs", socket,
        ])
        defer { service.signal(SIGTERM) }
        try service.expect("http://", seconds: 60)
        let names = ["configfs.ko.xz", "tsm.ko.xz", "tdx-guest.ko.xz"]
        func file(_ path: String) throws -> [UInt8] {
            Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        let disk = try Initramfs(
            busybox: file(Debian.busybox), running: .command(["sh", "-c", AttestationTests.scriptWithLog]),
            modules: names.map { ($0, try file(Debian.directory + "/" + $0)) }
        ).bytes
        let initrd = try directory.file("initrd", disk)
        let object =
            #"{"qom-type":"tdx-guest","id":"tdx0","quote-generation-socket":{"type":"unix","path":"\#(socket)"}}"#
        let run = try Tool.run(
            ["kvm", "--platform", platform, "--"]
                + qemu.command.map { $0 == "tdx-guest,id=tdx0" ? object : $0 } + [
                    "-kernel", Debian.kernel, "-initrd", initrd, "-append", "console=ttyS0 quiet panic=-1",
                    "-serial", "file:\(directory.path)/kernel", "-serial", "file:\(directory.path)/status",
                    "-serial", "stdio",
                ], seconds: 400)
        let parts = try parts(run.output)
        let quote = try directory.file("quote.bin", parts.quote)
        let log = try directory.file("CCEL", parts.log)
        let verified = try Tool.run(
            "quote", "verify", quote, "--collateral", platform + "/collateral", "--root",
            platform + "/root.pem")
        #expect(verified.status == 0, "\(verified.output) \(verified.errors)")
        // QEMU's firmware measures itself and what it starts, the kernel's stub the command line and the initrd.
        let replayed = try Tool.run("quote", "replay", log, "--quote", quote)
        #expect(replayed.status == 0, "\(replayed.output) \(replayed.errors)")
        #expect(!replayed.output.contains("RTMR2  " + String(repeating: "0", count: 96)))
    }
}
