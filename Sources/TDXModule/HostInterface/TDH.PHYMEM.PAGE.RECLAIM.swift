// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.PHYMEM.PAGE.RECLAIM`: gives back a page of a TD that has been torn down.
    ///
    /// - `RCX`: its physical address; returns the page type it had.
    /// - Returns the TDR of the owner in `RDX`, the size in `R8`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.PHYMEM.PAGE.RECLAIM`.
    static let phymemPageReclaim = HostLeaf(.phymemPageReclaim, "TDH.PHYMEM.PAGE.RECLAIM", [.rcx: .page]) {
        module, call throws(TDXStatus) in
        let address = call.registers.rcx
        for register in [GeneralRegister.rcx, .rdx, .r8, .r9, .r10, .r11] { call.registers[register] = 0 }
        try module.checkPrivate(address, .rcx)
        let entry = module.pamt.entry(address)
        if entry.found.level == 0 {
            let page = try LockedPage(entry, exclusively: true, operand: .rcx)
            try reclaim(address, page.entry, level: 0, &call)
        } else {
            let page = try LockedLargePage(entry, operand: .rcx)
            try reclaim(address, page.entry, level: 1, &call)
        }
    }

    /// Gives back a page that is locked.
    ///
    /// - Parameter level: of the page when it was locked; if it has been split or joined since, somebody uses it.
    private static func reclaim(
        _ address: UInt64, _ page: PageEntry, level: UInt64, _ call: inout HostCall
    ) throws(TDXStatus) {
        let found = page.found
        guard found.level == level else { throw .operandBusy.at(.rcx) }
        switch found.use {
        case .free, .reserved: throw .pageMetadataIncorrect.at(.rcx)
        default: break
        }
        call.registers.rcx = found.use.type
        call.registers.rdx = found.use.owner?.tdr ?? 0
        call.registers.r8 = level
        guard address & (4096 << (9 * level) - 1) == 0 else { throw .operandInvalid.at(.rcx) }
        if let owner = found.use.owner {
            let tdr = try LockedPage(owner.entry, exclusively: false, operand: .tdr)
            guard owner.lifecycle == .teardown else { throw .lifecycleStateIncorrect }

            // Effects.
            owner.childCount.subtract(1 << (9 * level), ordering: .relaxed)
            _ = consume tdr
        } else if case .tdr(let td) = found.use {
            guard td.lifecycle == .teardown else { throw .lifecycleStateIncorrect }
            guard td.childCount.load(ordering: .acquiring) == 0 else { throw .tdAssociatedPagesExist }

            // Effects.
            td.vcpus = []
        }
        if level == 0 { page.use = .free } else { page.largeUse = nil }
    }
}
