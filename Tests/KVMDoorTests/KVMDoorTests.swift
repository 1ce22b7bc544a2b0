// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ToolTesting

/// Programs in plain C, compiled against the system's headers, that know KVM's ioctls and nothing of us.
///
/// What they say is wrong stands on their standard error, with the line of the claim.
@Suite("A program under seamless kvm", .enabled(if: CProgram.isCompilerInstalled, "there is no C compiler"))
struct KVMDoorTests {
    @Test("does what it does on KVM", arguments: ["descriptors", "life", "signals"])
    func passes(name: String) throws {
        let program = try CProgram(name)
        let run = try Tool.run(["kvm", "--", program.path])
        #expect(run.output == "\(name): ok\n", "\(run.errors)")
        #expect(run.status == 0)
    }

    @Test("leaves a trace of the whole life")
    func traces() throws {
        let program = try CProgram("descriptors")
        let trace = program.directory.path + "/trace"
        let run = try Tool.run(["kvm", "--trace", trace, "--", program.path])
        #expect(run.status == 0, "\(run.errors)")
        let text = try String(contentsOfFile: trace, encoding: .utf8)
        for word in [
            "TDH.SYS.INIT", "KVM_CREATE_VM", "TDH.MNG.CREATE", "TDH.VP.ENTER", "TDH.PHYMEM.PAGE.RECLAIM",
        ] {
            #expect(text.contains("\"\(word)\""))
        }
    }

    @Test("is told when it cannot be served")
    func refuses() throws {
        let program = try CProgram("life", options: ["-static"])
        let run = try Tool.run(["kvm", "--", program.path])
        #expect(run.output == "")
        #expect(run.errors.contains("statically linked"))
        #expect(run.status == 65)
        let missing = try Tool.run(["kvm", "--", "no-such-program"])
        #expect(missing.errors.contains("There is no program “no-such-program”"))
        #expect(missing.status == 66)
    }
}

/// A program of the folder `Programs`, compiled into a folder of its own.
struct CProgram {
    let directory: TemporaryDirectory
    let path: String

    static let isCompilerInstalled = ["/usr/bin/cc", "/usr/local/bin/cc"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    init(_ name: String, options: [String] = []) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/" + name
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Programs/\(name).c").path
        let flags = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-pthread"]
        let run = try Tool.finish(Child("cc", flags + options + ["-o", path, source]))
        try #require(run.status == 0, "\(run.errors)")
    }
}
