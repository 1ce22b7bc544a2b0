// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import X86
import X86Decoder

@testable import X86Engine

/// A vCPU at CPL 3 whose linear addresses look like those of a `HostProcessor` region, under a kernel like the host's: the
/// same selectors, and for each vector a handler that leaves at once.
///
/// Everything of the kernel's lies in the upper half of the address space.
final class OracleMachine {
    typealias Place = OraclePlace

    let memory: PhysicalMemory
    let cpu: VirtualCPU
    let base: UInt64

    private static let kernel: UInt64 = 0xFFFF_8000_0000_0000
    private static let handlers: UInt64 = 0xD000
    private static let stackTop: UInt64 = 0xC000
    private static let region: UInt64 = 0x20_0000
    static let gdt: UInt64 = 0x8000
    static let ldt: UInt64 = 0x8800
    private static let present: UInt64 = 1 | 1 << 5 | 1 << 6
    private static let writable: UInt64 = 2
    private static let user: UInt64 = 4
    private static let noExecute: UInt64 = 1 << 63

    init(base: UInt64) throws {
        self.base = base
        memory = try PhysicalMemory(size: 8 << 20)
        cpu = VirtualCPU(memory: memory, clock: { 1000 })
        let (present, writable, user) = (OracleMachine.present, OracleMachine.writable, OracleMachine.user)
        let noExecute = OracleMachine.noExecute
        let all = present | writable | user
        write(0x1000 + (base >> 39 & 511) * 8, 0x2000 | all)
        write(0x2000 + (base >> 30 & 511) * 8, 0x3000 | all)
        write(0x3000 + (base >> 21 & 511) * 8, 0x4000 | all)
        let data = all | noExecute
        let pages: [(place: UInt64, count: UInt64, rights: UInt64)] = [
            (Place.code, 2, all), (Place.landing, 1, present | user), (Place.data, 2, data),
            (Place.readOnly, 1, present | user | noExecute),
        ]
        for (place, count, rights) in pages {
            for page in (place >> 12)..<(place >> 12) + count {
                write(0x4000 + page * 8, OracleMachine.region + page << 12 | rights)
            }
        }
        write(0x1000 + 256 * 8, 0x5000 | all)
        write(0x5000, 0x6000 | all)
        write(0x6000, present | writable | 1 << 7)

        // Linux's descriptors, at Linux's selectors.
        let descriptors: [UInt64] = [
            0, 0x00CF_9B00_0000_FFFF, 0x00AF_9B00_0000_FFFF, 0x00CF_9300_0000_FFFF, 0x00CF_FB00_0000_FFFF,
            0x00CF_F300_0000_FFFF, 0x00AF_FB00_0000_FFFF, 0, 0x0000_8B00_A000_0067, 0, 0x0000_8200_8800_007F,
        ]
        for (n, descriptor) in descriptors.enumerated() {
            write(OracleMachine.gdt + UInt64(n) * 8, descriptor)
        }
        // Read-only, with the processor's number for a limit.
        write(OracleMachine.gdt + 15 * 8, 0x0040_F500_0000_0000)
        // The upper halves of the TSS and the LDT.
        write(OracleMachine.gdt + 9 * 8, OracleMachine.kernel >> 32)
        write(OracleMachine.gdt + 11 * 8, OracleMachine.kernel >> 32)
        for vector in 0..<256 as Range<UInt64> {
            let target = OracleMachine.kernel + OracleMachine.handlers + vector * 16
            let dpl: UInt64 = vector == 3 || vector == 4 ? 3 : 0
            write(
                0x9000 + vector * 16,
                target & 0xFFFF | 0x10 << 16 | 0xE << 40 | dpl << 45 | 1 << 47 | (target >> 16 & 0xFFFF) << 48
            )
            write(0x9008 + vector * 16, target >> 32)
            // VMCALL
            memory.write(PhysicalAddress(OracleMachine.handlers + vector * 16), [0x0F, 0x01, 0xC1])
        }
        write(0xA004, OracleMachine.kernel + OracleMachine.stackTop)
        write(0xA060, 0x68 << 48)

        cpu[.cr3] = 0x1000
        cpu[.cr4] = CR4.pae | CR4.pge | CR4.osfxsr | CR4.osxmmexcpt | CR4.fsgsbase | CR4.umip
        cpu.setMSR(MSRNumber.efer, EFER.sce | EFER.lme | EFER.lma | EFER.nxe)
        cpu[.cr0] = CR0.pe | CR0.pg | CR0.wp | CR0.ne | CR0.et | CR0.am | CR0.mp
        cpu.gdtr = DescriptorTableRegister(base: OracleMachine.kernel + OracleMachine.gdt, limit: 0x7F)
        cpu.idtr = DescriptorTableRegister(base: OracleMachine.kernel + 0x9000, limit: 0xFFF)
        cpu.tr = Segment(selector: 0x40, base: OracleMachine.kernel + 0xA000, limit: 0x67, accessRights: 0x8B)
        cpu.ldtr = Segment(
            selector: 0x50, base: OracleMachine.kernel + 0x8800, limit: 0x7F, accessRights: 0x82)
        for place in [Place.code, Place.code + 0x1000, Place.landing] {
            self[place].initializeMemory(as: UInt8.self, repeating: 0xF4, count: 0x1000)
        }
    }

