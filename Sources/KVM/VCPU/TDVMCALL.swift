// SPDX-License-Identifier: Apache-2.0

import KVMABI
import PhysicalMemory
import Synchronization
import TDXABI
import X86

/// What is left to do for the guest when its program runs it again.
enum Completion: Sendable {
    case none
    case portRead(size: Int)
    case mmioRead(size: Int)
    case done
    /// Pages converted so far end at `next`.
    case mapGPA(next: UInt64, end: UInt64)
    /// The result is the guest's.
    case hypercall
    case tdxResult
    case tdxInfo
    case readMSR
    case writeMSR
}

/// What a guest gets in R10.
///
/// - SeeAlso: GHCI, "TDG.VP.VMCALL Instruction Leaf".
struct VMCallStatus: RawRepresentable, Hashable, Sendable {
    var rawValue: UInt64
    init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(_ rawValue: UInt64) { self.rawValue = rawValue }

    static let success = VMCallStatus(0)
    static let retry = VMCallStatus(1)
    static let invalidOperand = VMCallStatus(0x8000_0000_0000_0000)
    static let gpaInUse = VMCallStatus(0x8000_0000_0000_0001)
    static let alignError = VMCallStatus(0x8000_0000_0000_0002)
    static let subfunctionUnsupported = VMCallStatus(0x8000_0000_0000_0003)
}

extension VCPU {
    private func answer(_ status: VMCallStatus) -> Step {
        registers.r10 = status.rawValue
        return .enter
    }
    func exit(_ reason: KVMExitReason, _ completion: Completion) -> Step {
        area.exitReason = reason
        self.completion = completion
        return .exit
    }

    /// `TDG.VP.VMCALL` arrives.
    func handleTDVMCall() throws(Errno) -> Step {
        guard registers.r10 == 0 else { return hypercall() }
        switch registers.r11 {
        case 10: return emulateCPUID()
        case 12: return emulateHLT()
        case 30: return emulateIO()
        case 31: return emulateMSR(write: false)
        case 32: return emulateMSR(write: true)
        case 48: return emulateMMIO()
        case 0x10000: return getTdVmCallInfo()
        case 0x10001: return mapGPA()
        case 0x10002: return getQuote()
        case 0x10003: return reportFatalError()
        case 0x10004: return setupEventNotifyInterrupt()
        default: return answer(.subfunctionUnsupported)
        }
    }

    // MARK: Instructions

    private func emulateCPUID() -> Step {
        var leaf = UInt32(truncatingIfNeeded: registers.r12)
        let subleaf = UInt32(truncatingIfNeeded: registers.r13)
        if cpuidEntry(leaf, subleaf) == nil, let basic = cpuidEntry(0, 0) {
            // As on Intel's processors, a leaf beyond its class reads as the highest basic one.
            let kind = leaf >> 28 == 4 ? leaf & 0xFFFF_FF00 : leaf & 0x8000_0000
            if leaf > cpuidEntry(kind, 0)?.eax ?? 0 { leaf = basic.eax }
        }
        let entry = cpuidEntry(leaf, subleaf)
        registers.r12 = UInt64(entry?.eax ?? 0)
        registers.r13 = UInt64(entry?.ebx ?? 0)
        registers.r14 = UInt64(entry?.ecx ?? 0)
        registers.r15 = UInt64(entry?.edx ?? 0)
        // A level of the topology that is not there still has its number and the x2APIC id.
        if entry == nil, leaf == 0xB || leaf == 0x1F, let first = cpuidEntry(leaf, 1) {
            registers.r14 = UInt64(subleaf & 0xFF)
            registers.r15 = UInt64(first.edx)
        }
        return answer(.success)
    }

    private func emulateHLT() -> Step {
        lastHalt = (true, registers.r12 != 0)
        registers.r10 = VMCallStatus.success.rawValue
        if isUnhalted.exchange(false, ordering: .sequentiallyConsistent) || hasEvents { return .enter }
        return .halt
    }

