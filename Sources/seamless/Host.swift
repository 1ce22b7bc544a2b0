// SPDX-License-Identifier: Apache-2.0

import KVMABI
import VMM

/// The KVM the guests run on, and the services beside it.
struct Host {
    let device: any KVMDevice
    /// Makes a quote of a report.
    let quote: (@Sendable ([UInt8]) -> [UInt8]?)?

    init(trace: TraceFile?) throws {
        throw MachineError.unavailable(38)
    }
}
