// SPDX-License-Identifier: Apache-2.0

import Boot
import VMM

/// Something to boot: what the machine is to be, and what the tool says about it.
struct Guest {
    var name: String
    var configuration: MachineConfiguration
    /// Bytes of RAM.
    var memory: UInt64
    private let plan: LaunchPlan
    /// `MRTD`, before anything runs.
    var mrtd: [UInt8] { plan.mrTD }
    /// `RTMR0` to `RTMR3` when the guest's own software starts.
    var rtmrs: [[UInt8]] { plan.rtmrs }
    /// What runs in it, if it is one command.
    var command: [String] = []
    /// A person is to talk to it.
    var isInteractive: Bool
    /// What runs in it has the third serial port; what the kernel says on the first is not part of that.
    var hasSession = false

    private init(_ name: String, _ plan: LaunchPlan, processors: Int, isInteractive: Bool) {
        self.name = name
        memory = plan.ram.reduce(0) { $0 + UInt64($1.count) }
        self.plan = plan
        configuration = MachineConfiguration(
            memory: plan.memory,
            images: plan.images.map { LaunchImage(gpa: $0.gpa, bytes: $0.bytes, isMeasured: $0.measured) },
            launchParameter: plan.hob)
        configuration.processors = processors
        self.isInteractive = isInteractive
    }

    /// The guest that comes with the tool.
    static func builtIn(memory: UInt64, processors: Int) throws -> Guest {
        Guest(
            "the built-in guest", try BuiltInGuest(memorySize: memory).launch, processors: processors,
            isInteractive: false)
    }

    /// A Linux kernel by the direct boot protocol.
    static func linux(
        kernel: [UInt8], initrd: [UInt8]?, commandLine: String, memory: UInt64, processors: Int
    ) throws -> Guest {
        let plan = try LinuxBootPlan(
            kernel: LinuxKernel(kernel), initrd: initrd, commandLine: commandLine, memorySize: memory,
            processors: processors)
        return Guest("your kernel", plan.launch, processors: processors, isInteractive: true)
    }

    /// Debian's kernel with busybox as its root.
    static func debian(
        _ files: DebianPackages.Files, command: [String], commandLine: String, memory: UInt64, processors: Int
    ) throws -> Guest {
        let root = try Initramfs(
            busybox: files.busybox, running: command.isEmpty ? .shell : .command(command),
            modules: Array(zip(DebianPackages.moduleNames, files.modules)))
        var guest = try linux(
            kernel: files.kernel, initrd: root.bytes, commandLine: commandLine, memory: memory,
            processors: processors)
        guest.name = files.kernelPackage
        guest.command = command
        guest.hasSession = true
        guest.isInteractive = command.isEmpty
        return guest
    }
}
