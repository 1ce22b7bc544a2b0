// SPDX-License-Identifier: Apache-2.0

import KVMABI
import PhysicalMemory
import Platform
import Synchronization
import TDXABI
import X86

/// A vCPU of a TD.
///
/// It runs on the thread that calls `KVM_RUN`, on the logical processor it is associated with.
final class VCPU: @unchecked Sendable {
    /// The vector that tells a processor to look at the posted-interrupt descriptor.
    static let notificationVector: UInt8 = 0xF2

    let vm: VM
    let id: UInt32
    /// The logical processor that it runs on, and is associated with.
    private let place: Atomic<Int>
    var processor: Int { place.load(ordering: .sequentiallyConsistent) }
    let area: KVMRun
    let areaMemory: RunMemory
    private(set) var apic: LocalAPIC!
    /// Held by `KVM_RUN` and every other ioctl on the vCPU.
    let lock = Lock()

    // The vCPU's control structures.
    var isInitialized = false
    var tdvpr: UInt64 = 0
    var controlPages: [UInt64] = []
    let postedInterrupts: UInt64

    /// The registers of `TDH.VP.ENTER`, in and out.
    var registers = HostRegisters()
    var cpuid: [KVMCPUIDEntry2] = []
    var hasRun = false
    let mpState: Atomic<UInt32>
    var hasSharedRoot = false
    var completion = Completion.none
    var msrs: [UInt32: UInt64] = [:]
    /// The one external interrupt that `KVM_INTERRUPT` can leave, which no TD ever takes.
    var pendingExternalInterrupt: UInt32?
    /// `MCG_CAP`
    var machineCheckCapabilities = MachineCheckBanks.capabilities
    /// The last exit was HLT, with interrupts blocked or not.
    var lastHalt: (isHalt: Bool, isBlocked: Bool) = (false, false)

    // What other threads ask for.
    /// Inside the guest, or about to enter it.
    let isInGuest = Atomic<Bool>(false)
    private let exits = Atomic<UInt64>(0)
    private let signalled = Atomic<Bool>(false)
    private let kicked = Atomic<Bool>(false)
    let wantsFlush = Atomic<Bool>(false)
    let hasNMI = Atomic<Bool>(false)
    /// A machine check that the guest could not take.
    let wantsShutdown = Atomic<Bool>(false)
    let isUnhalted = Atomic<Bool>(false)
    /// Where vCPUs run in turn: halted, and last time there was nothing to do.
    var isIdle = false
    /// When its turn is over, in ticks; an exit to the program does not end it.
    var turnEnd: UInt64 = 0
    private let sleep = Lock()

    init(_ vm: VM, id: UInt32, processor: Int, postedInterrupts: UInt64, areaMemory: RunMemory) {
        self.vm = vm
        self.id = id
        place = Atomic(processor)
        self.postedInterrupts = postedInterrupts
        self.areaMemory = areaMemory
        area = KVMRun(areaMemory.base)
        mpState = Atomic(id == vm.bootVCPU ? MPState.runnable.rawValue : MPState.uninitialized.rawValue)
        apic = LocalAPIC(self)
        // NV and, until it is initialised, SN.
        vm.host.memory.store(PhysicalAddress(postedInterrupts + 34), VCPU.notificationVector)
    }

    // MARK: Being interrupted

    /// A signal for the thread in `KVM_RUN`.
    func signal() {
        signalled.store(true, ordering: .sequentiallyConsistent)
        kick()
    }
    var hasSignal: Bool { signalled.load(ordering: .sequentiallyConsistent) }
    /// The signal has been taken.
    func takeSignal() { signalled.store(false, ordering: .sequentiallyConsistent) }

    /// Makes the vCPU look around: out of the guest, or awake.
    func kick() {
        if isInGuest.load(ordering: .sequentiallyConsistent) {
            vm.host.processors.processor(processor).interrupt(Processors.rescheduleVector)
        }
        wake()
    }

    /// Asks the vCPU to leave the guest.
    ///
    /// - Returns: how often it had, or nil when it is not inside.
    func kickCounting() -> UInt64? {
        let count = exits.load(ordering: .sequentiallyConsistent)
        guard isInGuest.load(ordering: .sequentiallyConsistent) else { return nil }
        vm.host.processors.processor(processor).interrupt(Processors.rescheduleVector)
        return count
    }

    func waitForExit(since count: UInt64?) {
        guard let count else { return }
        while isInGuest.load(ordering: .sequentiallyConsistent),
            exits.load(ordering: .sequentiallyConsistent) == count
        {
            yieldThread()
        }
    }

