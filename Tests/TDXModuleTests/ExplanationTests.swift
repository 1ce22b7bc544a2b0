// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

/// Keeps the explanations that a module's trace carries.
final class Explanations: Sendable {
    private let sentences = Mutex<[String?]>([])
    var all: [String?] { sentences.withLock { $0 } }
    /// Of the last call.
    var last: String? { all.last.flatMap { $0 } }

    /// Listens to the calls of a module from now on.
    init(of module: TDXModule) {
        module.trace = { [self] event in
            switch event {
            case .seamcall(_, _, _, _, _, let explanation), .tdcall(_, _, _, _, _, _, let explanation):
                sentences.withLock { $0.append(explanation) }
            default: break
            }
        }
    }
}

/// Finds out that a sentence names the leaf, each of its operands, the status, a rule, and the state of something.
func expectExplains(
    _ sentence: String?, leaf: String?, operands: KeyValuePairs<GeneralRegister, OperandRole>,
    registers: (GeneralRegister) -> UInt64, status: TDXStatus, state: String, _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let sentence else {
        Issue.record("No explanation: \(comment)", sourceLocation: sourceLocation)
        return
    }
    #expect(sentence.hasPrefix(leaf ?? ""), "\(comment): \(sentence)", sourceLocation: sourceLocation)
    for (register, _) in operands {
        let name = OperandID(rawValue: UInt32(register.rawValue)).name
        let value = String(registers(register), radix: 16)
        #expect(
            sentence.contains("\(name) = 0x\(value)"), "\(comment): \(sentence)",
            sourceLocation: sourceLocation)
    }
    #expect(
        sentence.contains("ends with \(status.name ?? "?")"), "\(comment): \(sentence)",
        sourceLocation: sourceLocation)
    #expect(
        sentence.contains(" must ") || sentence.contains(" may "), "\(comment): \(sentence)",
        sourceLocation: sourceLocation)
    #expect(
        !sentence.contains("the condition that the status names"), "\(comment): \(sentence)",
        sourceLocation: sourceLocation)
    #expect(
        sentence.contains("; \(state)") && sentence.hasSuffix("."), "\(comment): \(sentence)",
        sourceLocation: sourceLocation)
}

@Suite("Explanations of failures")
struct ExplanationTests {
    /// Failures that a leaf of any kind may meet.
    private static let faults =
        Fault.dispatch(versions: 1) + [
            Fault("the TD is fatal", .tdFatal) { scene in
                for td in scene.machine.module.pamt.tds { td.isFatal = true }
            },
            Fault("the TD has no key", .tdKeysNotConfigured) { scene in
                for td in scene.machine.module.pamt.tds { td.lifecycle = .hkidAssigned }
            },
            Fault("the TD is torn down", .tdKeysNotConfigured) { scene in
                for td in scene.machine.module.pamt.tds { td.lifecycle = .teardown }
            },
            Fault("the TD has no pages", .tdcsNotAllocated) { scene in
                for td in scene.machine.module.pamt.tds { td.pages = [] }
            },
            Fault("OP_STATE is locked", .operandBusy.at(.opState)) { scene in
                for td in scene.machine.module.pamt.tds { _ = td.opStateLock.tryHolding() }
            },
            Fault("the Secure EPT is locked", .operandBusy.at(.septTree)) { scene in
                for td in scene.machine.module.pamt.tds { _ = td.septTreeLock.tryHolding() }
            },
        ]
        + [GeneralRegister.rcx, .rdx, .r8, .r9].flatMap { register in
            [
                Fault("\(register) is all ones", .success) { $0.registers[register] = ~0 },
                Fault("\(register) is odd", .success) { $0.registers[register] |= 1 },
                Fault("\(register) is in no TDMR", .success) { $0.registers[register] = 0x1000 },
                Fault("\(register) is locked", .success) { scene in
                    let address = scene.registers[register] & Scene.page
                    guard scene.machine.module.system.isCovered(address) else { return }
                    _ = scene.machine.module.pamt.entry(address).tryLock(exclusively: true)
                },
                Fault("\(register) is a page of another use", .success) {
                    $0.registers[register] = $0.machine.reservedPage()
                },
            ]
        }
        + OpState.allCases.map { state in
            Fault("OP_STATE is \(state)", .opStateIncorrect) { scene in
                for td in scene.machine.module.pamt.tds { td.opState = state }
            }
        }

