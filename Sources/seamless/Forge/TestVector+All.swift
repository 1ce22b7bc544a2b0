// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import QuoteVerification
import Quoting
import TDXABI

extension TestVector {
    /// Every branch of the decision tree.
    static let all: [TestVector] =
        statuses + convergences + relaunches + identities + revocations + dates + chains + signatures
        + formats

    private static let platformStatuses: [TCBStatus] = [
        .upToDate, .swHardeningNeeded, .configurationNeeded, .configurationAndSWHardeningNeeded, .outOfDate,
        .outOfDateConfigurationNeeded, .revoked,
    ]
    private static let componentStatuses: [TCBStatus] = [.upToDate, .outOfDate, .revoked]

    /// What is accepted amounts to the launch's platform of day 60, the quoting enclave of 80 and the module of 90.
    private static func verdict(
        _ status: TCBStatus, platform: TCBStatus = .upToDate, module: TCBStatus = .upToDate,
        qe: TCBStatus = .upToDate
    ) -> Verdict {
        guard status != .revoked else { return .refused(.tcbRevoked) }
        let advisories = [(platform, "11"), (module, "12"), (qe, "13")].filter { $0.0 != .upToDate }
        return .accepted(status, Forgery.date(60), advisories.map { "SEAMLESS-SA-000" + $0.1 })
    }

    /// A sound quote but for one change.
    private static func refused(
        _ name: String, _ code: VerificationCode, _ change: (inout Forgery) -> Void
    ) -> TestVector {
        var forgery = Forgery()
        change(&forgery)
        return TestVector(name: name, forgery: forgery, expected: .refused(code))
    }

    private static func accepted(_ name: String, _ change: (inout Forgery) -> Void) -> TestVector {
        var forgery = Forgery()
        change(&forgery)
        return TestVector(name: name, forgery: forgery, expected: verdict(.upToDate))
    }

    // MARK: TCB

    /// Each status of a platform, in each form of a quote.
    private static let statuses: [TestVector] = platformStatuses.flatMap { status in
        [("v4", nil), ("v5-td10", .td10), ("v5-td15", .td15), ("v5-td15ex", .td15ex)].map {
            (name: String, type: QuoteBodyType?) in
            var forgery = Forgery(launch: status)
            if let type { forgery.describe(type) }
            return TestVector(
                name: "status-\(name)-\(status.rawValue)", forgery: forgery,
                expected: verdict(status, platform: status))
        }
    }

    /// Each row and column of the convergence table.
    private static let convergences: [TestVector] = platformStatuses.flatMap { platform in
        componentStatuses.flatMap { module in
            componentStatuses.map { qe in
                let status: TCBStatus
                if [platform, module, qe].contains(.revoked) {
                    status = .revoked
                } else if [module, qe].contains(.outOfDate) {
                    switch platform {
                    case .upToDate, .swHardeningNeeded, .outOfDate: status = .outOfDate
                    default: status = .outOfDateConfigurationNeeded
                    }
                } else {
                    status = platform
                }
                return TestVector(
                    name: "convergence-\(platform.rawValue)-\(module.rawValue)-\(qe.rawValue)",
                    forgery: Forgery(launch: platform, module: module, qe: qe),
                    expected: verdict(status, platform: platform, module: module, qe: qe))
            }
        }
    }

    /// Each pair of what the platform was when the TD was launched and what it is now.
    private static let relaunches: [TestVector] = platformStatuses.flatMap { launch in
        platformStatuses.map { current in
            var forgery = Forgery(launch: launch, current: current)
            forgery.describe(.td15)
            forgery.td15.teeTCBSVN2 = SVNComponents([6, 1, 3])
            let status: TCBStatus =
                switch (launch, current) {
                case (.outOfDate, .upToDate), (.outOfDate, .swHardeningNeeded): .tdRelaunchAdvised
                case (.outOfDate, .configurationNeeded), (.outOfDate, .configurationAndSWHardeningNeeded),
                    (.outOfDateConfigurationNeeded, .upToDate),
                    (.outOfDateConfigurationNeeded, .swHardeningNeeded),
                    (.outOfDateConfigurationNeeded, .configurationNeeded),
                    (.outOfDateConfigurationNeeded, .configurationAndSWHardeningNeeded):
                    .tdRelaunchAdvisedConfigurationNeeded
                default: launch
                }
            return TestVector(
                name: "relaunch-\(launch.rawValue)-\(current.rawValue)", forgery: forgery,
                expected: verdict(status, platform: launch))
        }
    }

    // MARK: Identities

