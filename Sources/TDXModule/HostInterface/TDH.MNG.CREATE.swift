// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MNG.CREATE`: creates a TD from one free page and one free private key.
    ///
    /// - `RCX`: physical address of the page that becomes the TDR.
    /// - `RDX`: bits 15:0, the `HKID`; the rest must be zero.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MNG.CREATE`.
    static let mngCreate = HostLeaf(.mngCreate, "TDH.MNG.CREATE", [.rcx: .newPage, .rdx: .key]) {
        module, call throws(TDXStatus) in
        let (address, key) = (call.registers.rcx, call.registers.rdx)
        guard module.kot.isPrivate(key) else { throw .operandInvalid.at(.rdx) }
        let hkid = UInt16(truncatingIfNeeded: key)
        let page = try module.lockFree(address, .rcx)
        let kotLock = try module.kot.lock.exclusive(.kot)
        guard module.kot[hkid] == .free else { throw .hkidNotFree }
        let uuid = module.platform.random(32)
        guard uuid.count == 32 else { throw .rndNoEntropy }

        // Effects.
        module.kot[hkid] = .assigned
        module.memory.initialize(PhysicalAddress(address), key: module.system.globalKey)
        page.use = .tdr(TD(tdr: page.entry, hkid: hkid, uuid: uuid))
        _ = consume kotLock
    }
}
