// SPDX-License-Identifier: Apache-2.0

import KVM
import KVMABI
import Platform
import Trace

/// The simulated machine, the KVM on it, and the services beside it: what one run's guest lives on.
struct Host {
    let device: any KVMDevice
    /// Makes a quote of a report. Nil: this host has no quoting service.
    let quote: (@Sendable ([UInt8]) -> [UInt8]?)?

    /// - Parameters:
    ///   - memory: bytes the guest will have.
    ///   - processors: of the guest.
    init(memory: UInt64, processors: Int, trace: TraceFile?) throws {
        let platform = try Platform(.hosting(memory: memory, processors: processors), trace: trace?.write)
        device = try SoftwareKVM(platform: platform, trace: trace?.write)
        quote = nil
    }
}
