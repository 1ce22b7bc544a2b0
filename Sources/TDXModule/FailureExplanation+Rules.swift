// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension FailedCall {
    /// What the details of the status name.
    ///
    /// - SeeAlso: ABI Reference, "Function Completion Status Codes".
    var subject: String? {
        let details = status.details
        func bytes(_ names: String...) -> String {
            names.enumerated().map { "\($1) \(details >> (8 * UInt32($0)) & 0xFF)" }.joined(separator: ", ")
        }
        switch status.withoutDetails {
        case .operandInvalid, .operandBusy, .operandBusyHostPriority: return operand.name
        case .invalidTDMR, .nonOrderedTDMR, .tdmrOutsideCMRs: return bytes("TDMR")
        case .invalidPAMT, .pamtOutsideCMRs: return bytes("TDMR", "PAMT of size")
        case .pamtOverlap: return bytes("TDMR", "PAMT of size", "TDMR")
        case .invalidReservedInTDMR, .nonOrderedReservedInTDMR: return bytes("TDMR", "reserved area")
        case .smrrOverlapsCMR: return bytes("SMRR", "CMR")
        case .inconsistentMSR, .incorrectMSRValue: return "MSR 0x" + String(details, radix: 16)
        case .cpuidLeafNotSupported: return "CPUID leaf 0x" + String(details, radix: 16)
        case .invalidPackageID: return "package \(details)"
        case .pageAlreadyAccepted, .pageSizeMismatch: return "level \(details)"
        case .tdVMCSFieldNotInitialized: return "VMCS field 0x" + String(details, radix: 16)
        case .x2apicIDNotUnique: return "x2APIC id \(details)"
        default: return details == 0 ? nil : operand.name
        }
    }

    /// The states of the TD in which the leaf is allowed, as the specification spells them.
    fileprivate var allowedStates: String {
        guard case .host(let leaf?, _) = side else { return "RUNNABLE" }
        return FailureExplanation.list(
            OpState.allCases.filter { leaf.states.contains($0) }.map(\.specificationName))
    }
    fileprivate var allowedEntryStates: String {
        guard case .host(let leaf?, _) = side else { return "PENDING" }
        return FailureExplanation.list(
            SEPTState.allCases.filter { leaf.entryStates.contains($0) }.map(\.specificationName))
    }
    /// The states of the TD's key in which the leaf is allowed.
    fileprivate var allowedLifecycles: String {
        guard case .host(let leaf?, _) = side else { return Lifecycle.keysConfigured.specificationName }
        let states: [Lifecycle] =
            switch leaf.number {
            case .mngKeyConfig: [.hkidAssigned]
            case .mngVPFlushDone: [.hkidAssigned, .keysConfigured]
            case .mngKeyFreeID: [.blocked]
            default: [.teardown]
            }
        return FailureExplanation.list(states.map(\.specificationName))
    }
    /// The states of the vCPU in which the leaf is allowed.
    fileprivate var allowedVCPUStates: String {
        guard case .host(let leaf?, _) = side else { return VCPUState.active.specificationName }
        return switch leaf.number {
        case .vpAddCX, .vpInit: VCPUState.uninitialized.specificationName
        case .vpRd: "READY or DISABLED"
        default: VCPUState.ready.specificationName
        }
    }
}

extension TDXModule {
    /// The rule that a call has broken.
    func rule(broken call: FailedCall) -> String {
        switch call.status.withoutDetails {
        case .operandInvalid: invalidOperand(call)
        case .operandBusy, .operandBusyHostPriority: busyOperand(call)
        case .operandAddrRangeError:
            "the page must lie in a part of a TDMR for which TDH.SYS.TDMR.INIT has made entries in the PAMT"
        case .pageMetadataIncorrect: wrongPage(call)
        case .opStateIncorrect: "OP_STATE of the TD must be \(call.allowedStates)"
        case .lifecycleStateIncorrect: "LIFECYCLE_STATE of the TD must be \(call.allowedLifecycles)"
        case .eptEntryStateIncorrect: "the Secure EPT entry must be \(call.allowedEntryStates)"
        case .vcpuStateIncorrect: "the vCPU must be \(call.allowedVCPUStates)"
        case .eptEntryNotPresent: "a page must be mapped there, in a state of \(call.allowedEntryStates)"
        default:
            TDXModule.rules[call.status.withoutDetails]
                ?? "the call must not meet the condition that the status names"
        }
    }

