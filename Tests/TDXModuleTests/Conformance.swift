// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@testable import TDXModule

/// A host-side call about to be made, and the machine on which it succeeds.
final class Scene {
    let machine: Machine
    let leaf: HostLeafNumber
    var version: UInt64 = 0
    var processor = 0
    /// Operands; every register that is none holds a number that must stay.
    var registers = HostRegisters()
    /// The TD whose state decides, where there is another.
    var subject: TD?
    /// Bits of `RAX` beside leaf and version.
    var reservedRAX: UInt64 = 0

    init(
        _ leaf: HostLeafNumber, on machine: Machine, version: UInt64 = 0,
        _ operands: KeyValuePairs<GeneralRegister, UInt64>
    ) {
        self.machine = machine
        self.leaf = leaf
        self.version = version
        for register in GeneralRegister.allCases { registers[register] = 0x1111 * UInt64(register.rawValue) }
        for (register, value) in operands { registers[register] = value }
        for number in 0..<16 { registers.xmm[number] = SIMD2(UInt64(number), 1) }
    }

    /// The TD whose TDR is at an address.
    func td(_ tdr: UInt64) throws -> TD { try machine.td(at: tdr) }
    /// The vCPU whose TDVPR is at an address.
    func vcpu(_ tdvpr: UInt64) throws -> VirtualCPUState { try machine.vcpu(at: tdvpr & Scene.page) }
    /// Bits 51:12 of an operand.
    static let page: UInt64 = 0x000F_FFFF_FFFF_F000

    /// Makes the call.
    @discardableResult
    func call() -> Result {
        var results = registers
        results.rax = UInt64(leaf.rawValue) | version << 16 | reservedRAX
        if case .enter = machine.module.call(&results, on: processor) {
            return Result(status: .success, registers: results)
        }
        return Result(status: TDXStatus(results.rax), registers: results)
    }
}

/// Makes a call that must succeed, and finds out that it changes what it is to change and no more.
@discardableResult
func expectEffects(
    _ scene: Scene, _ changed: [String], sourceLocation: SourceLocation = #_sourceLocation
) -> Result {
    let before = Snapshot(scene.machine)
    let result = scene.call()
    #expect(result.status == .success, sourceLocation: sourceLocation)
    let after = Snapshot(scene.machine)
    #expect(
        after.changed(since: before) == Set(changed), "\(after.changes(since: before))",
        sourceLocation: sourceLocation)
    return result
}

enum SceneError: Error {
    case noTDR(UInt64)
    case noTDVPR(UInt64)
    case noEntry(UInt64)
    case busy
    /// An exit did not go to the host.
    case stayed(ExitReason)
}

/// One thing that makes a call fail.
struct Fault: Sendable {
    let name: String
    let status: TDXStatus
    /// What `RCX` and `RDX` show of the Secure EPT; nil when they are as after any failure.
    var details: (@Sendable (Scene) throws -> (rcx: UInt64, rdx: UInt64))?
    /// The call does not get as far as the leaf: no register but `RAX` changes.
    var isBeforeLeaf = false
    /// One of several ways to fail the same check: made alone, not together with others.
    var isVariant = false
    let spoil: @Sendable (Scene) throws -> Void

    init(_ name: String, _ status: TDXStatus, _ spoil: @escaping @Sendable (Scene) throws -> Void) {
        self.name = name
        self.status = status
        self.spoil = spoil
    }

    func with(_ status: TDXStatus) -> Fault {
        var fault = Fault(name, status, spoil)
        (fault.details, fault.isBeforeLeaf, fault.isVariant) = (details, isBeforeLeaf, isVariant)
        return fault
    }

    func variant() -> Fault {
        var fault = self
        fault.isVariant = true
        return fault
    }
}

