// SPDX-License-Identifier: Apache-2.0

public import Collateral
public import Quote
public import TDXABI
import X509

/// A platform that never left a factory: what its processor, module and quoting enclave are, and what its vendor says of them.
public struct SimulatedPlatform: Hashable, Sendable {
    /// When its certificates begin.
    public var manufactured: Timestamp
    /// When the revocation lists were issued last.
    public var crlsIssued: Timestamp
    /// The number of the revocation lists, which grows.
    public var crlNumber: UInt64 = 1
    /// By how many seconds the platform's clock is ahead of the host's.
    public var clockOffset: Int64 = 0
    /// Where its collateral is served, without a slash at the end; certificates name it.
    public var serviceAddress = SimulatedPlatform.defaultServiceAddress

    /// What the PCK certificate says: identifiers, SVNs and properties.
    public var processor: SGXExtension
    /// `TEE_TCB_SVN` of the module
    public var moduleSVN: SVNComponents
    public var mrSEAM: Digest384

    public var quotingEnclave: QuotingEnclaveIdentity
    /// Revoked certificates that the root issued.
    public var revokedByRoot: [CertificateRevocationList.Entry] = []
    /// Revoked PCK certificates.
    public var revokedByPlatformCA: [CertificateRevocationList.Entry] = []
    public var tcbInfo: TCBInfo
    public var qeIdentity: EnclaveIdentity

    public static let defaultServiceAddress = "http://localhost:8081"
    /// For how long collateral is valid: 30 days.
    public static let collateralPeriod: Int64 = 30 * 86_400
}

/// What a quoting enclave is, as its reports say.
public struct QuotingEnclaveIdentity: Hashable, Sendable {
    /// Which enclave of which platform; the first 16 of the user data of its quotes.
    public var id: Identifier128
    public var mrEnclave: Digest256
    public var mrSigner: Digest256
    public var productID: UInt16 = 2
    public var svn: UInt16
}

// MARK: Manufacture

extension SimulatedPlatform {
    /// A platform whose TCB is up to date on the day of its manufacture.
    ///
    /// - Parameters:
    ///   - cpuSVN: of the processor; its bytes are also the SVNs that levels are compared with.
    ///   - fmspc: the family of the platform; nil derives one.
    ///   - moduleSVN: `TEE_TCB_SVN` of the module.
    ///   - time: of the manufacture; only its day matters.
    public init(
        seed: PlatformSeed, fmspc: FMSPC? = nil, cpuSVN: Identifier128, pceSVN: UInt16 = 13,
        moduleSVN: SVNComponents, mrSEAM: Digest384, at time: Timestamp
    ) {
        let day = time.startOfDay
        manufactured = day
        crlsIssued = day
        let fmspc = fmspc ?? FMSPC(seed.bytes("FMSPC", 6))
        processor = SGXExtension(
            ppid: Identifier128(seed.bytes("PPID", 16)), tcb: SVNComponents(cpuSVN.bytes), pceSVN: pceSVN,
            cpuSVN: cpuSVN, pceID: .zero, fmspc: fmspc,
            platform: .init(
                instanceID: Identifier128(seed.bytes("platform instance", 16)), isDynamic: true,
                hasCachedKeys: true, hasSMT: true))
        self.moduleSVN = moduleSVN
        self.mrSEAM = mrSEAM
        let enclave = QuotingEnclaveIdentity(
            id: Identifier128(seed.bytes("quoting enclave", 16)),
            mrEnclave: Digest256(seed.bytes("MRENCLAVE", 32)),
            mrSigner: Digest256(seed.bytes("MRSIGNER", 32)), svn: 4)
        quotingEnclave = enclave

        let yearBefore = day.advanced(by: -365 * 86_400)
        let advisory = ["SEAMLESS-SA-00001"]
        let sgx = processor.tcb
        var older = sgx
        for index in 0..<8 where older[index] > 0 { older[index] -= 1 }
        let tdx = SVNComponents([moduleSVN.moduleSVN, 0, moduleSVN.lateMicrocodeSVN])
        tcbInfo = TCBInfo(
            issueDate: day, nextUpdate: day.advanced(by: SimulatedPlatform.collateralPeriod), fmspc: fmspc,
            pceID: .zero, tcbEvaluationDataNumber: 1,
            tdxModuleIdentities: [
                .init(
                    majorVersion: max(1, moduleSVN.moduleMajorVersion),
                    identity: TDXModuleIdentity(
                        levels: SimulatedPlatform.levels(
                            UInt16(moduleSVN.moduleSVN), day, yearBefore, advisory)))
            ],
            levels: [
                TCBLevel(sgx: sgx, pceSVN: pceSVN, tdx: tdx, date: day, status: .upToDate),
                TCBLevel(
                    sgx: older, pceSVN: pceSVN > 2 ? pceSVN - 2 : 0, tdx: .zero, date: yearBefore,
                    status: .outOfDate, advisoryIDs: advisory),
            ])
        qeIdentity = EnclaveIdentity(
            issueDate: day, nextUpdate: day.advanced(by: SimulatedPlatform.collateralPeriod),
            tcbEvaluationDataNumber: 1, attributes: Identifier128([0x11]),
            attributesMask: Identifier128([0xFB] + [UInt8](repeating: 0xFF, count: 7)),
            mrSigner: enclave.mrSigner,
            isvProductID: enclave.productID,
            levels: SimulatedPlatform.levels(enclave.svn, day, yearBefore, advisory))
    }