    private static let identities: [TestVector] = [
        accepted("module-major-0") {
            $0.report.teeTCBSVN = SVNComponents([6, 0, 2])
            $0.info.levels = [Forgery.level(lateMicrocode: 2, day: 60, .upToDate, moduleSVN: 6)]
        },
        refused("module-major-0-below-every-level", .tcbNotSupported) {
            $0.report.teeTCBSVN = SVNComponents([5, 0, 2])
            $0.info.levels = [Forgery.level(lateMicrocode: 2, day: 60, .upToDate, moduleSVN: 6)]
        },
        refused("module-major-unknown", .tdxModuleMismatch) { $0.report.teeTCBSVN[1] = 3 },
        refused("module-without-identities", .tdxModuleMismatch) { $0.info.tdxModuleIdentities = nil },
        refused("module-below-every-level", .tcbNotSupported) { $0.report.teeTCBSVN[0] = 5 },
        refused("module-of-another-signer", .tdxModuleMismatch) {
            $0.report.mrSignerSEAM = Digest384(1...48)
        },
        refused("module-with-attributes", .tdxModuleMismatch) { $0.report.seamAttributes = 1 },
        refused("module-current-unknown", .tcbNotSupported) {
            $0.describe(.td15)
            $0.td15.teeTCBSVN2 = SVNComponents([6, 3, 2])
        },
        refused("module-current-below-every-level", .tcbNotSupported) {
            $0.describe(.td15)
            $0.td15.teeTCBSVN2 = SVNComponents([5, 1, 2])
        },
        refused("platform-current-below-every-level", .tcbNotSupported) {
            $0.describe(.td15)
            $0.td15.teeTCBSVN2 = SVNComponents([6, 1, 1])
        },
        refused("platform-late-microcode-below-every-level", .tcbNotSupported) { $0.report.teeTCBSVN[2] = 1 },
        refused("platform-component-below-every-level", .tcbNotSupported) {
            $0.sgx.tcb[7] = 4
            $0.sgx.cpuSVN = Identifier128($0.sgx.tcb.bytes)
        },
        // Only the processor can compare its CPUSVN; levels are compared with the components.
        accepted("platform-cpusvn-of-other-bytes") { $0.sgx.cpuSVN = .zero },
        refused("platform-pce-below-every-level", .tcbNotSupported) { $0.sgx.pceSVN = 12 },
        refused("platform-of-another-fmspc", .tcbInfoMismatch) { $0.info.fmspc = .zero },
        refused("platform-of-another-pceid", .tcbInfoMismatch) { $0.info.pceID = PCEID([1, 0]) },
        refused("qe-miscselect", .qeIdentityMismatch) { $0.qeReport.miscSelect = 1 },
        refused("qe-debug", .qeIdentityMismatch) { $0.qeReport.flags.insert(.debug) },
        refused("qe-of-another-signer", .qeIdentityMismatch) { $0.qeReport.mrSigner = Digest256(2...33) },
        refused("qe-of-another-product", .qeIdentityMismatch) { $0.qeReport.isvProductID = 1 },
        refused("qe-identity-of-sgx", .qeIdentityMismatch) { $0.identity.id = "QE" },
        refused("qe-below-every-level", .tcbNotSupported) { $0.qeReport.isvSVN = 3 },
        refused("qe-report-of-another-key", .invalidQEReportData) { $0.qeReportData = .zero },
        accepted("qe-attribute-outside-the-mask") { $0.qeReport.xfrm = 0xE7 },
    ]

    // MARK: Validity

    private static let revocations: [TestVector] = [
        refused("revoked-pck", .pckRevoked) { $0.revoked = [.pck] },
        refused("revoked-platform-ca", .intermediateRevoked) { $0.revoked = [.platformCA] },
        refused("revoked-tcb-signing", .signingCertificateRevoked) { $0.revoked = [.tcbSigning] },
    ]

    /// The last second of each period and the one after it, the first and the one before it.
    private static let dates: [TestVector] = {
        var vectors: [TestVector] = []
        func add(
            _ name: String, _ code: VerificationCode, isBeginIgnored: Bool,
            set: (inout Forgery, ClosedRange<Int64>) -> Void
        ) {
            for (edge, period, isValid) in [
                ("last-second", -864_000...0, true), ("over", -864_000 ... -1, false),
                ("first-second", 0...864_000, true), ("not-yet", 1...864_000, false),
            ] as [(String, ClosedRange<Int64>, Bool)] {
                var forgery = Forgery()
                set(&forgery, period)
                vectors.append(
                    TestVector(
                        name: "date-\(name)-\(edge)", forgery: forgery,
                        expected: isValid ? verdict(.upToDate) : .refused(code),
                        isAcceptedByVendor: isBeginIgnored && edge == "not-yet"))
            }
        }
        add("root-crl", .crlExpired, isBeginIgnored: false) { $0.rootCRLPeriod = $1 }
        add("pck-crl", .crlExpired, isBeginIgnored: false) { $0.pckCRLPeriod = $1 }
        add("pck", .pckChainExpired, isBeginIgnored: true) { $0.periods[.pck] = $1 }
        add("platform-ca", .pckChainExpired, isBeginIgnored: true) { $0.periods[.platformCA] = $1 }
        add("root", .pckChainExpired, isBeginIgnored: true) { $0.periods[.root] = $1 }
        add("tcb-signing", .signingChainExpired, isBeginIgnored: true) { $0.periods[.tcbSigning] = $1 }
        add("tcb-info", .tcbInfoExpired, isBeginIgnored: true) {
            $0.info.issueDate = Forgery.time.advanced(by: $1.lowerBound)
            $0.info.nextUpdate = Forgery.time.advanced(by: $1.upperBound)
        }
        add("qe-identity", .enclaveIdentityExpired, isBeginIgnored: true) {
            $0.identity.issueDate = Forgery.time.advanced(by: $1.lowerBound)
            $0.identity.nextUpdate = Forgery.time.advanced(by: $1.upperBound)
        }
        return vectors
    }()

