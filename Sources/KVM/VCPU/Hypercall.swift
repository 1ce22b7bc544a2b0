// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Synchronization
import TDXABI
import X86

/// KVM's own hypercalls, which a TD makes by a TDVMCALL with the number in R10, the arguments in R11 to R14 and the result
/// in R10.
///
/// - SeeAlso: Linux, Documentation/virt/kvm/x86/hypercalls.rst.
extension VCPU {
    /// A negative error number of `kvm_para.h`.
    private enum HypercallError: Int64 {
        case notSupported = -95
        case invalid = -22
        case unknown = -1000

        var rawRegister: UInt64 { UInt64(bitPattern: rawValue) }
    }

    /// What the vCPU's CPUID leaf 0x40000001 offers.
    private func offers(_ feature: Int) -> Bool { (cpuidEntry(0x4000_0001, 0)?.eax ?? 0) & 1 << feature != 0 }

    func hypercall() -> Step {
        switch registers.r10 {
        case 1: registers.r10 = 0  // VAPIC_POLL_IRQ
        case 5 where offers(7): registers.r10 = unhalt()
        case 9:
            // CLOCK_PAIRING
            registers.r10 = HypercallError.notSupported.rawRegister
        case 10 where offers(11): registers.r10 = sendInterrupts()
        case 11 where offers(13):
            // SCHED_YIELD
            yieldThread()
            registers.r10 = 0
        case KVMConstant.mapGPARange where vm.exitHypercalls & 1 << KVMConstant.mapGPARange != 0:
            return mapGPARange()
        default: registers.r10 = HypercallError.unknown.rawRegister
        }
        return .enter
    }

    /// `KVM_HC_KICK_CPU`: ends a vCPU's halt. R12 is its APIC id.
    private func unhalt() -> UInt64 {
        if let target = vm.allVCPUs.first(where: { UInt64($0.id) == registers.r12 }) {
            target.isUnhalted.store(true, ordering: .sequentiallyConsistent)
            target.kick()
        }
        return 0
    }

    /// `KVM_HC_SEND_IPI`: an interrupt to many. R11 and R12 are 128 bits, one for each APIC id from R13 on; R14 is as a
    /// write of the ICR has its lower half.
    ///
    /// - Returns: how many it reached.
    private func sendInterrupts() -> UInt64 {
        let command = registers.r14
        // Neither a logical destination nor a shorthand.
        guard command[bit: 11] == false, command[bits: 18...19] == 0 else {
            return HypercallError.invalid.rawRegister
        }
        let least = UInt64(UInt32(truncatingIfNeeded: registers.r13))
        var reached: UInt64 = 0
        for vcpu in vm.allVCPUs {
            let (bit, isBelow) = UInt64(vcpu.id).subtractingReportingOverflow(least)
            guard !isBelow, bit < 128 else { continue }
            guard (bit < 64 ? registers.r11 : registers.r12) & 1 << (bit % 64) != 0 else { continue }
            let isTaken = vcpu.apic.accept(
                mode: UInt8(truncatingIfNeeded: command >> 8 & 7), vector: UInt8(truncatingIfNeeded: command))
            if isTaken { reached += 1 }
        }
        return reached
    }

    /// `KVM_HC_MAP_GPA_RANGE`: R11 is the address, R12 the number of pages, R13 what they become; the program decides.
    private func mapGPARange() -> Step {
        let (gpa, pages) = (registers.r11, registers.r12)
        let (_, overflow) = (gpa >> 12).addingReportingOverflow(pages)
        guard gpa % 4096 == 0, pages > 0, !overflow else {
            registers.r10 = HypercallError.invalid.rawRegister
            return .enter
        }
        var arguments = [6 of UInt64](repeating: 0)
        (arguments[0], arguments[1], arguments[2]) = (gpa, pages, registers.r13)
        area.hypercallNumber = KVMConstant.mapGPARange
        area.hypercallArguments = arguments
        area.hypercallResult = 0
        area.hypercallFlags = 1
        return exit(.hypercall, .hypercall)
    }
}
