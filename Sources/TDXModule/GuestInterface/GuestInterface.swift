// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension GuestLeaf {
    /// The guest-side leaves, by number.
    static let all: [GuestLeaf] = [
        vpVMCall, vpInfo, mrRTMRExtend, vpVEInfoGet, mrReport, vpCPUIDVESet, memPageAccept, vmRd, vmWr, vpRd,
        vpWr,
        sysRd, sysRdAll, mrVerifyReport,
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
            processor[.rax] = status.rawValue
            action = advance()
        case .left(.vmcall):
            _ = advance()
            action = .vmcall
        case .left(let left): action = left
        }
        module.trace?(
            .tdcall(
                name: leaf?.name ?? "", leaf: rax & 0xFFFF, vcpu: vcpu.index, operands: operands,
                status: TDXStatus(processor[.rax]), results: traced))
        return action
    }

    private var traced: [UInt64] {
        let registers: [GeneralRegister] = [
            .rcx, .rdx, .r8, .r9, .r10, .r11, .r12, .r13, .r14, .r15,
        ]
        return registers.map { processor[$0] }
    }
}
