// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Synchronization
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("TDG.VP.VMCALL")
struct TDGVPVMCall {
    static func scene(_ mask: UInt64, keepsRBP: Bool = true) throws -> GuestScene {
        var parameters = Machine.parameters
        parameters.configFlags = keepsRBP ? TDConfigFlags.noRBPMod.rawValue : 0
        return try GuestScene(.vpVMCall, [.rcx: mask], parameters: parameters)
    }

    @Test("refuses what cannot be passed, without an exit")
    func fails() throws {
        let bad: [UInt64] = [0, 1, 4, 5].map { 1 << $0 } + (32...63).map { 1 << UInt64($0) } + [~0]
        for fault in GuestFault.dispatch() + GuestFault.values(.rcx, bad) {
            let scene = try Self.scene(0xFC00)
            try fault.spoil(scene)
            let before = scene.registers
            #expect(scene.call() == .status(fault.status), "\(fault.name)")
            for register in GeneralRegister.allCases where register != .rax {
                #expect(scene.processor[register] == before[register])
            }
        }
        #expect(try Self.scene(1 << 5, keepsRBP: false).call() != .status(.operandInvalid.at(.rcx)))
    }

    /// Every mask of one register, none, all, and many others.
    static let masks: [UInt64] = {
        var masks: [UInt64] = [0, 0xFFFF_FFCC] + (0..<32).map { 1 << $0 }
        var random = Seeded(state: 7)
        for _ in 0..<100 { masks.append(random.next() & 0xFFFF_FFFF) }
        return masks
    }()

    private static func isPassed(_ register: GeneralRegister, _ mask: UInt64) -> Bool {
        mask[bit: Int(register.rawValue)]
    }

    @Test("shows the host the registers of the mask and nothing of any other", arguments: [true, false])
    func toHost(keepsRBP: Bool) throws {
        let scene = try Self.scene(0, keepsRBP: keepsRBP)
        let refused: UInt64 = keepsRBP ? 0b11_0011 : 0b01_0011
        for mask in Self.masks.map({ $0 & ~refused }) {
            scene.registers[.rcx] = mask
            for register in GeneralRegister.allCases where register != .rcx {
                scene.registers[register] = 0x5EC2_E700_0000_0000 | UInt64(register.rawValue)
            }
            for number in 0..<16 {
                scene.processor.setXMM(number, SIMD2(0x5EC2_E7FF, UInt64(number)))
            }
            for (register, value) in scene.registers { scene.processor[register] = value }
            scene.processor[.rax] = 0
            // What the host had in its registers before it entered.
            var host = HostRegisters()
            for register in GeneralRegister.allCases { host[register] = 0x4057 }
            for number in 0..<16 { host.xmm[number] = SIMD2(0x4057, 0x4057) }
            _ = scene.machine.module.exited(VMExit(.tdcall, instructionLength: 4), &host, on: 0)
            #expect(host.rax == 77)
            #expect(host.rcx == mask)
            for register in GeneralRegister.allCases where ![.rax, .rcx, .rsp].contains(register) {
                let value: UInt64 =
                    Self.isPassed(register, mask)
                    ? 0x5EC2_E700_0000_0000 | UInt64(register.rawValue)
                    : register == .rbp && keepsRBP ? 0x4057 : 0
                #expect(host[register] == value, "\(register) of \(String(mask, radix: 16))")
            }
            for number in 0..<16 {
                let value = mask[bit: 16 + number] ? SIMD2(0x5EC2_E7FF, UInt64(number)) : .zero
                #expect(host.xmm[number] == value, "XMM\(number) of \(String(mask, radix: 16))")
            }
            #expect(scene.machine.enter(scene.tdvpr) != nil)
        }
    }

    @Test("takes from the host the registers of the mask and no other", arguments: [true, false])
    func toGuest(keepsRBP: Bool) throws {
        let scene = try Self.scene(0, keepsRBP: keepsRBP)
        let refused: UInt64 = keepsRBP ? 0b11_0011 : 0b01_0011
        for mask in Self.masks.map({ $0 & ~refused }) {
            scene.registers[.rcx] = mask
            for number in 0..<16 { scene.processor.setXMM(number, SIMD2(1, UInt64(number))) }
            guard case .exit = scene.call() else { continue }
            var host = HostRegisters()
            for register in GeneralRegister.allCases {
                host[register] = 0x4057_0000 | UInt64(register.rawValue)
            }
            for number in 0..<16 { host.xmm[number] = SIMD2(0x4057, UInt64(number)) }
            #expect(scene.machine.enter(scene.tdvpr, host) != nil)
            #expect(scene.processor[.rip] == GuestScene.rip + 4)
            for register in GeneralRegister.allCases where register != .rax {
                let value =
                    register != .rcx && Self.isPassed(register, mask)
                    ? 0x4057_0000 | UInt64(register.rawValue) : scene.registers[register]
                #expect(scene.processor[register] == value, "\(register) of \(String(mask, radix: 16))")
            }
            #expect(scene.processor[.rax] == 0)
            for number in 0..<16 {
                let first: UInt64 = mask[bit: 16 + number] ? 0x4057 : 1
                #expect(scene.processor.xmm(number) == SIMD2(first, UInt64(number)))
            }
        }
    }

    @Test(
        "an exit of another kind shows the host no register of the guest, and takes none from it",
        arguments: [true, false])
    func asynchronous(keepsRBP: Bool) throws {
        let scene = try Self.scene(0xFFFF_FFCC, keepsRBP: keepsRBP)
        for register in GeneralRegister.allCases { scene.processor[register] = 0x5EC2_E7 }
        for number in 0..<16 { scene.processor.setXMM(number, SIMD2(0x5EC2_E7, 0x5EC2_E7)) }
        // A mask of an earlier call does not count.
        scene.vcpu.vmcallMask = 0xFFFF_FFCC
        for exit in [
            VMExit(.externalInterrupt, interruptionInformation: 0x8000_0020),
            VMExit(.exceptionOrNMI, interruptionInformation: 0x8000_0202),
            VMExit(.eptViolation, qualification: 2, guestPhysicalAddress: 0x7F_F123),
        ] {
            var host = HostRegisters()
            for register in GeneralRegister.allCases { host[register] = 0x4057 }
            for number in 0..<16 { host.xmm[number] = SIMD2(0x4057, 0x4057) }
            _ = scene.machine.module.exited(exit, &host, on: 0)
            #expect(host.rax == UInt64(exit.reason.rawValue))
            #expect(host.rcx == exit.qualification)
            #expect(host.rdx == 0)
            #expect(host.r8 == exit.guestPhysicalAddress & ~0xFFF)
            #expect(host.r9 == UInt64(exit.interruptionInformation))
            for register in [GeneralRegister.rbx, .rsi, .rdi, .r10, .r11, .r12, .r13, .r14, .r15] {
                #expect(host[register] == 0, "\(register)")
            }
            #expect(host.rbp == (keepsRBP ? 0x4057 : 0))
            for number in 0..<16 { #expect(host.xmm[number] == .zero) }
            for register in GeneralRegister.allCases { host[register] = 0x4057 }
            for number in 0..<16 { host.xmm[number] = SIMD2(0x4057, 0x4057) }
            #expect(scene.machine.enter(scene.tdvpr, host) != nil)
            for register in GeneralRegister.allCases { #expect(scene.processor[register] == 0x5EC2_E7) }
            for number in 0..<16 { #expect(scene.processor.xmm(number) == SIMD2(0x5EC2_E7, 0x5EC2_E7)) }
        }
    }
}
