// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

extension TDXModule {
    /// Sets a new vCPU's guest state and what the processor must know of the TD.
    ///
    /// - SeeAlso: ABI Reference, "TD VCPU Initial State".
    func reset(_ processor: any VirtualProcessor, of vcpu: VirtualCPUState, initial: UInt64) {
        let td = vcpu.td
        processor.configuration = configuration(of: vcpu)
        for register in GeneralRegister.allCases { processor[register] = 0 }
        processor[.rbx] = td.isWide ? 52 : 48
        processor[.rcx] = initial
        processor[.r8] = initial
        processor[.rdx] = UInt64(native(1).eax)
        processor[.rsi] = UInt64(vcpu.index)
        processor[.rip] = 0xFFFF_FFF0
        processor[.rflags] = 2
        processor[.cr0] = 0x21
        processor[.cr2] = 0
        processor[.cr3] = 0
        processor[.cr4] = 0x2040
        processor[.cr8] = 0
        processor[.xcr0] = 1
        for register in [ProcessorField.dr0, .dr1, .dr2, .dr3] { processor[register] = 0 }
        processor[.dr6] = 0xFFFF_0FF0
        processor[.dr7] = 0x400
        for segment in SegmentRegister.allCases {
            processor[segment] = Segment(limit: ~0, accessRights: segment == .cs ? 0xC09B : 0xC093)
        }
        processor.ldtr = Segment(limit: 0xFFFF, accessRights: 0x10082)
        processor.tr = Segment(limit: 0xFFFF, accessRights: 0x8B)
        processor.gdtr = DescriptorTableRegister(base: 0, limit: 0xFFFF)
        processor.idtr = DescriptorTableRegister(base: 0, limit: 0)
        for (number, value) in TDXModule.initialMSRs { processor.setMSR(number, value) }
        processor.setMSR(0x38F, td.attributes[bit: 63] ? 0xFF : 0x1_0000_0000)
        processor.interruptibility = 0
        processor.entryEvent = nil
    }

    /// MSRs that a vCPU begins with.
    private static let initialMSRs: [(number: UInt32, value: UInt64)] = [
        (0xC000_0080, 0x901),  // IA32_EFER: SCE, LME, NXE
        (0xC000_0081, 0), (0xC000_0082, 0), (0xC000_0084, 0x20200), (0xC000_0102, 0), (0xC000_0103, 0),
        (0x277, 0x0007_0406_0007_0406),  // IA32_PAT
        (0x174, 0), (0x175, 0), (0x176, 0), (0x1D9, 0), (0xDA0, 0), (0x48, 0), (0x600, 0),
    ]

    /// What the processor must know of the TD.
    private func configuration(of vcpu: VirtualCPUState) -> VirtualProcessorConfiguration {
        let td = vcpu.td
        var configuration = VirtualProcessorConfiguration()
        configuration.secureEPTRoot = PhysicalAddress(td.secureEPTRoot)
        configuration.sharedEPTRoot = PhysicalAddress(vcpu.sharedEPTPointer)
        configuration.eptLevels = td.eptLevels
        configuration.sharedBit = td.sharedBit
        configuration.privateKey = td.hkid
        configuration.firstPrivateKey = UInt16(truncatingIfNeeded: platform.privateKeys.lowerBound)
        configuration.physicalAddressWidth = td.cpuid?.physicalAddressWidth ?? 52
        configuration.virtualizationInformation = PhysicalAddress(vcpu.informationArea)
        configuration.virtualAPIC = PhysicalAddress(vcpu.virtualAPIC)
        configuration.tscMultiplier = td.tscMultiplier
        configuration.tscOffset = td.tscOffset
        configuration.xfam = td.xfam
        configuration.hasMonitor = td.cpuid?.has(1, 0, .ecx, bit: 3) ?? false
        configuration.cr0GuestHostMask = TDXModule.cr0Mask
        configuration.cr0ReadShadow = 0x21
        configuration.cr4GuestHostMask = cr4Mask(of: td)
        configuration.cr4ReadShadow = 0x40
        let direct = MSRTable.direct(msrFeatures(of: td))
        configuration.directReadMSRs = direct.read
        configuration.directWriteMSRs = direct.write
        return configuration
    }

    /// PE, NE, NW, CD and the reserved bits.
    private static let cr0Mask: UInt64 = {
        var mask: UInt64 = 0xFFFF_FFFF_0000_0000
        for bit in [0, 5, 17, 29, 30] + Array(6...15) + Array(19...28) { mask[bit: bit] = true }
        return mask
    }()

    private func cr4Mask(of td: TD) -> UInt64 {
        var mask: UInt64 = 0xFFFF_FFFE_0000_0000
        for bit in [6, 13, 14, 15, 19, 26, 29, 30, 31] { mask[bit: bit] = true }
        if let fixed1 = platform.nativeMSR(0x489) { mask |= ~fixed1 }
        if !td.xfam[bit: 9] { mask[bit: 22] = true }
        if td.xfam[bits: 11...12] != 3 { mask[bit: 23] = true }
        if !td.xfam[bit: 14] { mask[bit: 25] = true }
        if !td.attributes[bit: 30] { mask[bit: 24] = true }
        if !td.attributes[bit: 27] { mask[bit: 27] = true }
        return mask
    }
}
