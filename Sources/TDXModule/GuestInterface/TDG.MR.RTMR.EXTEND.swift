// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension GuestLeaf {
    /// `TDG.MR.RTMR.EXTEND`: extends a run-time measurement register.
    ///
    /// - `RCX`: private address of 48 bytes, 64-byte aligned.
    /// - `RDX`: the register's number.
    ///
    /// - SeeAlso: ABI Reference, `TDG.MR.RTMR.EXTEND`.
    static let mrRTMRExtend = GuestLeaf(
        .mrRTMRExtend, "TDG.MR.RTMR.EXTEND", [.rcx: .guestMemory(64, shared: false), .rdx: .value("0 to 3")]
    ) { module, vcpu, processor throws(TDXStatus) in
        let data: [UInt8]
        switch try module.locate(
            processor[.rcx], .rcx, alignment: 64, access: .read, allowsShared: false, vcpu)
        {
        case .found(let address): data = module.memory.read(address, count: 48)
        case .left(let action): return .left(action)
        }
        let index = processor[.rdx]
        guard index < 4 else { throw .operandInvalid.at(.rdx) }
        let lock = try vcpu.td.rtmrLock.exclusive(.rtmr)

        // Effects.
        vcpu.td.informationHash = nil
        vcpu.td.rtmr[Int(index)] = vcpu.td.rtmr[Int(index)].extended(with: data)
        _ = consume lock
        return .completed(.success)
    }
}