    private func emulateIO() -> Step {
        let size = registers.r12
        guard size == 1 || size == 2 || size == 4, registers.r13 < 2 else {
            return answer(.invalidOperand)
        }
        let isWrite = registers.r13 == 1
        let port = UInt16(truncatingIfNeeded: registers.r14)
        let data = isWrite ? registers.r15 & ((1 << (8 * size)) - 1) : 0
        if isWrite, vm.signalsEvent(isPort: true, UInt64(port), size, data) { return answer(.success) }
        area.io = KVMRun.IO(isWrite: isWrite, size: UInt8(size), port: port)
        area.portData = UInt32(data)
        return exit(.io, isWrite ? .done : .portRead(size: Int(size)))
    }

    private func emulateMMIO() -> Step {
        let size = registers.r12
        let gpa = registers.r14
        guard size == 1 || size == 2 || size == 4 || size == 8, registers.r13 < 2 else {
            return answer(.invalidOperand)
        }
        let (last, overflow) = gpa.addingReportingOverflow(size - 1)
        guard !overflow, gpa & vm.sharedBit != 0, last & vm.sharedBit != 0, last >> 52 == 0 else {
            return answer(.invalidOperand)
        }
        let isWrite = registers.r13 == 1
        let mask: UInt64 = size == 8 ? ~0 : (1 << (8 * size)) - 1
        let (address, data) = (gpa & ~vm.sharedBit, isWrite ? registers.r15 & mask : 0)
        if isWrite, vm.signalsEvent(isPort: false, address, size, data) { return answer(.success) }
        area.mmio = KVMRun.MMIO(address: address, data: data, length: UInt32(size), isWrite: isWrite)
        return exit(.mmio, isWrite ? .done : .mmioRead(size: Int(size)))
    }

    private func emulateMSR(write: Bool) -> Step {
        let number = UInt32(truncatingIfNeeded: registers.r12)
        guard vm.lock.withLock({ vm.msrFilter.allows(number, write: write) }) else {
            return msrExit(number, write: write, reason: 1 << 2)
        }
        if write {
            if writeMSR(number, registers.r13, fromHost: false) { return answer(.success) }
        } else if let value = readMSR(number) {
            registers.r11 = value
            return answer(.success)
        }
        return msrExit(number, write: write, reason: 1 << 1)
    }

    /// An access that KVM does not emulate goes to the program, if it asked for that reason (1: bad value, 2: unknown,
    /// 4: filtered).
    private func msrExit(_ number: UInt32, write: Bool, reason: UInt32) -> Step {
        guard vm.userSpaceMSRReasons & UInt64(reason) != 0 else { return answer(.invalidOperand) }
        area.msr = (0, reason, number, write ? registers.r13 : 0)
        return exit(write ? .wrmsr : .rdmsr, write ? .writeMSR : .readMSR)
    }

    // MARK: GHCI calls

    private func getTdVmCallInfo() -> Step {
        switch registers.r12 {
        case 0:
            (registers.r11, registers.r12, registers.r13, registers.r14) = (0, 0, 0, 0)
            return answer(.success)
        case 1:
            area.tdxNumber = 0x10000
            area.tdxResult = 0
            var data = [5 of UInt64](repeating: 0)
            data[0] = 1
            area.tdxData = data
            return exit(.tdx, .tdxInfo)
        default: return answer(.invalidOperand)
        }
    }

    private func mapGPA() -> Step {
        let gpa = registers.r12
        let size = registers.r13
        guard vm.exitHypercalls & 1 << KVMConstant.mapGPARange != 0 else {
            return answer(.subfunctionUnsupported)
        }
        let (end, overflow) = gpa.addingReportingOverflow(size)
        let width = UInt64(addressWidth)
        guard size > 0, !overflow, gpa >> width == 0, (end - 1) >> width == 0,
            gpa & vm.sharedBit == (end - 1) & vm.sharedBit
        else {
            registers.r11 = gpa
            return answer(.invalidOperand)
        }
        guard gpa % 4096 == 0, size % 4096 == 0 else {
            registers.r11 = gpa
            return answer(.alignError)
        }
        return mapNextChunk(from: gpa, end: end)
    }

