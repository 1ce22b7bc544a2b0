// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import Testing
import X86

@testable import TDXModule

/// How an exit of a vCPU ends.
enum GuestOutcome: Equatable, Sendable {
    /// A TDCALL has completed: `RAX` has the status, RIP is behind it.
    case status(TDXStatus)
    /// The host gets the exit: `RAX`, `RCX`, `RDX` and `R8`.
    case exit(UInt64, UInt64, UInt64, UInt64)
    /// The next entry delivers an exception.
    case exception(UInt32)
    /// The instruction has completed.
    case completed
    /// The instruction is executed again.
    case again
}

/// A vCPU in the guest, in 64-bit code at CPL 0, about to do something; a page is mapped at 0x1000.
final class GuestScene {
    static let rip: UInt64 = 0x40_0000
    let machine: Machine
    let tdr: UInt64
    let tdvpr: UInt64
    let td: TD
    let vcpu: VirtualCPUState
    let processor: FakeProcessor
    /// Helps with the Secure EPT of the TD.
    let memory: Scene
    /// What `RAX` asks for.
    var rax: UInt64
    /// Operands; every register that is none holds a number that must stay.
    var registers: [GeneralRegister: UInt64] = [:]

    init(
        _ leaf: GuestLeafNumber, version: UInt64 = 0,
        _ operands: KeyValuePairs<GeneralRegister, UInt64> = [:],
        parameters: TDParams = Machine.parameters
    ) throws {
        machine = try Machine.ready()
        (tdr, tdvpr, _) = machine.runnable(parameters)
        td = try machine.td(at: tdr)
        memory = Scene(.memSEPTRd, on: machine, [.rdx: tdr])
        vcpu = try memory.vcpu(tdvpr)
        processor = try #require(machine.enter(tdvpr))
        processor[SegmentRegister.cs] = Segment(limit: ~0, accessRights: 0xA09B)
        processor.setMSR(0xC000_0080, 0xD01)
        processor[.cr0] = 0x8000_0021
        processor[.cr4] = 0x2060
        processor[.rip] = Self.rip
        rax = UInt64(leaf.rawValue) | version << 16
        for register in GeneralRegister.allCases { registers[register] = 0x1111 * UInt64(register.rawValue) }
        for (register, value) in operands { registers[register] = value }
        for number in 0..<16 { processor.setXMM(number, SIMD2(UInt64(number), 5)) }
    }

    /// Executes TDCALL.
    @discardableResult
    func call() -> GuestOutcome { exit(VMExit(.tdcall, instructionLength: 4), rax: rax) }

    /// Leaves the guest with the registers as set.
    @discardableResult
    func exit(_ exit: VMExit, rax: UInt64? = nil) -> GuestOutcome {
        for (register, value) in registers { processor[register] = value }
        if let rax { processor[.rax] = rax }
        processor[.rip] = Self.rip
        processor.entryEvent = nil
        let (outcome, host) = machine.leave(exit)
        if case .completed = outcome { return .exit(host.rax, host.rcx, host.rdx, host.r8) }
        if let event = processor.entryEvent { return .exception(event.information & 0xFF) }
        guard processor[.rip] == Self.rip + UInt64(exit.instructionLength) else { return .again }
        return exit.reason == .tdcall ? .status(TDXStatus(processor[.rax])) : .completed
    }

    /// What the guest reads of its memory.
    func bytes(_ address: UInt64, count: Int) throws -> [UInt8] {
        let page = try memory.entry(address, level: 0) & 0x3FFF_FFFF_F000
        return machine.memory.read(PhysicalAddress(page | address & 0xFFF | Machine.key << 46), count: count)
    }
    func write(_ address: UInt64, _ bytes: [UInt8]) throws {
        let page = try memory.entry(address, level: 0) & 0x3FFF_FFFF_F000
        machine.memory.write(PhysicalAddress(page | address & 0xFFF | Machine.key << 46), bytes)
    }
}

/// One thing that makes a TDCALL complete with an error.
struct GuestFault: Sendable {
    let name: String
    let status: TDXStatus
    /// The call does not get as far as the leaf: no register but `RAX` changes.
    var isBeforeLeaf = false
    /// One of several ways to fail the same check: made alone, not together with others.
    var isVariant = false
    let spoil: @Sendable (GuestScene) throws -> Void

