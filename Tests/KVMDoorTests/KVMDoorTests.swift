// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Programs in plain C, compiled against the system's headers, that know KVM's ioctls and nothing of us.
///
/// What they say is wrong stands on their standard error, with the line of the claim.
@Suite("A program under seamless kvm", .enabled(if: CProgram.isCompilerInstalled, "there is no C compiler"))
struct KVMDoorTests {
    @Test("does what it does on KVM", arguments: ["descriptors", "life", "signals"])
    func passes(name: String) throws {
        let program = try CProgram(name)
        let run = try program.run(with: ["kvm", "--", program.path])
        #expect(run.output == "\(name): ok\n", "\(run.errors)")
        #expect(run.status == 0)
    }

    @Test("leaves a trace of the whole life")
    func traces() throws {
        let program = try CProgram("descriptors")
        let trace = program.folder.appendingPathComponent("trace")
        let run = try program.run(with: ["kvm", "--trace", trace.path, "--", program.path])
        #expect(run.status == 0, "\(run.errors)")
        let text = try String(contentsOf: trace, encoding: .utf8)
        for word in [
            "TDH.SYS.INIT", "KVM_CREATE_VM", "TDH.MNG.CREATE", "TDH.VP.ENTER", "TDH.PHYMEM.PAGE.RECLAIM",
        ] {
            #expect(text.contains("\"\(word)\""))
        }
    }

    @Test("is told when it cannot be served")
    func refuses() throws {
        let program = try CProgram("life", options: ["-static"])
        let run = try program.run(with: ["kvm", "--", program.path])
        #expect(run.output == "")
        #expect(run.errors.contains("statically linked"))
        #expect(run.status == 65)
        let missing = try program.run(with: ["kvm", "--", "no-such-program"])
        #expect(missing.errors.contains("There is no program “no-such-program”"))
        #expect(missing.status == 66)
    }
}

/// A program of the folder `Programs`, compiled into a folder of its own.
final class CProgram {
    let folder: URL
    let path: String

    static let isCompilerInstalled = ["/usr/bin/cc", "/usr/local/bin/cc"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    init(_ name: String, options: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "seamless-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent(name).path
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Programs/\(name).c").path
        let flags = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-pthread"]
        let run = try CProgram.run("/usr/bin/env", ["cc"] + flags + options + ["-o", path, source])
        try #require(run.status == 0, "\(run.errors)")
    }

    deinit {
        // What is left of it lies in a folder for temporary files.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs the tool, which is built beside these tests.
    func run(with arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let tool = tests.deletingLastPathComponent().appendingPathComponent("seamless")
        return try CProgram.run(tool.path, arguments)
    }

    private static func run(_ path: String, _ arguments: [String]) throws
        -> (status: Int32, output: String, errors: String)
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // The programs say little: neither pipe fills.
        process.waitUntilExit()
        func text(_ pipe: Pipe) -> String {
            String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        return (process.terminationStatus, text(output), text(errors))
    }
}
