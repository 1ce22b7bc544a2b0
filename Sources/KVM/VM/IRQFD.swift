// SPDX-License-Identifier: Apache-2.0

import KVMABI

/// An eventfd that raises a GSI when it is written to.
struct IRQFD: Sendable {
    var file: EventFile
    var gsi: UInt32
    /// What the poller knows it by.
    var key: UInt64
}

extension VM {
    /// `KVM_IRQFD`
    func irqFD(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMIRQFD.self)
        let (deassign, resample) = (UInt32(1), UInt32(2))
        guard request.flags & ~(deassign | resample) == 0 else {
            throw .invalid("flags has bits that do not exist")
        }
        if request.flags & deassign != 0 {
            let file = try EventFile(Int32(bitPattern: request.fd))
            let removed = lock.withLock {
                let removed = irqFDs.filter { $0.gsi == request.gsi && $0.file.isSame(as: file) }
                irqFDs.removeAll { $0.gsi == request.gsi && $0.file.isSame(as: file) }
                return removed
            }
            for entry in removed { host.events.remove(entry.key) }
            return 0
        }
        // Only an interrupt controller in the kernel could tell when a level is to be sampled again.
        guard isSplitIRQChip, request.flags & resample == 0 else {
            throw .invalid("KVM_CAP_SPLIT_IRQCHIP is not enabled, or there is nobody to resample")
        }
        let file = try EventFile(Int32(bitPattern: request.fd))
        try lock.withLock { () throws(Errno) in
            guard !irqFDs.contains(where: { $0.file.isSame(as: file) }) else {
                throw .busy("the eventfd is assigned already")
            }
            let gsi = request.gsi
            let key = try host.events.add(file) { [weak self] in _ = self?.raise(gsi) }
            irqFDs.append(IRQFD(file: file, gsi: gsi, key: key))
        }
        return 0
    }

    /// The VM's file is closed: no interrupts from outside any more.
    func dropIRQFDs() {
        let dropped = lock.withLock {
            let all = irqFDs
            irqFDs = []
            return all
        }
        for entry in dropped { host.events.remove(entry.key) }
    }
}