    /// The SVN at hand is up to date, the one before it is not.
    private static func levels(
        _ svn: UInt16, _ day: Timestamp, _ before: Timestamp, _ advisory: [String]
    ) -> [ComponentTCBLevel] {
        let current = ComponentTCBLevel(isvSVN: svn, tcbDate: day, status: .upToDate)
        guard svn > 1 else { return [current] }
        return [
            current,
            ComponentTCBLevel(isvSVN: svn - 1, tcbDate: before, status: .outOfDate, advisoryIDs: advisory),
        ]
    }

    /// What the vendor says of the platform as one of SGX, where there are no TDX modules.
    public var sgxTCBInfo: TCBInfo {
        var info = tcbInfo
        info.id = "SGX"
        info.tdxModule = nil
        info.tdxModuleIdentities = nil
        info.levels = []
        for level in tcbInfo.levels {
            let sgx = TCBLevel(
                sgxComponents: level.sgxComponents, pceSVN: level.pceSVN, tdxComponents: [],
                tcbDate: level.tcbDate, status: level.status, advisoryIDs: level.advisoryIDs)
            // Levels that differ in TDX components alone are one; the highest, which comes first, is kept.
            if !info.levels.contains(where: {
                $0.sgxComponents == sgx.sgxComponents && $0.pceSVN == sgx.pceSVN
            }) {
                info.levels.append(sgx)
            }
        }
        return info
    }

    /// `TEE_TCB_INFO` of the module, as the processor puts it into reports.
    public var teeTCBInfo: TEETCBInfo {
        var info = TEETCBInfo()
        info.teeTCBSVN = moduleSVN.bytes
        info.teeTCBSVN2 = moduleSVN.bytes
        info.mrSEAM = mrSEAM
        return info
    }
}

extension TCBLevel {
    /// A level with the names that the vendor has for its components.
    init(
        sgx: SVNComponents, pceSVN: UInt16, tdx: SVNComponents, date: Timestamp, status: TCBStatus,
        advisoryIDs: [String] = []
    ) {
        let sgxNames: [Int: (category: String, type: String?)] = [
            0: ("BIOS", "Early Microcode Update"), 1: ("OS/VMM", "SGX Late Microcode Update"),
            2: ("OS/VMM", "TXT SINIT"), 3: ("BIOS", nil), 4: ("BIOS", nil), 5: ("BIOS", nil),
            7: ("OS/VMM", "SEAMLDR ACM"),
        ]
        let tdxNames = ["TDX Module", "TDX Module", "TDX Late Microcode Update"]
        self.init(
            sgxComponents: (0..<16).map {
                TCBComponent(
                    svn: UInt16(sgx[$0]), category: sgxNames[$0]?.category, type: sgxNames[$0]?.type)
            }, pceSVN: pceSVN,
            tdxComponents: (0..<16).map {
                TCBComponent(
                    svn: UInt16(tdx[$0]), category: $0 < tdxNames.count ? "OS/VMM" : nil,
                    type: $0 < tdxNames.count ? tdxNames[$0] : nil)
            }, tcbDate: date, status: status, advisoryIDs: advisoryIDs)
    }
}

extension Timestamp {
    public func advanced(by seconds: Int64) -> Timestamp {
        Timestamp(secondsSince1970: secondsSince1970 + seconds)
    }

    /// Midnight, which begins it.
    var startOfDay: Timestamp {
        let day = secondsSince1970 % 86_400
        return advanced(by: -(day < 0 ? day + 86_400 : day))
    }
}
