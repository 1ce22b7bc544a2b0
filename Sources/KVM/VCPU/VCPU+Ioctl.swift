// SPDX-License-Identifier: Apache-2.0

import KVMABI
import PhysicalMemory
import Platform
import Synchronization
import TDXABI
import X86

extension VCPU {
    /// The ioctls of a vCPU's file.
    func ioctl(_ ioctl: IOCTL, _ argument: UInt) throws(Errno) -> Int {
        guard !vm.isDead else { throw .ioError(VM.deadRule) }
        // These two must not wait for a vCPU that runs: they make it look.
        if ioctl == .nmi {
            hasNMI.store(true, ordering: .sequentiallyConsistent)
            kick()
            return 0
        }
        return try lock.withLock { () throws(Errno) -> Int in
            switch ioctl {
            case .run: return try run(argument)
            case .memoryEncryptOp: return try memoryEncryptOp(argument)
            case .setCPUID: return try setCPUID(argument)
            case .setCPUID2: return try setCPUID2(argument)
            case .cpuid2: return try getCPUID2(argument)
            case .preFaultMemory: return try preFault(argument)
            case .msrs: return try accessMSRs(argument, write: false)
            case .setMSRs: return try accessMSRs(argument, write: true)
            case .mpState:
                try UserMemory(address: argument).write(mpState.load(ordering: .relaxed))
                return 0
            case .setMPState:
                let state = try UserMemory(address: argument).read(UInt32.self)
                guard state <= MPState.sipiReceived.rawValue || state == MPState.apResetHold.rawValue else {
                    throw .invalid("a vCPU is never in this state")
                }
                mpState.store(state, ordering: .relaxed)
                return 0
            case .tscKHz: return Int(vm.tscKHz)
            case .setupMCE: return try setupMCE(argument)
            case .vcpuEvents: return try getEvents(argument)
            case .setVCPUEvents: return try setEvents(argument)
            case .setMCE: return try setMCE(argument)
            case .interrupt: return try interrupt(argument)
            case .setVAPICAddress:
                _ = try UserMemory(address: argument).read(UInt64.self)
                return 0
            case .tprAccessReporting:
                _ = try UserMemory(address: argument).readArray(10, of: UInt32.self, at: 0)
                return 0
            case .setSignalMask:
                // A signal interrupts KVM_RUN whatever the mask; its size is checked all the same.
                if argument != 0 {
                    guard try UserMemory(address: argument).read(UInt32.self) == 8 else {
                        throw .invalid("a mask has 8 bytes")
                    }
                }
                return 0
            case .setDeviceAttribute, .deviceAttribute, .hasDeviceAttribute:
                return try deviceAttribute(ioctl, argument)
            case .translate: return try translate(argument)
            case .nestedState: return try getNestedState(argument)
            case .setNestedState: return try setNestedState(argument)
            case .enableCap:
                // No capability of a vCPU is for a TD.
                _ = try UserMemory(address: argument).read(KVMEnableCap.self)
                throw .invalid("a TD's vCPU has no capability to enable")
            case .regs, .setRegs, .sregs, .setSregs, .sregs2, .setSregs2, .debugRegs, .setDebugRegs,
                .xcrs, .setXCRs,
                .fpu, .setFPU, .xsave, .setXSAVE, .xsave2, .setGuestDebug, .lapic, .setLAPIC, .setTSCKHz,
                .kvmclockCtrl:
                throw .invalid("a TD's state is its own")
            case .smi: throw .notTTY("a TD has no system-management mode")
            default: throw .invalid("a vCPU has no such ioctl")
            }
        }
    }