    private func mapNextChunk(from start: UInt64, end: UInt64) -> Step {
        let next = min(end, start + (2 << 20))
        var arguments = [6 of UInt64](repeating: 0)
        arguments[0] = start & ~vm.sharedBit
        arguments[1] = (next - start) / 4096
        arguments[2] = start & vm.sharedBit == 0 ? KVMConstant.mapGPAEncrypted : 0
        area.hypercallNumber = KVMConstant.mapGPARange
        area.hypercallArguments = arguments
        area.hypercallResult = 0
        area.hypercallFlags = 1
        return exit(.hypercall, .mapGPA(next: next, end: end))
    }

    private func getQuote() -> Step {
        guard registers.r12 & vm.sharedBit != 0 else { return answer(.invalidOperand) }
        area.tdxNumber = 0x10002
        area.tdxResult = VMCallStatus.subfunctionUnsupported.rawValue
        var data = [5 of UInt64](repeating: 0)
        data[0] = registers.r12 & ~vm.sharedBit
        data[1] = registers.r13
        area.tdxData = data
        return exit(.tdx, .tdxResult)
    }

    private func setupEventNotifyInterrupt() -> Step {
        guard (32...255).contains(registers.r12) else { return answer(.invalidOperand) }
        area.tdxNumber = 0x10004
        area.tdxResult = VMCallStatus.subfunctionUnsupported.rawValue
        var data = [5 of UInt64](repeating: 0)
        data[0] = registers.r12
        area.tdxData = data
        return exit(.tdx, .tdxResult)
    }

    private func reportFatalError() -> Step {
        let r = registers
        area.systemEvent = (
            .tdxFatal,
            [
                r.rax, r.rcx, r.rdx, r.rbx, 0, 0, r.rsi, r.rdi, r.r8, r.r9, r.r10, r.r11, r.r12, r.r13,
                r.r14, r.r15,
            ]
        )
        return exit(.systemEvent, .none)
    }

    // MARK: Completion

    /// Finishes what the program was asked to do.
    ///
    /// - Returns: nil when the guest can be entered, or a further exit.
    func complete() throws(Errno) -> Step? {
        let pending = completion
        completion = .none
        switch pending {
        case .none: return nil
        case .done: registers.r10 = VMCallStatus.success.rawValue
        case .portRead(let size):
            registers.r10 = VMCallStatus.success.rawValue
            registers.r11 = UInt64(area.portData) & ((1 << UInt64(8 * size)) - 1)
        case .mmioRead(let size):
            registers.r10 = VMCallStatus.success.rawValue
            registers.r11 = size == 8 ? area.mmio.data : area.mmio.data & ((1 << UInt64(8 * size)) - 1)
        case .mapGPA(let next, let end): return try completeMapGPA(next, end)
        case .hypercall: registers.r10 = area.hypercallResult
        case .tdxResult: registers.r10 = area.tdxResult
        case .tdxInfo:
            registers.r10 = area.tdxResult
            let data = area.tdxData
            (registers.r11, registers.r12, registers.r13, registers.r14) = (
                data[1], data[2], data[3], data[4]
            )
        case .readMSR:
            registers.r10 = area.msr.error == 0 ? 0 : VMCallStatus.invalidOperand.rawValue
            if area.msr.error == 0 { registers.r11 = area.msr.data }
        case .writeMSR: registers.r10 = area.msr.error == 0 ? 0 : VMCallStatus.invalidOperand.rawValue
        }
        return nil
    }

    private func completeMapGPA(_ next: UInt64, _ end: UInt64) throws(Errno) -> Step? {
        // The chunk that was asked for began at its stripped address.
        let shared = registers.r12 & vm.sharedBit
        let start = area.hypercallArguments[0] | shared
        switch area.hypercallResult {
        case 0:
            guard next < end else {
                registers.r10 = VMCallStatus.success.rawValue
                return nil
            }
            guard !hasEvents else {
                registers.r11 = next
                registers.r10 = VMCallStatus.retry.rawValue
                return nil
            }
            return mapNextChunk(from: next, end: end)
        case 11:
            registers.r11 = start
            registers.r10 = VMCallStatus.retry.rawValue
        case 22:
            registers.r11 = start
            registers.r10 = VMCallStatus.invalidOperand.rawValue
        default:
            completion = .mapGPA(next: next, end: end)
            throw .invalid("hypercall.ret of KVM_HC_MAP_GPA_RANGE is 0, EAGAIN or EINVAL")
        }
        return nil
    }
}
