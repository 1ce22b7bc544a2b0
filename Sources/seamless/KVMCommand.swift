// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Foundation
import Platform
import Quote
import Quoting
import TDXABI

/// `seamless kvm`: runs an unmodified KVM program on this KVM.
struct KVMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kvm", abstract: "Run a program whose /dev/kvm is this KVM.",
        usage:
            "seamless kvm [--memory SIZE] [--processors COUNT] [--trace FILE] [--explain] [--platform DIRECTORY] [--inject FAULTS] -- PROGRAM [ARGUMENT …]",
        discussion: """
            The program becomes this process; its output, input and exit status are its own. A library is preloaded that \
            serves /dev/kvm and the descriptors made from it, and leaves all else to the system.
            """)

    @Option(
        help: ArgumentHelp(
            "The simulated machine's memory for guests, such as 2G; the host backs it when it is touched.",
            valueName: "size"))
    var memory = MemorySize(bytes: 8 << 30)

    @Option(help: ArgumentHelp("The simulated machine's processors, 1 to 255.", valueName: "count"))
    var processors = 8

    @Option(
        help: ArgumentHelp(
            "Write every SEAMCALL, TDCALL, exit and ioctl as a line of JSON.", valueName: "file"))
    var trace: String?

    @Flag(help: "Say on standard error why an ioctl has failed.")
    var explain = false

    @Option(
        help: ArgumentHelp(
            "Be this simulated platform; “seamless platform serve --qgs” quotes its guests' reports.",
            valueName: "directory"))
    var platform: String?

    @Option(help: FaultPlan.help)
    var inject: String?

    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
    var command: [String] = []

    func validate() throws {
        if let inject { _ = try FaultPlan.parse(inject) }
        guard 1...255 ~= processors else { throw ValidationError("--processors is a number from 1 to 255.") }
    }

    func run() throws {
        let command = command.first == "--" ? Array(command.dropFirst()) : command
        guard let name = command.first else {
            throw ToolError.conflictingOptions("Name the program to run: seamless kvm -- PROGRAM.")
        }
        let program = try Program(name)
        try program.checkThatItCanBePreloaded()

        var environment = ProcessInfo.processInfo.environment
        environment["SEAMLESS_KVM_MEMORY"] = String(memory.bytes)
        environment["SEAMLESS_KVM_PROCESSORS"] = String(processors)
        if let trace {
            _ = try openTrace(trace)
            // The program may go elsewhere before it opens /dev/kvm.
            environment["SEAMLESS_KVM_TRACE"] = URL(fileURLWithPath: trace).path
        }
        if explain { environment["SEAMLESS_KVM_EXPLAIN"] = "1" }
        if let inject { environment["SEAMLESS_KVM_INJECT"] = inject }
        if let platform {
            let authority = try PlatformDirectory(platform).authority()
            let (processor, info) = (authority.platform.processor, authority.platform.teeTCBInfo)
            environment["SEAMLESS_KVM_REPORT_KEY"] =
                (authority.keys.report + processor.cpuSVN.bytes + info.bytes).hexadecimal
        }
        // When the program crashes, that is between it and the system.
        environment["SWIFT_BACKTRACE"] = environment["SWIFT_BACKTRACE"] ?? "enable=no"
        let others = environment["LD_PRELOAD"].map { ":" + $0 } ?? ""
        environment["LD_PRELOAD"] = try KVMCommand.library() + others
        throw program.become(command, environment)
    }

    /// The library to be preloaded, which is built and installed beside the tool.
    private static func library() throws(ToolError) -> String {
        let tool = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let name = "libseamless-kvm.so"
        for path in [tool.appendingPathComponent(name), tool.appendingPathComponent("../lib/\(name)")]
        where FileManager.default.isReadableFile(atPath: path.path) {
            return path.standardizedFileURL.path
        }
        throw .fileMissing(path: tool.appendingPathComponent(name).path, role: "library to preload")
    }
}
