// SPDX-License-Identifier: Apache-2.0

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

    @Test("gets a quote by configfs-tsm, which is accepted under the platform's root and no other")
    func quote() throws {
        let directory = try TemporaryDirectory()
        let platform = directory.path + "/platform"
        #expect(try Tool.run("platform", "new", platform, "--seed", "test").status == 0)
        let run = try Debian.run(["--platform", platform], AttestationTests.script)
        #expect(run.status == 0)
        var lines = run.output.split(separator: "\n").map(String.init)
        try #require(lines.count > 10, "\(run.output)")
        #expect(lines.prefix(2) == ["tdx_guest", "1"])
        #expect(lines.last == "1")
        lines = Array(lines[2...].dropLast())
        let bytes = try #require(Data(base64Encoded: lines.joined()))
        let file = try directory.file("quote.bin", Array(bytes))

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
        let measured = try Tool.run("measure", "debian", "--", "sh", "-c", AttestationTests.script)
        #expect(quote["mrTD"] as? String == measured.output.trimmingCharacters(in: .newlines))

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
}
