// SPDX-License-Identifier: Apache-2.0

/// Numbers of the MSRs that the module itself deals with.
///
/// - SeeAlso: SDM Vol. 4, "Model-Specific Registers".
enum MSRNumber {
    /// `IA32_TIME_STAMP_COUNTER`
    static let timeStampCounter: UInt32 = 0x10
    /// `IA32_XAPIC_DISABLE_STATUS`
    static let xapicDisableStatus: UInt32 = 0xBD
    /// `IA32_ARCH_CAPABILITIES`
    static let archCapabilities: UInt32 = 0x10A
    /// `IA32_TSX_CTRL`
    static let tsxControl: UInt32 = 0x122
    /// `IA32_MISC_ENABLE`
    static let miscEnable: UInt32 = 0x1A0
    /// `IA32_DEBUGCTL`
    static let debugControl: UInt32 = 0x1D9
    /// `IA32_PERF_CAPABILITIES`
    static let perfCapabilities: UInt32 = 0x345
    /// `IA32_VMX_CR0_FIXED0`
    static let vmxCR0Fixed0: UInt32 = 0x486
    /// `IA32_VMX_CR4_FIXED1`
    static let vmxCR4Fixed1: UInt32 = 0x489
    /// `IA32_X2APIC_APICID`
    static let x2APICID: UInt32 = 0x802
    /// `IA32_XSS`
    static let xss: UInt32 = 0xDA0
    /// `IA32_EFER`
    static let efer: UInt32 = 0xC000_0080
}
