// SPDX-License-Identifier: Apache-2.0

import Devices
import KVMABI

/// Serves one exit of one processor.
struct ExitService {
    let machine: Machine
    let calls: KVMCalls
    let board: Board
    let memory: [GuestMemory]
    let wiring: MachineWiring
    let vm: Int32

    /// - Returns: how the machine ended, if this exit ends it.
    func serve(_ processor: Machine.Processor) -> MachineOutcome? {
        let area = processor.area
        switch area.reason {
        case RunArea.Reason.io: io(area)
        case RunArea.Reason.memoryMapped: memoryMapped(area)
        case RunArea.Reason.hypercall: return hypercall(area)
        case RunArea.Reason.memoryFault: return memoryFault(area)
        case RunArea.Reason.tdx: tdx(area)
        case RunArea.Reason.systemEvent: return systemEvent(area)
        case RunArea.Reason.shutdown: return .tripleFault(processor: processor.number)
        case RunArea.Reason.interrupted: break
        case RunArea.Reason.unknown where area.get(RunArea.Field.exit, as: UInt64.self) == 0: break
        case RunArea.Reason.internalError:
            let count = min(Int(area.get(36, as: UInt32.self)), 16)
            let data = (0..<count).map { "0x" + String(area.get(40 + 8 * $0, as: UInt64.self), radix: 16) }
            return .failed(
                .exit(
                    reason: area.reason,
                    detail:
                        "internal error \(area.get(32, as: UInt32.self)), data \(data.joined(separator: " "))"
                ))
        case RunArea.Reason.failedEntry, RunArea.Reason.unknown:
            return .failed(
                .exit(
                    reason: area.reason,
                    detail: "hardware reason 0x"
                        + String(area.get(RunArea.Field.exit, as: UInt64.self), radix: 16)))
        default:
            return .failed(.exit(reason: area.reason, detail: "no device or service has it"))
        }
        return nil
    }

    // MARK: Devices

    private func io(_ area: RunArea) {
        let isWrite = area.get(32, as: UInt8.self) == 1
        let port = area.get(34, as: UInt16.self)
        guard let width = AccessWidth(rawValue: Int(area.get(33, as: UInt8.self))), width != .quadWord else {
            return
        }
        let count = min(Int(area.get(36, as: UInt32.self)), 4096 / width.rawValue)
        let data = Int(truncatingIfNeeded: area.get(40, as: UInt64.self))
        for i in 0..<count {
            let offset = data &+ i * width.rawValue
            if isWrite {
                let value: UInt32 =
                    switch width {
                    case .byte: UInt32(area.get(offset, as: UInt8.self))
                    case .word: UInt32(area.get(offset, as: UInt16.self))
                    default: area.get(offset, as: UInt32.self)
                    }
                board.write(port: port, width: width, value)
            } else {
                let value = board.read(port: port, width: width)
                switch width {
                case .byte: area.put(offset, UInt8(truncatingIfNeeded: value))
                case .word: area.put(offset, UInt16(truncatingIfNeeded: value))
                default: area.put(offset, value)
                }
            }
        }
    }

    private func memoryMapped(_ area: RunArea) {
        let address = area.get(32, as: UInt64.self)
        guard let width = AccessWidth(rawValue: Int(area.get(48, as: UInt32.self))) else { return }
        if area.get(52, as: UInt8.self) != 0 {
            board.write(address: address, width: width, area.get(40, as: UInt64.self) & width.mask)
        } else {
            area.put(40, board.read(address: address, width: width))
        }
    }

    // MARK: Memory conversions

