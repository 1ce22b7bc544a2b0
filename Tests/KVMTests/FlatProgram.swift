// SPDX-License-Identifier: Apache-2.0

import Boot
import KVM
import KVMABI
import TDXABI
import X86

/// A guest that a test writes with the assembler: 64-bit code at privilege level 0, started on every vCPU alike.
///
/// It begins with identity-mapped memory, the shared half of the first 4 GiB at `sharedAlias`, a stack per vCPU, the
/// vCPU's index in RBP, an IDT with `gates`, and interrupts off. What it `report`s are the values that the test reads.
struct FlatProgram {
    /// The TD's memory: one slot of 4 MiB below 4 GiB.
    static let base: UInt64 = 0xFFC0_0000
    static let size: UInt64 = 4 << 20
    /// The first 2 MiB of it belong to nobody when the program starts.
    static let free = base
    /// Where the shared half is in the program's linear addresses.
    static let sharedAlias: UInt64 = 0x80_0000_0000
    static let sharedBit: UInt64 = 1 << 47

    /// Emulated memory: a 64-bit write here is a report.
    static let reportAddress: UInt64 = 0xD000_0000
    /// A write to this port says that the program is over.
    static let endPort: UInt16 = 0x501

    private static let tables = base + 0x20_1000
    private static let interruptTable = base + 0x20_4000
    private static let stacks = base + 0x20_8000
    private static let origin = base + 0x21_0000
    private static let resetPage = base + size - 0x1000
    static let maxVCPUs = 8

    var code: Assembler
    /// Interrupt gates by vector.
    var gates: [UInt8: Assembler.Label] = [:]
    private let shared: UInt64
    private let reporter: Assembler.Label

    /// - Parameter shared: the GPA bit that selects the shared half.
    init(shared: UInt64 = FlatProgram.sharedBit) {
        self.shared = shared
        code = Assembler(origin: FlatProgram.origin, mode: .bits32)
        let (descriptors, pointer, interrupts) = (code.label(), code.label(), code.label())
        let (start, long, main) = (code.label(), code.label(), code.label())
        reporter = code.label()
        code.jmp(start)
        code.align(8)
        code.place(descriptors)
        code.data64(0)
        code.data64(0x00AF_9B00_0000_FFFF)
        code.data64(0x00CF_9300_0000_FFFF)
        code.place(pointer)
        code.data16(23)
        code.data32(descriptors)
        code.place(interrupts)
        code.data16(4095)
        code.data64(FlatProgram.interruptTable)
        code.place(start)
        code.lgdt(.label(pointer))
        code.mov(.rax, Int64(FlatProgram.tables))
        code.mov(control: 3, .rax)
        code.mov(.rax, control: 4)
        code.or(.rax, 0x620)  // PAE, OSFXSR, OSXMMEXCPT
        code.mov(control: 4, .rax)
        code.mov(.rax, 0x8000_0021)  // PG, NE, PE; the module has set EFER.LME
        code.mov(control: 0, .rax)
        code.jmpFar(8, long)
        code.mode = .bits64
        code.place(long)
        code.mov(.rbp, .rsi, .dword)
        code.mov(.rsp, .rbp)
        code.shl(.rsp, 12)
        code.mov(.rbx, unsigned: FlatProgram.stacks + 0x1000)
        code.add(.rsp, .rbx)
        code.lidt(.label(interrupts))
        code.jmp(main)

        // The reporter: R15 goes out. Changes no other register.
        code.place(reporter)
        let saved: [GeneralRegister] = [.rax, .rcx, .r10, .r11, .r12, .r13, .r14, .r15]
        for register in saved { code.push(register) }
        vmcall(.requestMMIO, 8, 1, shared | FlatProgram.reportAddress)
        for register in saved.reversed() { code.pop(register) }
        code.ret()
        code.place(main)
    }

    // MARK: Phrases

    /// Tells the test a register's value.
    mutating func report(_ register: GeneralRegister) {
        code.push(.r15)
        if register != .r15 { code.mov(.r15, register) }
        code.call(reporter)
        code.pop(.r15)
    }

