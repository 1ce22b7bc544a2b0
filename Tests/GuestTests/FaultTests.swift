// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ToolTesting

/// `--inject`: a real guest on a machine where things go wrong.
@Suite("Debian on a faulty machine", .enabled(if: Debian.isHere, Debian.reason))
struct FaultTests {
    @Test(
        "does its work while calls are busy and interrupts late",
        arguments: ["busy:rate=0.02;seed=5", "delay:us=300,rate=0.2;busy:rate=0.01"])
    func boots(faults: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/trace"
        let run = try Debian.run(
            ["--cpus", "2", "--inject", faults, "--trace", path],
            "nproc; head -c 1000000 /dev/zero | md5sum; sleep 0.1; exit 5", seconds: 400)
        #expect(run.status == 5)
        #expect(run.output == "2\n" + (try reference()))
        let count = try Tool.finish(
            Child("sh", ["-c", #"grep -c 'The fault was injected' "$0""#, path]), seconds: 60)
        #expect(Int(count.output.dropLast()) ?? 0 > 100)
    }

    private func reference() throws -> String {
        try Tool.finish(
            Child("sh", ["-c", "head -c 1000000 /dev/zero | md5sum"]),
            seconds: 60
        ).output
    }

    @Test("a plan that means nothing is refused with a sentence, before anything runs")
    func refused() throws {
        let run = try Tool.run("run", "--inject", "busy:rat=1")
        #expect(run.status != 0)
        #expect(run.errors.contains("The fault “busy” has no parameter “rat”."))
        #expect(run.output == "")
    }
}
