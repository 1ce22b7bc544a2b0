// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform
import Synchronization
import TDXABI
import X86

extension VCPU {
    /// What to do after an exit of the guest.
    enum Step {
        /// Enter again.
        case enter
        /// Sleep until there is an event, then enter again.
        case halt
        /// Return to the program; the exit area has been filled in.
        case exit
    }

    private var turns: InstructionTime? { vm.host.platform.turns }

    /// `KVM_RUN`
    ///
    /// Where vCPUs run in turn it does not sleep: it ends with `EAGAIN` when the vCPU has nothing to do, and with `EINTR` when
    /// its turn is over.
    func run(_ argument: UInt) throws(Errno) -> Int {
        guard argument == 0 else { throw .invalid("the argument must be 0") }
        if mpState.load(ordering: .relaxed) == MPState.uninitialized.rawValue {
            if area.immediateExit != 0 { throw .interrupted }
            if turns != nil { throw .tryAgain }
            sleep {
                hasSignal || vm.isDead || mpState.load(ordering: .relaxed) != MPState.uninitialized.rawValue
            }
            if hasSignal { throw interrupted() }
            throw vm.isDead
                ? .ioError(VM.deadRule) : .tryAgain("the vCPU has been woken before KVM_TDX_INIT_VCPU")
        }
        guard area.validRegisters == 0, area.dirtyRegisters == 0 else {
            throw .invalid("a TD's registers are not for kvm_valid_regs and kvm_dirty_regs")
        }
        area.flags = 0
        if let step = try complete(), case .exit = step { return finish() }
        if area.immediateExit != 0 {
            takeSignal()
            throw .interrupted
        }
        guard isInitialized, vm.isRunnable else {
            throw .invalid("KVM_TDX_INIT_VCPU and KVM_TDX_FINALIZE_VM come before")
        }
        switch MPState(rawValue: mpState.load(ordering: .relaxed)) {
        case .initReceived, .sipiReceived:
            throw .invalid("a TD's vCPU never waits for INIT or SIPI")
        default: break
        }
        hasRun = true
        area.exitReason = .unknown
        schedule()
        defer { unschedule() }
        if let turns, turns.ticks() >= turnEnd { turnEnd = turns.ticks() &+ InstructionTime.turn }
        while true {
            if let turns {
                vm.host.timers.fireDue()
                if turns.ticks() >= turnEnd {
                    area.exitReason = .intr
                    throw .interrupted
                }
                turns.interrupt(at: min(turnEnd, vm.host.timers.next))
            }
            if vm.isDead { throw .ioError(VM.deadRule) }
            if wantsShutdown.exchange(false, ordering: .sequentiallyConsistent) {
                area.exitReason = .shutdown
                return finish()
            }
            if hasSignal { throw interrupted() }
            if mpState.load(ordering: .relaxed) == MPState.halted.rawValue {
                try block()
                continue
            }
            vm.host.platform.failPlannedMemory()
            guard enter() else { continue }
            switch try handleExit() {
            case .enter: continue
            case .halt: mpState.store(MPState.halted.rawValue, ordering: .relaxed)
            case .exit: return finish()
            }
        }
    }

    private func interrupted() -> Errno {
        takeSignal()
        area.exitReason = .intr
        return .interrupted
    }

    private func finish() -> Int {
        area.readyForInterruptInjection = 0
        area.ifFlag = 0
        area.cr8 = 0
        area.apicBase = apicBase
        vm.kvm.trace?(
            .kvmExit(vcpu: id, reason: area.exitReason.rawValue, details: [area.load(32), area.load(40)]))
        return 0
    }

    // MARK: Sleeping

    /// Something has happened that a halted guest, or a long operation, is to be interrupted for.
    var hasEvents: Bool {
        if hasNMI.load(ordering: .sequentiallyConsistent) { return true }
        guard !lastHalt.isHalt || !lastHalt.isBlocked else { return false }
        if hasPostedInterrupt { return true }
        guard lastHalt.isHalt else { return false }
        // An interrupt may have reached the virtual IRR before the guest said that it halts.
        let details = call(.vpRd, rdx: 0x9100_0000_0000_0100)
        return details.status == .success && details.registers.r8 & 1 != 0
    }

    private func block() throws(Errno) {
        let isBlocked = lastHalt.isHalt && lastHalt.isBlocked
        func isWoken() -> Bool {
            hasSignal || vm.isDead || hasNMI.load(ordering: .sequentiallyConsistent)
                || isUnhalted.load(ordering: .sequentiallyConsistent) || (!isBlocked && hasPostedInterrupt)
        }
        if turns != nil {
            // What may have been before the guest halted has been looked at the first time.
            guard isWoken() || !isIdle && hasEvents else {
                isIdle = true
                turnEnd = 0
                throw .tryAgain
            }
            isIdle = false
        } else if !hasEvents {
            unschedule()
            defer { schedule() }
            sleep(until: isWoken)
            if vm.isDead { throw .ioError(VM.deadRule) }
            if hasSignal { throw interrupted() }
        }
        isUnhalted.store(false, ordering: .sequentiallyConsistent)
        mpState.store(MPState.runnable.rawValue, ordering: .relaxed)
    }

    // MARK: Entering

