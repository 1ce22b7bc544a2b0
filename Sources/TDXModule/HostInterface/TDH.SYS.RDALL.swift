// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.RDALL`: reads system-scope metadata fields into a page.
    ///
    /// - `RDX`: physical address of the page.
    /// - `R8`: the first field, or all ones; returns the next one.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.RDALL`.
    static let sysRdAll = HostLeaf(.sysRdAll, "TDH.SYS.RDALL", [.rdx: .shared(4096), .r8: .field]) {
        module, call throws(TDXStatus) in
        let (address, first) = (call.registers.rdx, call.registers.r8)
        call.registers.r8 = ~0
        guard module.system.processors[call.processor].isInitialized else { throw .sysLPInitNotDone }
        try module.checkShared(address, .rdx, alignment: 4096)
        let list = try module.metadataList(.system(isGuest: false), from: MetadataFieldID(first), size: 4096)
        module.memory.write(PhysicalAddress(address), list.bytes)
        call.registers.r8 = list.next.rawValue
        if list.next != .null { throw .metadataListOverflow }
    }
}
