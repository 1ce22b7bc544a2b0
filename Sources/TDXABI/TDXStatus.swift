// SPDX-License-Identifier: Apache-2.0

import X86

/// A completion status, which every leaf returns in `RAX`.
///
/// A status is thrown by a leaf that stops, also where its class is success: what matters is that nothing follows.
///
/// - SeeAlso: ABI Reference, "Function Completion Status".
public struct TDXStatus: RawRepresentable, Hashable, Sendable, BitwiseCopyable, Error {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// `DETAILS_L2`, bits 31:0. Usually an operand.
    public var details: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    /// `DETAILS_L1`, bits 39:32.
    public var code: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 32) }
    /// `CLASS`, bits 47:40.
    public var statusClass: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 40) }
    /// `HOST_RECOVERABILITY_HINT`, bit 60.
    public var hasRecoverabilityHint: Bool { rawValue[bit: 60] }
    /// `FATAL`, bit 61: the TD is in a fatal state.
    public var isFatal: Bool { rawValue[bit: 61] }
    /// `NON_RECOVERABLE`, bit 62: the same operands cannot succeed later.
    public var isNonRecoverable: Bool { rawValue[bit: 62] }
    /// `ERROR`, bit 63: the call had no effect.
    public var isError: Bool { rawValue[bit: 63] }
    /// Without `DETAILS_L2`.
    public var withoutDetails: TDXStatus { TDXStatus(rawValue & ~0xFFFF_FFFF) }

    /// The status, naming the operand it is about.
    public func at(_ operand: OperandID) -> TDXStatus { with(operand.rawValue) }
    /// The status with `DETAILS_L2`.
    public func with(_ details: UInt32) -> TDXStatus { TDXStatus(rawValue & ~0xFFFF_FFFF | UInt64(details)) }

    // MARK: General

    /// `TDX_SUCCESS`
    public static let success = TDXStatus(0x0000_0000_0000_0000)
    /// `TDX_NON_RECOVERABLE_VCPU`
    public static let nonRecoverableVCPU = TDXStatus(0x4000_0001_0000_0000)
    /// `TDX_NON_RECOVERABLE_TD`
    public static let nonRecoverableTD = TDXStatus(0x6000_0002_0000_0000)
    /// `TDX_INTERRUPTED_RESUMABLE`
    public static let interruptedResumable = TDXStatus(0x8000_0003_0000_0000)
    /// `TDX_INTERRUPTED_RESTARTABLE`
    public static let interruptedRestartable = TDXStatus(0x8000_0004_0000_0000)
    /// `TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE`
    public static let nonRecoverableTDNonAccessible = TDXStatus(0x6000_0005_0000_0000)
    /// `TDX_INVALID_RESUMPTION`
    public static let invalidResumption = TDXStatus(0xC000_0006_0000_0000)
    /// `TDX_NON_RECOVERABLE_TD_WRONG_APIC_MODE`
    public static let nonRecoverableTDWrongAPICMode = TDXStatus(0xE000_0007_0000_0000)
    /// `TDX_CROSS_TD_FAULT`
    public static let crossTDFault = TDXStatus(0x8000_0008_0000_0000)
    /// `TDX_CROSS_TD_TRAP`
    public static let crossTDTrap = TDXStatus(0x9000_0009_0000_0000)
    /// `TDX_NON_RECOVERABLE_TD_CORRUPTED_MD`
    public static let nonRecoverableTDCorruptedMetadata = TDXStatus(0x6000_000A_0000_0000)

    // MARK: Operand

    /// `TDX_OPERAND_INVALID`
    public static let operandInvalid = TDXStatus(0xC000_0100_0000_0000)
    /// `TDX_OPERAND_ADDR_RANGE_ERROR`
    public static let operandAddrRangeError = TDXStatus(0xC000_0101_0000_0000)

    // MARK: Resource busy

    /// `TDX_OPERAND_BUSY`
    public static let operandBusy = TDXStatus(0x8000_0200_0000_0000)
    /// `TDX_PREVIOUS_TLB_EPOCH_BUSY`
    public static let previousTLBEpochBusy = TDXStatus(0x8000_0201_0000_0000)
    /// `TDX_SYS_BUSY`
    public static let sysBusy = TDXStatus(0x8000_0202_0000_0000)
    /// `TDX_RND_NO_ENTROPY`
    public static let rndNoEntropy = TDXStatus(0x8000_0203_0000_0000)
    /// `TDX_OPERAND_BUSY_HOST_PRIORITY`
    public static let operandBusyHostPriority = TDXStatus(0x8000_0204_0000_0000)
    /// `TDX_HOST_PRIORITY_BUSY_TIMEOUT`
    public static let hostPriorityBusyTimeout = TDXStatus(0x9000_0205_0000_0000)

    // MARK: Physical page metadata

    /// `TDX_PAGE_METADATA_INCORRECT`
    public static let pageMetadataIncorrect = TDXStatus(0xC000_0300_0000_0000)
    /// `TDX_PAGE_ALREADY_FREE`
    public static let pageAlreadyFree = TDXStatus(0x0000_0301_0000_0000)
    /// `TDX_PAGE_NOT_OWNED_BY_TD`
    public static let pageNotOwnedByTD = TDXStatus(0xC000_0302_0000_0000)
    /// `TDX_PAGE_NOT_FREE`
    public static let pageNotFree = TDXStatus(0xC000_0303_0000_0000)

    // MARK: Dependent resources

    /// `TDX_TD_ASSOCIATED_PAGES_EXIST`
    public static let tdAssociatedPagesExist = TDXStatus(0xC000_0400_0000_0000)

    // MARK: Module state

    /// `TDX_SYS_INIT_NOT_PENDING`
    public static let sysInitNotPending = TDXStatus(0xC000_0500_0000_0000)
    /// `TDX_SYS_LP_INIT_NOT_DONE`
    public static let sysLPInitNotDone = TDXStatus(0xC000_0502_0000_0000)
    /// `TDX_SYS_LP_INIT_DONE`
    public static let sysLPInitDone = TDXStatus(0xC000_0503_0000_0000)
    /// `TDX_SYS_NOT_READY`
    public static let sysNotReady = TDXStatus(0xC000_0505_0000_0000)
    /// `TDX_SYS_SHUTDOWN`
    public static let sysShutdown = TDXStatus(0xC000_0506_0000_0000)
    /// `TDX_SYS_KEY_CONFIG_NOT_PENDING`
    public static let sysKeyConfigNotPending = TDXStatus(0xC000_0507_0000_0000)
    /// `TDX_SYS_STATE_INCORRECT`
    public static let sysStateIncorrect = TDXStatus(0xC000_0508_0000_0000)
    /// `TDX_SYS_INVALID_HANDOFF`
    public static let sysInvalidHandoff = TDXStatus(0xC000_0509_0000_0000)
    /// `TDX_SYS_INCOMPATIBLE_SIGSTRUCT`
    public static let sysIncompatibleSigStruct = TDXStatus(0xC000_050A_0000_0000)
    /// `TDX_SYS_LP_INIT_NOT_PENDING`
    public static let sysLPInitNotPending = TDXStatus(0xC000_050B_0000_0000)
    /// `TDX_SYS_CONFIG_NOT_PENDING`
    public static let sysConfigNotPending = TDXStatus(0xC000_050C_0000_0000)
    /// `TDX_INCOMPATIBLE_SEAM_CAPABILITIES`
    public static let incompatibleSEAMCapabilities = TDXStatus(0xC000_050D_0000_0000)

    // MARK: TD state

    /// `TDX_TD_FATAL`
    public static let tdFatal = TDXStatus(0xE000_0604_0000_0000)
    /// `TDX_TD_NON_DEBUG`
    public static let tdNonDebug = TDXStatus(0xC000_0605_0000_0000)
    /// `TDX_TDCS_NOT_ALLOCATED`
    public static let tdcsNotAllocated = TDXStatus(0xC000_0606_0000_0000)
    /// `TDX_LIFECYCLE_STATE_INCORRECT`
    public static let lifecycleStateIncorrect = TDXStatus(0xC000_0607_0000_0000)
    /// `TDX_OP_STATE_INCORRECT`
    public static let opStateIncorrect = TDXStatus(0xC000_0608_0000_0000)
    /// `TDX_NO_VCPUS`
    public static let noVCPUs = TDXStatus(0xC000_0609_0000_0000)
    /// `TDX_TDCX_NUM_INCORRECT`
    public static let tdcxNumIncorrect = TDXStatus(0xC000_0610_0000_0000)
    /// `TDX_X2APIC_ID_NOT_UNIQUE`
    public static let x2apicIDNotUnique = TDXStatus(0xC000_0621_0000_0000)

    // MARK: vCPU state

    /// `TDX_VCPU_STATE_INCORRECT`
    public static let vcpuStateIncorrect = TDXStatus(0xC000_0700_0000_0000)
    /// `TDX_VCPU_ASSOCIATED`
    public static let vcpuAssociated = TDXStatus(0x8000_0701_0000_0000)
    /// `TDX_VCPU_NOT_ASSOCIATED`
    public static let vcpuNotAssociated = TDXStatus(0x8000_0702_0000_0000)
    /// `TDX_NO_VALID_VE_INFO`
    public static let noValidVEInfo = TDXStatus(0xC000_0704_0000_0000)
    /// `TDX_MAX_VCPUS_EXCEEDED`
    public static let maxVCPUsExceeded = TDXStatus(0xC000_0705_0000_0000)
    /// `TDX_TSC_ROLLBACK`
    public static let tscRollback = TDXStatus(0xC000_0706_0000_0000)
    /// `TDX_INTERRUPTIBILITY_BLOCKED`
    public static let interruptibilityBlocked = TDXStatus(0xC000_0707_0000_0000)
    /// `TDX_TD_VMCS_FIELD_NOT_INITIALIZED`
    public static let tdVMCSFieldNotInitialized = TDXStatus(0xC000_0730_0000_0000)
    /// `TD_VMCS_FIELD_ERROR`
    public static let tdVMCSFieldError = TDXStatus(0xC000_0731_0000_0000)

    // MARK: Key management

    /// `TDX_KEY_GENERATION_FAILED`
    public static let keyGenerationFailed = TDXStatus(0x8000_0800_0000_0000)
    /// `TDX_TD_KEYS_NOT_CONFIGURED`
    public static let tdKeysNotConfigured = TDXStatus(0x8000_0810_0000_0000)
    /// `TDX_KEY_STATE_INCORRECT`
    public static let keyStateIncorrect = TDXStatus(0xC000_0811_0000_0000)
    /// `TDX_KEY_CONFIGURED`
    public static let keyConfigured = TDXStatus(0x0000_0815_0000_0000)
    /// `TDX_WBCACHE_NOT_COMPLETE`
    public static let wbcacheNotComplete = TDXStatus(0x8000_0817_0000_0000)
    /// `TDX_HKID_NOT_FREE`
    public static let hkidNotFree = TDXStatus(0xC000_0820_0000_0000)
    /// `TDX_NO_HKID_READY_TO_WBCACHE`
    public static let noHKIDReadyToWBCache = TDXStatus(0x0000_0821_0000_0000)
    /// `TDX_WBCACHE_RESUME_ERROR`
    public static let wbcacheResumeError = TDXStatus(0xC000_0823_0000_0000)
    /// `TDX_FLUSHVP_NOT_DONE`
    public static let flushvpNotDone = TDXStatus(0x8000_0824_0000_0000)
    /// `TDX_NUM_ACTIVATED_HKIDS_NOT_SUPPORTED`
    public static let numActivatedHKIDsNotSupported = TDXStatus(0xC000_0825_0000_0000)

    // MARK: Platform

    /// `TDX_INCORRECT_CPUID_VALUE`
    public static let incorrectCPUIDValue = TDXStatus(0xC000_0900_0000_0000)
    /// `TDX_LIMIT_CPUID_MAXVAL_SET`
    public static let limitCPUIDMaxValSet = TDXStatus(0xC000_0901_0000_0000)
    /// `TDX_INCONSISTENT_CPUID_FIELD`
    public static let inconsistentCPUIDField = TDXStatus(0xC000_0902_0000_0000)
    /// `TDX_CPUID_MAX_SUBLEAVES_UNRECOGNIZED`
    public static let cpuidMaxSubleavesUnrecognized = TDXStatus(0xC000_0903_0000_0000)
    /// `TDX_CPUID_LEAF_1F_FORMAT_UNRECOGNIZED`
    public static let cpuidLeaf1FFormatUnrecognized = TDXStatus(0xC000_0904_0000_0000)
    /// `TDX_INVALID_WBINVD_SCOPE`
    public static let invalidWBINVDScope = TDXStatus(0xC000_0905_0000_0000)
    /// `TDX_INVALID_PKG_ID`
    public static let invalidPackageID = TDXStatus(0xC000_0906_0000_0000)
    /// `TDX_ENABLE_MONITOR_FSM_NOT_SET`
    public static let enableMonitorFSMNotSet = TDXStatus(0xC000_0907_0000_0000)
    /// `TDX_CPUID_LEAF_NOT_SUPPORTED`
    public static let cpuidLeafNotSupported = TDXStatus(0xC000_0908_0000_0000)
    /// `TDX_SMRR_NOT_LOCKED`
    public static let smrrNotLocked = TDXStatus(0xC000_0910_0000_0000)
    /// `TDX_INVALID_SMRR_CONFIGURATION`
    public static let invalidSMRRConfiguration = TDXStatus(0xC000_0911_0000_0000)
    /// `TDX_SMRR_OVERLAPS_CMR`
    public static let smrrOverlapsCMR = TDXStatus(0xC000_0912_0000_0000)
    /// `TDX_SMRR_LOCK_NOT_SUPPORTED`
    public static let smrrLockNotSupported = TDXStatus(0xC000_0913_0000_0000)
    /// `TDX_SMRR_NOT_SUPPORTED`
    public static let smrrNotSupported = TDXStatus(0xC000_0914_0000_0000)
    /// `TDX_INCONSISTENT_MSR`
    public static let inconsistentMSR = TDXStatus(0xC000_0920_0000_0000)
    /// `TDX_INCORRECT_MSR_VALUE`
    public static let incorrectMSRValue = TDXStatus(0xC000_0921_0000_0000)
    /// `TDX_SEAMREPORT_NOT_AVAILABLE`
    public static let seamreportNotAvailable = TDXStatus(0xC000_0930_0000_0000)
    /// `TDX_SEAMDB_GETREF_NOT_AVAILABLE`
    public static let seamdbGetRefNotAvailable = TDXStatus(0xC000_0931_0000_0000)
    /// `TDX_SEAMDB_REPORT_NOT_AVAILABLE`
    public static let seamdbReportNotAvailable = TDXStatus(0xC000_0932_0000_0000)
    /// `TDX_SEAMVERIFYREPORT_NOT_AVAILABLE`
    public static let seamverifyreportNotAvailable = TDXStatus(0xC000_0933_0000_0000)

    // MARK: TDMR and PAMT set-up

    /// `TDX_INVALID_TDMR`
    public static let invalidTDMR = TDXStatus(0xC000_0A00_0000_0000)
    /// `TDX_NON_ORDERED_TDMR`
    public static let nonOrderedTDMR = TDXStatus(0xC000_0A01_0000_0000)
    /// `TDX_TDMR_OUTSIDE_CMRS`
    public static let tdmrOutsideCMRs = TDXStatus(0xC000_0A02_0000_0000)
    /// `TDX_TDMR_ALREADY_INITIALIZED`
    public static let tdmrAlreadyInitialized = TDXStatus(0x0000_0A03_0000_0000)
    /// `TDX_INVALID_PAMT`
    public static let invalidPAMT = TDXStatus(0xC000_0A10_0000_0000)
    /// `TDX_PAMT_OUTSIDE_CMRS`
    public static let pamtOutsideCMRs = TDXStatus(0xC000_0A11_0000_0000)
    /// `TDX_PAMT_OVERLAP`
    public static let pamtOverlap = TDXStatus(0xC000_0A12_0000_0000)
    /// `TDX_INVALID_RESERVED_IN_TDMR`
    public static let invalidReservedInTDMR = TDXStatus(0xC000_0A20_0000_0000)
    /// `TDX_NON_ORDERED_RESERVED_IN_TDMR`
    public static let nonOrderedReservedInTDMR = TDXStatus(0xC000_0A21_0000_0000)
    /// `TDX_CMR_LIST_INVALID`
    public static let cmrListInvalid = TDXStatus(0xC000_0A22_0000_0000)

    // MARK: Secure EPT and TD memory

    /// `TDX_EPT_WALK_FAILED`
    public static let eptWalkFailed = TDXStatus(0xC000_0B00_0000_0000)
    /// `TDX_EPT_ENTRY_FREE`
    public static let eptEntryFree = TDXStatus(0xC000_0B01_0000_0000)
    /// `TDX_EPT_ENTRY_NOT_FREE`
    public static let eptEntryNotFree = TDXStatus(0xC000_0B02_0000_0000)
    /// `TDX_EPT_ENTRY_NOT_PRESENT`
    public static let eptEntryNotPresent = TDXStatus(0xC000_0B03_0000_0000)
    /// `TDX_EPT_ENTRY_NOT_LEAF`
    public static let eptEntryNotLeaf = TDXStatus(0xC000_0B04_0000_0000)
    /// `TDX_EPT_ENTRY_LEAF`
    public static let eptEntryLeaf = TDXStatus(0xC000_0B05_0000_0000)
    /// `TDX_GPA_RANGE_NOT_BLOCKED`
    public static let gpaRangeNotBlocked = TDXStatus(0xC000_0B06_0000_0000)
    /// `TDX_GPA_RANGE_ALREADY_BLOCKED`
    public static let gpaRangeAlreadyBlocked = TDXStatus(0x0000_0B07_0000_0000)
    /// `TDX_TLB_TRACKING_NOT_DONE`
    public static let tlbTrackingNotDone = TDXStatus(0xC000_0B08_0000_0000)
    /// `TDX_EPT_INVALID_PROMOTE_CONDITIONS`
    public static let eptInvalidPromoteConditions = TDXStatus(0xC000_0B09_0000_0000)
    /// `TDX_PAGE_ALREADY_ACCEPTED`
    public static let pageAlreadyAccepted = TDXStatus(0x0000_0B0A_0000_0000)
    /// `TDX_PAGE_SIZE_MISMATCH`
    public static let pageSizeMismatch = TDXStatus(0xC000_0B0B_0000_0000)
    /// `TDX_GPA_RANGE_BLOCKED`
    public static let gpaRangeBlocked = TDXStatus(0xC000_0B0C_0000_0000)
    /// `TDX_EPT_ENTRY_STATE_INCORRECT`
    public static let eptEntryStateIncorrect = TDXStatus(0xC000_0B0D_0000_0000)
    /// `TDX_EPT_PAGE_NOT_FREE`
    public static let eptPageNotFree = TDXStatus(0xC000_0B0E_0000_0000)
    /// `TDX_L2_SEPT_WALK_FAILED`
    public static let l2SEPTWalkFailed = TDXStatus(0xC000_0B0F_0000_0000)
    /// `TDX_L2_SEPT_ENTRY_NOT_FREE`
    public static let l2SEPTEntryNotFree = TDXStatus(0xC000_0B10_0000_0000)
    /// `TDX_PAGE_ATTR_INVALID`
    public static let pageAttrInvalid = TDXStatus(0xC000_0B11_0000_0000)
    /// `TDX_L2_SEPT_PAGE_NOT_PROVIDED`
    public static let l2SEPTPageNotProvided = TDXStatus(0xC000_0B12_0000_0000)

    // MARK: Metadata

    /// `TDX_METADATA_FIELD_ID_INCORRECT`
    public static let metadataFieldIDIncorrect = TDXStatus(0xC000_0C00_0000_0000)
    /// `TDX_METADATA_FIELD_NOT_WRITABLE`
    public static let metadataFieldNotWritable = TDXStatus(0xC000_0C01_0000_0000)
    /// `TDX_METADATA_FIELD_NOT_READABLE`
    public static let metadataFieldNotReadable = TDXStatus(0xC000_0C02_0000_0000)
    /// `TDX_METADATA_FIELD_VALUE_NOT_VALID`
    public static let metadataFieldValueNotValid = TDXStatus(0xC000_0C03_0000_0000)
    /// `TDX_METADATA_LIST_OVERFLOW`
    public static let metadataListOverflow = TDXStatus(0xC000_0C04_0000_0000)
    /// `TDX_INVALID_METADATA_LIST_HEADER`
    public static let invalidMetadataListHeader = TDXStatus(0xC000_0C05_0000_0000)
    /// `TDX_REQUIRED_METADATA_FIELD_MISSING`
    public static let requiredMetadataFieldMissing = TDXStatus(0xC000_0C06_0000_0000)
    /// `TDX_METADATA_ELEMENT_SIZE_INCORRECT`
    public static let metadataElementSizeIncorrect = TDXStatus(0xC000_0C07_0000_0000)
    /// `TDX_METADATA_LAST_ELEMENT_INCORRECT`
    public static let metadataLastElementIncorrect = TDXStatus(0xC000_0C08_0000_0000)
    /// `TDX_METADATA_FIELD_CURRENTLY_NOT_WRITABLE`
    public static let metadataFieldCurrentlyNotWritable = TDXStatus(0xC000_0C09_0000_0000)
    /// `TDX_METADATA_WR_MASK_NOT_VALID`
    public static let metadataWriteMaskNotValid = TDXStatus(0xC000_0C0A_0000_0000)
    /// `TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT`
    public static let metadataFirstFieldIDInContext = TDXStatus(0x0000_0C0B_0000_0000)
    /// `TDX_METADATA_FIELD_SKIP`
    public static let metadataFieldSkip = TDXStatus(0x0000_0C0C_0000_0000)

    // MARK: Service TDs

    /// `TDX_SERVTD_ALREADY_BOUND_FOR_TYPE`
    public static let servtdAlreadyBoundForType = TDXStatus(0xC000_0D00_0000_0000)
    /// `TDX_SERVTD_TYPE_MISMATCH`
    public static let servtdTypeMismatch = TDXStatus(0xC000_0D01_0000_0000)
    /// `TDX_SERVTD_ATTR_MISMATCH`
    public static let servtdAttrMismatch = TDXStatus(0xC000_0D02_0000_0000)
    /// `TDX_SERVTD_INFO_HASH_MISMATCH`
    public static let servtdInfoHashMismatch = TDXStatus(0xC000_0D03_0000_0000)
    /// `TDX_SERVTD_UUID_MISMATCH`
    public static let servtdUUIDMismatch = TDXStatus(0xC000_0D04_0000_0000)
    /// `TDX_SERVTD_NOT_BOUND`
    public static let servtdNotBound = TDXStatus(0xC000_0D05_0000_0000)
    /// `TDX_SERVTD_BOUND`
    public static let servtdBound = TDXStatus(0xC000_0D06_0000_0000)
    /// `TDX_TARGET_UUID_MISMATCH`
    public static let targetUUIDMismatch = TDXStatus(0xC000_0D07_0000_0000)
    /// `TDX_TARGET_UUID_UPDATED`
    public static let targetUUIDUpdated = TDXStatus(0xC000_0D08_0000_0000)

    // MARK: Migration

    /// `TDX_INVALID_MBMD`
    public static let invalidMBMD = TDXStatus(0xC000_0E00_0000_0000)
    /// `TDX_INCORRECT_MBMD_MAC`
    public static let incorrectMBMDMAC = TDXStatus(0xC000_0E01_0000_0000)
    /// `TDX_NOT_WRITE_BLOCKED`
    public static let notWriteBlocked = TDXStatus(0xC000_0E02_0000_0000)
    /// `TDX_ALREADY_WRITE_BLOCKED`
    public static let alreadyWriteBlocked = TDXStatus(0x0000_0E03_0000_0000)
    /// `TDX_NOT_EXPORTED`
    public static let notExported = TDXStatus(0xC000_0E04_0000_0000)
    /// `TDX_MIGRATION_STREAM_STATE_INCORRECT`
    public static let migrationStreamStateIncorrect = TDXStatus(0xC000_0E05_0000_0000)
    /// `TDX_MAX_MIGS_NUM_EXCEEDED`
    public static let maxMigsNumExceeded = TDXStatus(0xC000_0E06_0000_0000)
    /// `TDX_EXPORTED_DIRTY_PAGES_REMAIN`
    public static let exportedDirtyPagesRemain = TDXStatus(0xC000_0E07_0000_0000)
    /// `TDX_MIGRATION_DECRYPTION_KEY_NOT_SET`
    public static let migrationDecryptionKeyNotSet = TDXStatus(0xC000_0E08_0000_0000)
    /// `TDX_TD_NOT_MIGRATABLE`
    public static let tdNotMigratable = TDXStatus(0xC000_0E09_0000_0000)
    /// `TDX_PREVIOUS_EXPORT_CLEANUP_INCOMPLETE`
    public static let previousExportCleanupIncomplete = TDXStatus(0xC000_0E0A_0000_0000)
    /// `TDX_NUM_MIGS_HIGHER_THAN_CREATED`
    public static let numMigsHigherThanCreated = TDXStatus(0xC000_0E0B_0000_0000)
    /// `TDX_IMPORT_MISMATCH`
    public static let importMismatch = TDXStatus(0xC000_0E0C_0000_0000)
    /// `TDX_MIGRATION_EPOCH_OVERFLOW`
    public static let migrationEpochOverflow = TDXStatus(0xC000_0E0D_0000_0000)
    /// `TDX_MAX_EXPORTS_EXCEEDED`
    public static let maxExportsExceeded = TDXStatus(0xC000_0E0E_0000_0000)
    /// `TDX_INVALID_PAGE_MAC`
    public static let invalidPageMAC = TDXStatus(0xC000_0E0F_0000_0000)
    /// `TDX_MIGRATED_IN_CURRENT_EPOCH`
    public static let migratedInCurrentEpoch = TDXStatus(0xC000_0E10_0000_0000)
    /// `TDX_DISALLOWED_IMPORT_OVER_REMOVED`
    public static let disallowedImportOverRemoved = TDXStatus(0xC000_0E11_0000_0000)
    /// `TDX_SOME_VCPUS_NOT_MIGRATED`
    public static let someVCPUsNotMigrated = TDXStatus(0xC000_0E12_0000_0000)
    /// `TDX_ALL_VCPUS_IMPORTED`
    public static let allVCPUsImported = TDXStatus(0xC000_0E13_0000_0000)
    /// `TDX_MIN_MIGS_NOT_CREATED`
    public static let minMigsNotCreated = TDXStatus(0xC000_0E14_0000_0000)
    /// `TDX_VCPU_ALREADY_EXPORTED`
    public static let vcpuAlreadyExported = TDXStatus(0xC000_0E15_0000_0000)
    /// `TDX_INVALID_MIGRATION_DECRYPTION_KEY`
    public static let invalidMigrationDecryptionKey = TDXStatus(0xC000_0E16_0000_0000)

    // MARK: Attestation

    /// `TDX_INVALID_CPUSVN`
    public static let invalidCPUSVN = TDXStatus(0xC000_1000_0000_0000)
    /// `TDX_INVALID_REPORTMACSTRUCT`
    public static let invalidREPORTMACSTRUCT = TDXStatus(0xC000_1001_0000_0000)

    // MARK: TD partitioning

    /// `TDX_L2_EXIT_HOST_ROUTED_ASYNC`
    public static let l2ExitHostRoutedAsync = TDXStatus(0x0000_1100_0000_0000)
    /// `TDX_L2_EXIT_HOST_ROUTED_TDVMCALL`
    public static let l2ExitHostRoutedTDVMCall = TDXStatus(0x0000_1101_0000_0000)
    /// `TDX_L2_EXIT_PENDING_INTERRUPT`
    public static let l2ExitPendingInterrupt = TDXStatus(0x0000_1102_0000_0000)
    /// `TDX_PENDING_INTERRUPT`
    public static let pendingInterrupt = TDXStatus(0x0000_1120_0000_0000)
    /// `TDX_TD_EXIT_BEFORE_L2_ENTRY`
    public static let tdExitBeforeL2Entry = TDXStatus(0x0000_1140_0000_0000)
    /// `TDX_TD_EXIT_ON_L2_VM_EXIT`
    public static let tdExitOnL2VMExit = TDXStatus(0x0000_1141_0000_0000)
    /// `TDX_TD_EXIT_ON_L2_TO_L1`
    public static let tdExitOnL2ToL1 = TDXStatus(0x0000_1142_0000_0000)
    /// `TDX_GLA_NOT_CANONICAL`
    public static let glaNotCanonical = TDXStatus(0xC000_1160_0000_0000)

    // MARK: Operand

    /// `TDX_EVENT_FILTER_INVALID`
    public static let eventFilterInvalid = TDXStatus(0xC000_0102_0000_0000)
    /// `TDX_EVENT_FILTER_ORDER_INVALID`
    public static let eventFilterOrderInvalid = TDXStatus(0xC000_0103_0000_0000)

    // MARK: Resource busy

    /// `TDX_INTERRUPTED_BUSY`
    public static let interruptedBusy = TDXStatus(0x8000_0206_0000_0000)

    // MARK: Physical page metadata

    /// `TDX_HPA_RANGE_NOT_FREE`
    public static let hpaRangeNotFree = TDXStatus(0xC000_0304_0000_0000)
    /// `TDX_NO_PAMT_PAGE_PAIR`
    public static let noPAMTPagePair = TDXStatus(0xC000_0305_0000_0000)
    /// `TDX_PAMT_PAGE_NOT_EMPTY`
    public static let pamtPageNotEmpty = TDXStatus(0xC000_0306_0000_0000)
    /// `TDX_INTERRUPTED_PAMT`
    public static let interruptedPAMT = TDXStatus(0x8000_0307_0000_0000)
    /// `TDX_MISSING_PAMT_PAGE_PAIR`
    public static let missingPAMTPagePair = TDXStatus(0x8000_0308_0000_0000)

    // MARK: Module state

    /// `TDX_CRYPTO_SELF_TEST_FAILED`
    public static let cryptoSelfTestFailed = TDXStatus(0xC000_0511_0000_0000)
    /// `TDX_UPDATE_COMPATIBILITY_SENSITIVE`
    public static let updateCompatibilitySensitive = TDXStatus(0x8000_0512_0000_0000)

    // MARK: TD state

    /// `TDX_DEBUG_MEM_NOT_WRITABLE`
    public static let debugMemNotWritable = TDXStatus(0xC000_060A_0000_0000)
    /// `TDX_INCOMPATIBLE_MRTD_CONTEXT`
    public static let incompatibleMRTDContext = TDXStatus(0xC000_0622_0000_0000)

    // MARK: Metadata

    /// `TDX_VIRTUAL_MSR_VALUE_NOT_VALID`
    public static let virtualMSRValueNotValid = TDXStatus(0xC000_0C0D_0000_0000)
    /// `TDX_METADATA_FIELD_NOT_ALLOCATED`
    public static let metadataFieldNotAllocated = TDXStatus(0xC000_0C0E_0000_0000)

    // MARK: Migration

    /// `TDX_INCOMPATIBLE_MBMD_MAC_CONTEXT`
    public static let incompatibleMBMDMACContext = TDXStatus(0xC000_0E22_0000_0000)

    // MARK: TD partitioning

    /// `TDX_L2_VM_ENTRY_FAILED`
    public static let l2VMEntryFailed = TDXStatus(0x8000_1103_0000_0000)
}

