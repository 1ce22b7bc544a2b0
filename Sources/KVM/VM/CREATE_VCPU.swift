// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform
import X86

extension VM {
    /// `KVM_CREATE_VCPU`
    func createVCPU(_ argument: UInt) throws(Errno) -> Int {
        try lock.withLock { () throws(Errno) -> Int in
            guard argument < maxVCPUID ?? KVMConstant.maxVCPUIDs, vcpus.count < maxVCPUs else {
                throw .invalid("the id or the number of vCPUs is beyond the VM's limit")
            }
            guard state == .initialized else {
                throw .ioError("vCPUs come after KVM_TDX_INIT_VM and before KVM_TDX_FINALIZE_VM")
            }
            // An I/O APIC in the kernel would have to know when interrupts end.
            guard isSplitIRQChip else { throw .invalid("KVM_CAP_SPLIT_IRQCHIP is not enabled") }
            let id = UInt32(argument)
            guard vcpus[id] == nil else { throw .exists("there is a vCPU with this id") }
            guard let areaMemory = kvm.runMemory(), let descriptor = host.pages.allocateZeroed() else {
                throw .noMemory("there is no memory for the vCPU")
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
            guard vcpus.isEmpty else { throw .busy("the VM has vCPUs already") }
            guard argument <= maxVCPUID ?? KVMConstant.maxVCPUIDs else {
                throw .invalid("the id is beyond the VM's limit")
            }
            bootVCPU = UInt32(argument)
            return 0
        }
    }
}
