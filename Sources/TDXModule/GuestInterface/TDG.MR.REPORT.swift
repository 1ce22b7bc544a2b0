// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension TD {
    /// `TDINFO`: what the TD is, now.
    var information: TDInfo {
        var information = TDInfo()
        information.attributes = attributes
        information.xfam = xfam
        information.mrTD = mrTD
        information.mrConfigID = mrConfigID
        information.mrOwner = mrOwner
        information.mrOwnerConfig = mrOwnerConfig
        information.rtmr0 = rtmr[0]
        information.rtmr1 = rtmr[1]
        information.rtmr2 = rtmr[2]
        information.rtmr3 = rtmr[3]
        information.servTDHash = serviceTDHash
        return information
    }
}

extension GuestLeaf {
    /// `TDG.MR.REPORT`: makes a `TDREPORT`.
    ///
    /// - `RCX`: where it goes, 1024-byte aligned.
    /// - `RDX`: where the 64 bytes of `REPORTDATA` are, 64-byte aligned.
    /// - `R8`: sub-type, 0.
    ///
    /// - SeeAlso: ABI Reference, `TDG.MR.REPORT`.
    static let mrReport = GuestLeaf(
        .mrReport, "TDG.MR.REPORT",
        [
            .rcx: .guestMemory(1024, shared: true), .rdx: .guestMemory(64, shared: true),
            .r8: .value("0, the sub-type"),
        ]
    ) { module, vcpu, processor throws(TDXStatus) in
        guard processor[.rcx] & 1023 == 0 else { throw .operandInvalid.at(.rcx) }
        let data: [UInt8]
        switch try module.locate(
            processor[.rdx], .rdx, alignment: 64, access: .read, allowsShared: true, vcpu)
        {
        case .found(let address): data = module.memory.read(address, count: 64)
        case .left(let action): return .left(action)
        }
        guard processor[.r8] == 0 else { throw .operandInvalid.at(.r8) }
        let lock = try vcpu.td.rtmrLock.exclusive(.rtmr)
        let information = vcpu.td.information
        let hash: Digest384
        if let cached = vcpu.td.informationHash {
            hash = cached
        } else {
            hash = Digest384(hashing: information.bytes)
            vcpu.td.informationHash = hash
            if module.platform.isInterruptPending(processor) {
                processor.interruptibility &= ~0b11
                return .left(.resume)
            }
        }
        _ = consume lock
        switch try module.locate(
            processor[.rcx], .rcx, alignment: 1024, access: .write, allowsShared: true, vcpu)
        {
        case .found(let address):
            let report = module.reportKey.report(
                on: information, hash: hash, data: data, hasServiceTDs: information.servTDHash != .zero)
            module.memory.write(address, report.bytes)
        case .left(let action): return .left(action)
        }
        return .completed(.success)
    }

    /// `TDG.MR.VERIFYREPORT`: whether a report was made on this platform.
    ///
    /// - `RCX`: private address of a `REPORTMACSTRUCT`, 256-byte aligned.
    ///
    /// - SeeAlso: ABI Reference, `TDG.MR.VERIFYREPORT`.
    static let mrVerifyReport = GuestLeaf(
        .mrVerifyReport, "TDG.MR.VERIFYREPORT", [.rcx: .guestMemory(256, shared: false)]
    ) { module, vcpu, processor throws(TDXStatus) in
        switch try module.locate(
            processor[.rcx], .rcx, alignment: 256, access: .read, allowsShared: false, vcpu)
        {
        case .found(let address):
            guard let report = ReportMACStruct(module.memory.read(address, count: ReportMACStruct.size))
            else {
                throw .invalidREPORTMACSTRUCT
            }
            guard report.cpuSVN == module.reportKey.cpuSVN else { throw .invalidCPUSVN }
            guard module.reportKey.verifies(report) else { throw .invalidREPORTMACSTRUCT }
            return .completed(.success)
        case .left(let action): return .left(action)
        }
    }
}