    /// `TDH.VP.ENTER`.
    ///
    /// - Returns: false when the guest has not run, because somebody wants something first.
    private func enter() -> Bool {
        if !hasSharedRoot {
            guard sharedLevels == vm.eptLevels, let root = vm.mmu.withLock({ $0.loadSharedRoot() }),
                call(.vpWr, rdx: 0x203C, r8: root, r9: 0x000F_FFFF_FFFF_F000).status == .success
            else {
                vm.die()
                return false
            }
            hasSharedRoot = true
        }
        if hasNMI.exchange(false, ordering: .sequentiallyConsistent) {
            _ = call(.vpWr, rdx: 0x2000_0000_0000_000B, r8: 1, r9: 0xFF)
        }
        return vm.host.processors.on(processor, runsGuest: true) { processor in
            processor.acknowledgeInterrupts()
            enteringGuest()
            defer { leftGuest() }
            // Who asks for something sets it, then looks whether the vCPU is inside: so the vCPU looks the other way round.
            guard !hasSignal, !vm.isDead, !hasNMI.load(ordering: .sequentiallyConsistent) else {
                return false
            }
            guard !vm.waitsForZap.load(ordering: .sequentiallyConsistent) else {
                lastHalt = (false, false)
                return false
            }
            if wantsFlush.exchange(false, ordering: .sequentiallyConsistent) {
                processor.invalidateTranslations()
            }
            if hasPostedInterrupt { processor.interrupt(VCPU.notificationVector) }
            registers.rax = UInt64(HostLeafNumber.vpEnter.rawValue)
            registers.rcx = tdvpr
            if !processor.seamcall(&registers) { registers.rax = TDXStatus.failInvalid.rawValue }
            return true
        }
    }

    // MARK: Exits

    private static let validReasons: Set<TDXStatus> = [
        .success, .nonRecoverableVCPU, .nonRecoverableTD, TDXStatus(0x4000_0002_0000_0000),
        .nonRecoverableTDNonAccessible, .nonRecoverableTDWrongAPICMode,
        TDXStatus(0x6000_0007_0000_0000),
    ]

    private func handleExit() throws(Errno) -> Step {
        lastHalt = (false, false)
        let status = TDXStatus(registers.rax)
        // A program is not kept from its exit by what the kernel does about the page, on the way back to it.
        defer { if registers.rax >> 62 != 0 { vm.host.handleMachineChecks() } }
        // Another thread was at the Secure EPT or the epoch: as if nothing had been.
        if status.withoutDetails == .operandBusy { return .enter }
        if registers.rax >> 32 & 0x8000_FF00 == 0x8000_FF00 {
            vm.die()
            return internalError()
        }
        guard VCPU.validReasons.contains(status.withoutDetails) else { return internalError() }
        let reason = ExitReason(rawValue: UInt32(truncatingIfNeeded: registers.rax) & 0xFFFF)
        if registers.rax[bit: 31] {
            area.failEntry = (registers.rax & 0xFFFF_FFFF, UInt32(processor))
            area.exitReason = .failEntry
            return .exit
        }
        if registers.rax >> 62 != 0, reason != .tripleFault { return internalError() }
        switch reason {
        case .tripleFault:
            area.exitReason = .shutdown
            return .exit
        case .exceptionOrNMI:
            let information = UInt32(truncatingIfNeeded: registers.r9)
            if information >> 8 & 7 == 2 || information & 0xFF == 18 { return .enter }
            area.exception = (information & 0xFF, 0)
            area.exitReason = .exception
            return .exit
        case .externalInterrupt, .otherSMI: return .enter
        case .tdcall: return try handleTDVMCall()
        case .eptViolation: return try handleEPTViolation()
        case .eptMisconfiguration:
            vm.die()
            throw .ioError("the shared EPT has an entry that no processor understands")
        default: return internalError()
        }
    }

    private func internalError() -> Step {
        area.internalError = (.unexpectedExitReason, [registers.rax, UInt64(processor)])
        area.exitReason = .internalError
        return .exit
    }

    /// Reports an access that the program has to make possible.
    func memoryFault(_ gpa: UInt64, isPrivate: Bool) {
        area.memoryFault = (isPrivate ? KVMConstant.memoryExitPrivate : 0, gpa & ~0xFFF, 4096)
        area.exitReason = .memoryFault
        vm.kvm.trace?(
            .kvmExit(vcpu: id, reason: area.exitReason.rawValue, details: [area.load(32), area.load(40)]))
    }

    private func handleEPTViolation() throws(Errno) -> Step {
        let gpa = registers.r8
        let isPrivate = gpa & vm.sharedBit == 0
        let plain = gpa & ~vm.sharedBit
        if isPrivate, registers.rdx & 15 == 6, registers.rcx[bits: 3...6] == 0 {
            // The guest has touched memory that it has not accepted, and asked not to be told.
            vm.die()
            throw .ioError("the guest has touched private memory that it has not accepted")
        }
        if !isPrivate, registers.rcx[bit: 2] {
            vm.die()
            throw .ioError("the guest has run code in shared memory")
        }
        while true {
            let result = vm.mmu.withLock {
                $0.fault(plain, isPrivate: isPrivate, isWrite: registers.rcx[bit: 1])
            }
            switch result {
            case .fixed: return .enter
            case .retry:
                if vm.isDead { throw .ioError(VM.deadRule) }
                if hasSignal || hasEvents { return .enter }
                yieldThread()
            case .memoryFault(let error):
                memoryFault(plain, isPrivate: isPrivate)
                throw error
            case .failed: throw .ioError("the TDX module refused a call, see the trace")
            }
        }
    }
}
