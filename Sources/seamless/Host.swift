// SPDX-License-Identifier: Apache-2.0

import KVM
import KVMABI
import Platform
import Quoting
import Trace

/// The simulated machine, the KVM on it, and the services beside it: what one run's guest lives on.
struct Host {
    let device: any KVMDevice
    /// Makes a quote of a report. Nil: this host has no quoting service.
    let quote: (@Sendable ([UInt8]) -> [UInt8]?)?

    /// - Parameters:
    ///   - memory: bytes the guest will have.
    ///   - processors: of the guest.
    ///   - authority: of the simulated platform that this machine is; nil for one without a vendor.
    init(memory: UInt64, processors: Int, authority: PlatformAuthority? = nil, trace: TraceFile?) throws {
        var configuration = PlatformConfiguration.hosting(memory: memory, processors: processors)
        configuration.reportKey = authority?.reportKey
        let platform = try Platform(configuration, trace: trace?.write)
        device = try SoftwareKVM(platform: platform, trace: trace?.write)
        let service = try authority?.quotingService()
        if let service {
            quote = { report in service.answer(getQuote: report) }
        } else {
            quote = nil
        }
    }
}