    @Test("name leaf, operands, status, rule and state for every host-side leaf and what it may meet")
    func host() throws {
        var (explained, succeeded) = (0, 0)
        for row in LeafRow.all {
            for fault in Self.faults {
                let scene = try row.scene()
                try fault.spoil(scene)
                let explanations = Explanations(of: scene.machine.module)
                let result = scene.call()
                // An exit that a call entered for shows nothing yet.
                guard result.status.withoutDetails != .success else {
                    #expect(explanations.last == nil)
                    succeeded += 1
                    continue
                }
                explained += 1
                let leaf = HostLeaf.byNumber[row.leaf]
                expectExplains(
                    explanations.last, leaf: leaf?.name, operands: leaf?.operands ?? [:],
                    registers: { scene.registers[$0] }, status: result.status, state: "the module is ",
                    "\(row.name), \(fault.name)")
            }
        }
        print(
            "Explanations: \(explained) failures of \(LeafRow.all.count) leaves; \(succeeded) calls succeed.")
        #expect(explained > 800)
    }

    @Test("name the same for every guest-side leaf")
    func guest() throws {
        var explained = 0
        for row in GuestLeafRow.all {
            for (register, value) in [
                (GeneralRegister.rax, 1 << 24), (.rax, 9 << 16), (.rcx, ~0), (.rcx, 1 << 48 | 0x1000),
                (.rcx, 0x1001), (.rdx, ~0), (.rdx, 0x1001), (.r8, ~0), (.r9, 0),
            ] as [(GeneralRegister, UInt64)] {
                let scene = try row.scene()
                if register == .rax { scene.rax |= value } else { scene.registers[register] = value }
                let explanations = Explanations(of: scene.machine.module)
                guard case .status(let status) = scene.call(), status != .success else { continue }
                explained += 1
                let leaf = GuestLeaf.byNumber[row.leaf]
                expectExplains(
                    explanations.last, leaf: leaf?.name, operands: leaf?.operands ?? [:],
                    registers: { scene.registers[$0] ?? 0 }, status: status, state: "vCPU 0 is ACTIVE",
                    "\(leaf?.name ?? ""), \(register) \(String(value, radix: 16))")
            }
        }
        print("Explanations: \(explained) failures of \(GuestLeafRow.all.count) guest-side leaves.")
        #expect(explained > 40)
    }

    @Test("are sentences")
    func sentences() throws {
        let scene = try MEMPageRemove.scene(level: 0)
        let tdr = scene.registers.rdx
        let explanations = Explanations(of: scene.machine.module)
        scene.registers.rcx |= 1 << 11
        _ = scene.call()
        #expect(
            explanations.last
                == "TDH.MEM.PAGE.REMOVE (RCX = 0x\(String(scene.registers.rcx, radix: 16)), RDX = "
                + "0x\(String(tdr, radix: 16))) ends with TDX_OPERAND_INVALID at RCX: it must name a level "
                + "from 0 to 2 that the TD has, and a private guest address of that alignment, with reserved "
                + "bits zero; the module is SYS_READY, the TD of KeyID 33 is TD_KEYS_CONFIGURED, OP_STATE "
                + "\(try scene.td.opState.specificationName), its Secure EPT entry is "
                + "\(try scene.machine.module.walk(scene.td, scene.mapping.address, to: 0).entry.state.specificationName)"
                + " at level 0.")
    }

    @Test("of exits of a vCPU are there for those after which it cannot go on")
    func exits() throws {
        let scene = try GuestScene(.vpInfo)
        let explanations = Explanations(of: scene.machine.module)
        _ = scene.exit(VMExit(.externalInterrupt, interruptionInformation: 1 << 31 | 0x20))
        #expect(explanations.last == nil)
        #expect(scene.machine.enter(scene.tdvpr) != nil)
        _ = scene.exit(VMExit(.tripleFault))
        #expect(explanations.last?.contains("TDX_NON_RECOVERABLE_VCPU") == true)
        #expect(explanations.last?.contains("triple fault") == true)
    }

    @Test("do not disturb what other calls have locked")
    func locks() throws {
        let scene = try MEMPageAug.scene(level: 0)
        let td = try scene.td
        _ = Explanations(of: scene.machine.module)
        scene.registers.rcx |= 1 << 11
        let before = Snapshot(scene.machine)
        _ = scene.call()
        #expect(Snapshot(scene.machine) == before)
        #expect(td.septTreeLock.tryHolding())
        td.septTreeLock.unlock()
    }
}
