// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Testing

/// Size, stride and offsets of a structure that is shared with another program.
private func expectLayout<T>(
    _ type: T.Type, size: Int, _ fields: [(PartialKeyPath<T>, Int)],
    at location: SourceLocation = #_sourceLocation
) {
    #expect(MemoryLayout<T>.size == size, sourceLocation: location)
    #expect(MemoryLayout<T>.stride == size, sourceLocation: location)
    for (field, offset) in fields {
        #expect(MemoryLayout<T>.offset(of: field) == offset, sourceLocation: location)
    }
}

@Suite("Structures of the ioctls")
struct KVMLayouts {
    @Test func kvmTDXCommand() {
        expectLayout(
            KVMTDXCommand.self, size: 24,
            [
                (\.id, 0),
                (\.flags, 4),
                (\.data, 8),
                (\.hwError, 16),
            ])
    }
    @Test func kvmTDXCapabilities() {
        expectLayout(
            KVMTDXCapabilities.self, size: 2056,
            [
                (\.supportedAttributes, 0),
                (\.supportedXFAM, 8),
                (\.kernelTDVMCallInfo1R11, 16),
                (\.userTDVMCallInfo1R11, 24),
                (\.kernelTDVMCallInfo1R12, 32),
                (\.userTDVMCallInfo1R12, 40),
                (\.reserved, 48),
                (\.entryCount, 2048),
                (\.padding, 2052),
            ])
    }
    @Test func kvmTDXInitVM() {
        expectLayout(
            KVMTDXInitVM.self, size: 264,
            [
                (\.attributes, 0),
                (\.xfam, 8),
                (\.mrConfigID, 16),
                (\.mrOwner, 64),
                (\.mrOwnerConfig, 112),
                (\.reserved, 160),
                (\.entryCount, 256),
                (\.padding, 260),
            ])
    }
    @Test func kvmTDXInitMemRegion() {
        expectLayout(
            KVMTDXInitMemRegion.self, size: 24,
            [
                (\.sourceAddress, 0),
                (\.gpa, 8),
                (\.pageCount, 16),
            ])
    }
    @Test func kvmCPUIDEntry2() {
        expectLayout(
            KVMCPUIDEntry2.self, size: 40,
            [
                (\.function, 0),
                (\.index, 4),
                (\.flags, 8),
                (\.eax, 12),
                (\.ebx, 16),
                (\.ecx, 20),
                (\.edx, 24),
                (\.padding, 28),
            ])
    }
    @Test func kvmCPUID2() {
        expectLayout(
            KVMCPUID2.self, size: 8,
            [
                (\.entryCount, 0),
                (\.padding, 4),
            ])
    }
    @Test func kvmUserspaceMemoryRegion() {
        expectLayout(
            KVMUserspaceMemoryRegion.self, size: 32,
            [
                (\.slot, 0),
                (\.flags, 4),
                (\.guestPhysicalAddress, 8),
                (\.memorySize, 16),
                (\.userspaceAddress, 24),
            ])
    }
    @Test func kvmUserspaceMemoryRegion2() {
        expectLayout(
            KVMUserspaceMemoryRegion2.self, size: 160,
            [
                (\.slot, 0),
                (\.flags, 4),
                (\.guestPhysicalAddress, 8),
                (\.memorySize, 16),
                (\.userspaceAddress, 24),
                (\.guestMemFDOffset, 32),
                (\.guestMemFD, 40),
                (\.padding1, 44),
                (\.padding2, 48),
            ])
    }
    @Test func kvmCreateGuestMemFD() {
        expectLayout(
            KVMCreateGuestMemFD.self, size: 64,
            [
                (\.size, 0),
                (\.flags, 8),
                (\.reserved, 16),
            ])
    }
    @Test func kvmMemoryAttributes() {
        expectLayout(
            KVMMemoryAttributes.self, size: 32,
            [
                (\.address, 0),
                (\.size, 8),
                (\.attributes, 16),
                (\.flags, 24),
            ])
    }
    @Test func kvmPreFaultMemory() {
        expectLayout(
            KVMPreFaultMemory.self, size: 64,
            [
                (\.gpa, 0),
                (\.size, 8),
                (\.flags, 16),
                (\.padding, 24),
            ])
    }
    @Test func kvmEnableCap() {
        expectLayout(
            KVMEnableCap.self, size: 104,
            [
                (\.cap, 0),
                (\.flags, 4),
                (\.arguments, 8),
                (\.padding, 40),
            ])
    }
    @Test func kvmIRQFD() {
        expectLayout(
            KVMIRQFD.self, size: 32,
            [
                (\.fd, 0),
                (\.gsi, 4),
                (\.flags, 8),
                (\.resampleFD, 12),
                (\.padding, 16),
            ])
    }
    @Test func kvmIOEventFD() {
        expectLayout(
            KVMIOEventFD.self, size: 64,
            [
                (\.dataMatch, 0),
                (\.address, 8),
                (\.length, 16),
                (\.fd, 20),
                (\.flags, 24),
                (\.padding, 28),
            ])
    }
    @Test func kvmClockData() {
        expectLayout(
            KVMClockData.self, size: 48,
            [
                (\.clock, 0),
                (\.flags, 8),
                (\.realtime, 16),
                (\.hostTSC, 24),
                (\.padding2, 32),
            ])
    }
    @Test func kvmVCPUEvents() {
        expectLayout(
            KVMVCPUEvents.self, size: 64,
            [
                (\.exceptionErrorCode, 4),
                (\.interruptInjected, 8),
                (\.nmiInjected, 12),
                (\.nmiPending, 13),
                (\.sipiVector, 16),
                (\.flags, 20),
                (\.smm, 24),
                (\.tripleFaultPending, 28),
                (\.exceptionHasPayload, 55),
                (\.exceptionPayload, 56),
            ])
    }
    @Test func kvmDirtyLog() {
        expectLayout(KVMDirtyLog.self, size: 16, [(\.slot, 0), (\.bitmap, 8)])
    }
    @Test func kvmClearDirtyLog() {
        expectLayout(
            KVMClearDirtyLog.self, size: 24,
            [(\.slot, 0), (\.pageCount, 4), (\.firstPage, 8), (\.bitmap, 16)])
    }
    @Test func kvmDeviceAttribute() {
        expectLayout(
            KVMDeviceAttribute.self, size: 24,
            [(\.flags, 0), (\.group, 4), (\.attribute, 8), (\.address, 16)])
    }
    @Test func kvmTranslation() {
        expectLayout(
            KVMTranslation.self, size: 24,
            [
                (\.linearAddress, 0), (\.physicalAddress, 8), (\.isValid, 16), (\.isWritable, 17),
                (\.isUser, 18), (\.padding, 19),
            ])
    }
    @Test func kvmNestedState() {
        expectLayout(
            KVMNestedState.self, size: KVMNestedState.size,
            [
                (\.flags, 0), (\.format, 2), (\.size, 4), (\.vmxon, 8), (\.vmcs12, 16), (\.smmFlags, 24),
                (\.vmxFlags, 28), (\.preemptionTimerDeadline, 32), (\.reserved, 40),
            ])
    }
    @Test func kvmCPUIDEntry() {
        expectLayout(
            KVMCPUIDEntry.self, size: 24,
            [(\.function, 0), (\.eax, 4), (\.ebx, 8), (\.ecx, 12), (\.edx, 16), (\.padding, 20)])
    }
    @Test func kvmPMUEventFilter() {
        expectLayout(
            KVMPMUEventFilter.self, size: 32,
            [(\.action, 0), (\.eventCount, 4), (\.fixedCounters, 8), (\.flags, 12), (\.padding, 16)])
    }
    @Test func kvmX86MCE() {
        expectLayout(
            KVMX86MCE.self, size: 64,
            [
                (\.status, 0),
                (\.address, 8),
                (\.miscellaneous, 16),
                (\.globalStatus, 24),
                (\.bank, 32),
                (\.padding2, 40),
            ])
    }
    @Test func kvmMSI() {
        expectLayout(
            KVMMSI.self, size: 32,
            [
                (\.addressLow, 0),
                (\.addressHigh, 4),
                (\.data, 8),
                (\.flags, 12),
                (\.deviceID, 16),
                (\.padding, 20),
            ])
    }
    @Test func kvmIRQLevel() {
        expectLayout(
            KVMIRQLevel.self, size: 8,
            [
                (\.irq, 0),
                (\.level, 4),
            ])
    }
    @Test func kvmIRQRouting() {
        expectLayout(
            KVMIRQRouting.self, size: 8,
            [
                (\.count, 0),
                (\.flags, 4),
            ])
    }
    @Test func kvmIRQRoutingEntry() {
        expectLayout(
            KVMIRQRoutingEntry.self, size: 48,
            [
                (\.gsi, 0),
                (\.type, 4),
                (\.flags, 8),
                (\.padding, 12),
                (\.words, 16),
            ])
    }
    @Test func kvmMSRs() {
        expectLayout(
            KVMMSRs.self, size: 8,
            [
                (\.count, 0),
                (\.padding, 4),
            ])
    }
    @Test func kvmMSREntry() {
        expectLayout(
            KVMMSREntry.self, size: 16,
            [
                (\.index, 0),
                (\.reserved, 4),
                (\.data, 8),
            ])
    }
    @Test func kvmMSRFilterRange() {
        expectLayout(
            KVMMSRFilterRange.self, size: 24,
            [
                (\.flags, 0),
                (\.count, 4),
                (\.base, 8),
                (\.padding, 12),
                (\.bitmap, 16),
            ])
    }
    @Test func kvmMSRFilter() {
        expectLayout(
            KVMMSRFilter.self, size: 392,
            [
                (\.flags, 0),
                (\.padding, 4),
                (\.ranges, 8),
            ])
    }
}