    /// Tells the test that it came this far.
    mutating func report(_ value: UInt64) {
        code.push(.r15)
        code.mov(.r15, unsigned: value)
        code.call(reporter)
        code.pop(.r15)
    }

    /// `TDG.VP.VMCALL` with R10 to R15 exposed; R12 to R15 are what they were where no value is given.
    mutating func vmcall(
        _ leaf: TDVMCallLeaf, _ r12: UInt64? = nil, _ r13: UInt64? = nil, _ r14: UInt64? = nil,
        _ r15: UInt64? = nil
    ) {
        code.mov(.rax, 0)
        code.mov(.rcx, 0xFC00)
        code.mov(.r10, 0)
        code.mov(.r11, unsigned: leaf.rawValue)
        for (register, value) in zip([.r12, .r13, .r14, .r15] as [GeneralRegister], [r12, r13, r14, r15]) {
            if let value { code.mov(register, unsigned: value) }
        }
        code.tdcall()
    }

    /// `TDCALL` of a leaf.
    mutating func tdcall(
        _ leaf: GuestLeafNumber, rcx: UInt64? = nil, rdx: UInt64? = nil, r8: UInt64? = nil, r9: UInt64? = nil
    ) {
        code.mov(.rax, Int64(leaf.rawValue))
        for (register, value) in zip([.rcx, .rdx, .r8, .r9] as [GeneralRegister], [rcx, rdx, r8, r9]) {
            if let value { code.mov(register, unsigned: value) }
        }
        code.tdcall()
    }

    /// `TDG.MEM.PAGE.ACCEPT`; the status is in RAX.
    mutating func accept(_ gpa: UInt64, level: UInt64 = 0) { tdcall(.memPageAccept, rcx: gpa | level) }

    /// `WRMSR` by the host, as a guest asks for it.
    /// A hypercall of KVM; the result is in R10.
    mutating func hypercall(_ number: UInt64, _ arguments: UInt64...) {
        code.mov(.rax, 0)
        code.mov(.rcx, 0xFC00)
        code.mov(.r10, unsigned: number)
        for (register, value) in zip([.r11, .r12, .r13, .r14] as [GeneralRegister], arguments) {
            code.mov(register, unsigned: value)
        }
        code.tdcall()
    }

    mutating func writeMSR(_ number: UInt64, _ value: UInt64) { vmcall(.wrmsr, number, value) }

    /// An interrupt handler: `body`, which changes RAX, RCX, RDX and R10 to R15 at most, and the end of the interrupt.
    /// Without a body it reports the vector.
    mutating func handle(
        _ vector: UInt8, endsInterrupt: Bool = true, _ body: ((inout FlatProgram) -> Void)? = nil
    ) {
        let (around, handler) = (code.label(), code.label())
        let saved: [GeneralRegister] = [.rax, .rcx, .rdx, .r10, .r11, .r12, .r13, .r14, .r15]
        code.jmp(around)
        code.place(handler)
        for register in saved { code.push(register) }
        if let body { body(&self) } else { report(UInt64(vector)) }
        if endsInterrupt { endOfInterrupt() }
        for register in saved.reversed() { code.pop(register) }
        code.iret()
        code.place(around)
        gates[vector] = handler
    }

    /// `IA32_X2APIC_EOI`, which the processor virtualizes.
    mutating func endOfInterrupt() {
        code.mov(.rcx, 0x80B)
        code.xor(.rax, .rax, .dword)
        code.xor(.rdx, .rdx, .dword)
        code.wrmsr()
    }

    /// Sleeps until there is an interrupt and takes it, as Linux does: interrupts go on after the call.
    mutating func halt() {
        vmcall(.hlt, 0)
        code.sti()
        code.nop()
        code.cli()
    }

    /// The vCPUs other than `index` go on at `elsewhere`.
    mutating func only(_ index: Int64, else elsewhere: Assembler.Label) {
        code.cmp(.rbp, index)
        code.jcc(.notEqual, elsewhere)
    }