    private func invalidOperand(_ call: FailedCall) -> String {
        if call.operand == .rax { return invalidRAX(call) }
        if let role = call.role { return "it " + role.rule(platform: platform) }
        return TDXModule.parameterRules[call.operand.rawValue] ?? "\(call.operand.name) must be valid"
    }

    private func invalidRAX(_ call: FailedCall) -> String {
        let rax = call.registers(.rax)
        guard rax[bits: 24...63] == 0 else { return "bits 63:24 must be zero" }
        let version: UInt8? =
            switch call.side {
            case .host(let leaf, _): leaf?.version
            case .guest(let leaf, _): leaf?.version
            }
        guard let version else { return "bits 15:0 must be the number of a leaf that this module has" }
        guard rax[bits: 16...23] <= UInt64(version) else {
            return "the version in bits 23:16 must be \(version) at most"
        }
        return "the call must come from a logical processor of the platform"
    }

    private func busyOperand(_ call: FailedCall) -> String {
        switch call.role {
        case .entry: return "no other call may have the Secure EPT entry or its page locked"
        case .some:
            return "no other call may have the page locked, nor a vCPU of the TD run when it is needed alone"
        case nil: break
        }
        switch call.operand {
        case .septTree: return "no other call may change the Secure EPT at the same time"
        case .opState: return "no other call may change OP_STATE at the same time"
        case .tdr: return "no other call may hold the TDR, nor a vCPU run when it is needed alone"
        default: return "no other call may hold \(call.operand.name) at the same time"
        }
    }

    private func wrongPage(_ call: FailedCall) -> String {
        switch call.role {
        case .tdr: "the page must be a TDR (PT_TDR)"
        case .tdvpr: "the page must be a TDVPR (PT_TDVPR)"
        case .page: "the page must belong to a TD"
        default: "the page must be free (PT_NDA), with all 4 KiB pages in it"
        }
    }

    /// What `TD_PARAMS` may hold, by operand.
    private static let parameterRules: [UInt32: String] = [
        OperandID.attributes.rawValue:
            "ATTRIBUTES may have the bits of ATTRIBUTES_FIXED0 only, MIGRATABLE neither with DEBUG nor PERFMON, "
            + "and PERFMON not with ICSSD",
        OperandID.xfam.rawValue:
            "XFAM must have x87 and SSE, may have the bits of XFAM_FIXED0 only, and of AVX-512, CET and AMX all "
            + "bits or none",
        OperandID.maxVCPUs.rawValue: "MAX_VCPUS must be 1 to \(maxVCPUs)",
        OperandID.numL2VMs.rawValue: "NUM_L2_VMS must be 0 to 3",
        OperandID.configFlags.rawValue: "CONFIG_FLAGS may have the bits of CONFIG_FLAGS_FIXED0 only",
        OperandID.eptpControls.rawValue:
            "EPTP_CONTROLS must be of memory type 6, with 4 levels, or 5 where GPAW and the processor allow them",
        OperandID.tscFrequency.rawValue: "TSC_FREQUENCY must be 4 to 400, in units of 25 MHz",
        OperandID.cpuidConfig.rawValue:
            "CPUID_VALUES may have the configurable bits only, and a physical address width that the TD can have",
        OperandID.archCapabilitiesConfig.rawValue:
            "IA32_ARCH_CAPABILITIES_CONFIG may have bits 4, 19, 20 and 24 only, and none unless MSR_CONFIG_CTLS "
            + "says that it is valid",
    ]

