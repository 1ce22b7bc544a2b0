// SPDX-License-Identifier: Apache-2.0

/// Counts the instructions of a machine's vCPUs, for a machine whose time they are.
///
/// One thread runs all vCPUs of such a machine, one after the other, and nobody else looks at the counter while a vCPU
/// runs. Instructions are counted when their block ends; what a vCPU leaves in the middle of a block counts as one.
public final class InstructionCounter: @unchecked Sendable {
    private var retired: UInt64 = 0
    /// The vCPU that runs, and what its budget was at the start.
    private var running: State?
    private var allowance: Int64 = 0
    /// The vCPU that runs leaves, as for an interrupt of the host, at the end of the block in which the count gets here.
    public var limit = UInt64.max

    public init() {}

    /// What all vCPUs have retired.
    public var count: UInt64 {
        guard let running else { return retired }
        return retired &+ UInt64(max(0, allowance &- running.read(State.Offset.budget)))
    }

    var hasReachedLimit: Bool { count >= limit }

    /// A vCPU begins to run blocks.
    ///
    /// - Returns: how many instructions it may retire before it looks around.
    func begin(_ state: State) -> Int64 {
        running = state
        let left = limit > retired ? limit - retired : 1
        allowance = min(VirtualCPU.budget, Int64(min(left, UInt64(VirtualCPU.budget))))
        return allowance
    }

    /// It has stopped, with the block that it is in.
    func end() {
        retired = count &+ 1
        running = nil
    }
}
