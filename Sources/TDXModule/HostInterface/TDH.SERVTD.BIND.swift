// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SERVTD.BIND`: binds a service TD to a TD.
    ///
    /// - `RCX`: the target's TDR; returns the binding handle.
    /// - `RDX`: the service TD's TDR.
    /// - `R8`: the slot, 0. `R9`: the type, 0. `R10`: attributes.
    /// - Returns the target's `TD_UUID` in `R10` to `R13`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SERVTD.BIND`.
    static let servTDBind = HostLeaf(
        .servTDBind, "TDH.SERVTD.BIND",
        [
            .rcx: .tdr, .rdx: .tdr, .r8: .value("0, the slot"), .r9: .value("0, the migration TD"),
            .r10: .value("attributes of bits 0 and 42:32"),
        ], in: [.uninitialized, .initialized, .runnable, .liveExport, .postImport, .liveImport]
    ) { module, call throws(TDXStatus) in
        let registers = call.registers
        let target = try module.open(registers.rcx, .rcx, exclusively: false, in: call.states)
        let service = try module.open(
            registers.rdx, .rdx, exclusively: false, in: [.runnable, .liveExport, .liveImport])
        let attributes = try module.checkBinding(registers)
        let td = target.td
        let lock = try td.bindingsLock.exclusive(.servTDBindings)
        let infoHash = attributes.infoHash(service.td.information)
        switch td.binding.state {
        case .none:
            // What is measured cannot be added to later.
            guard td.opState == .uninitialized || td.opState == .initialized else { throw .servtdNotBound }
        case .preBound, .bound:
            guard td.binding.attributes == attributes else { throw .servtdAttrMismatch }
            guard td.binding.infoHash == infoHash else { throw .servtdInfoHashMismatch }
            guard
                td.binding.state == .preBound || !attributes.bindsInstance
                    || td.binding.uuid == service.td.uuid
            else { throw .servtdUUIDMismatch }
        }

        // Effects.
        td.binding = ServiceTDBinding(
            state: .bound, attributes: attributes, uuid: service.td.uuid, infoHash: infoHash)
        call.registers.rcx = td.bindingHandle
        (call.registers.r10, call.registers.r11) = (td.uuidWord(0), td.uuidWord(1))
        (call.registers.r12, call.registers.r13) = (td.uuidWord(2), td.uuidWord(3))
        _ = consume lock
        _ = consume service
        _ = consume target
    }
}
