// SPDX-License-Identifier: Apache-2.0

import KVMABI
import PhysicalMemory
import Platform
import X86

extension VM {
    /// The ioctls of a VM's file.
    func ioctl(_ ioctl: IOCTL, _ argument: UInt) throws(Errno) -> Int {
        guard !isDead else { throw .ioError }
        switch ioctl {
        case .checkExtension:
            return kvm.extensionValue(
                Capability(rawValue: UInt32(truncatingIfNeeded: argument)), vm: self)
        case .createVCPU: return try createVCPU(argument)
        case .memoryEncryptOp: return try memoryEncryptOp(argument)
        case .setUserMemoryRegion: return try setUserMemoryRegion(argument)
        case .setUserMemoryRegion2: return try setUserMemoryRegion2(argument)
        case .createGuestMemFD: return try createGuestMemFD(argument)
        case .setMemoryAttributes: return try setMemoryAttributes(argument)
        case .enableCap: return try enableCap(argument)
        case .setTSCKHz: return try setTSCKHz(argument)
        case .tscKHz: return Int(tscKHz)
        case .signalMSI: return try signalMSI(argument)
        case .setGSIRouting: return try setGSIRouting(argument)
        case .irqFD: return try irqFD(argument)
        case .ioEventFD: return try ioEventFD(argument)
        case .clock: return try getClock(argument)
        case .setClock: return try setClock(argument)
        case .irqLine, .irqLineStatus: return try irqLine(argument, status: ioctl == .irqLineStatus)
        case .setBootCPUID:
            guard lock.withLock({ vcpus.isEmpty }) else { throw .busy }
            bootVCPU = UInt32(truncatingIfNeeded: argument)
            return 0
        case .setTSSAddress, .setIdentityMapAddress, .setNrMMUPages, .setPMUEventFilter,
            .registerCoalescedMMIO, .unregisterCoalescedMMIO:
            return 0
        case .setMSRFilter: return try setMSRFilter(argument)
        case .createPIT2: throw .noEntry
        case .irqChip, .setIRQChip: throw .noDevice
        case .createIRQChip, .memoryEncryptRegRegion, .memoryEncryptUnregRegion: throw .notTTY
        default: throw .notTTY
        }
    }

    /// `KVM_SET_TSC_KHZ` of the VM: the frequency of vCPUs to come, 0 for the host's.
    private func setTSCKHz(_ argument: UInt) throws(Errno) -> Int {
        guard lock.withLock({ vcpus.isEmpty }), argument <= 10_000_000 else { throw .invalid }
        tscKHz =
            argument == 0 ? host.platform.configuration.tscKHz : UInt32(truncatingIfNeeded: argument)
        return 0
    }

