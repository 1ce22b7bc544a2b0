// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension TDXModule {
    /// An element of a field of a vCPU.
    func value(_ vcpu: VirtualCPUState, _ element: MetadataElement) -> UInt64 {
        let index = element.index
        let processor = vcpu.processor
        let code = element.row.id(of: index).code
        switch element.row.id.classCode {
        case 0: return vmcsValue(vcpu, code)
        case 1: return memory.load(control(vcpu, vcpu.virtualAPIC &+ UInt64(index) * 8))
        case 2: return information(vcpu, code)
        case 16:
            return UInt8(exactly: code).flatMap(GeneralRegister.init).flatMap { processor?[$0] } ?? 0
        case 17:
            if element.row.name == "VCPU_STATE_DETAILS" {
                return processor?.hasPendingVirtualInterrupt == true ? 1 : 0
            }
            return TDXModule.processorField(code).flatMap { processor?[$0] } ?? 0
        case 18:
            if let (number, half) = TDXModule.xmm(index) { return processor?.xmm(number)[half] ?? 0 }
        case 19: return processor?.msr(TDXModule.msr(code)) ?? 0
        case 33: return UInt64(vcpu.cpuidControl[index] ?? 0)
        case 34: return index < vcpu.zeroStep.addresses.count ? vcpu.zeroStep.addresses[index] : 0
        default: break
        }
        return switch element.row.name {
        case "VCPU_STATE": UInt64(vcpu.state.rawValue)
        case "VCPU_INDEX": UInt64(vcpu.index)
        case "NUM_TDVPS_PAGES": UInt64(vcpu.pages.count)
        case "ASSOC_LPID": vcpu.associatedProcessor.map { UInt64($0) } ?? 0xFFFF_FFFF
        case "VCPU_EPOCH": vcpu.epoch
        case "CPUID_SUPERVISOR_VE": vcpu.isCPUIDSupervisorVE ? 1 : 0
        case "CPUID_USER_VE": vcpu.isCPUIDUserVE ? 1 : 0
        case "LAST_EXIT_TSC": vcpu.lastExitTSC
        case "PEND_NMI": vcpu.isNMIPending ? 1 : 0
        case "XFAM": vcpu.otherFields[element.key] ?? vcpu.td.xfam
        case "LAST_EPF_GPA_LIST_IDX": UInt64(vcpu.zeroStep.addresses.count)
        case "POSSIBLY_EPF_STEPPING": UInt64(vcpu.zeroStep.count)
        case "HP_LOCK_BUSY_START": vcpu.hostPriorityBusySince ?? 0
        case "HP_LOCK_BUSY": vcpu.hostPriorityBusySince == nil ? 0 : 1
        case "LAST_TD_EXIT": UInt64(vcpu.lastExit.rawValue)
        case "TDVPS_PAGE_PA": index < vcpu.pages.count ? vcpu.pages[index] : ~0
        default: vcpu.otherFields[element.key] ?? 0
        }
    }

    private func control(_ vcpu: VirtualCPUState, _ address: UInt64) -> PhysicalAddress {
        PhysicalMemory.address(PhysicalAddress(address), key: vcpu.td.hkid)
    }

    /// `VE_INFO`, as it lies in the TDVPS.
    private func information(_ vcpu: VirtualCPUState, _ code: UInt32) -> UInt64 {
        let base = vcpu.informationArea
        return switch code {
        case 0: UInt64(memory.load(control(vcpu, base), as: UInt32.self))
        case 1: UInt64(memory.load(control(vcpu, base &+ 4), as: UInt32.self))
        case 2: memory.load(control(vcpu, base &+ 8))
        case 3: memory.load(control(vcpu, base &+ 16))
        case 4: memory.load(control(vcpu, base &+ 24))
        case 5: UInt64(memory.load(control(vcpu, base &+ 32), as: UInt16.self))
        case 16: UInt64(memory.load(control(vcpu, base &+ 36), as: UInt32.self))
        case 17: UInt64(memory.load(control(vcpu, base &+ 40), as: UInt32.self))
        default: 0
        }
    }

    private static func processorField(_ code: UInt32) -> ProcessorField? {
        switch code {
        case 0: .dr0
        case 1: .dr1
        case 2: .dr2
        case 3: .dr3
        case 6: .dr6
        case 0x20: .xcr0
        case 0x28: .cr2
        default: nil
        }
    }

    /// The XMM register, and the half of it, that an element of `XBUFF` is part of: they lie at byte 160 of the area.
    private static func xmm(_ element: Int) -> (number: Int, half: Int)? {
        20..<52 ~= element ? ((element - 20) / 2, element % 2) : nil
    }

    /// The MSR behind a field code: numbers from 0xC0000000 on are put after the low ones.
    private static func msr(_ code: UInt32) -> UInt32 {
        code >= 0x2000 ? 0xC000_0000 + (code - 0x2000) : code
    }

    // MARK: VMCS

    /// The field of the processor's state that a VMCS encoding stands for.
    private static func vmcsProcessorField(_ encoding: UInt32) -> ProcessorField? {
        switch encoding {
        case 0x6800: .cr0
        case 0x6802: .cr3
        case 0x6804: .cr4
        case 0x681A: .dr7
        case 0x681E: .rip
        case 0x6820: .rflags
        default: nil
        }
    }
    /// The MSR that a VMCS encoding stands for.
    private static func vmcsMSR(_ encoding: UInt32) -> UInt32? {
        switch encoding {
        case 0x2802: MSRNumber.debugControl
        case 0x2804: 0x277
        case 0x2806: MSRNumber.efer
        case 0x482A: 0x174
        case 0x6824: 0x175
        case 0x6826: 0x176
        default: nil
        }
    }

    private func vmcsValue(_ vcpu: VirtualCPUState, _ encoding: UInt32) -> UInt64 {
        switch encoding {
        case 0x0002: return UInt64(vcpu.postedInterruptVector)
        case 0x2016: return vcpu.postedInterruptDescriptor
        case 0x203C: return vcpu.sharedEPTPointer
        case 0x4000: return UInt64(vcpu.pinControls)
        case 0x401E: return UInt64(vcpu.secondaryControls)
        case 0x4024: return UInt64(vcpu.notifyWindow)
        case 0x2010: return vcpu.processor?.configuration.tscOffset ?? vcpu.td.tscOffset
        case 0x2032: return vcpu.processor?.configuration.tscMultiplier ?? vcpu.td.tscMultiplier
        case 0x201A: return vcpu.td.eptpControls | vcpu.td.secureEPTRoot
        case 0x4026: return UInt64(vcpu.td.hkid)
        default: break
        }
        guard let processor = vcpu.processor else { return vcpu.otherVMCSFields[encoding] ?? 0 }
        if let field = Self.vmcsProcessorField(encoding) { return processor[field] }
        if let number = Self.vmcsMSR(encoding) { return processor.msr(number) ?? 0 }
        switch encoding {
        case 0x681C: return processor[.rsp]
        case 0x4824: return UInt64(processor.interruptibility)
        case 0x6816: return processor.gdtr.base
        case 0x6818: return processor.idtr.base
        case 0x4810: return UInt64(processor.gdtr.limit)
        case 0x4812: return UInt64(processor.idtr.limit)
        default: break
        }
        if let (part, segment) = segment(processor, encoding) {
            return switch part {
            case .selector: UInt64(segment.selector)
            case .limit: UInt64(segment.limit)
            case .accessRights: UInt64(segment.accessRights)
            case .base: segment.base
            }
        }
        return vcpu.otherVMCSFields[encoding] ?? initialControl(vcpu, processor, encoding)
    }

    /// What the module sets in fields that only a debugger looks at.
    ///
    /// - SeeAlso: Base Specification, "TD VMCS".
    private func initialControl(
        _ vcpu: VirtualCPUState, _ processor: any VirtualProcessor, _ encoding: UInt32
    ) -> UInt64 {
        let td = vcpu.td
        switch encoding {
        case 0x0000: return UInt64(td.hkid) << 2  // VPID
        case 0x2004: return control(vcpu, td.pages.count > 2 ? td.pages[2] : 0).rawValue  // MSR bitmaps
        case 0x202A: return control(vcpu, vcpu.informationArea).rawValue
        case 0x2034: return td.isWide ? 1 << 5 : 0  // tertiary controls
        case 0x4002:  // primary controls: MWAIT and MONITOR, RDPMC exit where the TD has none
            var controls: UInt64 = 0x9122_0088
            if !processor.configuration.hasMonitor { controls |= 1 << 10 | 1 << 29 }
            if !td.attributes[bit: 63] { controls |= 1 << 11 }
            return controls
        case 0x4004: return 1 << 18  // exceptions: #MC
        case 0x400C: return 0x1F3C_9204  // VM-exit controls
        case 0x4012: return 0x003E_E004 | (td.attributes[bit: 30] ? 1 << 22 : 0)  // VM-entry controls
        case 0x6000: return processor.configuration.cr0GuestHostMask
        case 0x6002: return processor.configuration.cr4GuestHostMask
        case 0x6004: return processor.configuration.cr0ReadShadow
        case 0x6006: return processor.configuration.cr4ReadShadow
        default: return 0
        }
    }

    private enum SegmentPart { case selector, limit, accessRights, base }

    /// The segment register and the part of it that a VMCS encoding stands for.
    private func segment(_ processor: any VirtualProcessor, _ encoding: UInt32) -> (SegmentPart, Segment)? {
        guard let (part, number) = Self.segmentPart(encoding) else { return nil }
        let segment =
            switch number {
            case 6: processor.ldtr
            case 7: processor.tr
            default: processor[SegmentRegister(rawValue: UInt8(number)) ?? .es]
            }
        return (part, segment)
    }
    private static func segmentPart(_ encoding: UInt32) -> (SegmentPart, UInt32)? {
        for (first, part) in [
            (0x0800, .selector), (0x4800, .limit), (0x4814, .accessRights), (0x6806, .base),
        ] as [(UInt32, SegmentPart)] where first...first + 14 ~= encoding && encoding & 1 == 0 {
            return (part, (encoding - first) / 2)
        }
        return nil
    }

    // MARK: Writing

    /// Sets a field, whose forbidden bits have been checked.
    func set(
        _ vcpu: VirtualCPUState, _ element: MetadataElement, _ value: UInt64, _ id: MetadataFieldID
    ) throws(TDXStatus) {
        let code = element.row.id(of: element.index).code
        switch element.row.id.classCode {
        case 0: return try setVMCS(vcpu, code, value)
        case 16:
            if let register = UInt8(exactly: code).flatMap(GeneralRegister.init) {
                vcpu.processor?[register] = value
            }
            return
        case 17:
            if let field = Self.processorField(code) { vcpu.processor?[field] = value }
            return
        case 18:
            if let (number, half) = Self.xmm(element.index), let processor = vcpu.processor {
                var register = processor.xmm(number)
                register[half] = value
                return processor.setXMM(number, register)
            }
        case 19:
            vcpu.processor?.setMSR(Self.msr(code), value)
            return
        case 33:
            vcpu.cpuidControl[element.index] = UInt8(truncatingIfNeeded: value)
            return
        default: break
        }
        switch element.row.name {
        case "PEND_NMI": vcpu.isNMIPending = value & 1 != 0
        case "CPUID_SUPERVISOR_VE": vcpu.isCPUIDSupervisorVE = value & 1 != 0
        case "CPUID_USER_VE": vcpu.isCPUIDUserVE = value & 1 != 0
        default: vcpu.otherFields[element.key] = value
        }
    }

    private func setVMCS(_ vcpu: VirtualCPUState, _ encoding: UInt32, _ value: UInt64) throws(TDXStatus) {
        switch encoding {
        case 0x0002:
            guard value <= 255 else { throw .metadataFieldValueNotValid }
            vcpu.postedInterruptVector = UInt16(value)
        case 0x2016:
            guard isSharedAddress(value, alignment: 64) else { throw .metadataFieldValueNotValid }
            vcpu.postedInterruptDescriptor = value
        case 0x203C:
            guard isSharedAddress(value, alignment: 4096) else { throw .metadataFieldValueNotValid }
            vcpu.sharedEPTPointer = value
            vcpu.processor?.configuration.sharedEPTRoot = PhysicalAddress(value)
            vcpu.processor?.flushTranslations()
            return
        case 0x4000:
            if value[bit: 7] {
                guard vcpu.postedInterruptVector <= 255 else { throw .tdVMCSFieldNotInitialized.with(0x0002) }
                guard vcpu.postedInterruptDescriptor != ~0 else {
                    throw .tdVMCSFieldNotInitialized.with(0x2016)
                }
            }
            vcpu.pinControls = UInt32(truncatingIfNeeded: value)
        case 0x2010: vcpu.processor?.configuration.tscOffset = value
        case 0x2032: vcpu.processor?.configuration.tscMultiplier = value
        case 0x6000: vcpu.processor?.configuration.cr0GuestHostMask = value
        case 0x6002: vcpu.processor?.configuration.cr4GuestHostMask = value
        case 0x6004: vcpu.processor?.configuration.cr0ReadShadow = value
        case 0x6006: vcpu.processor?.configuration.cr4ReadShadow = value
        case 0x401E: vcpu.secondaryControls = UInt32(truncatingIfNeeded: value)
        case 0x4024: vcpu.notifyWindow = UInt32(truncatingIfNeeded: value)
        default: return setGuestState(vcpu, encoding, value)
        }
        vcpu.processor?.configuration.postedInterruptVector = UInt8(
            truncatingIfNeeded: vcpu.postedInterruptVector)
        vcpu.processor?.configuration.postedInterrupts =
            vcpu.pinControls[bit: 7] ? PhysicalAddress(vcpu.postedInterruptDescriptor) : nil
    }

    /// What a debugger may set.
    private func setGuestState(_ vcpu: VirtualCPUState, _ encoding: UInt32, _ value: UInt64) {
        guard let processor = vcpu.processor else { return }
        if let field = Self.vmcsProcessorField(encoding) {
            processor[field] = value
        } else if let number = Self.vmcsMSR(encoding) {
            processor.setMSR(number, value)
        } else if let (part, number) = Self.segmentPart(encoding),
            var (_, segment) = segment(processor, encoding)
        {
            switch part {
            case .selector: segment.selector = UInt16(truncatingIfNeeded: value)
            case .limit: segment.limit = UInt32(truncatingIfNeeded: value)
            case .accessRights: segment.accessRights = UInt32(truncatingIfNeeded: value)
            case .base: segment.base = value
            }
            switch number {
            case 6: processor.ldtr = segment
            case 7: processor.tr = segment
            default: processor[SegmentRegister(rawValue: UInt8(number)) ?? .es] = segment
            }
        } else {
            switch encoding {
            case 0x681C: processor[.rsp] = value
            case 0x4824: processor.interruptibility = UInt32(truncatingIfNeeded: value)
            case 0x6816: processor.gdtr.base = value
            case 0x6818: processor.idtr.base = value
            case 0x4810: processor.gdtr.limit = UInt16(truncatingIfNeeded: value)
            case 0x4812: processor.idtr.limit = UInt16(truncatingIfNeeded: value)
            default: vcpu.otherVMCSFields[encoding] = value
            }
        }
    }

    /// Aligned, within the machine's address width, with a KeyID of the host's.
    private func isSharedAddress(_ address: UInt64, alignment: UInt64) -> Bool {
        address & (alignment &- 1) == 0 && address >> addressWidth == 0
            && Int(PhysicalMemory.split(PhysicalAddress(address)).key) < platform.privateKeys.lowerBound
    }
}
