// SPDX-License-Identifier: Apache-2.0

import KVM
import KVMABI
import Platform
import TDXABI
import TDXModule

/// The simulated machine, the KVM on it, and the services beside it: what one run's guest lives on.
struct Host {
    let platform: Platform
    let device: any KVMDevice
    /// Makes a quote of a report. Nil: this host has no quoting service.
    let quote: (@Sendable ([UInt8]) -> [UInt8]?)?

    /// - Parameters:
    ///   - memory: bytes the guest will have; the machine has more, for the module's own tables.
    ///   - processors: of the guest; the machine has as many, or more.
    init(memory: UInt64, processors: Int, trace: TraceFile?) throws {
        var configuration = PlatformConfiguration()
        configuration.processorsPerPackage = max(configuration.processorsPerPackage, processors)
        // Memory is backed when it is touched, so that plenty costs nothing.
        let needed = memory + memory / 8 + (1 << 30)
        configuration.memory = max(configuration.memory, (needed + 0x3FFF_FFFF) & ~0x3FFF_FFFF)
        platform = try Platform(configuration)
        var sink: (@Sendable (TraceEvent) -> Void)?
        if let trace { sink = { trace.write(TraceLine.text($0)) } }
        platform.module.trace = sink
        device = try SoftwareKVM(platform: platform, trace: sink)
        quote = nil
    }
}