    init(_ name: String, _ status: TDXStatus, _ spoil: @escaping @Sendable (GuestScene) throws -> Void) {
        self.name = name
        self.status = status
        self.spoil = spoil
    }

    func variant() -> GuestFault {
        var fault = self
        fault.isVariant = true
        return fault
    }

    /// What is refused before any leaf.
    static func dispatch(versions: UInt64 = 0) -> [GuestFault] {
        var faults = [
            GuestFault("reserved bits in RAX", .operandInvalid.at(.rax)) { $0.rax |= 1 << 24 },
            GuestFault("a version that is not there", .operandInvalid.at(.rax)) {
                $0.rax = $0.rax & 0xFFFF | (versions + 1) << 16
            },
            GuestFault("bit 63 of RAX", .operandInvalid.at(.rax)) { $0.rax |= 1 << 63 }.variant(),
        ]
        for index in faults.indices { faults[index].isBeforeLeaf = true }
        return faults
    }

    /// A register has one of several bad values.
    static func values(_ register: GeneralRegister, _ values: [UInt64]) -> [GuestFault] {
        let operand = OperandID(rawValue: UInt32(register.rawValue))
        return values.enumerated().map { index, value in
            let fault = GuestFault("\(register) is \(String(value, radix: 16))", .operandInvalid.at(operand))
            {
                $0.registers[register] = value
            }
            return index == 0 ? fault : fault.variant()
        }
    }
}

/// Makes a TDCALL with each fault, and with each two of them, of which the first in the list must count; nothing may
/// change but `RAX`, `RIP` and the registers that failures give a value.
func expectFaults(
    _ faults: [GuestFault], failing: KeyValuePairs<GeneralRegister, UInt64> = [:],
    sourceLocation: SourceLocation = #_sourceLocation, _ scene: () throws -> GuestScene
) throws {
    for (index, first) in faults.enumerated() {
        let later = first.isVariant ? [] : faults[(index + 1)...].filter { !$0.isVariant }
        for second in [nil] + later.map(Optional.some) {
            let scene = try scene()
            try second?.spoil(scene)
            try first.spoil(scene)
            var expected = scene.registers
            expected[.rax] = first.status.rawValue
            if !first.isBeforeLeaf { for (register, value) in failing { expected[register] = value } }
            let before = Snapshot(scene.machine)
            let comment: Comment = "\(first.name)\(second.map { "; also: \($0.name)" } ?? "")"
            let explanations = second == nil ? Explanations(of: scene.machine.module) : nil
            #expect(scene.call() == .status(first.status), comment, sourceLocation: sourceLocation)
            let leaf = GuestLeaf.byNumber[GuestLeafNumber(rawValue: UInt16(scene.rax & 0xFFFF))]
            if let explanations {
                expectExplains(
                    explanations.last, leaf: leaf?.name, operands: leaf?.operands ?? [:],
                    registers: { scene.registers[$0] ?? 0 }, status: first.status, state: "vCPU 0 is ACTIVE",
                    comment, sourceLocation: sourceLocation)
            }
            let after = Snapshot(scene.machine)
            let changed = after.changed(since: before).subtracting(
                ["registers", "fields"].map { Snapshot.vcpu(scene.tdvpr, $0) })
            #expect(
                changed == [], "\(comment): \(after.changes(since: before))", sourceLocation: sourceLocation)
            #expect(scene.processor.registers == expected, comment, sourceLocation: sourceLocation)
        }
    }
    #expect(try scene().call() == .status(.success), sourceLocation: sourceLocation)
}

/// Makes a TDCALL that must succeed, and finds out that it changes what it is to change and no more.
func expectEffects(
    _ scene: GuestScene, results: KeyValuePairs<GeneralRegister, UInt64> = [:], _ changed: [String],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var expected = scene.registers
    expected[.rax] = 0
    for (register, value) in results { expected[register] = value }
    let before = Snapshot(scene.machine)
    #expect(scene.call() == .status(.success), sourceLocation: sourceLocation)
    let after = Snapshot(scene.machine)
    let found = after.changed(since: before).subtracting(
        ["registers", "fields"].map { Snapshot.vcpu(scene.tdvpr, $0) })
    #expect(found == Set(changed), "\(after.changes(since: before))", sourceLocation: sourceLocation)
    #expect(scene.processor.registers == expected, sourceLocation: sourceLocation)
}