    /// `KVM_CREATE_GUEST_MEMFD`
    private func createGuestMemFD(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMCreateGuestMemFD.self)
        guard request.flags & ~1 == 0, (0..<6).allSatisfy({ request.reserved[$0] == 0 }),
            request.size > 0,
            request.size < 1 << 47, request.size % 4096 == 0
        else { throw .invalid }
        retain()
        return Int(kvm.insert(.guestMemory(GuestMemory(self, size: request.size))))
    }

    /// `KVM_SET_MEMORY_ATTRIBUTES`
    private func setMemoryAttributes(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMMemoryAttributes.self)
        let (end, overflow) = request.address.addingReportingOverflow(request.size)
        guard request.flags == 0, request.attributes & ~KVMConstant.attributePrivate == 0,
            request.size > 0, !overflow,
            request.address % 4096 == 0, request.size % 4096 == 0
        else { throw .invalid }
        mmu.withLock {
            $0.setAttributes(request.address >> 12..<end >> 12, isPrivate: request.attributes != 0)
        }
        return 0
    }

    /// `KVM_SET_USER_MEMORY_REGION`: a slot with shared memory only.
    private func setUserMemoryRegion(_ argument: UInt) throws(Errno) -> Int {
        let old = try UserMemory(address: argument).read(KVMUserspaceMemoryRegion.self)
        guard old.flags & KVMConstant.memGuestMemFD == 0 else { throw .invalid }
        var region = KVMUserspaceMemoryRegion2()
        region.slot = old.slot
        region.flags = old.flags
        region.guestPhysicalAddress = old.guestPhysicalAddress
        region.memorySize = old.memorySize
        region.userspaceAddress = old.userspaceAddress
        return try setRegion(region)
    }

    /// `KVM_SET_USER_MEMORY_REGION2`
    private func setUserMemoryRegion2(_ argument: UInt) throws(Errno) -> Int {
        try setRegion(try UserMemory(address: argument).read(KVMUserspaceMemoryRegion2.self))
    }

    private func setRegion(_ region: KVMUserspaceMemoryRegion2) throws(Errno) -> Int {
        let hasFile = region.flags & KVMConstant.memGuestMemFD != 0
        guard region.flags & ~(hasFile ? KVMConstant.memGuestMemFD : KVMConstant.memLogDirty) == 0,
            region.slot < 32764
        else { throw .invalid }
        let (end, overflow) = region.guestPhysicalAddress.addingReportingOverflow(region.memorySize)
        guard region.memorySize % 4096 == 0, region.guestPhysicalAddress % 4096 == 0, !overflow,
            region.userspaceAddress % 4096 == 0, region.userspaceAddress < 1 << 47,
            region.guestMemFDOffset % 4096 == 0,
            region.memorySize >> 12 < 1 << 31, end <= sharedBit
        else { throw .invalid }
        let pages = region.guestPhysicalAddress >> 12..<end >> 12
        return try mmu.withLock { mmu throws(Errno) -> Int in
            let existing = mmu.slots[region.slot]
            guard region.memorySize > 0 else {
                guard let existing else { throw .invalid }
                mmu.remove(existing)
                return 0
            }
            if let existing {
                guard !hasFile, existing.memory == nil, existing.pages == pages,
                    existing.userAddress == region.userspaceAddress
                else { throw .invalid }
                return 0
            }
            guard !mmu.slots.values.contains(where: { $0.pages.overlaps(pages) }) else { throw .exists }
            var file: GuestMemory?
            if hasFile {
                guard let id = kvm.resolve(Int32(bitPattern: region.guestMemFD)), let open = kvm.file(id)
                else {
                    throw .badDescriptor
                }
                guard case .guestMemory(let memory) = open, memory.vm === self else { throw .invalid }
                let (fileEnd, overflow) = region.guestMemFDOffset.addingReportingOverflow(region.memorySize)
                guard !overflow, fileEnd <= memory.size else { throw .invalid }
                let range = region.guestMemFDOffset >> 12..<fileEnd >> 12
                for slot in mmu.slots.values where slot.memory === memory {
                    let bound = slot.firstPage..<slot.firstPage + UInt64(slot.pages.count)
                    guard !bound.overlaps(range) else { throw .exists }
                }
                file = memory
            }
            guard let pointer = UnsafeMutableRawPointer(bitPattern: UInt(region.userspaceAddress)) else {
                throw .invalid
            }
            let window = host.memory.mapHost(pointer, size: region.memorySize)
            mmu.insert(
                MemorySlot(
                    id: region.slot, pages: pages, userAddress: region.userspaceAddress, window: window,
                    memory: file,
                    firstPage: region.guestMemFDOffset >> 12, flags: region.flags))
            return 0
        }
    }

    /// `KVM_ENABLE_CAP` of the VM.
    private func enableCap(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMEnableCap.self)
        guard request.flags == 0 else { throw .invalid }
        let value = request.arguments[0]
        return try lock.withLock { () throws(Errno) -> Int in
            switch Capability(rawValue: request.cap) {
            case .exitHypercall:
                guard value & ~(1 << KVMConstant.mapGPARange) == 0 else { throw .invalid }
                exitHypercalls = value
            case .splitIRQChip:
                guard value <= 4096 else { throw .invalid }
                guard !isSplitIRQChip else { throw .exists }
                guard vcpus.isEmpty else { throw .invalid }
                isSplitIRQChip = true
            case .apicBusCyclesNS:
                guard isSplitIRQChip else { throw .noDevice }
                guard vcpus.isEmpty, value > 0, value < 1 << 24 else { throw .invalid }
                apicBusNanoseconds = value
            case .x2APICAPI:
                guard value & ~15 == 0 else { throw .invalid }
                if value & 1 != 0 { usesX2APICFormat = true }
                if value & 2 != 0 { hasNoBroadcastQuirk = true }
            case .maxVCPUID:
                guard value > 0, value <= 4096, vcpus.isEmpty else { throw .invalid }
            case .userSpaceMSR:
                guard value & ~7 == 0 else { throw .invalid }
                userSpaceMSRReasons = value
            case .pmuCapability:
                guard value == 1, vcpus.isEmpty else { throw .invalid }
            case .exceptionPayload, .tripleFaultEvent, .disableQuirks2: break
            default: throw .invalid
            }
            return 0
        }
    }

    // MARK: Clock

    /// `KVM_GET_CLOCK`: nanoseconds of the VM, of the host's wall clock, and the time-stamp counter at that moment.
    private func getClock(_ argument: UInt) throws(Errno) -> Int {
        var data = KVMClockData()
        data.clock = HostClock.nanoseconds() &+ lock.withLock { clockOffset }
        data.realtime = HostClock.wallNanoseconds()
        data.hostTSC = host.platform.clock()
        data.flags = KVMConstant.clockStable | KVMConstant.clockRealtime | KVMConstant.clockHostTSC
        try UserMemory(address: argument).write(data)
        return 0
    }

    /// `KVM_SET_CLOCK`: with a wall-clock time, what has passed since then is added.
    private func setClock(_ argument: UInt) throws(Errno) -> Int {
        let data = try UserMemory(address: argument).read(KVMClockData.self)
        guard data.flags & ~KVMConstant.clockRealtime == 0 else { throw .invalid }
        var clock = data.clock
        if data.flags & KVMConstant.clockRealtime != 0 {
            let wall = HostClock.wallNanoseconds()
            if wall > data.realtime { clock &+= wall - data.realtime }
        }
        lock.withLock { clockOffset = clock &- HostClock.nanoseconds() }
        return 0
    }

    // MARK: Interrupts

    /// `KVM_SIGNAL_MSI`
    private func signalMSI(_ argument: UInt) throws(Errno) -> Int {
        let message = try UserMemory(address: argument).read(KVMMSI.self)
        guard isSplitIRQChip, message.flags & ~1 == 0 else { throw .invalid }
        return deliver(
            addressLow: message.addressLow, addressHigh: message.addressHigh, data: message.data)
    }

    /// `KVM_SET_GSI_ROUTING`: replaces the whole table.
    private func setGSIRouting(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let header = try memory.read(KVMIRQRouting.self)
        guard isSplitIRQChip, header.count <= 4096, header.flags == 0 else { throw .invalid }
        let entries = try memory.readArray(Int(header.count), of: KVMIRQRoutingEntry.self, at: 8)
        var table: [UInt32: (addressLow: UInt32, addressHigh: UInt32, data: UInt32)] = [:]
        for entry in entries {
            guard entry.type == KVMConstant.routingMSI, entry.flags & ~1 == 0 else { throw .invalid }
            table[entry.gsi] = (entry.words[0], entry.words[1], entry.words[2])
        }
        lock.withLock { routes = table }
        return 0
    }

    /// `KVM_IRQ_LINE`, `KVM_IRQ_LINE_STATUS`: a rising line sends the message its GSI is routed to.
    private func irqLine(_ argument: UInt, status: Bool) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let request = try memory.read(KVMIRQLevel.self)
        guard isSplitIRQChip else { throw .noDevice }
        let result = request.level != 0 ? raise(request.irq) : -1
        if status { try memory.write(Int32(truncatingIfNeeded: result)) }
        return 0
    }

    /// A GSI rises: its message is sent.
    ///
    /// - Returns: how many local APICs it reached; -1 when it is routed nowhere.
    func raise(_ gsi: UInt32) -> Int {
        guard let route = lock.withLock({ routes[gsi] }), route.addressLow != 0 else { return -1 }
        return deliver(addressLow: route.addressLow, addressHigh: route.addressHigh, data: route.data)
    }

    /// A message-signalled interrupt reaches the local APICs it is for.
    ///
    /// - Returns: how many it reached.
    func deliver(addressLow: UInt32, addressHigh: UInt32, data: UInt32) -> Int {
        var destination = addressLow >> 12 & 0xFF
        if usesX2APICFormat { destination |= addressHigh & 0xFFFF_FF00 }
        if destination == 0xFF, !hasNoBroadcastQuirk { destination = ~0 }
        return deliver(
            destination: destination, isLogical: addressLow[bit: 2],
            mode: UInt8(truncatingIfNeeded: data >> 8 & 7),
            vector: UInt8(truncatingIfNeeded: data), from: nil)
    }

    /// An interrupt on the bus between local APICs.
    func deliver(
        destination: UInt32, isLogical: Bool, mode: UInt8, vector: UInt8, from sender: VCPU?,
        includingSelf: Bool = true
    ) -> Int {
        var reached = 0
        for vcpu in allVCPUs {
            if vcpu === sender, !includingSelf { continue }
            guard destination == ~0 || vcpu.apic.matches(destination, isLogical: isLogical) else {
                continue
            }
            vcpu.apic.accept(mode: mode, vector: vector)
            reached += 1
            if mode == 1 { break }  // lowest priority: one of them
        }
        return reached
    }
}
