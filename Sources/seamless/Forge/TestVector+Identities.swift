// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import QuoteVerification
import TDXABI

extension TestVector {
    /// Which TDX module it is, who signed it, and which SVNs it has.
    static let modules: [TestVector] =
        [
            accepted(.module, "module-major-0") { $0.becomeMajor0() },
            refused(.module, "module-major-0-below-every-level", .tcbNotSupported) {
                $0.becomeMajor0()
                $0.report.teeTCBSVN[0] = 5
            },
            refused(.module, "module-major-0-of-another-signer", .tdxModuleMismatch) {
                $0.becomeMajor0()
                $0.report.mrSignerSEAM = Digest384(1...48)
            },
            refused(.module, "module-major-0-with-attributes", .tdxModuleMismatch) {
                $0.becomeMajor0()
                $0.report.seamAttributes = 1
            },
            accepted(.module, "module-major-0-without-identities") {
                $0.becomeMajor0()
                $0.info.tdxModuleIdentities = nil
            },
            refused(.module, "module-major-unknown", .tdxModuleMismatch) { $0.report.teeTCBSVN[1] = 3 },
            refused(.module, "module-without-identities", .tdxModuleMismatch) {
                $0.info.tdxModuleIdentities = nil
            },
            accepted(.module, "module-second-identity") {
                guard let identity = $0.info.tdxModuleIdentities?[0].identity else { return }
                $0.info.tdxModuleIdentities?.append(.init(majorVersion: 0xA5, identity: identity))
                $0.report.teeTCBSVN[1] = 0xA5
            },
            refused(.module, "module-below-every-level", .tcbNotSupported) { $0.report.teeTCBSVN[0] = 5 },
            accepted(.module, "module-above-every-level") { $0.report.teeTCBSVN[0] = 0xFF },
            refused(.module, "module-of-another-signer", .tdxModuleMismatch) {
                $0.report.mrSignerSEAM = Digest384(1...48)
            },
            refused(.module, "module-that-another-should-have-signed", .tdxModuleMismatch) {
                $0.info.tdxModuleIdentities?[0].identity.mrSigner = Digest384(1...48)
            },
            accepted(.module, "module-of-a-signer-that-is-named") {
                $0.info.tdxModuleIdentities?[0].identity.mrSigner = Digest384(1...48)
                $0.report.mrSignerSEAM = Digest384(1...48)
            },
            refused(.module, "module-with-attributes", .tdxModuleMismatch) { $0.report.seamAttributes = 1 },
            // Attributes are zero even where the identity has them.
            refused(.module, "module-with-attributes-of-its-identity", .tdxModuleMismatch) {
                $0.info.tdxModuleIdentities?[0].identity.attributes = 1
                $0.report.seamAttributes = 1
            },
            refused(.module, "module-without-attributes-of-its-identity", .tdxModuleMismatch) {
                $0.info.tdxModuleIdentities?[0].identity.attributes = 1
            },
            // Levels are tried from the highest, whatever their order in the document.
            accepted(.module, "module-levels-ascending") {
                $0.info.tdxModuleIdentities?[0].identity.levels.insert(
                    Forgery.moduleLevel(5, day: 50, .outOfDate), at: 0)
            },
            refused(.module, "module-current-unknown", in: formsWithCurrent, .tcbNotSupported) {
                $0.currentTEETCBSVN = SVNComponents([6, 3, 2])
            },
            refused(.module, "module-current-below-every-level", in: formsWithCurrent, .tcbNotSupported) {
                $0.currentTEETCBSVN = SVNComponents([5, 1, 2])
            },
            // Signer and attributes are those of the module that launched the TD; the other needs an identity for its SVN alone.
            accepted(.module, "module-current-of-another-major", in: formsWithCurrent) {
                $0.info.tdxModuleIdentities?.append(
                    .init(
                        majorVersion: 3,
                        identity: TDXModuleIdentity(
                            mrSigner: Digest384(1...48), levels: [Forgery.moduleLevel(6, day: 95, .upToDate)])
                    ))
                $0.currentTEETCBSVN = SVNComponents([6, 3, 2])
            },
        ].flatMap { $0 }

