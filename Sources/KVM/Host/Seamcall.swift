// SPDX-License-Identifier: Apache-2.0

import Platform
import TDXABI
import X86

extension TDXStatus {
    /// What Linux makes of `VMfailInvalid`.
    static let failInvalid = TDXStatus(0x8000_FF00_FFFF_0000)
}

extension LogicalProcessor {
    /// One call with the operands that most leaves have; tried again while the module lacks entropy.
    ///
    /// - Returns: the status and all registers as the leaf left them.
    func call(
        _ leaf: HostLeafNumber, version: UInt64 = 0, rcx: UInt64 = 0, rdx: UInt64 = 0, r8: UInt64 = 0,
        r9: UInt64 = 0
    ) -> (status: TDXStatus, registers: HostRegisters) {
        var registers = HostRegisters()
        for _ in 0..<10 {
            registers = HostRegisters()
            registers.rax = UInt64(leaf.rawValue) | version << 16
            registers.rcx = rcx
            registers.rdx = rdx
            registers.r8 = r8
            registers.r9 = r9
            guard seamcall(&registers) else { return (.failInvalid, registers) }
            guard TDXStatus(registers.rax) == .rndNoEntropy else { break }
        }
        return (TDXStatus(registers.rax), registers)
    }
}