    /// The program is over, for this vCPU.
    mutating func end() {
        let again = code.here()
        vmcall(.io, 1, 1, UInt64(FlatProgram.endPort), 0)
        code.jmp(again)
    }

    /// The linear address of shared memory.
    static func alias(_ gpa: UInt64) -> UInt64 { sharedAlias + gpa }

    // MARK: Loading

    /// Puts the program into a TD that has its vCPUs but no memory yet, and finalizes it.
    func load(_ td: TestTD) {
        for vcpu in td.vcpus { _ = td.client.command(vcpu, .initVCPU, data: 0x1234) }
        _ = td.setPrivate(FlatProgram.base..<FlatProgram.base + FlatProgram.size)
        var entries = [UInt64](repeating: 0, count: 3 * 512)
        entries[0] = FlatProgram.tables + 0x1003
        entries[1] = FlatProgram.tables + 0x2003
        for index in 0..<4 {
            entries[512 + index] = UInt64(index) << 30 | 0x83
            entries[1024 + index] = shared | UInt64(index) << 30 | 0x83
        }
        _ = td.add(FlatProgram.bytes(entries), at: FlatProgram.tables)
        _ = td.add(FlatProgram.bytes(gateTable()), at: FlatProgram.interruptTable)
        _ = td.add([UInt8](repeating: 0, count: FlatProgram.maxVCPUs * 4096), at: FlatProgram.stacks)
        _ = td.add(code.assembled(), at: FlatProgram.origin)
        // JMP rel32 at the reset vector, to the code in the pages below.
        var reset = Assembler(origin: 0xFFFF_FFF0, mode: .bits32)
        reset.data8(0xE9)
        reset.data32(UInt32(truncatingIfNeeded: FlatProgram.origin &- 0xFFFF_FFF5))
        _ = td.add([UInt8](repeating: 0xF4, count: 0xFF0) + reset.assembled(), at: FlatProgram.resetPage)
        _ = td.client.command(td.vm, .finalizeVM)
    }

    private func gateTable() -> [UInt64] {
        var table = [UInt64](repeating: 0, count: 512)
        for (vector, label) in gates {
            let address = code.address(of: label)
            table[2 * Int(vector)] =
                address & 0xFFFF | 8 << 16 | 0x8E00 << 32 | (address >> 16 & 0xFFFF) << 48
            table[2 * Int(vector) + 1] = address >> 32
        }
        return table
    }

    private static func bytes(_ words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }
}

extension TestTD {
    /// A TD that runs a flat program.
    static func flat(
        _ client: Client, vcpus: Int = 1, attributes: UInt64 = 1 << 28, gpaWidth: UInt32 = 48,
        _ body: (inout FlatProgram) -> Void
    ) -> TestTD {
        let td = TestTD(
            client, vcpus: vcpus, size: FlatProgram.size, at: FlatProgram.base, attributes: attributes,
            gpaWidth: gpaWidth)
        var program = FlatProgram(shared: 1 << UInt64(gpaWidth - 1))
        body(&program)
        program.end()
        program.load(td)
        return td
    }

    /// How a run came back.
    struct Stop: Equatable {
        var result: Int
        var reason: KVMExitReason
        static let end = Stop(result: 0, reason: .io)
    }

    /// Runs a vCPU and collects what it reports, until it does something else.
    func reports(_ index: Int = 0, most: Int = 10_000) -> (values: [UInt64], stop: Stop) {
        var values: [UInt64] = []
        guard let area = area(index) else { return ([], Stop(result: -1, reason: .unknown)) }
        while values.count < most {
            let result = run(index)
            guard result == 0, area.exitReason == .mmio, area.mmio.address == FlatProgram.reportAddress
            else { return (values, Stop(result: result, reason: area.exitReason)) }
            values.append(area.mmio.data)
        }
        return (values, Stop(result: -1, reason: .unknown))
    }
}