extension TDXStatus: CustomStringConvertible {
    /// All statuses, by the name that the specification gives them.
    public static let names: [(name: String, status: TDXStatus)] = [
        ("TDX_SUCCESS", .success),
        ("TDX_NON_RECOVERABLE_VCPU", .nonRecoverableVCPU),
        ("TDX_NON_RECOVERABLE_TD", .nonRecoverableTD),
        ("TDX_INTERRUPTED_RESUMABLE", .interruptedResumable),
        ("TDX_INTERRUPTED_RESTARTABLE", .interruptedRestartable),
        ("TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE", .nonRecoverableTDNonAccessible),
        ("TDX_INVALID_RESUMPTION", .invalidResumption),
        ("TDX_NON_RECOVERABLE_TD_WRONG_APIC_MODE", .nonRecoverableTDWrongAPICMode),
        ("TDX_CROSS_TD_FAULT", .crossTDFault),
        ("TDX_CROSS_TD_TRAP", .crossTDTrap),
        ("TDX_NON_RECOVERABLE_TD_CORRUPTED_MD", .nonRecoverableTDCorruptedMetadata),
        ("TDX_OPERAND_INVALID", .operandInvalid),
        ("TDX_OPERAND_ADDR_RANGE_ERROR", .operandAddrRangeError),
        ("TDX_OPERAND_BUSY", .operandBusy),
        ("TDX_PREVIOUS_TLB_EPOCH_BUSY", .previousTLBEpochBusy),
        ("TDX_SYS_BUSY", .sysBusy),
        ("TDX_RND_NO_ENTROPY", .rndNoEntropy),
        ("TDX_OPERAND_BUSY_HOST_PRIORITY", .operandBusyHostPriority),
        ("TDX_HOST_PRIORITY_BUSY_TIMEOUT", .hostPriorityBusyTimeout),
        ("TDX_PAGE_METADATA_INCORRECT", .pageMetadataIncorrect),
        ("TDX_PAGE_ALREADY_FREE", .pageAlreadyFree),
        ("TDX_PAGE_NOT_OWNED_BY_TD", .pageNotOwnedByTD),
        ("TDX_PAGE_NOT_FREE", .pageNotFree),
        ("TDX_TD_ASSOCIATED_PAGES_EXIST", .tdAssociatedPagesExist),
        ("TDX_SYS_INIT_NOT_PENDING", .sysInitNotPending),
        ("TDX_SYS_LP_INIT_NOT_DONE", .sysLPInitNotDone),
        ("TDX_SYS_LP_INIT_DONE", .sysLPInitDone),
        ("TDX_SYS_NOT_READY", .sysNotReady),
        ("TDX_SYS_SHUTDOWN", .sysShutdown),
        ("TDX_SYS_KEY_CONFIG_NOT_PENDING", .sysKeyConfigNotPending),
        ("TDX_SYS_STATE_INCORRECT", .sysStateIncorrect),
        ("TDX_SYS_INVALID_HANDOFF", .sysInvalidHandoff),
        ("TDX_SYS_INCOMPATIBLE_SIGSTRUCT", .sysIncompatibleSigStruct),
        ("TDX_SYS_LP_INIT_NOT_PENDING", .sysLPInitNotPending),
        ("TDX_SYS_CONFIG_NOT_PENDING", .sysConfigNotPending),
        ("TDX_INCOMPATIBLE_SEAM_CAPABILITIES", .incompatibleSEAMCapabilities),
        ("TDX_TD_FATAL", .tdFatal),
        ("TDX_TD_NON_DEBUG", .tdNonDebug),
        ("TDX_TDCS_NOT_ALLOCATED", .tdcsNotAllocated),
        ("TDX_LIFECYCLE_STATE_INCORRECT", .lifecycleStateIncorrect),
        ("TDX_OP_STATE_INCORRECT", .opStateIncorrect),
        ("TDX_NO_VCPUS", .noVCPUs),
        ("TDX_TDCX_NUM_INCORRECT", .tdcxNumIncorrect),
        ("TDX_X2APIC_ID_NOT_UNIQUE", .x2apicIDNotUnique),
        ("TDX_VCPU_STATE_INCORRECT", .vcpuStateIncorrect),
        ("TDX_VCPU_ASSOCIATED", .vcpuAssociated),
        ("TDX_VCPU_NOT_ASSOCIATED", .vcpuNotAssociated),
        ("TDX_NO_VALID_VE_INFO", .noValidVEInfo),
        ("TDX_MAX_VCPUS_EXCEEDED", .maxVCPUsExceeded),
        ("TDX_TSC_ROLLBACK", .tscRollback),
        ("TDX_INTERRUPTIBILITY_BLOCKED", .interruptibilityBlocked),
        ("TDX_TD_VMCS_FIELD_NOT_INITIALIZED", .tdVMCSFieldNotInitialized),
        ("TD_VMCS_FIELD_ERROR", .tdVMCSFieldError),
        ("TDX_KEY_GENERATION_FAILED", .keyGenerationFailed),
        ("TDX_TD_KEYS_NOT_CONFIGURED", .tdKeysNotConfigured),
        ("TDX_KEY_STATE_INCORRECT", .keyStateIncorrect),
        ("TDX_KEY_CONFIGURED", .keyConfigured),
        ("TDX_WBCACHE_NOT_COMPLETE", .wbcacheNotComplete),
        ("TDX_HKID_NOT_FREE", .hkidNotFree),
        ("TDX_NO_HKID_READY_TO_WBCACHE", .noHKIDReadyToWBCache),
        ("TDX_WBCACHE_RESUME_ERROR", .wbcacheResumeError),
        ("TDX_FLUSHVP_NOT_DONE", .flushvpNotDone),
        ("TDX_NUM_ACTIVATED_HKIDS_NOT_SUPPORTED", .numActivatedHKIDsNotSupported),
        ("TDX_INCORRECT_CPUID_VALUE", .incorrectCPUIDValue),
        ("TDX_LIMIT_CPUID_MAXVAL_SET", .limitCPUIDMaxValSet),
        ("TDX_INCONSISTENT_CPUID_FIELD", .inconsistentCPUIDField),
        ("TDX_CPUID_MAX_SUBLEAVES_UNRECOGNIZED", .cpuidMaxSubleavesUnrecognized),
        ("TDX_CPUID_LEAF_1F_FORMAT_UNRECOGNIZED", .cpuidLeaf1FFormatUnrecognized),
        ("TDX_INVALID_WBINVD_SCOPE", .invalidWBINVDScope),
        ("TDX_INVALID_PKG_ID", .invalidPackageID),
        ("TDX_ENABLE_MONITOR_FSM_NOT_SET", .enableMonitorFSMNotSet),
        ("TDX_CPUID_LEAF_NOT_SUPPORTED", .cpuidLeafNotSupported),
        ("TDX_SMRR_NOT_LOCKED", .smrrNotLocked),
        ("TDX_INVALID_SMRR_CONFIGURATION", .invalidSMRRConfiguration),
        ("TDX_SMRR_OVERLAPS_CMR", .smrrOverlapsCMR),
        ("TDX_SMRR_LOCK_NOT_SUPPORTED", .smrrLockNotSupported),
        ("TDX_SMRR_NOT_SUPPORTED", .smrrNotSupported),
        ("TDX_INCONSISTENT_MSR", .inconsistentMSR),
        ("TDX_INCORRECT_MSR_VALUE", .incorrectMSRValue),
        ("TDX_SEAMREPORT_NOT_AVAILABLE", .seamreportNotAvailable),
        ("TDX_SEAMDB_GETREF_NOT_AVAILABLE", .seamdbGetRefNotAvailable),
        ("TDX_SEAMDB_REPORT_NOT_AVAILABLE", .seamdbReportNotAvailable),
        ("TDX_SEAMVERIFYREPORT_NOT_AVAILABLE", .seamverifyreportNotAvailable),
        ("TDX_INVALID_TDMR", .invalidTDMR),
        ("TDX_NON_ORDERED_TDMR", .nonOrderedTDMR),
        ("TDX_TDMR_OUTSIDE_CMRS", .tdmrOutsideCMRs),
        ("TDX_TDMR_ALREADY_INITIALIZED", .tdmrAlreadyInitialized),
        ("TDX_INVALID_PAMT", .invalidPAMT),
        ("TDX_PAMT_OUTSIDE_CMRS", .pamtOutsideCMRs),
        ("TDX_PAMT_OVERLAP", .pamtOverlap),
        ("TDX_INVALID_RESERVED_IN_TDMR", .invalidReservedInTDMR),
        ("TDX_NON_ORDERED_RESERVED_IN_TDMR", .nonOrderedReservedInTDMR),
        ("TDX_CMR_LIST_INVALID", .cmrListInvalid),
        ("TDX_EPT_WALK_FAILED", .eptWalkFailed),
        ("TDX_EPT_ENTRY_FREE", .eptEntryFree),
        ("TDX_EPT_ENTRY_NOT_FREE", .eptEntryNotFree),
        ("TDX_EPT_ENTRY_NOT_PRESENT", .eptEntryNotPresent),
        ("TDX_EPT_ENTRY_NOT_LEAF", .eptEntryNotLeaf),
        ("TDX_EPT_ENTRY_LEAF", .eptEntryLeaf),
        ("TDX_GPA_RANGE_NOT_BLOCKED", .gpaRangeNotBlocked),
        ("TDX_GPA_RANGE_ALREADY_BLOCKED", .gpaRangeAlreadyBlocked),
        ("TDX_TLB_TRACKING_NOT_DONE", .tlbTrackingNotDone),
        ("TDX_EPT_INVALID_PROMOTE_CONDITIONS", .eptInvalidPromoteConditions),
        ("TDX_PAGE_ALREADY_ACCEPTED", .pageAlreadyAccepted),
        ("TDX_PAGE_SIZE_MISMATCH", .pageSizeMismatch),
        ("TDX_GPA_RANGE_BLOCKED", .gpaRangeBlocked),
        ("TDX_EPT_ENTRY_STATE_INCORRECT", .eptEntryStateIncorrect),
        ("TDX_EPT_PAGE_NOT_FREE", .eptPageNotFree),
        ("TDX_L2_SEPT_WALK_FAILED", .l2SEPTWalkFailed),
        ("TDX_L2_SEPT_ENTRY_NOT_FREE", .l2SEPTEntryNotFree),
        ("TDX_PAGE_ATTR_INVALID", .pageAttrInvalid),
        ("TDX_L2_SEPT_PAGE_NOT_PROVIDED", .l2SEPTPageNotProvided),
        ("TDX_METADATA_FIELD_ID_INCORRECT", .metadataFieldIDIncorrect),
        ("TDX_METADATA_FIELD_NOT_WRITABLE", .metadataFieldNotWritable),
        ("TDX_METADATA_FIELD_NOT_READABLE", .metadataFieldNotReadable),
        ("TDX_METADATA_FIELD_VALUE_NOT_VALID", .metadataFieldValueNotValid),
        ("TDX_METADATA_LIST_OVERFLOW", .metadataListOverflow),
        ("TDX_INVALID_METADATA_LIST_HEADER", .invalidMetadataListHeader),
        ("TDX_REQUIRED_METADATA_FIELD_MISSING", .requiredMetadataFieldMissing),
        ("TDX_METADATA_ELEMENT_SIZE_INCORRECT", .metadataElementSizeIncorrect),
        ("TDX_METADATA_LAST_ELEMENT_INCORRECT", .metadataLastElementIncorrect),
        ("TDX_METADATA_FIELD_CURRENTLY_NOT_WRITABLE", .metadataFieldCurrentlyNotWritable),
        ("TDX_METADATA_WR_MASK_NOT_VALID", .metadataWriteMaskNotValid),
        ("TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT", .metadataFirstFieldIDInContext),
        ("TDX_METADATA_FIELD_SKIP", .metadataFieldSkip),
        ("TDX_SERVTD_ALREADY_BOUND_FOR_TYPE", .servtdAlreadyBoundForType),
        ("TDX_SERVTD_TYPE_MISMATCH", .servtdTypeMismatch),
        ("TDX_SERVTD_ATTR_MISMATCH", .servtdAttrMismatch),
        ("TDX_SERVTD_INFO_HASH_MISMATCH", .servtdInfoHashMismatch),
        ("TDX_SERVTD_UUID_MISMATCH", .servtdUUIDMismatch),
        ("TDX_SERVTD_NOT_BOUND", .servtdNotBound),
        ("TDX_SERVTD_BOUND", .servtdBound),
        ("TDX_TARGET_UUID_MISMATCH", .targetUUIDMismatch),
        ("TDX_TARGET_UUID_UPDATED", .targetUUIDUpdated),
        ("TDX_INVALID_MBMD", .invalidMBMD),
        ("TDX_INCORRECT_MBMD_MAC", .incorrectMBMDMAC),
        ("TDX_NOT_WRITE_BLOCKED", .notWriteBlocked),
        ("TDX_ALREADY_WRITE_BLOCKED", .alreadyWriteBlocked),
        ("TDX_NOT_EXPORTED", .notExported),
        ("TDX_MIGRATION_STREAM_STATE_INCORRECT", .migrationStreamStateIncorrect),
        ("TDX_MAX_MIGS_NUM_EXCEEDED", .maxMigsNumExceeded),
        ("TDX_EXPORTED_DIRTY_PAGES_REMAIN", .exportedDirtyPagesRemain),
        ("TDX_MIGRATION_DECRYPTION_KEY_NOT_SET", .migrationDecryptionKeyNotSet),
        ("TDX_TD_NOT_MIGRATABLE", .tdNotMigratable),
        ("TDX_PREVIOUS_EXPORT_CLEANUP_INCOMPLETE", .previousExportCleanupIncomplete),
        ("TDX_NUM_MIGS_HIGHER_THAN_CREATED", .numMigsHigherThanCreated),
        ("TDX_IMPORT_MISMATCH", .importMismatch),
        ("TDX_MIGRATION_EPOCH_OVERFLOW", .migrationEpochOverflow),
        ("TDX_MAX_EXPORTS_EXCEEDED", .maxExportsExceeded),
        ("TDX_INVALID_PAGE_MAC", .invalidPageMAC),
        ("TDX_MIGRATED_IN_CURRENT_EPOCH", .migratedInCurrentEpoch),
        ("TDX_DISALLOWED_IMPORT_OVER_REMOVED", .disallowedImportOverRemoved),
        ("TDX_SOME_VCPUS_NOT_MIGRATED", .someVCPUsNotMigrated),
        ("TDX_ALL_VCPUS_IMPORTED", .allVCPUsImported),
        ("TDX_MIN_MIGS_NOT_CREATED", .minMigsNotCreated),
        ("TDX_VCPU_ALREADY_EXPORTED", .vcpuAlreadyExported),
        ("TDX_INVALID_MIGRATION_DECRYPTION_KEY", .invalidMigrationDecryptionKey),
        ("TDX_INVALID_CPUSVN", .invalidCPUSVN),
        ("TDX_INVALID_REPORTMACSTRUCT", .invalidREPORTMACSTRUCT),
        ("TDX_L2_EXIT_HOST_ROUTED_ASYNC", .l2ExitHostRoutedAsync),
        ("TDX_L2_EXIT_HOST_ROUTED_TDVMCALL", .l2ExitHostRoutedTDVMCall),
        ("TDX_L2_EXIT_PENDING_INTERRUPT", .l2ExitPendingInterrupt),
        ("TDX_PENDING_INTERRUPT", .pendingInterrupt),
        ("TDX_TD_EXIT_BEFORE_L2_ENTRY", .tdExitBeforeL2Entry),
        ("TDX_TD_EXIT_ON_L2_VM_EXIT", .tdExitOnL2VMExit),
        ("TDX_TD_EXIT_ON_L2_TO_L1", .tdExitOnL2ToL1),
        ("TDX_GLA_NOT_CANONICAL", .glaNotCanonical),
        ("TDX_EVENT_FILTER_INVALID", .eventFilterInvalid),
        ("TDX_EVENT_FILTER_ORDER_INVALID", .eventFilterOrderInvalid),
        ("TDX_INTERRUPTED_BUSY", .interruptedBusy),
        ("TDX_HPA_RANGE_NOT_FREE", .hpaRangeNotFree),
        ("TDX_NO_PAMT_PAGE_PAIR", .noPAMTPagePair),
        ("TDX_PAMT_PAGE_NOT_EMPTY", .pamtPageNotEmpty),
        ("TDX_INTERRUPTED_PAMT", .interruptedPAMT),
        ("TDX_MISSING_PAMT_PAGE_PAIR", .missingPAMTPagePair),
        ("TDX_CRYPTO_SELF_TEST_FAILED", .cryptoSelfTestFailed),
        ("TDX_UPDATE_COMPATIBILITY_SENSITIVE", .updateCompatibilitySensitive),
        ("TDX_DEBUG_MEM_NOT_WRITABLE", .debugMemNotWritable),
        ("TDX_INCOMPATIBLE_MRTD_CONTEXT", .incompatibleMRTDContext),
        ("TDX_VIRTUAL_MSR_VALUE_NOT_VALID", .virtualMSRValueNotValid),
        ("TDX_METADATA_FIELD_NOT_ALLOCATED", .metadataFieldNotAllocated),
        ("TDX_INCOMPATIBLE_MBMD_MAC_CONTEXT", .incompatibleMBMDMACContext),
        ("TDX_L2_VM_ENTRY_FAILED", .l2VMEntryFailed),
    ]

    private static let nameByValue = Dictionary(names.map { ($0.status, $0.name) }) { first, _ in first }

    /// The status's name, or nil when it has none.
    public var name: String? { TDXStatus.nameByValue[withoutDetails] }

    public var description: String {
        let text = name ?? "0x" + String(rawValue, radix: 16)
        return details == 0 || name == nil ? text : text + " (0x" + String(details, radix: 16) + ")"
    }
}
