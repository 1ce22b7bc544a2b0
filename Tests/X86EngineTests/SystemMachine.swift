// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import X86
import X86Decoder

@testable import X86Engine

/// A vCPU in 64-bit mode with page tables, descriptor tables and a TSS that tests can bend.
///
/// Linear 0…2 MiB is mapped one to one with 4 KiB pages: the tables are at 0x1000 to 0x4FFF, the GDT at 0x6000, the IDT
/// at 0x7000, the TSS at 0x8000, stacks below 0x20000.
final class SystemMachine {
    let memory: PhysicalMemory
    let cpu: VirtualCPU
    static let present: UInt64 = 1
    static let writable: UInt64 = 2
    static let user: UInt64 = 4
    static let noExecute: UInt64 = 1 << 63
    static let leafTable: UInt64 = 0x4000
    static let handler: UInt64 = 0x10_0000

    /// - Parameter other: a machine whose memory this vCPU shares.
    init(key: UInt16 = 0, sharing other: SystemMachine? = nil) throws {
        memory = try other?.memory ?? PhysicalMemory(size: 16 << 20)
        cpu = VirtualCPU(memory: memory, clock: { 1000 }, group: other?.cpu.group)
        if key != 0 {
            for page in 0..<4096 { memory.initialize(PhysicalAddress(UInt64(page) << 12), key: key) }
        }
        self.key = key
        write(0x1000, 0x2000 | 7)
        write(0x2000, 0x3000 | 7)
        write(0x3000, 0x4000 | 7)
        for page in 0..<512 as Range<UInt64> { write(0x4000 + page * 8, page << 12 | 3) }
        let flat: UInt64 = 0x00AF_9B00_0000_FFFF
        write(0x6000 + 0x08, flat)
        write(0x6000 + 0x10, 0x00CF_9300_0000_FFFF)
        write(0x6000 + 0x18, 0x00CF_FB00_0000_FFFF)
        write(0x6000 + 0x20, 0x00CF_F300_0000_FFFF)
        write(0x6000 + 0x28, 0x00AF_FB00_0000_FFFF)
        for vector in 0..<256 as Range<UInt64> { setGate(vector, SystemMachine.handler + vector * 16) }
        write(0x8004, 0x1_8000)
        write(0x8024, 0x1_C000)
        // No I/O permission bitmap.
        write(0x8060, 0x68 << 48)
        cpu[.cr3] = 0x1000
        cpu[.cr4] = CR4.pae | CR4.osfxsr
        cpu.setMSR(MSRNumber.efer, EFER.sce | EFER.lme | EFER.lma | EFER.nxe)
        cpu[.cr0] = CR0.pe | CR0.pg | CR0.wp | CR0.ne | CR0.et
        cpu.gdtr = DescriptorTableRegister(base: 0x6000, limit: 0x7F)
        cpu.idtr = DescriptorTableRegister(base: 0x7000, limit: 0xFFF)
        cpu.tr = Segment(selector: 0x40, base: 0x8000, limit: 0x67, accessRights: 0x8B)
        cpu[.cs] = Segment(selector: 8, limit: 0xFFFF_FFFF, accessRights: 0xA09B)
        cpu[.ss] = Segment(selector: 0x10, limit: 0xFFFF_FFFF, accessRights: 0xC093)
        cpu[.rsp] = 0x1_4000
        cpu[.rip] = 0x9000
    }
    private let key: UInt16

    func write(_ address: UInt64, _ value: UInt64) {
        memory.store(PhysicalMemory.address(PhysicalAddress(address), key: key), value)
    }
    func read(_ address: UInt64) -> UInt64 {
        memory.load(PhysicalMemory.address(PhysicalAddress(address), key: key))
    }

    func setGate(_ vector: UInt64, _ target: UInt64, type: UInt64 = 0xE, dpl: UInt64 = 0, ist: UInt64 = 0) {
        let low =
            target & 0xFFFF | 8 << 16 | ist << 32 | type << 40 | dpl << 45 | 1 << 47 | (target >> 16 & 0xFFFF)
            << 48
        write(0x7000 + vector * 16, low)
        write(0x7008 + vector * 16, target >> 32)
    }

    /// The leaf entry of a page below 2 MiB.
    func setPage(_ linear: UInt64, _ entry: UInt64) {
        write(0x4000 + (linear >> 12) * 8, entry)
        cpu.translations.flushAll()
    }
    func page(_ linear: UInt64) -> UInt64 { read(0x4000 + (linear >> 12) * 8) }

    /// Places code, or other bytes, in memory.
    func place(_ address: UInt64, _ bytes: [UInt8]) {
        memory.write(PhysicalMemory.address(PhysicalAddress(address), key: key), bytes)
    }

    /// Makes the vCPU run at CPL 3.
    func enterUser() {
        cpu[.cs] = Segment(selector: 0x2B, limit: 0xFFFF_FFFF, accessRights: 0xA0FB)
        cpu[.ss] = Segment(selector: 0x23, limit: 0xFFFF_FFFF, accessRights: 0xC0F3)
    }

    /// What an access to a linear address meets: nil when it succeeds.
    func fault(_ linear: UInt64, _ kind: AccessKind, isUser: Bool = false, ac: Bool = false) -> Fault? {
        let table: TranslationCaches.Table = isUser ? .user : ac ? .suspended : .kernel
        do throws(Fault) {
            _ = try cpu.hostPage(linear, kind, table)
            return nil
        } catch { return error }
    }

    /// Performs one instruction, given as a record, without decoding. Returns the fault's vector, or 255.
    @discardableResult
    func perform(_ make: (inout Instruction) -> Void) -> Leave? {
        var i = Instruction()
        i.rip = cpu.state.rip
        i.length = 3
        i.operandSize = 4
        i.addressSize = 8
        make(&i)
        let arena = UnsafeMutableRawPointer.allocate(byteCount: 1024, alignment: 64)
        defer { arena.deallocate() }
        var builder = BlockBuilder(mode: cpu.state.mode, start: i.rip, arena: arena, end: arena + 1024)
        guard builder.lowerSystem(i) else { return nil }
        let stop = Instruction()
        builder.emitRecord({ c, o in State(c).leaveBlock(rip: State(c).rip &+ 3) }, stop)
        cpu.state[field: State.Offset.leave] = 99
        _ = MicroOp(arena).handler(cpu.state.base, arena)
        return Leave(rawValue: cpu.state[field: State.Offset.leave] & 0xFF)
    }
    var raised: (vector: UInt8, code: UInt64) {
        (
            UInt8(truncatingIfNeeded: cpu.state[field: State.Offset.leave] >> 8),
            cpu.state[field: State.Offset.exceptionErrorCode]
        )
    }
}