    private func write(_ address: UInt64, _ value: UInt64) { memory.store(PhysicalAddress(address), value) }

    /// An entry of the local descriptor table.
    func setDescriptor(_ number: Int, _ descriptor: UInt64) {
        write(OracleMachine.ldt + UInt64(number) * 8, descriptor)
    }

    /// A place of the region as this process sees it.
    subscript(_ place: UInt64) -> UnsafeMutableRawPointer {
        guard let pointer = try? memory.pointer(PhysicalAddress(OracleMachine.region + place), key: 0) else {
            fatalError("the machine's memory is DRAM, which always has a pointer")
        }
        return pointer
    }

    /// Code bytes have been changed behind the vCPU's back.
    func codeChanged(_ place: UInt64, _ count: Int) {
        let page = self[place & ~0xFFF]
        let offset = Int(place & 0xFFF)
        cpu.blocks.invalidate(UInt64(UInt(bitPattern: page)), offset..<offset + count)
    }

    private func load(_ number: Int, _ selector: UInt16, _ base: UInt64) {
        let rights: UInt32 =
            switch selector {
            case 0x23: 0xC0FB
            case 0x33: 0xA0FB
            case 0x2B: 0xC0F3
            case 0: 0x1_0000
            default: localRights
            }
        cpu.setSegment(
            number,
            Segment(
                selector: selector, base: selector & 4 != 0 ? localBase : base,
                limit: selector & 4 != 0 ? localLimit : selector == 0 ? 0 : 0xFFFF_FFFF, accessRights: rights)
        )
    }
    /// What selectors of the local table stand for, when segments are set from outside.
    var localBase: UInt64 = 0
    var localLimit: UInt32 = 0
    var localRights: UInt32 = 0x40F3

    /// Runs what lies at `start.rip` until an exception is delivered or the vCPU exits.
    func run(_ start: ProcessorState) -> ProcessorOutcome {
        for n in 0..<16 { cpu.state[gpr: n] = start.registers[n] }
        cpu[.rip] = start.rip
        load(0, start.es, 0)
        load(1, start.cs, 0)
        load(2, start.ss, 0)
        load(3, start.ds, 0)
        load(4, start.fs, start.fsBase)
        load(5, start.gs, start.gsBase)
        cpu.interruptibility = 0
        cpu[.rflags] = start.rflags
        let exit = cpu.run()
        var end = ProcessorState()
        for n in 0..<16 { end.registers[n] = cpu.state[gpr: n] }
        end.fsBase = cpu[.fs].base
        end.gsBase = cpu[.gs].base
        // The way back from the host's kernel leaves nothing of a null selector.
        func selector(_ register: SegmentRegister) -> UInt16 {
            cpu[register].selector < 4 ? 0 : cpu[register].selector
        }
        end.ds = selector(.ds)
        end.es = selector(.es)
        end.fs = selector(.fs)
        end.gs = selector(.gs)
        let first = OracleMachine.kernel + OracleMachine.handlers
        guard exit.reason == .vmcall, cpu.cpl == 0, cpu[.rip] >= first, cpu[.rip] < first + 4096 else {
            end.rip = cpu[.rip]
            end.rflags = cpu[.rflags]
            end.cs = cpu[.cs].selector
            end.ss = cpu[.ss].selector
            return ProcessorOutcome(state: end, event: .exit(exit.reason.rawValue))
        }
        let vector = UInt8(truncatingIfNeeded: (cpu[.rip] - first) >> 4)
        let hasCode = [8, 10, 11, 12, 13, 14, 17].contains(vector)
        var frame = OracleMachine.stackTop - (hasCode ? 48 : 40)
        func next() -> UInt64 {
            defer { frame += 8 }
            return memory.load(PhysicalAddress(frame))
        }
        let code = hasCode ? UInt32(truncatingIfNeeded: next()) : 0
        end.rip = next()
        end.cs = UInt16(truncatingIfNeeded: next())
        end.rflags = next()
        end.registers[4] = next()
        end.ss = UInt16(truncatingIfNeeded: next())
        return ProcessorOutcome(
            state: end, event: .exception(vector, code: code), faultAddress: vector == 14 ? cpu[.cr2] : 0)
    }
}