    /// Which platform it is, and which TCB it has.
    static let platforms: [TestVector] =
        [
            refused(.platform, "platform-current-below-every-level", in: formsWithCurrent, .tcbNotSupported) {
                $0.currentTEETCBSVN = SVNComponents([6, 1, 1])
            },
            refused(.platform, "platform-late-microcode-below-every-level", .tcbNotSupported) {
                $0.report.teeTCBSVN[2] = 1
            },
            refused(.platform, "platform-tdx-component-below-every-level", .tcbNotSupported) {
                $0.setComponents { $0[15].svn = 1 }
            },
            refused(.platform, "platform-component-below-every-level", .tcbNotSupported) {
                $0.sgx.tcb[7] = 4
                $0.sgx.cpuSVN = Identifier128($0.sgx.tcb.bytes)
            },
            accepted(.platform, "platform-above-every-level") {
                $0.sgx.tcb = SVNComponents([UInt8](repeating: 0xFF, count: 16))
                $0.sgx.cpuSVN = Identifier128($0.sgx.tcb.bytes)
                $0.sgx.pceSVN = 0x7FFF
            },
            // Only the processor can compare its CPUSVN; levels are compared with the components.
            accepted(.platform, "platform-cpusvn-of-other-bytes") { $0.sgx.cpuSVN = .zero },
            refused(.platform, "platform-pce-below-every-level", .tcbNotSupported) { $0.sgx.pceSVN = 12 },
            accepted(.platform, "platform-levels-ascending") {
                $0.info.levels.append(Forgery.level(lateMicrocode: 1, day: 30, .outOfDate))
                $0.info.levels.reverse()
            },
            refused(.platform, "platform-of-another-fmspc", .tcbInfoMismatch) { $0.info.fmspc = .zero },
            refused(.platform, "platform-of-another-pceid", .tcbInfoMismatch) {
                $0.info.pceID = PCEID([1, 0])
            },
            // As well signed, and knows nothing of TDX.
            refused(.platform, "platform-tcb-info-of-sgx", .tcbInfoMismatch) {
                $0.info.id = "SGX"
                $0.info.tdxModule = nil
                $0.info.tdxModuleIdentities = nil
                $0.setComponents { $0 = [] }
            },
        ].flatMap { $0 }

    /// Which quoting enclave it is.
    static let quotingEnclaves: [TestVector] =
        [
            refused(.quotingEnclave, "qe-miscselect", .qeIdentityMismatch) { $0.qeReport.miscSelect = 1 },
            refused(.quotingEnclave, "qe-debug", .qeIdentityMismatch) { $0.qeReport.flags.insert(.debug) },
            refused(.quotingEnclave, "qe-without-an-attribute", .qeIdentityMismatch) {
                $0.qeReport.flags.remove(.provisionKey)
            },
            refused(.quotingEnclave, "qe-of-another-signer", .qeIdentityMismatch) {
                $0.qeReport.mrSigner = Digest256(2...33)
            },
            refused(.quotingEnclave, "qe-of-another-product", .qeIdentityMismatch) {
                $0.qeReport.isvProductID = 1
            },
            refused(.quotingEnclave, "qe-identity-of-sgx", .qeIdentityMismatch) { $0.identity.id = "QE" },
            refused(.quotingEnclave, "qe-below-every-level", .tcbNotSupported) { $0.qeReport.isvSVN = 3 },
            accepted(.quotingEnclave, "qe-above-every-level") { $0.qeReport.isvSVN = 0xFFFF },
            accepted(.quotingEnclave, "qe-levels-ascending") {
                $0.identity.levels.insert(
                    ComponentTCBLevel(isvSVN: 2, tcbDate: Forgery.date(20), status: .outOfDate), at: 0)
            },
            refused(.quotingEnclave, "qe-report-of-another-key", .invalidQEReportData) {
                $0.qeReportData = .zero
            },
            accepted(.quotingEnclave, "qe-attribute-outside-the-mask") { $0.qeReport.xfrm = 0xE7 },
            accepted(.quotingEnclave, "qe-miscselect-outside-the-mask") {
                $0.identity.miscSelectMask = 0xFFFF_FFFE
                $0.qeReport.miscSelect = 1
            },
            accepted(.quotingEnclave, "qe-of-another-measurement") {
                $0.qeReport.mrEnclave = Digest256(5...36)
            },
        ].flatMap { $0 }
}
