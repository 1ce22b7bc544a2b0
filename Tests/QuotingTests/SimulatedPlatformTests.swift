// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Quote
import QuoteVerification
import Quoting
import TDXABI
import TDXModule
import Testing
import X509

@Suite("Simulated platform")
struct SimulatedPlatformTests {
    @Test("is the same to the byte when it is made again of the same seed, and another of another")
    func reproducible() throws {
        let (first, second) = (Scene(), Scene())
        #expect(first.platform == second.platform)
        let authorities = (try first.authority(), try second.authority())
        #expect(authorities.0.pckChain == authorities.1.pckChain)
        #expect(try authorities.0.collateral() == authorities.1.collateral())
        #expect(
            try first.enclave().quote(for: first.report()) == second.enclave().quote(for: second.report()))
        let other = PlatformKeys(seed: PlatformSeed([1]))
        #expect(other.root.rawRepresentation != first.keys.root.rawRepresentation)
        #expect(other.report != first.keys.report)
    }

    @Test("is read back from its JSON as it was")
    func json() throws {
        var platform = Scene().platform
        platform.clockOffset = -5
        platform.revoke(try Scene().authority().pck, at: Scene.time)
        platform.revoke(try Scene().authority().platformCA, at: Scene.time)
        #expect(platform.revokedByPlatformCA.count == 1 && platform.revokedByRoot.count == 1)
        #expect(try SimulatedPlatform(json: Array(platform.json.indented.utf8)) == platform)
    }

    @Test("cannot have revoked the certificate of number 0, which could not be written")
    func numberZero() throws {
        var platform = Scene().platform
        platform.revoke(try Scene().authority().pck, at: Scene.time)
        let number = [UInt8](try #require(platform.revokedByPlatformCA.first).serialNumber.bytes).hexadecimal
        let text = platform.json.compact.replacing(number, with: "0000")
        #expect(throws: CollateralError.self) { try SimulatedPlatform(json: Array(text.utf8)) }
    }

    private func verdict(_ platform: SimulatedPlatform) throws -> VerificationReport {
        var scene = Scene()
        scene.platform = platform
        let authority = try scene.authority()
        return QuoteVerifier(
            collateral: try authority.collateral(), trusting: TrustedRoot(named: authority.root)
        ).verify(try scene.enclave().quote(for: scene.report()), at: Scene.time)
    }

    @Test("is out of date after a recovery until it is updated", arguments: TCBPart.allCases)
    func recovery(part: TCBPart) throws {
        var platform = Scene().platform
        platform.publishRecovery(of: part, advisory: "SEAMLESS-SA-00002", at: Scene.time)
        let before = try verdict(platform)
        #expect(before.isAccepted, "\(before.table)")
        #expect(before.tcb?.status == .outOfDate)
        #expect(before.tcb?.advisoryIDs.contains("SEAMLESS-SA-00002") == true)
        platform.installUpdates()
        let after = try verdict(platform)
        #expect(after.isAccepted, "\(after.table)")
        #expect(after.tcb?.status == .upToDate)
    }

    @Test("has its quotes refused once a certificate of its chain is revoked")
    func revocation() throws {
        for (keyPath, code) in [
            (\PlatformAuthority.pck, VerificationCode.pckRevoked),
            (\.platformCA, .intermediateRevoked),
            (\.tcbSigning, .signingCertificateRevoked),
        ] as [(KeyPath<PlatformAuthority, AttestationCertificate>, VerificationCode)] {
            var platform = Scene().platform
            platform.revoke(try Scene().authority()[keyPath: keyPath], at: Scene.time)
            #expect(try verdict(platform).refusal?.refusal.code == code)
        }
    }

    @Test("has collateral that is current for thirty days, and again when it is renewed")
    func renewal() {
        var platform = Scene().platform
        let later = Scene.time.advanced(by: 31 * 86_400)
        #expect(platform.isCollateralCurrent(at: Scene.time))
        #expect(!platform.isCollateralCurrent(at: later))
        #expect(!platform.isCollateralCurrent(at: Scene.time.advanced(by: -86_400)))
        platform.renewCollateral(at: later)
        #expect(platform.isCollateralCurrent(at: later))
    }
}
