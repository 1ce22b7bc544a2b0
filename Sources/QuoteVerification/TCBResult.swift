// SPDX-License-Identifier: Apache-2.0

public import Collateral

/// What one TCB amounts to: the levels of its parts, put together.
public struct TCBEvaluation: Hashable, Sendable {
    public let platform: TCBLevel
    /// Nil for a TDX module of major version 0, which the platform's level judges.
    public let module: ComponentTCBLevel?
    public let qe: ComponentTCBLevel

    public var status: TCBStatus {
        let withQE = platform.status.converged(with: qe.status)
        return module.map { withQE.converged(with: $0.status) } ?? withQE
    }

    /// The earliest of the dates of its parts.
    public var tcbDate: Timestamp {
        min(platform.tcbDate, qe.tcbDate, module?.tcbDate ?? platform.tcbDate)
    }

    /// The advisories of all parts, sorted, each once.
    public var advisoryIDs: [String] {
        Set(platform.advisoryIDs + qe.advisoryIDs + (module?.advisoryIDs ?? [])).sorted()
    }
}

/// The TCB of a TD: as it was launched, as it runs now, and the verdict on both.
public struct TCBResult: Hashable, Sendable {
    public let launch: TCBEvaluation
    /// Equal to `launch` unless the TDX module was updated under the TD.
    public let current: TCBEvaluation
    /// The smaller of those of TCB Info and QE identity.
    public let evaluationDataNumber: UInt32

    /// A current status worse than that of the launch does not change this one; a policy can look at both.
    public var status: TCBStatus { launch.status.relaunch(current: current.status) }
    public var tcbDate: Timestamp { launch.tcbDate }
    public var advisoryIDs: [String] { launch.advisoryIDs }
}
