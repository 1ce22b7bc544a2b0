// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boot
import Foundation
import VMM

/// What is to be booted: the arguments that `run` and `measure` share.
struct GuestOptions: ParsableArguments {
    @Argument(help: "“debian”: Debian's stock kernel and busybox. Nothing: the built-in guest.")
    var system: String?

    @Argument(
        parsing: .postTerminator, help: "What to run in the guest, whose exit status becomes the tool's.")
    var command: [String] = []

    @Option(help: ArgumentHelp("A Linux kernel (bzImage) of your own.", valueName: "file"))
    var kernel: String?

    @Option(help: ArgumentHelp("Its initial RAM disk.", valueName: "file"))
    var initrd: String?

    @Option(help: ArgumentHelp("More words for the kernel's command line.", valueName: "words"))
    var append: String?

    @Option(help: ArgumentHelp("The guest's memory, such as 512M or 2G.", valueName: "size"))
    var memory: MemorySize?

    @Option(help: ArgumentHelp("The guest's processors, 1 to 255.", valueName: "count"))
    var cpus = 1

    @Flag(help: "Let the kernel tell what it does while it boots.")
    var verbose = false

    @Flag(help: "Fetch Debian's packages again.")
    var refresh = false

    /// The guest, with all files read.
    func guest() throws -> Guest {
        guard (1...255).contains(cpus) else { throw ToolError.badProcessorCount(cpus) }
        if let kernel {
            guard system == nil else {
                throw ToolError.conflictingOptions("Give either “\(system ?? "")” or --kernel, not both.")
            }
            guard command.isEmpty else { throw ToolError.commandWithoutSystem }
            let image = try InputFile(path: kernel, role: "kernel").bytes()
            let disk = try initrd.map { try InputFile(path: $0, role: "initrd").bytes() }
            return try Guest.linux(
                kernel: image, initrd: disk, commandLine: commandLine(defaults: []),
                memory: memory?.bytes ?? 1 << 29, processors: cpus)
        }
        if initrd != nil {
            throw ToolError.conflictingOptions("An --initrd needs the --kernel that is to use it.")
        }
        switch system {
        case nil:
            guard command.isEmpty else { throw ToolError.commandWithoutSystem }
            if append != nil {
                throw ToolError.conflictingOptions(
                    "The built-in guest has no command line; --append needs --kernel or “debian”.")
            }
            return try Guest.builtIn(memory: memory?.bytes ?? 1 << 26, processors: cpus)
        case "debian":
            let files = try DebianPackages(cache: Cache(), progress: note).files(refresh: refresh)
            let words = ["panic=-1"] + (verbose ? ["loglevel=7"] : ["quiet", "loglevel=3"])
            return try Guest.debian(
                files, command: command, commandLine: commandLine(defaults: words),
                memory: memory?.bytes ?? 1 << 29, processors: cpus)
        case let name?:
            throw ToolError.unknownSystem(name)
        }
    }

    private func commandLine(defaults: [String]) -> String {
        (["console=ttyS0"] + (verbose ? ["earlyprintk=serial,ttyS0"] : []) + defaults
            + [append].compactMap(\.self))
            .joined(separator: " ")
    }
}
