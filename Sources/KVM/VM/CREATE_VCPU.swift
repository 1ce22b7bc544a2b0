// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform
import X86

extension VM {
    /// `KVM_CREATE_VCPU`
    func createVCPU(_ argument: UInt) throws(Errno) -> Int {
        try lock.withLock { () throws(Errno) -> Int in
            guard argument < maxVCPUID ?? KVMConstant.maxVCPUIDs, vcpus.count < maxVCPUs else {
                throw .invalid
            }
            guard state == .initialized else { throw .ioError }
            // An I/O APIC in the kernel would have to know when interrupts end.
            guard isSplitIRQChip else { throw .invalid }
            let id = UInt32(argument)
            guard vcpus[id] == nil else { throw .exists }
            guard let areaMemory = kvm.runMemory(), let descriptor = host.pages.allocateZeroed() else {
                throw .noMemory
            }
            let vcpu = VCPU(
                self, id: id, processor: vcpus.count % host.processors.count, postedInterrupts: descriptor,
                areaMemory: areaMemory)
            add(vcpu)
            retain()
            return Int(kvm.insert(.vcpu(vcpu)))
        }
    }

    /// `KVM_SET_BOOT_CPU_ID`
    func setBootCPUID(_ argument: UInt) throws(Errno) -> Int {
        try lock.withLock { () throws(Errno) -> Int in
            guard vcpus.isEmpty else { throw .busy }
            guard argument <= maxVCPUID ?? KVMConstant.maxVCPUIDs else { throw .invalid }
            bootVCPU = UInt32(argument)
            return 0
        }
    }
}
