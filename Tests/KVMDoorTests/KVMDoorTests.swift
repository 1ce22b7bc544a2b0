// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ToolTesting

/// Programs in plain C, compiled against the system's headers, that know KVM's ioctls and nothing of us.
///
/// What they say is wrong stands on their standard error, with the line of the claim.
@Suite("A program under seamless kvm", .enabled(if: CProgram.isCompilerInstalled, "there is no C compiler"))
struct KVMDoorTests {
    /// Programs whose claims hold on any KVM of Linux.
    static let common = ["system", "vm", "vcpu"]
    /// Programs about TDs.
    static let ofTDs = ["descriptors", "life", "signals", "td", "states", "exits", "processors"]

    @Test("does what it does on KVM", arguments: common + ofTDs)
    func passes(name: String) throws {
        let program = try CProgram(name)
        let run = try Tool.run(["kvm", "--processors", "64", "--", program.path])
        #expect(run.errors == "")
        #expect(run.status == 0)
        let last = run.output.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("\(name): ") && last.hasSuffix("ok"), "\(run.output.suffix(200))")
    }

    @Test(
        "says here what it says on this machine's own KVM",
        .enabled(if: CProgram.hasKVM, "left out: this machine has no /dev/kvm of its own"), arguments: common)
    func compares(name: String) throws {
        let program = try CProgram(name)
        let native = try Tool.finish(Child(program.path, []))
        let run = try Tool.run(["kvm", "--", program.path])
        #expect(native.status == 0, "\(native.errors)")
        #expect(run.output == native.output)
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

    @Test("is told why a call has failed, when it asks")
    func explains() throws {
        let program = try CProgram("states")
        let trace = program.directory.path + "/trace"
        let run = try Tool.run(["kvm", "--explain", "--trace", trace, "--", program.path])
        #expect(run.status == 0)
        let text = try String(contentsOfFile: trace, encoding: .utf8)
        for sentence in [
            "KVM_CREATE_VCPU(9) on an uninitialized TD with 0 vCPUs failed with EIO: vCPUs come after KVM_TDX_INIT_VM and before KVM_TDX_FINALIZE_VM.",
            "KVM_RUN(0) on vCPU 0, not initialized, of an initialized TD with 1 vCPU failed with EINVAL: KVM_TDX_INIT_VCPU and KVM_TDX_FINALIZE_VM come before.",
            "KVM_MEMORY_ENCRYPT_OP({KVM_TDX_FINALIZE_VM, 0x0, 0x0}) on a runnable TD with 1 vCPU failed with EINVAL: it comes once, after KVM_TDX_INIT_VM.",
        ] {
            #expect(run.errors.contains("seamless: \(sentence)\n"))
            #expect(text.contains("\"why\":\"\(sentence)\"}"))
        }
    }

    /// Why a program cannot be served, and what it is made into that it cannot.
    enum Hindrance: CaseIterable {
        case isStatic, isStaticPIE, isForOthers, is32Bit, isSetUID, isSetGID

        var options: [String] {
            switch self {
            case .isStatic: ["-static"]
            case .isStaticPIE: ["-static-pie"]
            default: []
            }
        }
        var sentence: String {
            switch self {
            case .isStatic, .isStaticPIE:
                "it is statically linked; build it against the C library's shared form"
            case .isForOthers, .is32Bit: "it is for another processor architecture"
            case .isSetUID, .isSetGID: "it runs with another user's rights (setuid); run a copy without them"
            }
        }
    }

    @Test("is told when it cannot be served, and is not run", arguments: Hindrance.allCases)
    func refuses(hindrance: Hindrance) throws {
        let program = try CProgram("life", options: hindrance.options)
        func patch(_ offset: UInt64, _ byte: UInt8) throws {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: program.path))
            try file.seek(toOffset: offset)
            try file.write(contentsOf: [byte])
            try file.close()
        }
        func setMode(_ mode: Int) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: program.path)
        }
        switch hindrance {
        case .isForOthers: try patch(18, 0xF3)  // RISC-V
        case .is32Bit: try patch(4, 1)
        case .isSetUID: try setMode(0o4755)
        case .isSetGID: try setMode(0o2755)
        case .isStatic, .isStaticPIE: break
        }
        let run = try Tool.run(["kvm", "--", program.path])
        #expect(run.output == "")
        #expect(run.errors.contains(hindrance.sentence), "\(run.errors)")
        #expect(run.status == 65)
    }

    @Test("is told when it is not there")
    func missing() throws {
        let missing = try Tool.run(["kvm", "--", "no-such-program"])
        #expect(missing.errors.contains("There is no program “no-such-program”"))
        #expect(missing.status == 66)
    }

    @Test("may be a script, whose interpreter is served")
    func script() throws {
        let program = try CProgram("system")
        let path = program.directory.path + "/script"
        // Written by another process: a file that this one has open cannot be run by those it starts meanwhile.
        let writer = try Tool.finish(
            Child("sh", ["-c", "printf '#!/bin/sh\\nexec \"$@\"\\n' > \"$0\"; chmod 755 \"$0\"", path]))
        try #require(writer.status == 0)
        let run = try Tool.run(["kvm", "--", path, program.path])
        #expect(run.status == 0, "\(run.errors)")
    }
}

/// A program of the folder `Programs`, compiled into a folder of its own.
struct CProgram {
    let directory: TemporaryDirectory
    let path: String

    static let isCompilerInstalled = ["/usr/bin/cc", "/usr/local/bin/cc"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// A KVM of Linux that this process may use.
    static let hasKVM =
        FileManager.default.isReadableFile(atPath: "/dev/kvm")
        && FileHandle(forUpdatingAtPath: "/dev/kvm") != nil

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
