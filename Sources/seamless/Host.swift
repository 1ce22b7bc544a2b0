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
    /// Where all processors run in turn, so that the same run can be had again: what their time is.
    let turns: InstructionTime?
    /// Lets time pass while no processor has anything to do.
    let idle: (@Sendable () -> Bool)?

    /// What a run that can be repeated begins with.
    struct Determinism {
        /// Of all random numbers of the machine.
        var seed: UInt64
        /// What the wall clock shows, in seconds since 1970.
        var epoch: UInt64
    }

    /// - Parameters:
    ///   - memory: bytes the guest will have.
    ///   - processors: of the guest.
    ///   - authority: of the simulated platform that this machine is; nil for one without a vendor.
    ///   - faults: what is to go wrong.
    ///   - determinism: nil for a machine that follows the host's clock and random numbers.
    init(
        memory: UInt64, processors: Int, authority: PlatformAuthority? = nil,
        determinism: Determinism? = nil, faults: FaultPlan? = nil, trace: TraceFile?
    ) throws {
        var configuration = PlatformConfiguration.hosting(memory: memory, processors: processors)
        configuration.reportKey = authority?.reportKey
        configuration.faults = faults
        if let determinism {
            let random = SeededRandom(determinism.seed)
            configuration.random = { random.bytes($0) }
            configuration.time = InstructionTime(kHz: configuration.tscKHz, epoch: determinism.epoch)
        }
        let platform = try Platform(configuration, trace: trace?.write)
        let kvm = try SoftwareKVM(platform: platform, trace: trace?.write)
        device = kvm
        turns = platform.turns
        if platform.turns != nil {
            idle = { kvm.passTime() }
        } else {
            idle = nil
        }
        let service = try authority?.quotingService()
        if let service {
            quote = { report in service.answer(getQuote: report) }
        } else {
            quote = nil
        }
    }
}
