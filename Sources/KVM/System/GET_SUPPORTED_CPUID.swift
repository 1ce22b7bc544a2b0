// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Platform

extension SoftwareKVM {
    /// `KVM_GET_SUPPORTED_CPUID`: the processor's leaves without what KVM gives no guest, and KVM's own.
    func supportedCPUID(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        let room = Int(try memory.read(KVMCPUID2.self).entryCount)
        let entries = supportedEntries()
        guard room >= entries.count else { throw .tooBig("nent is less than the leaves there are") }
        var header = KVMCPUID2()
        header.entryCount = UInt32(min(room, entries.count))
        try memory.write(header)
        try memory.writeArray(entries, at: 8)
        return 0
    }

    /// `KVM_GET_EMULATED_CPUID`: what KVM would emulate of instructions that the processor lacks: MOVBE and RDPID.
    func emulatedCPUID(_ argument: UInt) throws(Errno) -> Int {
        var entries = [KVMCPUIDEntry2](repeating: KVMCPUIDEntry2(), count: 3)
        entries[0].eax = 7
        (entries[1].function, entries[1].ecx) = (1, 1 << 22)
        (entries[2].function, entries[2].ecx) = (7, 1 << 22)
        entries[2].flags = KVMConstant.cpuidSignificantIndex
        let memory = UserMemory(address: argument)
        guard try memory.read(KVMCPUID2.self).entryCount >= entries.count else {
            throw .tooBig("nent is less than the leaves there are")
        }
        try memory.write(UInt32(entries.count))
        try memory.writeArray(entries, at: 8)
        return 0
    }

    private func supportedEntries() -> [KVMCPUIDEntry2] {
        var entries: [KVMCPUIDEntry2] = []
        func add(
            _ leaf: UInt32, _ subleaf: UInt32? = nil, _ change: (inout KVMCPUIDEntry2) -> Void = { _ in }
        ) {
            let native = host.platform.cpuid(leaf, subleaf ?? 0)
            var entry = KVMCPUIDEntry2()
            entry.function = leaf
            entry.index = subleaf ?? 0
            entry.flags = subleaf == nil ? 0 : KVMConstant.cpuidSignificantIndex
            (entry.eax, entry.ebx, entry.ecx, entry.edx) = native
            change(&entry)
            entries.append(entry)
        }
        add(0) { $0.eax = 0x1F }
        add(1) {
            // No VMX, DTES64, DS-CPL or PDCM; x2APIC, TSC deadline and hypervisor are KVM's to give.
            $0.ecx =
                $0.ecx & ~(1 << 2 | 1 << 4 | 1 << 5 | 1 << 15 | 1 << 27) | 1 << 21 | 1 << 24 | 1 << 31
        }
        add(2)
        for index in 0..<4 { add(4, UInt32(index)) }
        add(4, 4)
        add(6)
        add(7, 0) { $0.ecx &= ~(1 << 4 | 1 << 31) }
        add(7, 1)
        add(7, 2)
        add(0xA) { ($0.eax, $0.ebx, $0.ecx, $0.edx) = (0, 0, 0, 0) }
        for index in 0..<3 { add(0xB, UInt32(index)) }
        add(0xD, 0)
        add(0xD, 1) { $0.ecx = 0 }
        add(0xD, 9)
        add(0x15)
        add(0x16)
        for index in 0..<3 { add(0x1F, UInt32(index)) }
        add(0x4000_0000) {
            $0.eax = 0x4000_0001
            ($0.ebx, $0.ecx, $0.edx) = (0x4B4D_564B, 0x564B_4D56, 0x0000_004D)
        }
        add(0x4000_0001) { $0.eax = 1 << 15 }  // MSI with 15 bits of destination
        for leaf in 0x8000_0000...0x8000_0008 as ClosedRange<UInt32> {
            add(leaf) { if leaf == 0x8000_0008 { $0.eax |= 48 << 16 } }
        }
        return entries
    }
}