    func enteringGuest() { isInGuest.store(true, ordering: .sequentiallyConsistent) }
    func leftGuest() {
        isInGuest.store(false, ordering: .sequentiallyConsistent)
        exits.wrappingAdd(1, ordering: .sequentiallyConsistent)
    }

    /// Ends `waitForWake`.
    func wake() { sleep.withLock { sleep.wake() } }
    /// Sleeps until `condition`, which somebody who makes it true follows by `wake`.
    func sleep(until condition: () -> Bool) {
        sleep.withLock { while !condition() { sleep.wait() } }
    }

    // MARK: Posted interrupts

    /// A quadword of the posted-interrupt descriptor: 0 to 3 are PIR, 4 has ON in bit 0.
    private func descriptor(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt64>>? {
        // The page has the host's key for as long as the vCPU lives.
        try? vm.host.memory.pointer(PhysicalAddress(postedInterrupts + UInt64(8 * index)), key: 0)
            .assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// ON: an interrupt has been posted that the processor has not taken over.
    var hasPostedInterrupt: Bool {
        (descriptor(4)?.pointee.load(ordering: .sequentiallyConsistent) ?? 0) & 1 != 0
    }

    /// Posts a fixed interrupt.
    func post(_ vector: UInt8) {
        guard vector >= 16 else { return }
        guard let delay = vm.host.platform.faults?.interruptDelay(), delay > 0 else { return deliver(vector) }
        // Each interrupt on its way is a timer of its own, which keeps itself.
        final class Message: Sendable {}
        let message = Message()
        let platform = vm.host.platform
        let ticks = HostClock.scale(delay, by: UInt64(platform.configuration.tscKHz), over: 1_000_000)
        vm.host.timers.set(message, deadline: platform.clock() &+ ticks) { [weak self] in
            _ = message
            self?.deliver(vector)
        }
    }

    private func deliver(_ vector: UInt8) {
        let bit: UInt64 = 1 << UInt64(vector & 63)
        guard let word = descriptor(Int(vector >> 6)), let control = descriptor(4) else { return }
        guard word.pointee.bitwiseOr(bit, ordering: .sequentiallyConsistent).oldValue & bit == 0 else {
            return
        }
        guard control.pointee.bitwiseOr(1, ordering: .sequentiallyConsistent).oldValue & 1 == 0 else {
            return
        }
        if isInGuest.load(ordering: .sequentiallyConsistent) {
            vm.host.processors.processor(processor).interrupt(VCPU.notificationVector)
        } else {
            wake()
        }
    }

    // MARK: The module's side

    /// One leaf on the vCPU's own processor.
    func call(
        _ leaf: HostLeafNumber, version: UInt64 = 0, rdx: UInt64 = 0, r8: UInt64 = 0, r9: UInt64 = 0
    ) -> (status: TDXStatus, registers: HostRegisters) {
        vm.host.processors.on(processor) {
            $0.call(leaf, version: version, rcx: tdvpr, rdx: rdx, r8: r8, r9: r9)
        }
    }

    /// The vCPU's thread is to run: finds it a processor. One that it leaves has to forget it.
    func schedule() {
        let old = processor
        let new = vm.host.processors.schedule(preferred: old)
        guard new != old else { return }
        flush()
        place.store(new, ordering: .sequentiallyConsistent)
    }
    func unschedule() { vm.host.processors.unschedule(processor) }

    /// `TDH.VP.FLUSH`: the processor forgets the vCPU.
    func flush() {
        guard isInitialized else { return }
        _ = call(.vpFlush)
    }

    /// The key is gone: pages go back.
    func reclaim() {
        for page in controlPages { vm.reclaim(page) }
        controlPages = []
        if tdvpr != 0 { vm.reclaim(tdvpr) }
        tdvpr = 0
    }
    func free() { vm.host.pages.free(postedInterrupts) }

    // MARK: CPUID

    /// The entry for a leaf in the vCPU's own model.
    func cpuidEntry(_ function: UInt32, _ index: UInt32) -> KVMCPUIDEntry2? {
        cpuid.first {
            $0.function == function
                && ($0.flags & KVMConstant.cpuidSignificantIndex == 0 || $0.index == index)
        }
    }
    /// Levels of the shared EPT that go with the width of a guest physical address in the vCPU's own model.
    var sharedLevels: Int { (cpuidEntry(0x8000_0008, 0)?.eax ?? 0) >> 16 & 0xFF > 48 ? 5 : 4 }
    /// Bits of a physical address the guest may use, the shared bit included.
    var addressWidth: UInt32 {
        guard let entry = cpuidEntry(0x8000_0008, 0) else { return 36 }
        return min(entry.eax & 0xFF, 52)
    }
}
