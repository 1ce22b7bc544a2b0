// SPDX-License-Identifier: Apache-2.0

public import Collateral
import Quote
import X509

/// A part of the TCB that a recovery can be about.
public enum TCBPart: String, Hashable, Sendable, CaseIterable {
    case microcode
    case pce
    case module
    case quotingEnclave = "quoting-enclave"
}

extension SimulatedPlatform {
    /// The vendor publishes a TCB recovery: one part must have a higher SVN than this platform's, and whoever has not
    /// is out of date, for the reason that an advisory gives.
    public mutating func publishRecovery(of part: TCBPart, advisory: String, at time: Timestamp) {
        tcbInfo.tcbEvaluationDataNumber &+= 1
        qeIdentity.tcbEvaluationDataNumber = tcbInfo.tcbEvaluationDataNumber
        renewCollateral(at: time)
        switch part {
        case .microcode, .pce:
            guard var top = tcbInfo.levels.max(by: { $1.isHigher(than: $0) }) else { return }
            tcbInfo.levels = tcbInfo.levels.map { $0.superseded(advisory) }
            var sgx = top.sgxSVNs
            if part == .microcode { sgx[0] = sgx[0] < 255 ? sgx[0] + 1 : 255 } else { top.pceSVN &+= 1 }
            tcbInfo.levels.insert(
                TCBLevel(
                    sgx: sgx, pceSVN: top.pceSVN, tdx: top.tdxSVNs, date: time.startOfDay, status: .upToDate),
                at: 0)
        case .module:
            tcbInfo.tdxModuleIdentities = tcbInfo.tdxModuleIdentities?.map { entry in
                var entry = entry
                entry.identity.levels.supersede(advisory, time.startOfDay)
                return entry
            }
        case .quotingEnclave: qeIdentity.levels.supersede(advisory, time.startOfDay)
        }
    }

    /// The platform is brought up to the newest level: its processor, module and quoting enclave have the SVNs that are up
    /// to date. Its PCK certificate is another one then, with another serial number.
    public mutating func installUpdates() {
        if let top = tcbInfo.levels.max(by: { $1.isHigher(than: $0) }) {
            processor.tcb = top.sgxSVNs
            processor.cpuSVN = Identifier128(top.sgxSVNs.bytes)
            processor.pceSVN = top.pceSVN
        }
        let identity = tcbInfo.tdxModuleIdentities?.first {
            $0.majorVersion == moduleSVN.moduleMajorVersion
        }
        if let svn = identity?.identity.levels.map(\.isvSVN).max() { moduleSVN[0] = UInt8(clamping: svn) }
        if let svn = qeIdentity.levels.map(\.isvSVN).max() { quotingEnclave.svn = svn }
    }

    /// All documents and lists are issued anew, valid from now on.
    public mutating func renewCollateral(at time: Timestamp) {
        crlsIssued = time
        crlNumber &+= 1
        tcbInfo.issueDate = time
        tcbInfo.nextUpdate = time.advanced(by: SimulatedPlatform.collateralPeriod)
        qeIdentity.issueDate = time
        qeIdentity.nextUpdate = tcbInfo.nextUpdate
    }

    /// Whether every document and list is valid at a time.
    public func isCollateralCurrent(at time: Timestamp) -> Bool {
        let issued = [crlsIssued, tcbInfo.issueDate, qeIdentity.issueDate]
        let ends = [
            crlsIssued.advanced(by: SimulatedPlatform.collateralPeriod), tcbInfo.nextUpdate,
            qeIdentity.nextUpdate,
        ]
        return issued.allSatisfy { $0 <= time } && ends.allSatisfy { time <= $0 }
    }

    /// The issuer of a certificate revokes it.
    public mutating func revoke(_ certificate: AttestationCertificate, at time: Timestamp) {
        let entry = CertificateRevocationList.Entry(
            serialNumber: certificate.certificate.serialNumber, revocationDate: time)
        let isPCK = certificate.issuerCommonName == CertificateAuthority.Role.platformCA.commonName
        let isListed = (isPCK ? revokedByPlatformCA : revokedByRoot).contains {
            $0.serialNumber == entry.serialNumber
        }
        if !isListed {
            if isPCK { revokedByPlatformCA.append(entry) } else { revokedByRoot.append(entry) }
        }
        crlsIssued = time
        crlNumber &+= 1
    }
}

extension TCBLevel {
    /// What becomes of a level when a higher one is published.
    fileprivate func superseded(_ advisory: String) -> TCBLevel {
        var level = self
        switch status {
        case .upToDate, .swHardeningNeeded, .outOfDate: level.status = .outOfDate
        case .revoked: return self
        default: level.status = .outOfDateConfigurationNeeded
        }
        if !advisoryIDs.contains(advisory) { level.advisoryIDs.append(advisory) }
        return level
    }
}

extension [ComponentTCBLevel] {
    fileprivate mutating func supersede(_ advisory: String, _ date: Timestamp) {
        let top = map(\.isvSVN).max() ?? 0
        for index in indices where self[index].status != .revoked {
            self[index].status = .outOfDate
            if !self[index].advisoryIDs.contains(advisory) { self[index].advisoryIDs.append(advisory) }
        }
        insert(ComponentTCBLevel(isvSVN: top &+ 1, tcbDate: date, status: .upToDate), at: 0)
    }
}