    /// What each status says must be the case, where that does not depend on the leaf.
    private static let rules: [TDXStatus: String] = [
        .nonRecoverableVCPU: "the vCPU must not meet a triple fault; it can never be entered again",
        .nonRecoverableTD:
            "the guest must not cause an exit that the module does not expect; the TD is fatal",
        .nonRecoverableTDNonAccessible:
            "the TD's memory must not be spoiled, nor a machine check happen in it; the TD is fatal",
        .interruptedResumable: "no interrupt may wait; the call goes on where it was when it is made again",
        .interruptedRestartable: "no interrupt may wait; the call has to be made again",
        .crossTDFault: "the other TD must be in a state that the call can use",
        .crossTDTrap: "the other TD must be in a state that the call can use",
        .previousTLBEpochBusy: "every vCPU that entered before the last TDH.MEM.TRACK must have left",
        .sysBusy: "no other logical processor may be in a call that changes the system, or in a guest",
        .rndNoEntropy: "the processor must have random numbers",
        .hostPriorityBusyTimeout: "the host must be done with what it has claimed before the guest",
        .tdAssociatedPagesExist: "all pages of the TD must have been reclaimed before its TDR",
        .sysInitNotPending: "TDH.SYS.INIT must be called once only, after the module was loaded",
        .sysLPInitNotDone: "TDH.SYS.LP.INIT must have been called on this logical processor",
        .sysLPInitDone: "TDH.SYS.LP.INIT must be called once only on each logical processor",
        .sysLPInitNotPending: "TDH.SYS.LP.INIT must come after TDH.SYS.INIT and before TDH.SYS.CONFIG",
        .sysConfigNotPending:
            "TDH.SYS.CONFIG must be called once only, after TDH.SYS.LP.INIT on every logical processor",
        .sysKeyConfigNotPending: "TDH.SYS.KEY.CONFIG must come after TDH.SYS.CONFIG",
        .sysNotReady: "the module must be ready: TDH.SYS.KEY.CONFIG has been called on every package",
        .sysShutdown: "the module must not have been shut down",
        .sysStateIncorrect: "the system must be in the state that the leaf comes in",
        .sysInvalidHandoff: "an earlier module must have left its state behind",
        .tdFatal: "the TD must not be fatal: no machine check, spoiled page or fatal exit",
        .tdNonDebug: "ATTRIBUTES.DEBUG of the TD must be 1",
        .tdKeysNotConfigured: "LIFECYCLE_STATE of the TD must be TD_KEYS_CONFIGURED",
        .tdcsNotAllocated: "TDH.MNG.ADDCX must have given the TD its pages: six, and one for each L2 VM",
        .tdcxNumIncorrect: "the control structure must have as many pages as it needs, and no more",
        .noVCPUs: "the TD must have a vCPU that TDH.VP.INIT has initialised",
        .x2apicIDNotUnique: "no other vCPU of the TD may have the same x2APIC id",
        .vcpuAssociated:
            "the vCPU must not be associated with another logical processor; TDH.VP.FLUSH there ends that",
        .vcpuNotAssociated: "the vCPU must be associated with this logical processor",
        .noValidVEInfo:
            "a virtualization exception must have happened, and its information not been taken yet",
        .maxVCPUsExceeded: "the TD may have MAX_VCPUS vCPUs",
        .tscRollback: "the time-stamp counter must not be behind what it was at the vCPU's last exit",
        .tdVMCSFieldNotInitialized: "the field must be written before posted interrupts are processed",
        .keyGenerationFailed: "the processor must have random numbers for the key",
        .keyConfigured: "the key must be configured once only on each package",
        .wbcacheNotComplete: "TDH.PHYMEM.CACHE.WB must have completed on every package",
        .hkidNotFree: "the KeyID must be free: no TD has it, and the module does not use it",
        .noHKIDReadyToWBCache: "a KeyID must have been flushed by TDH.MNG.VPFLUSHDONE",
        .wbcacheResumeError: "a call that was interrupted on this package must be there to be resumed",
        .flushvpNotDone: "no vCPU of the TD may be associated with a logical processor",
        .numActivatedHKIDsNotSupported: "the platform's highest KeyID must be below 2048",
        .incorrectCPUIDValue:
            "CPUID must have the values that the module needs; RCX, RDX and R8 to R10 say which",
        .limitCPUIDMaxValSet: "IA32_MISC_ENABLE must not limit the highest CPUID leaf",
        .inconsistentCPUIDField:
            "CPUID must be the same on all logical processors; RCX, RDX and R8 say which is not",
        .cpuidLeaf1FFormatUnrecognized:
            "the sub-leaves of CPUID leaf 1FH must be levels in ascending order, one of them of cores",
        .invalidPackageID: "every package's number must be below that of the packages there can be",
        .smrrNotLocked: "the SMRR must be locked",
        .invalidSMRRConfiguration: "the SMRR must be enabled, write-back, and aligned to its size",
        .smrrOverlapsCMR: "SMRRs and convertible memory must not overlap",
        .smrrLockNotSupported: "the processor must be able to lock SMRRs",
        .smrrNotSupported: "the processor must have SMRRs",
        .inconsistentMSR: "the MSR must be what it was when the module was initialised, on every processor",
        .incorrectMSRValue: "the MSR must have the value that the module needs",
        .invalidTDMR: "a TDMR must be aligned to 1 GiB, not empty, and below the address width",
        .nonOrderedTDMR: "TDMRs must ascend, and not overlap",
        .tdmrOutsideCMRs: "what a TDMR does not reserve must lie in convertible memory",
        .tdmrAlreadyInitialized: "a part of the TDMR must be left to initialise",
        .invalidPAMT: "a PAMT must be 4 KiB aligned, below the address width, and large enough for its TDMR",
        .pamtOutsideCMRs: "a PAMT must lie in convertible memory",
        .pamtOverlap: "a PAMT must overlap no other, and nothing of a TDMR that is not reserved",
        .invalidReservedInTDMR: "a reserved area must be 4 KiB aligned, and lie in its TDMR",
        .nonOrderedReservedInTDMR: "reserved areas must ascend, without a gap in the list",
        .eptWalkFailed: "tables must be mapped down to the level of the entry",
        .gpaRangeNotBlocked: "the entry of a TD that runs must be blocked by TDH.MEM.RANGE.BLOCK first",
        .gpaRangeAlreadyBlocked: "the entry must not be blocked already",
        .tlbTrackingNotDone:
            "TDH.MEM.TRACK must have been called after the block, and every vCPU have left since it entered before",
        .eptInvalidPromoteConditions:
            "all 512 entries of the table must be in one state, MAPPED or PENDING, and of adjacent, aligned pages",
        .eptPageNotFree: "all 512 entries of the table must be free",
        .pageAlreadyAccepted: "the page must be pending: the guest has not accepted it",
        .pageSizeMismatch: "the page must be mapped in the size that the guest accepts",
        .pageAttrInvalid: "attributes must be such as a page of that VM can have",
        .metadataFieldIDIncorrect: "the identifier must name a field, with its reserved bits zero",
        .metadataFieldNotReadable: "the caller must be allowed to read the field",
        .metadataFieldNotWritable: "the caller must be allowed to write a bit that the mask selects",
        .metadataFieldValueNotValid:
            "the value must leave all bits as they are that the caller may not write, and be one the field can have",
        .metadataWriteMaskNotValid: "the field must be written with all bits of the mask set",
        .metadataFirstFieldIDInContext:
            "the identifier must name a field to read one; RDX has the first field's",
        .metadataListOverflow: "the rest of the fields must be asked for in another call, from R8 on",
        .servtdAlreadyBoundForType: "no other service TD of the type may be bound",
        .servtdTypeMismatch: "the type must be that of the binding",
        .servtdAttrMismatch: "the attributes must be those of the binding",
        .servtdInfoHashMismatch: "the service TD must be the one whose hash was pre-bound",
        .servtdUUIDMismatch: "the service TD must be the instance that was bound",
        .servtdNotBound: "the service TD must be bound to the target",
        .servtdBound: "the binding must not be in use",
        .targetUUIDMismatch: "the target's TD_UUID must be the one given",
        .targetUUIDUpdated: "the target's TD_UUID must not have changed; R10 to R13 have the new one",
        .invalidCPUSVN: "CPUSVN of the report must be this platform's",
        .invalidREPORTMACSTRUCT: "the report's MAC must be of this platform, its type TDX",
    ]
}
