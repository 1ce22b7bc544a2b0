// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@testable import TDXModule

/// Leaves of a vCPU and calls of its guest, in every state of the vCPU and of its TD.
@Suite("Every leaf × vCPU state")
struct VCPUStateTests {
    /// The states in which the specification has each leaf.
    private static let allowed: [HostLeafNumber: Set<VCPUState>] = [
        .vpEnter: [.ready], .vpAddCX: [.uninitialized], .vpInit: [.uninitialized],
        .vpRd: [.ready, .disabled], .vpWr: [.ready],
        .vpFlush: [.uninitialized, .ready, .active, .disabled],
    ]

    @Test("is refused in a state of the vCPU exactly where the specification says")
    func host() throws {
        var (allowed, refused) = (0, 0)
        for row in LeafRow.all {
            guard let states = Self.allowed[row.leaf] else { continue }
            for state in [VCPUState.uninitialized, .ready, .active, .disabled] {
                let scene = try row.scene()
                let register = row.leaf == .vpAddCX ? scene.registers.rdx : scene.registers.rcx
                let vcpu = try scene.vcpu(register)
                vcpu.state = state
                let before = Snapshot(scene.machine)
                let status = scene.call().status
                if states.contains(state) {
                    allowed += 1
                    #expect(status == .success, "\(row.name), \(state)")
                } else {
                    refused += 1
                    #expect(status == .vcpuStateIncorrect, "\(row.name), \(state)")
                    #expect(Snapshot(scene.machine) == before, "\(row.name), \(state)")
                }
            }
        }
        print("SEAMCALL × vCPU state: \(allowed) rows allowed, \(refused) refused.")
        #expect(allowed + refused == 24)
    }

    @Test("a guest calls every leaf in each OP_STATE in which it can run, and none once its TD is fatal")
    func guest() throws {
        var (allowed, refused) = (0, 0)
        for row in GuestLeafRow.all {
            let name = GuestLeaf.byNumber[row.leaf]?.name ?? ""
            for state in OpState.allCases where state.needsTracking {
                let scene = try row.scene()
                scene.td.opState = state
                #expect(scene.call() == row.outcome, "\(name), \(state)")
                allowed += 1
            }
            let fatal = try row.scene()
            fatal.td.isFatal = true
            #expect(
                fatal.call()
                    == .exit(TDXStatus.nonRecoverableTDNonAccessible.rawValue | 77, 0, 0, 0), "\(name)")
            #expect(fatal.processor[.rip] == GuestScene.rip, "\(name)")
            refused += 1
            // An exception that waits to be looked at does not change what calls do.
            let waiting = try row.scene()
            if row.leaf != .vpVEInfoGet {
                waiting.machine.module.setVirtualizationException(
                    VirtualizationExceptionInformation(exitReason: 10, qualification: 0), waiting.vcpu)
            }
            #expect(waiting.call() == row.outcome, "\(name)")
            allowed += 1
        }
        print("TDCALL × vCPU state: \(allowed) rows allowed, \(refused) refused.")
    }
}
