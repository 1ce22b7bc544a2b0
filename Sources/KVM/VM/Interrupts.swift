// SPDX-License-Identifier: Apache-2.0

import KVMABI
import X86

extension VM {
    /// `KVM_SIGNAL_MSI`
    func signalMSI(_ argument: UInt) throws(Errno) -> Int {
        let message = try UserMemory(address: argument).read(KVMMSI.self)
        guard isSplitIRQChip else { throw .invalid("KVM_CAP_SPLIT_IRQCHIP is not enabled") }
        guard message.flags & ~1 == 0 else { throw .invalid("flags has bits that do not exist") }
        return deliver(
            addressLow: message.addressLow, addressHigh: message.addressHigh, data: message.data)
    }

    /// `KVM_SET_GSI_ROUTING`: replaces the whole table.
    func setGSIRouting(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let header = try memory.read(KVMIRQRouting.self)
        guard isSplitIRQChip else { throw .invalid("KVM_CAP_SPLIT_IRQCHIP is not enabled") }
        guard header.count <= 4096, header.flags == 0 else {
            throw .invalid("nr is 4096 at most, flags must be 0")
        }
        let entries = try memory.readArray(Int(header.count), of: KVMIRQRoutingEntry.self, at: 8)
        var table: [UInt32: (addressLow: UInt32, addressHigh: UInt32, data: UInt32)] = [:]
        for entry in entries {
            guard entry.gsi < 4096, entry.type == KVMConstant.routingMSI, entry.flags & ~1 == 0,
                !usesX2APICFormat || entry.words[1] & 0xFF == 0, table[entry.gsi] == nil
            else {
                throw .invalid(
                    "an entry is a message, one for each GSI below 4096, with no reserved bits set")
            }
            table[entry.gsi] = (entry.words[0], entry.words[1], entry.words[2])
        }
        lock.withLock { routes = table }
        return 0
    }

    /// `KVM_IRQ_LINE`, `KVM_IRQ_LINE_STATUS`: a rising line sends the message its GSI is routed to.
    func irqLine(_ argument: UInt, status: Bool) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let request = try memory.read(KVMIRQLevel.self)
        guard isSplitIRQChip else { throw .noDevice("KVM_CAP_SPLIT_IRQCHIP is not enabled") }
        let result = request.level != 0 ? raise(request.irq) : -1
        if status { try memory.write(Int32(truncatingIfNeeded: result)) }
        return 0
    }

    /// A GSI rises: its message is sent.
    ///
    /// - Returns: how many local APICs it reached; -1 when it is routed nowhere.
    func raise(_ gsi: UInt32) -> Int {
        guard let route = lock.withLock({ routes[gsi] }), route.addressLow != 0 else { return -1 }
        return deliver(addressLow: route.addressLow, addressHigh: route.addressHigh, data: route.data)
    }

    /// A message-signalled interrupt reaches the local APICs it is for.
    ///
    /// - Returns: how many took it; -1 when there are none at all.
    func deliver(addressLow: UInt32, addressHigh: UInt32, data: UInt32) -> Int {
        var destination = addressLow >> 12 & 0xFF
        if usesX2APICFormat { destination |= addressHigh & 0xFFFF_FF00 }
        if destination == 0xFF, !hasNoBroadcastQuirk { destination = ~0 }
        return deliver(
            destination: destination, isLogical: addressLow[bit: 2],
            mode: UInt8(truncatingIfNeeded: data >> 8 & 7),
            vector: UInt8(truncatingIfNeeded: data), from: nil)
    }

    /// An interrupt on the bus between local APICs.
    func deliver(
        destination: UInt32, isLogical: Bool, mode: UInt8, vector: UInt8, from sender: VCPU?,
        includingSelf: Bool = true
    ) -> Int {
        let vcpus = allVCPUs
        guard !vcpus.isEmpty else { return -1 }
        var reached = 0
        for vcpu in vcpus {
            if vcpu === sender, !includingSelf { continue }
            guard destination == ~0 || vcpu.apic.matches(destination, isLogical: isLogical),
                vcpu.apic.accept(mode: mode, vector: vector)
            else { continue }
            reached += 1
            if mode == 1 { break }  // lowest priority: one of them
        }
        return reached
    }
}
