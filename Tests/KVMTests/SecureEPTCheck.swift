// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Synchronization
import TDXABI
import Testing

@testable import KVM

/// An entry of the Secure EPT that a walk has found.
struct SecureEPTEntry: Hashable {
    /// Level of the entry: 0 for a page, above for a table that hangs under it.
    var level: Int
    /// Guest physical address divided by what an entry of the level spans.
    var index: UInt64
}

extension TestTD {
    /// The TD as KVM keeps it.
    var machine: VM? {
        guard case .vm(let vm)? = client.kvm.file(vm) else { return nil }
        return vm
    }
    func machine(vcpu index: Int) -> VCPU? {
        guard case .vcpu(let vcpu)? = client.kvm.file(vcpus[index]) else { return nil }
        return vcpu
    }

    func secureEPT() -> [SecureEPTEntry: (state: UInt64, address: UInt64)] { machine?.secureEPT() ?? [:] }
    func mirrorDifferences() -> [String] { machine?.mirrorDifferences() ?? ["The TD is gone."] }

    /// State of a page in the Secure EPT: 0 free, 2 pending, 4 mapped.
    func state(of gpa: UInt64) -> UInt64 {
        secureEPT()[SecureEPTEntry(level: 0, index: gpa >> 12)]?.state ?? 0
    }
}

extension VM {
    /// Every entry of the module's Secure EPT that is not free, with its state, by `TDH.MEM.SEPT.RD`; for a page also
    /// where it lies.
    func secureEPT() -> [SecureEPTEntry: (state: UInt64, address: UInt64)] {
        let vm = self
        var found: [SecureEPTEntry: (state: UInt64, address: UInt64)] = [:]
        func walk(table base: UInt64, level: Int) {
            for index in 0..<512 as Range<UInt64> {
                let gpa = base | index << UInt64(12 + 9 * level)
                guard gpa & vm.sharedBit == 0 else { break }
                let (status, registers) = vm.call(.memSEPTRd, rcx: gpa | UInt64(level), rdx: vm.tdr)
                let state = registers.rdx >> 8 & 0xFF
                guard status == .success, state != 0 else { continue }
                let address = level == 0 ? registers.rcx & 0x0000_3FFF_FFFF_F000 : 0
                found[SecureEPTEntry(level: level, index: gpa >> UInt64(12 + 9 * level))] = (state, address)
                if level > 0 { walk(table: gpa, level: level - 1) }
            }
        }
        walk(table: 0, level: vm.eptLevels - 1)
        return found
    }

    /// KVM's mirror and the module's Secure EPT say the same: the same tables, the same pages at the same addresses, no
    /// page blocked. Says what differs.
    func mirrorDifferences() -> [String] {
        let vm = self
        var real = secureEPT()
        var differences: [String] = []
        for (page, address) in vm.mmu.leaves {
            let entry = SecureEPTEntry(level: 0, index: page)
            guard let leaf = real.removeValue(forKey: entry) else {
                differences.append("Page \(page) is in the mirror only.")
                continue
            }
            if leaf.address != address { differences.append("Page \(page) lies elsewhere.") }
            if leaf.state != 4, leaf.state != 2 {
                differences.append("Page \(page) is in state \(leaf.state).")
            }
        }
        for key in vm.mmu.tables.keys
        where real.removeValue(forKey: SecureEPTEntry(level: key.level, index: key.index))?.state != 132 {
            differences.append("A table of level \(key.level) at \(key.index) is in the mirror only.")
        }
        for entry in real.keys {
            differences.append("Entry \(entry.index) of level \(entry.level) is in the Secure EPT only.")
        }
        return differences
    }
}

extension Client {
    /// vCPUs of a TD that are inside the guest, or about to enter it.
    func runningVCPUs(of td: TestTD) -> Int {
        td.machine?.allVCPUs.count { $0.isInGuest.load(ordering: .sequentiallyConsistent) } ?? 0
    }

    /// vCPUs of a TD that are halted.
    func sleepingVCPUs(of td: TestTD) -> Int {
        td.machine?.allVCPUs.count { $0.mpState.load(ordering: .relaxed) == MPState.halted.rawValue } ?? 0
    }
}
