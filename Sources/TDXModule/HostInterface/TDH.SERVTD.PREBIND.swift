// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SERVTD.PREBIND`: says, before a TD is measured, which service TD may be bound to it later.
    ///
    /// - `RCX`: the target's TDR.
    /// - `RDX`: physical address of the 48 bytes of `SERVTD_INFO_HASH`.
    /// - `R8`: the slot, 0. `R9`: the type, 0. `R10`: attributes.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SERVTD.PREBIND`.
    static let servTDPrebind = HostLeaf(
        .servTDPrebind, "TDH.SERVTD.PREBIND",
        [
            .rcx: .tdr, .rdx: .shared(64), .r8: .value("0, the slot"), .r9: .value("0, the migration TD"),
            .r10: .value("attributes of bits 0 and 42:32"),
        ], in: [.uninitialized, .initialized]
    ) { module, call throws(TDXStatus) in
        let registers = call.registers
        let target = try module.open(registers.rcx, .rcx, exclusively: false, in: call.states)
        try module.checkShared(registers.rdx, .rdx, alignment: 64)
        let attributes = try module.checkBinding(registers)
        let td = target.td
        let lock = try td.bindingsLock.exclusive(.servTDBindings)
        guard td.binding.state != .bound else { throw .servtdBound }

        // Effects.
        td.binding = ServiceTDBinding(
            state: .preBound, attributes: attributes,
            infoHash: Digest384(module.memory.read(PhysicalAddress(registers.rdx), count: 48)))
        _ = consume lock
        _ = consume target
    }
}
