// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension GuestLeaf {
    /// The guest-side leaves.
    static let all: [GuestLeaf] = []
}

extension TDXModule {
    /// Looks at an exit of a vCPU: handles it, or makes it the host's.
    func handleExit(_ exit: VMExit, _ vcpu: VirtualCPUState) -> GuestExitAction {
        var hostExit = HostExit(exit.reason)
        hostExit.qualification = UInt32(truncatingIfNeeded: exit.qualification)
        return .toHost(hostExit)
    }
}
