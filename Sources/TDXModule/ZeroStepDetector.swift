// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// Finds out that the host keeps a guest at one instruction by taking pages away: EPT violations of private memory, one
/// after another, without progress.
///
/// - SeeAlso: Base Specification, "Zero-Step Attack Mitigation".
struct ZeroStepDetector: Sendable {
    /// So many violations may come without progress.
    static let threshold = 6
    static let maxAddresses = 32

    /// `POSSIBLY_EPF_STEPPING`: violations at `rip`.
    private(set) var count: UInt8 = 0
    /// `LAST_EPF_GPA_LIST`: what they were about, from the first that was one too many.
    private(set) var addresses: [UInt64] = []
    private var rip: UInt64 = 0

    /// The host is about to see a violation.
    mutating func note(_ address: UInt64, rip: UInt64) {
        if rip != self.rip {
            self.rip = rip
            count = 0
            addresses = []
        }
        if count < UInt8.max { count += 1 }
        let page = address & ~0xFFF
        guard count > ZeroStepDetector.threshold, addresses.count < ZeroStepDetector.maxAddresses,
            !addresses.contains(page)
        else { return }
        addresses.append(page)
    }

    /// All pages are there.
    mutating func clear() { addresses = [] }
}

extension TDXModule {
    /// What `TDH.VP.ENTER` does for a vCPU that makes no progress: without the pages that it needs it does not run.
    ///
    /// - Returns: the exit that the host gets at once.
    func checkProgress(_ vcpu: VirtualCPUState) throws(TDXStatus) -> HostExit? {
        guard !vcpu.zeroStep.addresses.isEmpty else { return nil }
        let td = vcpu.td
        let tree = try td.septTreeLock.exclusive(.septTree)
        for address in vcpu.zeroStep.addresses {
            let state = try walkToLeaf(td, address).entry.state
            let isExpected = state == .pending && !td.isPendingVEDisabled
            guard state.isAccessible || isExpected else {
                var host = HostExit(.eptViolation)
                host.qualification = 1 << 1
                host.guestPhysicalAddress = address
                return host
            }
        }
        _ = consume tree
        return nil
    }

    /// The vCPU runs on after it was held up: the guest is told, if it wants to be.
    func notifyOfStepping(_ vcpu: VirtualCPUState, _ processor: any VirtualProcessor) {
        guard !vcpu.zeroStep.addresses.isEmpty else { return }
        vcpu.zeroStep.clear()
        guard vcpu.td.notifyEnables[bit: 0], processor.entryEvent == nil, virtualizationExceptionIsFree(vcpu)
        else { return }
        setVirtualizationException(
            VirtualizationExceptionInformation(
                exitReason: ExitReason.eptViolation.rawValue, qualification: 0),
            vcpu)
        processor.entryEvent = .exception(20)
    }
}
