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
    static let phymemPageReclaim = HostLeaf(.phymemPageReclaim, "TDH.PHYMEM.PAGE.RECLAIM") {
        module, call throws(TDXStatus) in
        let address = call.registers.rcx
        for register in [GeneralRegister.rcx, .rdx, .r8, .r9, .r10, .r11] { call.registers[register] = 0 }
        try module.checkPrivate(address, .rcx)
        let entry = module.pamt.entry(address)
        let (use, level) = entry.found
        if case .free = use { throw .pageMetadataIncorrect.at(.rcx) }
        if case .reserved = use { throw .pageMetadataIncorrect.at(.rcx) }
        call.registers.rcx = use.type
        call.registers.rdx = use.owner?.tdr ?? 0
        call.registers.r8 = level
        if level > 0 {
            guard address & 0x1F_FFFF == 0 else { throw .operandInvalid.at(.rcx) }
            let page = try LockedLargePage(entry, operand: .rcx)
            guard let owner = page.entry.largeUse?.owner else { throw .pageMetadataIncorrect.at(.rcx) }
            let tdPage = try LockedPage(owner.entry, exclusively: false, operand: .tdr)
            guard owner.lifecycle == .teardown else { throw .lifecycleStateIncorrect }

            // Effects.
            page.entry.largeUse = nil
            owner.childCount.subtract(512, ordering: .relaxed)
            _ = consume tdPage
            return
        }
        let page = try LockedPage(entry, exclusively: true, operand: .rcx)
        switch page.use {
        case .free, .reserved: throw .pageMetadataIncorrect.at(.rcx)
        case .tdr(let td):
            guard td.lifecycle == .teardown else { throw .lifecycleStateIncorrect }
            guard td.childCount.load(ordering: .acquiring) == 0 else { throw .tdAssociatedPagesExist }
            td.vcpus = []
        case let use:
            guard let owner = use.owner else { throw .pageMetadataIncorrect.at(.rcx) }
            let tdPage = try LockedPage(owner.entry, exclusively: false, operand: .tdr)
            guard owner.lifecycle == .teardown else { throw .lifecycleStateIncorrect }
            owner.childCount.subtract(1, ordering: .relaxed)
            _ = consume tdPage
        }

        // Effects.
        page.use = .free
    }
}