    // MARK: Chains and signatures

    private static let chains: [TestVector] = [
        refused("chain-of-another-root", .pckChainUntrusted) {
            $0.keys.root = $0.strangers.root
            $0.signsRootCRL = $0.strangers.root
        },
        refused("chain-platform-ca-of-another", .pckChainUntrusted) { $0.signedByAnother = [.platformCA] },
        refused("chain-pck-of-another", .pckChainUntrusted) { $0.signedByAnother = [.pck] },
        refused("chain-tcb-signing-of-another", .signingChainUntrusted) {
            $0.signedByAnother = [.tcbSigning]
        },
        refused("chain-signers-of-another-root", .signingChainUntrusted) { $0.hasForeignSigners = true },
    ]

    private static let signatures: [TestVector] = [
        refused("signature-of-quote", .invalidQuoteSignature) { $0.signsQuote = $0.strangers.attestation },
        refused("signature-of-qe-report", .invalidQEReportSignature) { $0.signsQEReport = $0.strangers.pck },
        refused("signature-of-tcb-info", .tcbInfoInvalidSignature) { $0.signsInfo = $0.strangers.tcbSigning },
        refused("signature-of-qe-identity", .enclaveIdentityInvalidSignature) {
            $0.signsIdentity = $0.strangers.tcbSigning
        },
        refused("signature-of-root-crl", .crlInvalid) { $0.signsRootCRL = $0.strangers.root },
        refused("signature-of-pck-crl", .crlInvalid) { $0.signsPCKCRL = $0.strangers.platformCA },
        refused("changed-user-data", .invalidQuoteSignature) { $0.edit = { $0[28] ^= 1 } },
        refused("changed-mrtd", .invalidQuoteSignature) { $0.edit = { $0[48 + 136] ^= 1 } },
        refused("changed-reportdata", .invalidQuoteSignature) { $0.edit = { $0[631] ^= 1 } },
        refused("changed-quote-signature", .invalidQuoteSignature) { $0.edit = { $0[636 + 63] ^= 1 } },
        refused("changed-qe-report", .invalidQEReportSignature) { $0.edit = { $0[636 + 134 + 64] ^= 1 } },
        refused("changed-authentication-data", .invalidQEReportData) { $0.edit = { $0[636 + 584] ^= 1 } },
    ]

    // MARK: Formats

    /// Every constant that is another, and every length field that lies.
    private static let formats: [TestVector] = {
        func edited(_ name: String, _ edit: @escaping @Sendable (inout [UInt8]) -> Void) -> TestVector {
            refused(name, .unsupportedQuoteFormat) { $0.edit = edit }
        }
        /// Adds to a 32-bit field.
        func off(_ name: String, at offset: Int, by difference: Int32) -> TestVector {
            edited(name) { bytes in
                let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
                let changed = value &+ UInt32(bitPattern: difference)
                for byte in 0..<4 {
                    bytes[offset + byte] = UInt8(truncatingIfNeeded: changed >> UInt32(8 * byte))
                }
            }
        }
        let described: [TestVector] = [
            ("body-type-enclave", 48, 1), ("body-type-unknown", 48, 5), ("body-size-short", 50, 0x47),
            ("body-size-long", 50, 0x49),
        ].map { (name: String, offset: Int, value: UInt8) in
            refused("format-" + name, .unsupportedQuoteFormat) {
                $0.describe(.td10)
                $0.edit = { $0[offset] = value }
            }
        }
        // Where the fields are in version 4: the signature section from 632, its outer certification data from 764.
        let lengths: [TestVector] = [
            ("signature-data", 632), ("outer-certification-data", 766), ("inner-certification-data", 1254),
        ].flatMap {
            (name: String, offset: Int) in
            [("short", -1), ("long", 1), ("huge", Int32.max)].map {
                off("length-\(name)-\($0.0)", at: offset, by: $0.1)
            }
        }
        return described + lengths + [
            edited("length-authentication-data-huge") {
                $0[636 + 582] = 0xFF
                $0[636 + 583] = 0xFF
            },
            edited("format-version-3") { $0[0] = 3 }, edited("format-version-6") { $0[0] = 6 },
            edited("format-key-type") { $0[2] = 3 }, edited("format-tee-type") { $0[4] = 0 },
            edited("format-vendor") { $0[12] ^= 1 },
            edited("format-outer-certification-type") { $0[764] = 5 },
            edited("truncated-header") { $0.removeLast($0.count - 47) },
            edited("truncated-body") { $0.removeLast($0.count - 631) },
            edited("truncated-signature") { $0.removeLast($0.count - 700) },
            edited("truncated-by-one") { $0.removeLast() },
            accepted("trailing-bytes") { $0.edit = { $0 += [UInt8](repeating: 0, count: 3000) } },
        ]
    }()
}