    /// `KVM_HAS_DEVICE_ATTR` and its like: the offset of the time-stamp counter, which a TD's host cannot change.
    private func deviceAttribute(_ ioctl: IOCTL, _ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMDeviceAttribute.self)
        guard request.group == 0, request.attribute == 0 else {
            throw .noDevice("the one attribute is KVM_VCPU_TSC_OFFSET")
        }
        let value = UserMemory(address: UInt(request.address))
        if ioctl == .deviceAttribute { try value.write(vm.tscOffset) }
        if ioctl == .setDeviceAttribute { _ = try value.read(UInt64.self) }
        return 0
    }

    /// `KVM_SET_CPUID2`: the model that KVM's own emulation goes by.
    private func setCPUID2(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let count = Int(try memory.read(KVMCPUID2.self).entryCount)
        guard count <= KVMConstant.maxCPUIDEntries else { throw .tooBig("nent is 256 at most") }
        try setCPUID(try memory.readArray(count, of: KVMCPUIDEntry2.self, at: 8))
        return 0
    }

    /// `KVM_SET_CPUID`: the same, of leaves without sub-leaves.
    private func setCPUID(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let count = Int(try memory.read(KVMCPUID2.self).entryCount)
        guard count <= KVMConstant.maxCPUIDEntries else { throw .tooBig("nent is 256 at most") }
        let old = try memory.readArray(count, of: KVMCPUIDEntry.self, at: 8)
        try setCPUID(
            old.map { old in
                var entry = KVMCPUIDEntry2()
                (entry.function, entry.eax, entry.ebx, entry.ecx, entry.edx) = (
                    old.function, old.eax, old.ebx, old.ecx, old.edx
                )
                return entry
            })
        return 0
    }

    private func setCPUID(_ entries: [KVMCPUIDEntry2]) throws(Errno) {
        guard !hasRun || entries == cpuid else { throw .invalid("the vCPU has run with another model") }
        cpuid = entries
    }

    /// `KVM_TRANSLATE`: of a TD's registers KVM has copies in which paging is off, so that an address is what it is.
    private func translate(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        var translation = try memory.read(KVMTranslation.self)
        translation.physicalAddress = translation.linearAddress
        (translation.isValid, translation.isWritable, translation.isUser) = (1, 1, 0)
        try memory.write(translation)
        return 0
    }

    /// `KVM_GET_NESTED_STATE`: the vCPU has never been in VMX operation.
    private func getNestedState(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let room = try memory.read(UInt32.self, at: 4)
        guard room >= KVMNestedState.size else {
            try memory.write(UInt32(KVMNestedState.size), at: 4)
            throw .tooBig("size is less than 128")
        }
        try memory.write(KVMNestedState())
        return 0
    }

    /// `KVM_SET_NESTED_STATE`: the vCPU stays where it is.
    private func setNestedState(_ argument: UInt) throws(Errno) -> Int {
        let state = try UserMemory(address: argument).read(KVMNestedState.self)
        guard state.size >= KVMNestedState.size, state.flags & ~KVMNestedState.allFlags == 0,
            state.format == 0, state.vmxon == ~0, state.vmcs12 == ~0, state.smmFlags == 0, state.flags == 0
        else { throw .invalid("the vCPU is not, and cannot be, in VMX operation") }
        return 0
    }

    /// `KVM_GET_CPUID2`
    private func getCPUID2(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        var header = try memory.read(KVMCPUID2.self)
        let room = Int(header.entryCount)
        header.entryCount = UInt32(cpuid.count)
        guard room >= cpuid.count else {
            try memory.write(header)
            throw .tooBig("nent is less than the leaves there are")
        }
        try memory.write(header)
        try memory.writeArray(cpuid, at: 8)
        return 0
    }

    /// `KVM_X86_SETUP_MCE`: how many banks there are, and what they can.
    private func setupMCE(_ argument: UInt) throws(Errno) -> Int {
        let capabilities = try UserMemory(address: argument).read(UInt64.self)
        let banks = capabilities & 0xFF
        guard banks > 0, banks <= MachineCheckBanks.count,
            capabilities & ~(MachineCheckBanks.capabilities | 0xFF_00FF) == 0
        else { throw .invalid("there are 1 to 32 banks, and no such capabilities") }
        machineCheckCapabilities = capabilities
        return 0
    }

    /// `KVM_GET_VCPU_EVENTS`: of a TD only an NMI that waits is known.
    private func getEvents(_ argument: UInt) throws(Errno) -> Int {
        var events = KVMVCPUEvents()
        events.nmiPending = hasNMI.load(ordering: .sequentiallyConsistent) ? 1 : 0
        events.flags = KVMConstant.eventNMIPending | KVMConstant.eventShadow
        try UserMemory(address: argument).write(events)
        return 0
    }

    /// `KVM_SET_VCPU_EVENTS`
    private func setEvents(_ argument: UInt) throws(Errno) -> Int {
        let events = try UserMemory(address: argument).read(KVMVCPUEvents.self)
        guard events.flags & ~KVMConstant.eventsValid == 0, events.flags & KVMConstant.eventSMM == 0 else {
            throw .invalid("flags has bits that do not exist, or SMM, which a TD has not")
        }
        if events.flags & KVMConstant.eventNMIPending != 0 {
            hasNMI.store(events.nmiPending != 0, ordering: .sequentiallyConsistent)
        }
        return 0
    }

    /// `KVM_X86_SET_MCE`: a corrected error goes to its bank; an uncorrected one, if reported at all, is more than a vCPU
    /// without CR4.MCE can take.
    private func setMCE(_ argument: UInt) throws(Errno) -> Int {
        var event = try UserMemory(address: argument).read(KVMX86MCE.self)
        let (valid, overflow, uncorrected) = (UInt64(1) << 63, UInt64(1) << 62, UInt64(1) << 61)
        guard UInt64(event.bank) < machineCheckCapabilities & 0xFF, event.status & valid != 0 else {
            throw .invalid("the bank is beyond those there are, or status is not valid")
        }
        let bank = 0x400 + 4 * UInt32(event.bank)
        if event.status & uncorrected != 0 {
            let isReported =
                (machineCheckCapabilities & 1 << 8 == 0 || msrs[0x17B] ?? ~0 == ~0) && msrs[bank] ?? ~0 == ~0
            if isReported { wantsShutdown.store(true, ordering: .sequentiallyConsistent) }
            return 0
        }
        let old = msrs[bank + 1] ?? 0
        guard old & valid == 0 || old & uncorrected == 0 else {
            msrs[bank + 1] = old | overflow
            return 0
        }
        if old & valid != 0 { event.status |= overflow }
        (msrs[bank + 1], msrs[bank + 2], msrs[bank + 3]) = (event.status, event.address, event.miscellaneous)
        return 0
    }

    /// `KVM_INTERRUPT`: taken, and never delivered.
    private func interrupt(_ argument: UInt) throws(Errno) -> Int {
        let vector = try UserMemory(address: argument).read(UInt32.self)
        guard vector < 256 else { throw .invalid("vectors are below 256") }
        guard pendingExternalInterrupt == nil else { throw .exists("one is waiting already") }
        pendingExternalInterrupt = vector
        return 0
    }

    /// `KVM_PRE_FAULT_MEMORY`
    private func preFault(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        var request = try memory.read(KVMPreFaultMemory.self)
        let (end, overflow) = request.gpa.addingReportingOverflow(request.size)
        guard request.flags == 0, request.gpa % 4096 == 0, request.size % 4096 == 0, request.size > 0,
            !overflow
        else { throw .invalid("flags must be 0; gpa and size are whole pages that do not wrap around") }
        guard vm.isRunnable else { throw .notSupported("KVM_TDX_FINALIZE_VM comes before") }
        guard end <= vm.sharedBit else { throw .invalid("gpa has the shared bit, or is beyond it") }
        var mapped = 0
        while request.size > 0 {
            let failure = prefaultPage(request.gpa)
            if let failure {
                try memory.write(request)
                if mapped == 0 { throw failure }
                return 0
            }
            mapped += 1
            request.gpa += 4096
            request.size -= 4096
            if hasSignal { break }
        }
        try memory.write(request)
        return 0
    }

    private func prefaultPage(_ gpa: UInt64) -> Errno? {
        while true {
            if hasSignal { return .interrupted }
            let result: FaultResult? = vm.mmu.withLock { mmu in
                let isPrivate = mmu.isPrivate(gpa >> 12)
                if !isPrivate, mmu.slot(at: gpa >> 12) == nil { return nil }
                return mmu.fault(gpa, isPrivate: isPrivate)
            }
            switch result {
            case nil: return .noEntry
            case .fixed: return nil
            case .retry: yieldThread()
            case .memoryFault(let error): return error
            case .failed: return .ioError
            }
        }
    }

    // MARK: KVM_MEMORY_ENCRYPT_OP

    private func memoryEncryptOp(_ argument: UInt) throws(Errno) -> Int {
        let command = try UserMemory(address: argument).read(KVMTDXCommand.self)
        guard command.hwError == 0 else { throw .invalid("hw_error must be 0") }
        guard vm.hasKey, vm.state != .runnable else {
            throw .invalid("it comes after KVM_TDX_INIT_VM and before KVM_TDX_FINALIZE_VM")
        }
        switch KVMTDXCommandID(rawValue: command.id) {
        case .initVCPU: try vm.lock.withLock { () throws(Errno) in try initVCPU(command) }
        case .initMemRegion: try vm.lock.withLock { () throws(Errno) in try initMemRegion(command) }
        case .getCPUID: try getTDCPUID(command)
        default: throw .invalid("a vCPU has no such sub-command")
        }
        return 0
    }

    /// `KVM_TDX_INIT_VCPU`
    private func initVCPU(_ command: KVMTDXCommand) throws(Errno) {
        guard command.flags == 0, !isInitialized else {
            throw .invalid("flags must be 0, and the vCPU not initialized yet")
        }
        guard (cpuidEntry(1, 0)?.ecx ?? 0) & 1 << 21 != 0 else {
            throw .invalid("KVM_SET_CPUID2 must have given the vCPU x2APIC, leaf 1 ECX bit 21")
        }
        area.apicBase = apicBase
        let host = vm.host
        guard let pages = host.pages.allocate(count: host.system.vcpuPages + 1) else {
            throw .noMemory("the machine has no free pages")
        }
        func fail(_ used: Int) throws(Errno) -> Never {
            // Pages that the module has are given back with the TD.
            for page in pages.dropFirst(used) { host.pages.free(page) }
            throw .ioError("the TDX module refused a call, see the trace")
        }
        guard vm.call(.vpCreate, rcx: pages[0], rdx: vm.tdr).status == .success else { try fail(0) }
        tdvpr = pages[0]
        for (index, page) in pages.dropFirst().enumerated() {
            guard vm.call(.vpAddCX, rcx: page, rdx: tdvpr).status == .success else { try fail(index + 1) }
            controlPages.append(page)
        }
        guard call(.vpInit, version: 1, rdx: command.data, r8: UInt64(id)).status == .success else {
            try fail(pages.count)
        }
        isInitialized = true
        mpState.store(MPState.runnable.rawValue, ordering: .relaxed)
        for (field, value, mask) in [
            (0x0002, UInt64(VCPU.notificationVector), 0xFFFF), (0x2016, postedInterrupts, ~0),
            (0x4000, 0x80, 0x80),
        ] as [(UInt64, UInt64, UInt64)] {
            guard call(.vpWr, rdx: field, r8: value, r9: mask).status == .success else {
                throw .ioError("TDH.VP.WR failed")
            }
        }
    }

    /// `KVM_TDX_INIT_MEM_REGION`
    private func initMemRegion(_ command: KVMTDXCommand) throws(Errno) {
        guard isInitialized, command.flags & ~KVMConstant.measureMemoryRegion == 0 else {
            throw .invalid("the vCPU must be initialized, and the one flag is KVM_TDX_MEASURE_MEMORY_REGION")
        }
        let memory = UserMemory(address: UInt(command.data))
        var region = try memory.read(KVMTDXInitMemRegion.self)
        let (size, tooLong) = region.pageCount.multipliedReportingOverflow(by: 4096)
        let (end, overflow) = region.gpa.addingReportingOverflow(size)
        guard region.sourceAddress != 0, region.sourceAddress % 4096 == 0,
            region.sourceAddress < 1 << 47,
            region.gpa % 4096 == 0, region.pageCount > 0, !tooLong, !overflow, end <= vm.sharedBit
        else {
            throw .invalid(
                "source_addr, gpa and nr_pages must be whole pages, the guest's private and not none")
        }
        let host = vm.host
        guard let source = UnsafeMutableRawPointer(bitPattern: UInt(region.sourceAddress)) else {
            throw .badAddress
        }
        let window = host.memory.mapHost(source, size: size)
        defer { host.memory.unmapHost(window) }
        var failure: Errno?
        var address = window.rawValue
        do throws(Errno) {
            while region.pageCount > 0 {
                if hasSignal { throw .interrupted }
                let user = UserMemory(address: UInt(region.sourceAddress))
                try vm.mmu.withLock { mmu throws(Errno) in
                    try mmu.addInitial(region.gpa >> 12, source: address, user: user)
                }
                if command.flags & KVMConstant.measureMemoryRegion != 0 {
                    for chunk in 0..<16 as Range<UInt64> {
                        let status = vm.call(.mrExtend, rcx: region.gpa + 256 * chunk, rdx: vm.tdr).status
                        guard status == .success else {
                            vm.die()
                            throw .ioError("TDH.MR.EXTEND failed")
                        }
                    }
                }
                address += 4096
                region.sourceAddress += 4096
                region.gpa += 4096
                region.pageCount -= 1
            }
        } catch {
            failure = error
        }
        try memory.write(region)
        if let failure { throw failure }
    }

    /// `KVM_TDX_GET_CPUID`: what the module shows the guest.
    private func getTDCPUID(_ command: KVMTDXCommand) throws(Errno) {
        guard command.flags == 0 else { throw .invalid("flags must be 0") }
        let memory = UserMemory(address: UInt(command.data))
        var header = try memory.read(KVMCPUID2.self)
        guard let basic = readTDCPUID(0, nil), let extended = readTDCPUID(0x8000_0000, nil) else {
            throw .ioError("the module does not show leaf 0 or 0x80000000")
        }
        var entries: [KVMCPUIDEntry2] = []
        func collect(_ leaves: ClosedRange<UInt32>) {
            for leaf in leaves {
                if var entry = readTDCPUID(leaf, nil) {
                    if leaf == 0x8000_0008 {
                        entry.eax = entry.eax & ~0xFF_0000 | (vm.eptLevels == 5 ? 52 : 48) << 16
                    }
                    entries.append(entry)
                    continue
                }
                for subleaf in 0..<128 as Range<UInt32> {
                    guard let entry = readTDCPUID(leaf, subleaf) else { break }
                    entries.append(entry)
                }
            }
        }
        collect(0...min(basic.eax, 0x7F))
        collect(0x8000_0000...max(0x8000_0000, min(extended.eax, 0x8000_007F)))
        let room = Int(header.entryCount)
        header.entryCount = UInt32(entries.count)
        try memory.write(header)
        guard room >= entries.count else { throw .tooBig("nent is less than the leaves there are") }
        try memory.writeArray(entries, at: 8)
    }

    private func readTDCPUID(_ leaf: UInt32, _ subleaf: UInt32?) -> KVMCPUIDEntry2? {
        var field: UInt64 = 0x9410_0003_0000_0000 | UInt64(leaf >> 31) << 16 | UInt64(leaf & 0x7F) << 9
        field |= subleaf.map { UInt64($0 & 0x7F) << 1 } ?? 0x1FE
        let low = vm.call(.mngRd, rcx: vm.tdr, rdx: field)
        guard low.status == .success else { return nil }
        let high = vm.call(.mngRd, rcx: vm.tdr, rdx: field | 1)
        guard high.status == .success else { return nil }
        var entry = KVMCPUIDEntry2()
        entry.function = leaf
        entry.index = subleaf ?? 0
        entry.flags = subleaf == nil ? 0 : KVMConstant.cpuidSignificantIndex
        entry.eax = UInt32(truncatingIfNeeded: low.registers.r8)
        entry.ebx = UInt32(truncatingIfNeeded: low.registers.r8 >> 32)
        entry.ecx = UInt32(truncatingIfNeeded: high.registers.r8)
        entry.edx = UInt32(truncatingIfNeeded: high.registers.r8 >> 32)
        return entry
    }
}
