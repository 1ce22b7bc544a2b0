// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.VP.ENTER`: runs a vCPU until it exits.
    ///
    /// - `RCX`: the TDVPR in bits 51:12; bit 52 HOST_RECOVERABILITY_HINT, bit 53 RESUME_L1.
    /// - Others: what `TDG.VP.VMCALL` returns to the guest, by the mask that it gave.
    ///
    /// - SeeAlso: ABI Reference, `TDH.VP.ENTER`.
    static let vpEnter = HostLeaf(
        .vpEnter, "TDH.VP.ENTER", [.rcx: .tdvpr], in: [.runnable, .liveExport, .liveImport]
    ) { module, call throws(TDXStatus) in
        let operand = call.registers.rcx
        guard module.platform.nativeMSR(0x1A0)?[bit: 22] != true else { throw .limitCPUIDMaxValSet }
        guard operand[bits: 0...11] == 0, operand[bits: 54...63] == 0 else { throw .operandInvalid.at(.rcx) }
        let address = operand[bits: 12...51] << 12
        let vcpu: VirtualCPUState
        do {
            let page = try module.lock(address, .rcx, exclusively: false)
            guard case .vcpu(let found) = page.use else { throw .pageMetadataIncorrect.at(.rcx) }
            vcpu = found
        }
        let hold = try EntryHold(vcpu: vcpu.entry, td: vcpu.td.entry)
        let td = vcpu.td
        let opState = try module.checkState(td, in: call.states)
        try module.checkIntact(vcpu)
        guard vcpu.pages.count >= vcpu.requiredPages else { throw .tdcxNumIncorrect }
        guard vcpu.state == .ready, let processor = vcpu.processor else { throw .vcpuStateIncorrect }
        guard vcpu.associatedProcessor ?? call.processor == call.processor else { throw .vcpuAssociated }
        guard !operand[bit: 52] || vcpu.lastExit == .asynchronousTrap else { throw .operandInvalid.at(.rcx) }
        guard !operand[bit: 53] else { throw .operandInvalid.at(.rcx) }
        guard module.platform.nativeMSR(0x3B) ?? 0 == module.system.tscAdjust else {
            throw .inconsistentMSR.with(0x3B)
        }
        guard module.platform.clock() >= vcpu.lastExitTSC else { throw .tscRollback }
        guard !processor.configuration.hasMonitor || module.platform.nativeMSR(0x1A0)?[bit: 18] != false
        else {
            throw .incorrectMSRValue.with(0x1A0)
        }
        let epochLock = try td.epochLock.shared(.tdEpoch)
        if let exit = try module.checkProgress(vcpu) {
            module.deliver(exit, of: vcpu, to: &call.registers)
            throw TDXStatus(call.registers.rax)
        }
        guard vcpu.move(from: .ready, to: .active) else { throw .vcpuStateIncorrect }
        let isNew: Bool
        do throws(TDXStatus) {
            isNew = try vcpu.associate(with: call.processor)
        } catch {
            vcpu.state = .ready
            throw error
        }

        // Effects.
        let epoch = td.epoch.load(ordering: .acquiring)
        td.addReference(epoch, 1)
        // Translations are the vCPU's own here, not the logical processor's: only a new epoch makes them stale.
        if epoch != vcpu.epoch && !isNew { processor.flushTranslations() }
        vcpu.epoch = epoch
        _ = consume epochLock
        _ = consume opState
        module.system.processors[call.processor].entered = vcpu
        vcpu.entryHold = hold
        if vcpu.lastExit == .vmcall {
            let mask = vcpu.vmcallMask
            processor[.rax] = 0
            for register in GeneralRegister.allCases
            where register.rawValue >= 2 && register != .rsp && mask[bit: Int(register.rawValue)] {
                processor[register] = call.registers[register]
            }
            for number in 0..<16 where mask[bit: 16 + number] {
                processor.setXMM(number, call.registers.xmm[number])
            }
        }
        module.notifyOfStepping(vcpu, processor)
        module.openNMIWindow(vcpu, processor)
        call.entering = processor
    }
}

extension HostExit {
    /// The exit of a vCPU whose TD has become fatal while it ran.
    static func fatalTD(_ exit: VMExit) -> HostExit {
        var hostExit = HostExit(exit.reason)
        hostExit.status = .nonRecoverableTDNonAccessible
        // The processor has acknowledged the interrupt: nobody else can tell its vector.
        hostExit.interruptionInformation = exit.interruptionInformation
        return hostExit
    }
}

extension TDXModule {
    /// The vCPU is out of the guest.
    func leave(_ vcpu: VirtualCPUState, by lastExit: LastExit, on processor: Int) {
        vcpu.lastExit = lastExit
        vcpu.lastExitTSC = platform.clock()
        vcpu.td.addReference(vcpu.epoch, -1)
        vcpu.state = .ready
        system.processors[processor].entered = nil
        vcpu.entryHold = nil
    }

    /// What the host sees after `TDG.VP.VMCALL`.
    func deliverVMCall(of vcpu: VirtualCPUState, to registers: inout HostRegisters) {
        guard let processor = vcpu.processor else { return }
        let mask = vcpu.vmcallMask
        registers.rax = UInt64(ExitReason.tdcall.rawValue)
        registers.rcx = UInt64(mask)
        for register in GeneralRegister.allCases where register.rawValue >= 2 && register != .rsp {
            if register == .rbp && vcpu.td.keepsRBP { continue }
            registers[register] = mask[bit: Int(register.rawValue)] ? processor[register] : 0
        }
        for number in 0..<16 {
            registers.xmm[number] = mask[bit: 16 + number] ? processor.xmm(number) : .zero
        }
    }

    /// What the host sees after an asynchronous exit.
    func deliver(_ exit: HostExit, of vcpu: VirtualCPUState, to registers: inout HostRegisters) {
        let rbp = registers.rbp
        registers = HostRegisters()
        if vcpu.td.keepsRBP { registers.rbp = rbp }
        registers.rax = exit.status.rawValue & ~0xFFFF_FFFF | UInt64(exit.reason)
        registers.rcx = UInt64(exit.qualification)
        registers.rdx = exit.extendedQualification
        registers.r8 = exit.guestPhysicalAddress
        registers.r9 = UInt64(exit.interruptionInformation)
    }
}