    /// `KVM_HC_MAP_GPA_RANGE`: the guest makes memory private or shared.
    private func hypercall(_ area: RunArea) -> MachineOutcome? {
        guard area.get(32, as: UInt64.self) == 12 else {
            area.put(88, UInt64(bitPattern: -1000))
            return nil
        }
        let start = area.get(40, as: UInt64.self)
        let (size, overflow) = area.get(48, as: UInt64.self).multipliedReportingOverflow(by: VMM.pageSize)
        let isPrivate = area.get(56, as: UInt64.self) & 0x10 != 0
        let end = start.addingReportingOverflow(size)
        guard !overflow, !end.overflow, size > 0 else {
            area.put(88, UInt64(22))
            return nil
        }
        let range = start..<end.partialValue
        let isRAM = memory.contains { $0.range.overlaps(range) }
        // Where there is no memory everything is shared; only the other way round makes no sense.
        guard isRAM || !isPrivate else {
            area.put(88, UInt64(22))
            return nil
        }
        return isRAM ? convert(range, isPrivate: isPrivate) : nil
    }

    private func memoryFault(_ area: RunArea) -> MachineOutcome? {
        let flags = area.get(32, as: UInt64.self)
        let gpa = area.get(40, as: UInt64.self)
        let size = area.get(48, as: UInt64.self)
        let end = gpa.addingReportingOverflow(size)
        guard flags & ~8 == 0, size > 0, !end.overflow else {
            return .failed(
                .exit(reason: area.reason, detail: "memory fault with flags 0x" + String(flags, radix: 16)))
        }
        guard memory.contains(where: { $0.range.contains(gpa) }) else {
            return .failed(
                .exit(
                    reason: area.reason,
                    detail: "the guest touched 0x\(String(gpa, radix: 16)), where it has no memory"))
        }
        return convert(gpa..<end.partialValue, isPrivate: flags & 8 != 0)
    }

    /// Gives a range to one half of the address space and takes its memory from the other.
    private func convert(_ range: Range<UInt64>, isPrivate: Bool) -> MachineOutcome? {
        do throws(MachineError) {
            for slot in memory {
                let part = slot.range.clamped(to: range)
                guard !part.isEmpty else { continue }
                try calls.setAttributes(vm, part, isPrivate: isPrivate)
                if isPrivate {
                    slot.discard(part)
                } else {
                    let result = calls.device.punchHole(
                        slot.descriptor, offset: part.lowerBound - slot.range.lowerBound,
                        length: UInt64(part.count))
                    guard result >= 0 else { throw .call(name: "fallocate", error: -result, detail: 0) }
                }
            }
            return nil
        } catch {
            return .failed(error)
        }
    }

    // MARK: TDVMCALLs

    private func tdx(_ area: RunArea) {
        switch area.get(40, as: UInt64.self) {
        case 0x10000:  // GetTdVmCallInfo
            area.put(48, UInt64(0))
        case 0x10002:  // GetQuote
            area.put(48, quote(area.get(56, as: UInt64.self), area.get(64, as: UInt64.self)))
        case 0x10004:  // SetupEventNotifyInterrupt: quotes are ready when the call returns
            area.put(48, UInt64(0))
        default:
            area.put(48, UInt64(0x8000_0000_0000_0003))
        }
    }

    /// - Returns: what the guest finds in `R10`.
    private func quote(_ gpa: UInt64, _ size: UInt64) -> UInt64 {
        guard let slot = memory.first(where: { $0.range.contains(gpa) }) else { return QuoteBuffer.invalid }
        return QuoteBuffer(gpa: gpa, size: size).answer(
            read: { slot.read($0, count: $1) }, write: { slot.write($0, $1) }, make: wiring.quote)
    }

    private func systemEvent(_ area: RunArea) -> MachineOutcome {
        let data = (0..<16).map { area.get(40 + 8 * $0, as: UInt64.self) }
        switch area.get(32, as: UInt32.self) {
        case 1: return .poweredOff(status: nil)
        case 2: return .reset
        case 7:
            // The text comes in registers, in this order, where the mask says that they are passed.
            let registers = [14, 15, 3, 7, 6, 8, 9, 2].filter { data[1] >> UInt64($0) & 1 != 0 }
            let bytes = registers.flatMap { register in
                (0..<8).map { UInt8(truncatingIfNeeded: data[register] >> UInt64(8 * $0)) }
            }
            let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            let printable = String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
            return .fatalReport(code: data[12] & 0xFFFF_FFFF, message: printable)
        case let type:
            return .failed(.exit(reason: area.reason, detail: "system event \(type)"))
        }
    }
}
