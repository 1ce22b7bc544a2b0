// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MEM.TRACK`: begins a new epoch of a TD's translations.
    ///
    /// - `RCX`: the TDR.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MEM.TRACK`.
    static let memTrack = HostLeaf(
        .memTrack, "TDH.MEM.TRACK", [.rcx: .tdr],
        in: OpStates.all.subtracting([.uninitialized, .failedImport])
    ) { module, call throws(TDXStatus) in
        let access = try module.open(call.registers.rcx, .rcx, exclusively: false, in: call.states)
        let td = access.td
        let epochLock = try td.epochLock.exclusive(.tdEpoch)
        let epoch = td.epoch.load(ordering: .acquiring)
        guard td.references(epoch &- 1) == 0 else { throw .previousTLBEpochBusy }

        // Effects.
        td.epoch.store(epoch &+ 1, ordering: .releasing)
        _ = consume epochLock
        _ = consume access
    }
}
