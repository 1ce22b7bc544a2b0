// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension TDXModule {
    /// Looks at a VM exit of a vCPU: does what the module does itself, injects what the guest is to handle, and tells
    /// what the host has to know.
    ///
    /// - SeeAlso: Base Specification, "TD VM Exits"; ABI Reference, "TD Exit".
    func handleExit(_ exit: VMExit, _ vcpu: VirtualCPUState) -> GuestExitAction {
        guard let processor = vcpu.processor else {
            preconditionFailure("A vCPU that has run has a processor: TDH.VP.INIT gave it one.")
        }
        // A fatal TD is recognised below.
        try? checkIntact(vcpu)
        let action = decide(GuestExit(module: self, vcpu: vcpu, processor: processor, exit: exit))
        guard !vcpu.td.isFatal else { return spoiled(action) }
        if case .resume = action { openNMIWindow(vcpu, processor) }
        return action
    }

    /// How an exit ends when the TD has become fatal meanwhile: if the guest was to go on, as with a machine check.
    private func spoiled(_ action: GuestExitAction) -> GuestExitAction {
        var host = HostExit(.exceptionOrNMI)
        if case .toHost(let found) = action {
            host = found
        } else {
            host.interruptionInformation = 18 | 3 << 8 | 1 << 31
        }
        if !host.status.isFatal { host.status = .nonRecoverableTDNonAccessible }
        return .toHost(host)
    }

    /// Opens an NMI window if an NMI is to be injected; before every entry to the guest.
    func openNMIWindow(_ vcpu: VirtualCPUState, _ processor: any VirtualProcessor) {
        if vcpu.isNMIPending, virtualizationExceptionIsFree(vcpu) { processor.wantsNMIWindow = true }
    }

    private func decide(_ exit: GuestExit) -> GuestExitAction {
        switch exit.exit.reason {
        case .tdcall: exit.tdcall()
        case .cpuid: exit.cpuid()
        case .rdmsr: exit.rdmsr()
        case .wrmsr: exit.wrmsr()
        case .controlRegisterAccess: exit.controlRegisterAccess()
        case .xsetbv: exit.xsetbv()
        case .hlt, .ioInstruction, .invd, .wbinvd, .vmcall, .apicWrite: exit.injectVE()
        case .pconfig: exit.has(7, .edx, bit: 18) ? exit.injectVE() : exit.inject(.invalidOpcode)
        case .rdpmc: exit.inject(.generalProtection)
        case .monitor, .mwait, .getsec, .rsm, .vmclear, .vmlaunch, .vmptrld, .vmptrst, .vmread, .vmresume,
            .vmwrite,
            .vmxoff, .vmxon, .invept, .invvpid, .vmfunc, .encls, .seamcall:
            exit.inject(.invalidOpcode)
        case .eptViolation: exit.eptViolation()
        case .eptMisconfiguration: exit.eptMisconfiguration()
        case .exceptionOrNMI: exit.exceptionOrNMI()
        case .nmiWindow: exit.nmiWindow()
        case .externalInterrupt: exit.interruption(.success)
        case .otherSMI where exit.exit.qualification[bit: 0]: exit.machineCheckSMI()
        case .initSignal, .ioSMI, .otherSMI: .toHost(HostExit(exit.exit.reason))
        case .taskSwitch: exit.taskSwitch()
        case .tripleFault: exit.tripleFault()
        case .interruptWindow, .rdtsc, .tprBelowThreshold, .movDR, .monitorTrapFlag: exit.fatal()
        case .invalidGuestState: exit.invalidGuestState()
        default: exit.fatal()
        }
    }
}

/// A VM exit that the module looks at, with what it needs to know of the guest.
struct GuestExit {
    let module: TDXModule
    let vcpu: VirtualCPUState
    let processor: any VirtualProcessor
    let exit: VMExit

    var td: TD { vcpu.td }

    /// Whether a feature is enumerated to the TD.
    func has(_ leaf: UInt32, _ register: CPUIDRegister, bit: Int) -> Bool {
        td.cpuid?.has(leaf, 0, register, bit: bit) ?? false
    }

    /// `CPL` of the guest.
    var privilegeLevel: UInt32 { processor[.ss].accessRights[bits: 5...6] }
    /// The guest runs 64-bit code.
    var is64Bit: Bool {
        processor[.cs].accessRights[bit: 13] && (processor.msr(MSRNumber.efer) ?? 0)[bit: 10]
    }

    // MARK: Going on

