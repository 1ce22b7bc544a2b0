// SPDX-License-Identifier: Apache-2.0

/// Model-specific registers of the simulated processor that the TDX module samples.
///
/// - SeeAlso: SDM Vol. 4, "Model-Specific Registers"; ABI Reference, `TDH.SYS.INIT`.
public struct NativeMSRs: Sendable {
    public var mktmeKeys: UInt16
    public var tdxKeys: UInt16
    /// Bits of a physical address that hold the KeyID.
    public var keyBits: Int

    public init(mktmeKeys: UInt16, tdxKeys: UInt16, keyBits: Int) {
        self.mktmeKeys = mktmeKeys
        self.tdxKeys = tdxKeys
        self.keyBits = keyBits
    }

    /// The value of an MSR; nil for those the processor has not.
    public func callAsFunction(_ number: UInt32) -> UInt64? {
        switch number {
        case 0x1B: 0xFEE0_0D00  // IA32_APIC_BASE: x2APIC, enabled
        case 0x3A: 1 | 1 << 2 | 1 << 20  // IA32_FEATURE_CONTROL: locked, VMX, LMCE
        case 0x3B: 0  // IA32_TSC_ADJUST
        case 0x48: 0  // IA32_SPEC_CTRL
        case 0x87: UInt64(mktmeKeys) | UInt64(tdxKeys) << 32  // IA32_MKTME_KEYID_PARTITIONING
        case 0x8B: 0x2B00_0500 << 32  // IA32_BIOS_SIGN_ID
        case 0x98, 0x99: 0  // IA32_WBINVDP, IA32_WBNOINVDP
        case 0xBC, 0xBD: 0  // IA32_MISC_PACKAGE_CTLS, IA32_XAPIC_DISABLE_STATUS is in 0xBD
        case 0xCE: 1 << 31
        case 0xCF: 1 << 5  // IA32_CORE_CAPABILITIES: split-lock disable
        case 0xE1: 0  // IA32_UMWAIT_CONTROL
        case 0xFE: 0x5D08  // IA32_MTRRCAP: SMRR, which can be locked
        case 0x10A: 0x0F7F_F6B | 1 << 21  // IA32_ARCH_CAPABILITIES
        case 0x122: 0  // IA32_TSX_CTRL
        case 0x174...0x176, 0x179, 0x17A: 0
        case 0x1A0: 1 | 1 << 11 | 1 << 12 | 1 << 18  // IA32_MISC_ENABLE; no BTS, no PEBS
        case 0x1D9, 0x1F2: 0  // IA32_DEBUGCTL, IA32_SMRR_PHYSBASE
        case 0x1F3: 1 << 10  // IA32_SMRR_PHYSMASK: locked, no range
        case 0x277: 0x0007_0406_0007_0406  // IA32_PAT
        case 0x2FF: 0xC06  // IA32_MTRR_DEF_TYPE
        case 0x345: 0x2000 | 1 << 14  // IA32_PERF_CAPABILITIES
        case 0x480...0x493: NativeMSRs.vmx(number)
        case 0x600, 0x680: 0
        case 0x981: 0x1 | UInt64(keyBits) << 32 | UInt64(63) << 36  // IA32_TME_CAPABILITY: XTS-AES-128
        case 0x982: 0x3 | UInt64(keyBits) << 32 | 1 << 48  // IA32_TME_ACTIVATE: locked, enabled
        case 0xDA0: 0  // IA32_XSS
        case 0x1400: 0
        case 0xC000_0080: 0xD01
        case 0xC000_0081...0xC000_0084, 0xC000_0100...0xC000_0103: 0
        default: nil
        }
    }

    /// VMX capability MSRs: every control may be 1, none must be.
    private static func vmx(_ number: UInt32) -> UInt64 {
        switch number {
        case 0x480: 0x00DA_0400_0000_0004 | 1 << 55  // IA32_VMX_BASIC: WB, true controls
        case 0x485: 0x7004_C1E7  // IA32_VMX_MISC
        case 0x486: 0x8000_0021
        case 0x487: 0xFFFF_FFFF
        case 0x488: 0x2000
        case 0x489: 0x0177_2FFF
        case 0x48A: 0x2E
        // Execute-only, 4- and 5-level walks, UC and WB, 2 MiB and 1 GiB pages, INVEPT, accessed and dirty bits, INVVPID
        case 0x48C: 0x0F01_0673_41C1
        case 0x492: 0xFFFF_FFFF_FFFF_FFFF
        case 0x493: 0
        default: 0xFFFF_FFFF_0000_0000
        }
    }
}
