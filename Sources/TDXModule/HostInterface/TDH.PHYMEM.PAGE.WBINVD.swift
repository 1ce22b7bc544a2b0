// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.PHYMEM.PAGE.WBINVD`: writes back the cache lines of a page that has become free.
    ///
    /// - `RCX`: its physical address, with the `HKID` whose lines are meant.
    ///
    /// - SeeAlso: ABI Reference, `TDH.PHYMEM.PAGE.WBINVD`.
    static let phymemPageWBInvd = HostLeaf(.phymemPageWBInvd, "TDH.PHYMEM.PAGE.WBINVD", [.rcx: .keyedPage]) {
        module, call throws(TDXStatus) in
        let (key, address) = PhysicalMemory.split(PhysicalAddress(call.registers.rcx))
        guard address.rawValue & 0xFFF == 0, call.registers.rcx >> module.addressWidth == 0,
            Int(key) < module.platform.privateKeys.upperBound
        else { throw .operandInvalid.at(.rcx) }
        guard module.system.isCovered(address.rawValue) else { throw .operandAddrRangeError.at(.rcx) }
        let page = try LockedPage(module.pamt.entry(address.rawValue), exclusively: false, operand: .rcx)
        guard case .free? = page.entry.use else { throw .pageMetadataIncorrect.at(.rcx) }
    }
}