    /// The instruction has completed.
    func advance() -> GuestExitAction {
        var rip = processor[.rip] &+ UInt64(exit.instructionLength)
        if !is64Bit { rip &= 0xFFFF_FFFF }
        processor[.rip] = rip
        processor.interruptibility &= ~0b11
        if processor[.rflags][bit: 8], !(processor.msr(MSRNumber.debugControl) ?? 0)[bit: 1] {
            processor[.dr6] |= 1 << 14
            processor.entryEvent = .exception(1)
        }
        return .resume
    }

    /// An exception the module injects instead of completing the instruction.
    enum Exception {
        case invalidOpcode, generalProtection, doubleFault
    }

    func inject(_ exception: Exception) -> GuestExitAction {
        processor[.rflags][bit: 16] = true
        processor.entryEvent =
            switch exception {
            case .invalidOpcode: .exception(6)
            case .generalProtection: .exception(13, errorCode: 0)
            case .doubleFault: .exception(8, errorCode: 0)
            }
        return .resume
    }

    /// #VE for the instruction that caused the exit; #DF if the guest has not taken the last one's information.
    func injectVE() -> GuestExitAction {
        injectVE(
            VirtualizationExceptionInformation(
                exitReason: exit.reason.rawValue, qualification: exit.qualification,
                instructionLength: exit.instructionLength, instructionInformation: exit.instructionInformation
            ))
    }

    func injectVE(_ information: VirtualizationExceptionInformation) -> GuestExitAction {
        guard module.virtualizationExceptionIsFree(vcpu) else { return inject(.doubleFault) }
        module.setVirtualizationException(information, vcpu)
        processor[.rflags][bit: 16] = true
        processor.entryEvent = .exception(20)
        return .resume
    }

    // MARK: Leaving

    /// The TD can never run again.
    func fatal(_ status: TDXStatus = .nonRecoverableTD) -> GuestExitAction {
        var host = HostExit(exit.reason)
        host.qualification = UInt32(truncatingIfNeeded: exit.qualification)
        if td.isDebug, status == .nonRecoverableTD { return .toHost(host) }
        td.isFatal = true
        host.status = status
        return .toHost(host)
    }

    func interruption(_ status: TDXStatus) -> GuestExitAction {
        var host = HostExit(exit.reason)
        host.status = status
        host.interruptionInformation = exit.interruptionInformation
        return .toHost(host)
    }

    func exceptionOrNMI() -> GuestExitAction {
        if exit.interruptionInformation[bits: 8...10] == 2 { return interruption(.success) }
        guard exit.interruptionInformation[bits: 0...7] == 18 else { return fatal() }
        td.isFatal = true
        return interruption(.nonRecoverableTDNonAccessible)
    }

    /// A machine check that firmware has made an SMI.
    func machineCheckSMI() -> GuestExitAction {
        td.isFatal = true
        var host = HostExit(.otherSMI)
        host.status = .nonRecoverableTDNonAccessible
        return .toHost(host)
    }

    /// The window is open: the NMI goes in, unless #VE information waits to be read.
    func nmiWindow() -> GuestExitAction {
        processor.wantsNMIWindow = false
        if vcpu.isNMIPending, module.virtualizationExceptionIsFree(vcpu) {
            vcpu.isNMIPending = false
            processor.entryEvent = EntryEvent(information: 2 | 2 << 8 | 1 << 31)
        }
        return .resume
    }

    func tripleFault() -> GuestExitAction {
        var host = HostExit(.tripleFault)
        host.status = .nonRecoverableVCPU
        host.disablesVCPU = true
        return .toHost(host)
    }

    func invalidGuestState() -> GuestExitAction {
        guard case .toHost(var host) = fatal() else { return .resume }
        host.reason |= 1 << 31
        return .toHost(host)
    }

    func taskSwitch() -> GuestExitAction {
        reinjectInterruptedEvent()
        var host = HostExit(.taskSwitch)
        host.qualification = UInt32(truncatingIfNeeded: exit.qualification)
        return .toHost(host)
    }

    /// The exit broke off the delivery of an event: the next entry repeats it.
    func reinjectInterruptedEvent() {
        let information = exit.vectoringInformation
        guard information[bit: 31] else { return }
        let type = information[bits: 8...10]
        processor.entryEvent = EntryEvent(
            information: information & ~(1 << 12), errorCode: exit.vectoringErrorCode,
            instructionLength: type >= 4 ? exit.instructionLength : 0)
        if type == 2 { processor.interruptibility &= ~(1 << 3) }
    }
}