/// Makes a call with each fault, and with each two of them, of which the first in the list must count; nothing may
/// change but `RAX` and the registers that failures give a value.
///
/// - Parameters:
///   - faults: in the order in which the ABI Reference checks them.
///   - failing: what registers hold after a failure in the leaf.
///   - succeeds: the call succeeds without a fault; false when it never does here.
///   - scene: makes a machine and a call that succeeds on it.
func expectFaults(
    _ faults: [Fault], failing: KeyValuePairs<GeneralRegister, UInt64> = [:],
    succeeds: Bool = true, sourceLocation: SourceLocation = #_sourceLocation, _ scene: () throws -> Scene
) throws {
    for (index, first) in faults.enumerated() {
        let later = first.isVariant ? [] : faults[(index + 1)...].filter { !$0.isVariant }
        for second in [nil] + later.map(Optional.some) {
            let scene = try scene()
            try second?.spoil(scene)
            try first.spoil(scene)
            let before = Snapshot(scene.machine)
            var expected = scene.registers
            if !first.isBeforeLeaf { for (register, value) in failing { expected[register] = value } }
            if let details = try first.details?(scene) {
                expected.rcx = details.rcx
                expected.rdx = details.rdx
            }
            // One thing at a time is explained: what is wrong besides changes no word.
            let explanations = second == nil ? Explanations(of: scene.machine.module) : nil
            let result = scene.call()
            let comment: Comment = "\(first.name)\(second.map { "; also: \($0.name)" } ?? "")"
            let leaf = HostLeaf.byNumber[scene.leaf]
            if let explanations {
                expectExplains(
                    explanations.last, leaf: leaf?.name, operands: leaf?.operands ?? [:],
                    registers: { scene.registers[$0] }, status: first.status, state: "the module is ",
                    comment,
                    sourceLocation: sourceLocation)
            }
            #expect(result.status == first.status, comment, sourceLocation: sourceLocation)
            #expect(
                Snapshot(scene.machine).changes(since: before) == [], comment, sourceLocation: sourceLocation)
            for register in GeneralRegister.allCases where register != .rax && register != .rsp {
                #expect(
                    result.registers[register] == expected[register], "\(comment), \(register)",
                    sourceLocation: sourceLocation)
            }
            for number in 0..<16 {
                #expect(
                    result.registers.xmm[number] == expected.xmm[number], comment,
                    sourceLocation: sourceLocation)
            }
        }
    }
    if succeeds { #expect(try scene().call().status == .success, sourceLocation: sourceLocation) }
}

// MARK: Faults of many leaves

extension Fault {
    /// What the dispatcher refuses.
    static func dispatch(versions: UInt64 = 0) -> [Fault] {
        var faults = [
            Fault("reserved bits in RAX", .operandInvalid.at(.rax)) { $0.reservedRAX = 1 << 24 },
            Fault("a version that is not there", .operandInvalid.at(.rax)) { $0.version = versions + 1 },
            Fault("the system is shut down", .sysShutdown) { $0.machine.module.system.state = .shutdown },
            Fault("the system is not ready", .sysNotReady) { $0.machine.module.system.state = .configDone },
        ]
        for index in faults.indices { faults[index].isBeforeLeaf = true }
        return faults
    }

    /// A page named by a register: bad addresses, a lock that somebody holds, another use.
    ///
    /// - Parameters:
    ///   - exclusive: the leaf wants the page for itself.
    ///   - other: makes the register name a page of another use.
    static func page(
        _ register: GeneralRegister, exclusive: Bool, other: @escaping @Sendable (Scene) throws -> UInt64
    ) -> [Fault] {
        let operand = OperandID(rawValue: UInt32(register.rawValue))
        return [
            Fault("\(register) is not page-aligned", .operandInvalid.at(operand)) {
                $0.registers[register] = 0x4000_0800
            },
            Fault("\(register) has a KeyID", .operandInvalid.at(operand)) {
                $0.registers[register] = 0x4000_0000 | Machine.key << 46
            }.variant(),
            Fault("\(register) is too wide", .operandInvalid.at(operand)) {
                $0.registers[register] = 1 << 52
            }.variant(),
            Fault("\(register) is outside the TDMRs", .operandAddrRangeError.at(operand)) {
                $0.registers[register] = 0x1000
            },
            Fault("the page of \(register) is locked", .operandBusy.at(operand)) { scene in
                let entry = scene.machine.module.pamt.entry(scene.registers[register] & Scene.page)
                guard entry.tryLock(exclusively: !exclusive) else { throw SceneError.busy }
            },
            Fault("the page of \(register) has another use", .pageMetadataIncorrect.at(operand)) {
                $0.registers[register] = try other($0)
            },
            Fault("the page of \(register) is part of a large one", .pageMetadataIncorrect.at(operand)) {
                $0.registers[register] = $0.machine.usedLargePage() + 0x3000
            }.variant(),
        ]
    }

