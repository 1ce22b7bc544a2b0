// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform
import X86

extension VM {
    /// `KVM_CREATE_VCPU`
    func createVCPU(_ argument: UInt) throws(Errno) -> Int {
        try lock.withLock { () throws(Errno) -> Int in
            guard argument < 4096 else { throw .invalid }
            let id = UInt32(argument)
            guard vcpus.count < maxVCPUs else { throw .invalid }
            guard isSplitIRQChip else { throw .invalid }
            guard vcpus[id] == nil else { throw .exists }
            guard state == .initialized else { throw .ioError }
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
}
