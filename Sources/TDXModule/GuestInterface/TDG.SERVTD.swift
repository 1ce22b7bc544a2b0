// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension GuestLeaf {
    /// What the registers of both leaves name.
    private static let serviceOperands: KeyValuePairs<GeneralRegister, OperandRole> = [
        .rcx: .value("the handle of a binding, of the target that R10 to R13 name"), .rdx: .field,
        .r8: .anything, .r9: .anything, .r10: .anything, .r11: .anything, .r12: .anything, .r13: .anything,
    ]

    /// `TDG.SERVTD.RD`: reads a field of the TD that the calling service TD is bound to.
    ///
    /// - `RCX`: the binding handle. `RDX`: the field. `R10` to `R13`: the target's `TD_UUID`, also out.
    /// - `R8` out: the value.
    ///
    /// - SeeAlso: ABI Reference, `TDG.SERVTD.RD`.
    static let servTDRd = GuestLeaf(.servTDRd, "TDG.SERVTD.RD", serviceOperands) {
        module, vcpu, processor throws(TDXStatus) in
        processor[.r8] = 0
        return try module.withTarget(vcpu, processor) { target throws(TDXStatus) in
            try module.readMetadata(.serviceTD(target), MetadataFieldID(processor[.rdx]))
        }
    }

    /// `TDG.SERVTD.WR`: writes bits of a field of the TD that the calling service TD is bound to.
    ///
    /// - `RCX`: the binding handle. `RDX`: the field. `R8`: the value. `R9`: the mask of bits to write. `R10` to `R13`:
    ///   the target's `TD_UUID`, also out.
    /// - `R8` out: the value before.
    ///
    /// - SeeAlso: ABI Reference, `TDG.SERVTD.WR`.
    static let servTDWr = GuestLeaf(.servTDWr, "TDG.SERVTD.WR", serviceOperands) {
        module, vcpu, processor throws(TDXStatus) in
        let value = processor[.r8]
        processor[.r8] = 0
        return try module.withTarget(vcpu, processor) { target throws(TDXStatus) in
            try module.writeMetadata(
                .serviceTD(target), MetadataFieldID(processor[.rdx]), value: value, mask: processor[.r9])
        }
    }
}

extension TDXModule {
    /// Finds the TD that a service TD names by a handle, checks that they are bound, and gives the result of `access`.
    ///
    /// A target that cannot be worked on is the host's matter: the service TD exits, to try again later.
    fileprivate func withTarget(
        _ vcpu: VirtualCPUState, _ processor: any VirtualProcessor,
        _ access: (TD) throws(TDXStatus) -> UInt64
    ) throws(TDXStatus) -> GuestLeafResult {
        // Address and slot, of which there is one: numbered 0.
        let tdr = processor[.rcx] &- processor[.r10]
        guard tdr >> addressWidth == 0, tdr & 0xFFF == 0, system.isCovered(tdr),
            PhysicalMemory.split(PhysicalAddress(tdr)).key == 0, case .tdr(let td)? = pamt.entry(tdr).use
        else { throw .operandInvalid.at(.rcx) }
        var isOpen = false
        do throws(TDXStatus) {
            let page = try LockedPage(td.entry, exclusively: false, operand: .tdr)
            let opState = try checkState(td, in: .all)
            isOpen = true
            try use(td, for: vcpu, processor, access)
            _ = consume opState
            _ = consume page
            return .completed(.success)
        } catch {
            guard !isOpen else { throw error }
            return .left(crossTDFault(td, error))
        }
    }

    /// The checks of a binding, and the access.
    private func use(
        _ td: TD, for vcpu: VirtualCPUState, _ processor: any VirtualProcessor,
        _ access: (TD) throws(TDXStatus) -> UInt64
    ) throws(TDXStatus) {
        let lock = try td.bindingsLock.shared(.servTDBindings)
        let binding = td.binding
        let registers: [GeneralRegister] = [.r10, .r11, .r12, .r13]
        guard binding.state == .bound else { throw .servtdNotBound }
        if binding.attributes.bindsInstance {
            guard binding.uuid == vcpu.td.uuid else { throw .servtdUUIDMismatch }
        }
        guard binding.attributes.infoHash(vcpu.td.information) == binding.infoHash else {
            throw .servtdInfoHashMismatch
        }
        guard registers.indices.allSatisfy({ processor[registers[$0]] == td.uuidWord($0) }) else {
            for (index, register) in registers.enumerated() { processor[register] = td.uuidWord(index) }
            throw .targetUUIDMismatch
        }
        processor[.r8] = try access(td)
        _ = consume lock
    }

    private func crossTDFault(_ td: TD, _ status: TDXStatus) -> GuestExitAction {
        var host = HostExit(.exceptionOrNMI)
        host.status = .crossTDFault
        host.extendedQualification = status.rawValue
        host.guestPhysicalAddress = td.tdr
        return .toHost(host)
    }
}