    /// A lock that the call needs for itself is held.
    static func held(
        _ name: String, _ status: TDXStatus, _ lock: @escaping @Sendable (Scene) throws -> TryLock
    ) -> Fault {
        Fault("\(name) is locked", status) { guard try lock($0).tryHolding() else { throw SceneError.busy } }
    }

    /// A structure in the host's memory that a register points to.
    static func shared(_ register: GeneralRegister, alignment: UInt64) -> [Fault] {
        let status = TDXStatus.operandInvalid.at(OperandID(rawValue: UInt32(register.rawValue)))
        return [
            Fault("\(register) is not aligned", status) { $0.registers[register] |= alignment / 2 },
            Fault("\(register) is too wide", status) { $0.registers[register] |= 1 << 52 }.variant(),
            Fault("\(register) has a private KeyID", status) {
                $0.registers[register] |= Machine.globalKey << 46
            }.variant(),
        ]
    }

    /// The page that a register names, which the leaf takes into use.
    static func newPage(_ register: GeneralRegister) -> [Fault] {
        page(register, exclusive: true) { $0.machine.reservedPage() }
    }

    /// A page or structure of the host's that a register names.
    static func sharedPage(_ register: GeneralRegister, alignment: UInt64) -> [Fault] {
        let operand = OperandID(rawValue: UInt32(register.rawValue))
        func bad(_ name: String, _ address: UInt64) -> Fault {
            Fault("\(register) \(name)", .operandInvalid.at(operand)) { $0.registers[register] = address }
        }
        return [
            bad("is not aligned", 0x10_0000 + alignment / 2),
            bad("is too wide", 1 << 52).variant(),
            bad("has the module's key", 0x10_0000 | Machine.globalKey << 46).variant(),
            bad("has a private key", 0x10_0000 | 63 << 46).variant(),
        ]
    }

    /// The TDR that a register names.
    static func tdr(_ register: GeneralRegister, exclusive: Bool) -> [Fault] {
        page(register, exclusive: exclusive) { $0.machine.page() }
    }

    /// The TDVPR that a register names, and the lock of its TDR, which no register names.
    static func tdvpr(_ register: GeneralRegister, exclusive: Bool, exclusiveTDR: Bool = false) -> [Fault] {
        page(register, exclusive: exclusive) { $0.machine.page() } + [
            Fault("the TDR is locked", .operandBusy.at(.tdr)) { scene in
                let entry = try scene.vcpu(scene.registers[register]).td.entry
                guard entry.tryLock(exclusively: !exclusiveTDR) else { throw SceneError.busy }
            }
        ]
    }

    /// The state of the TD whose TDR a register names.
    static func state(_ tdr: GeneralRegister, flags: UInt64 = 0, in states: [OpState]) -> [Fault] {
        state(in: states) { try $0.td($0.registers[tdr] & ~flags) }
    }

    /// The state of the TD of the vCPU whose TDVPR a register names.
    static func state(ofVCPU tdvpr: GeneralRegister, in states: [OpState]) -> [Fault] {
        state(in: states) { try $0.vcpu($0.registers[tdvpr]).td }
    }

    private static func state(
        in states: [OpState], _ td: @escaping @Sendable (Scene) throws -> TD
    ) -> [Fault] {
        [
            Fault("the TD is fatal", .tdFatal) { try td($0).isFatal = true },
            Fault("the TD has no key yet", .tdKeysNotConfigured) { try td($0).lifecycle = .hkidAssigned },
            Fault("the TD's key is blocked", .tdKeysNotConfigured) { try td($0).lifecycle = .blocked }
                .variant(),
            Fault("the TD is torn down", .tdKeysNotConfigured) { try td($0).lifecycle = .teardown }.variant(),
            Fault("a TDCX page is missing", .tdcsNotAllocated) { try td($0).pages.removeLast() },
            held("OP_STATE", .operandBusy.at(.opState)) { try td($0).opStateLock },
        ]
            + OpState.allCases.filter { !states.contains($0) }.enumerated().map { index, state in
                let fault = Fault("OP_STATE is \(state)", .opStateIncorrect) { try td($0).opState = state }
                return index == 0 ? fault : fault.variant()
            }
    }
}
