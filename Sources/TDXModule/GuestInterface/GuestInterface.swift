// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension GuestLeaf {
    /// The guest-side leaves, by number.
    static let all: [GuestLeaf] = [
        vpVMCall, vpInfo, mrRTMRExtend, vpVEInfoGet, mrReport, vpCPUIDVESet, memPageAccept, vmRd, vmWr, vpRd,
        vpWr,
        sysRd, sysRdAll, servTDRd, servTDWr, mrVerifyReport, memPageAttrRd, memPageAttrWr,
    ]
}

extension GuestExit {
    /// TDCALL: the checks before every leaf's own, the leaf, and what follows from how it ended.
    func tdcall() -> GuestExitAction {
        guard privilegeLevel == 0, is64Bit else { return inject(.generalProtection) }
        let rax = processor[.rax]
        let operands = traced
        let leaf = GuestLeaf.byNumber[GuestLeafNumber(rawValue: UInt16(truncatingIfNeeded: rax))]
        let result: GuestLeafResult
        do throws(TDXStatus) {
            guard let leaf, rax[bits: 24...63] == 0, rax[bits: 16...23] <= UInt64(leaf.version) else {
                throw .operandInvalid.at(.rax)
            }
            result = try leaf.body(module, vcpu, processor)
        } catch {
            result = .completed(error)
        }
        let action: GuestExitAction
        switch result {
        case .completed(let status):
            // The guest is not told for whom it waits.
            let isHostFirst = status.withoutDetails == .operandBusyHostPriority
            processor[.rax] =
                isHostFirst ? TDXStatus.operandBusy.with(status.details).rawValue : status.rawValue
            let next = advance()
            action = isHostFirst && hasWaitedTooLong() ? .toHost(.hostPriorityTimeout) : next
            if !isHostFirst { vcpu.hostPriorityBusySince = nil }
        case .left(.vmcall):
            _ = advance()
            action = .vmcall
        case .left(let left): action = left
        }
        if let trace = module.trace {
            trace(
                .tdcall(
                    name: leaf?.name ?? "", leaf: rax & 0xFFFF, vcpu: vcpu.index, operands: operands,
                    status: TDXStatus(processor[.rax]), results: traced,
                    explanation: explanation(of: result, rax: rax, operands)))
        }
        return action
    }

    /// `HP_LOCK_TIMEOUT` has passed since the host was first in line without taking what it wants.
    private func hasWaitedTooLong() -> Bool {
        let now = module.platform.clock()
        guard let start = vcpu.hostPriorityBusySince else {
            vcpu.hostPriorityBusySince = now
            return false
        }
        let ticks = UInt128(td.hostPriorityLockTimeout) * UInt128(module.platform.tscFrequency) / 1_000_000
        guard UInt128(now &- start) > ticks else { return false }
        vcpu.hostPriorityBusySince = nil
        return true
    }

    /// The registers that a trace shows.
    private static let tracedRegisters: [GeneralRegister] = [
        .rcx, .rdx, .r8, .r9, .r10, .r11, .r12, .r13, .r14, .r15,
    ]
    /// Their values; none unless somebody wants to know.
    private var traced: [UInt64] {
        module.trace == nil ? [] : GuestExit.tracedRegisters.map { processor[$0] }
    }

    /// Why a call failed that has completed.
    private func explanation(of result: GuestLeafResult, rax: UInt64, _ operands: [UInt64]) -> String? {
        guard case .completed(let status) = result else { return nil }
        var registers: [GeneralRegister: UInt64] = [.rax: rax]
        for (register, value) in zip(GuestExit.tracedRegisters, operands) { registers[register] = value }
        return module.explanation(of: status, calling: registers, by: vcpu)
    }
}

extension HostExit {
    /// The guest cannot go on because the host has claimed something and left it.
    fileprivate static var hostPriorityTimeout: HostExit {
        var exit = HostExit(.exceptionOrNMI)
        exit.status = .hostPriorityBusyTimeout
        exit.isTrap = true
        return exit
    }
}
