// SPDX-License-Identifier: Apache-2.0

import Boot
import VMM

/// Something to boot: what the machine is to be, and what the tool says about it.
struct Guest {
    var name: String
    var configuration: MachineConfiguration
    var memory: UInt64
    var mrtd: [UInt8]
    /// What runs in it, if it is one command.
    var command: [String] = []
    /// A person is to talk to it.
    var isInteractive: Bool

    static func builtIn(memory: UInt64) throws -> Guest { throw MachineError.missing(capability: "a built-in guest") }

    static func linux(kernel: [UInt8], initrd: [UInt8]?, commandLine: String, memory: UInt64) throws -> Guest {
        throw MachineError.missing(capability: "a boot protocol")
    }

    static func debian(
        _ files: DebianPackages.Files, command: [String], commandLine: String, memory: UInt64
    ) throws -> Guest {
        throw MachineError.missing(capability: "a boot protocol")
    }
}
