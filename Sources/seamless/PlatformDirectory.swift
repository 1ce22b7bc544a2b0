// SPDX-License-Identifier: Apache-2.0

import Collateral
import Crypto
import Foundation
import Quote
import Quoting
import TDXModule

/// A simulated platform as files that one can read.
///
/// ```
/// platform.json   what it is, and what its vendor says of it
/// keys/           the private keys, which only the owner can read
/// root.pem        the root certificate, for verifiers
/// collateral      what `seamless quote verify --collateral` takes: a link to the directory that has it
/// ```
///
/// The first two are the platform. The others follow from them and are written anew with them. Each file is replaced in one
/// step, all collateral in one, and `platform.json` before what follows from it, so that a kill in the middle loses nothing:
/// the description is the old or the new one, and so is the collateral; the next command writes what is missing.
struct PlatformDirectory {
    let url: URL

    private static let descriptionName = "platform.json"
    private static let reportKeyName = "report.hex"

    init(_ path: String) { url = URL(fileURLWithPath: path, isDirectory: true) }

    // MARK: Reading

    /// Which file the description is: another one after each change.
    struct Version: Equatable {
        let number: Int?
        let changed: Date?
    }

    func version() throws -> Version {
        let path = url.appendingPathComponent(PlatformDirectory.descriptionName).path
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return Version(
                number: attributes[.systemFileNumber] as? Int,
                changed: attributes[.modificationDate] as? Date)
        } catch {
            throw ToolError.fileMissing(path: path, role: "platform")
        }
    }

    /// The platform, its keys, and all that they certify.
    func authority() throws -> PlatformAuthority {
        let path = url.appendingPathComponent(PlatformDirectory.descriptionName).path
        let description = try InputFile(path: path, role: "platform").bytes()
        return try PlatformAuthority(platform: SimulatedPlatform(json: description), keys: keys())
    }

    private func keys() throws -> PlatformKeys {
        func file(_ name: String) throws -> String {
            let path = url.appendingPathComponent("keys/\(name)").path
            return String(decoding: try InputFile(path: path, role: "key").bytes(), as: UTF8.self)
        }
        func key(_ name: String) throws -> P256.Signing.PrivateKey {
            do {
                return try P256.Signing.PrivateKey(pemRepresentation: file(name + ".pem"))
            } catch let error as ToolError {
                throw error
            } catch {
                throw PlatformError.badKey(name + ".pem")
            }
        }
        let digits = try file(PlatformDirectory.reportKeyName).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let report = [UInt8](hexadecimal: digits), report.count == 32 else {
            throw PlatformError.badKey(PlatformDirectory.reportKeyName)
        }
        return PlatformKeys(
            root: try key("root"), platformCA: try key("platform-ca"), tcbSigning: try key("tcb-signing"),
            pck: try key("pck"), attestation: try key("attestation"), report: report)
    }

    // MARK: Writing

    /// Makes the directory, which must not be there: whole, or not at all.
    func create(_ platform: SimulatedPlatform, _ keys: PlatformKeys) throws {
        guard !FileManager.default.fileExists(atPath: url.path) else {
            throw PlatformError.exists(url.path)
        }
        let work = url.deletingLastPathComponent().appendingPathComponent(
            ".\(url.lastPathComponent)-\(ProcessInfo.processInfo.processIdentifier)")
        let made = PlatformDirectory(work.path)
        defer { try? FileManager.default.removeItem(at: work) }  // it is there only after a failure
        do {
            try FileManager.default.createDirectory(
                at: work.appendingPathComponent("keys"), withIntermediateDirectories: true)
        } catch {
            throw ToolError.fileNotWritable(path: url.path, reason: reason(error))
        }
        for (name, key) in [
            ("root", keys.root), ("platform-ca", keys.platformCA), ("tcb-signing", keys.tcbSigning),
            ("pck", keys.pck), ("attestation", keys.attestation),
        ] {
            try made.write(
                Array((key.pemRepresentation + "\n").utf8), to: "keys/\(name).pem", isSecret: true)
        }
        try made.write(
            Array((keys.report.hexadecimal + "\n").utf8), to: "keys/\(PlatformDirectory.reportKeyName)",
            isSecret: true)
        try made.save(PlatformAuthority(platform: platform, keys: keys))
        guard unsafe rename(work.path, url.path) == 0 else {
            throw ToolError.fileNotWritable(path: url.path, reason: systemMessage(errno))
        }
    }

    /// Changes the platform and writes what follows from it.
    @discardableResult
    func change(_ body: (inout SimulatedPlatform, PlatformAuthority) throws -> Void) throws
        -> PlatformAuthority
    {
        try locked {
            let before = try authority()
            var platform = before.platform
            try body(&platform, before)
            let after = try PlatformAuthority(platform: platform, keys: before.keys)
            try save(after)
            return after
        }
    }

    /// Runs `body` while no other command changes this platform.
    private func locked<Result>(_ body: () throws -> Result) throws -> Result {
        let descriptor = unsafe open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ToolError.fileMissing(path: url.path, role: "platform")
        }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw ToolError.fileNotWritable(path: url.path, reason: systemMessage(errno))
            }
        }
        return try body()
    }

    /// The description first: all else follows from it.
    private func save(_ authority: PlatformAuthority) throws {
        try write(
            Array((authority.platform.json.indented + "\n").utf8), to: PlatformDirectory.descriptionName)
        try write(Array(AttestationCertificate.text(of: [authority.root]).utf8), to: "root.pem")
        let collateral = try authority.collateral()
        func chain(_ certificates: [AttestationCertificate]) -> [UInt8] {
            Array(AttestationCertificate.text(of: certificates).utf8)
        }
        let files: [(String, [UInt8])] = [
            ("pck_crl_issuer_chain.pem", chain(collateral.pckCRLIssuerChain)),
            ("root_ca_crl.der", collateral.rootCACRL.bytes), ("pck_crl.der", collateral.pckCRL.bytes),
            ("tcb_info_issuer_chain.pem", chain(collateral.tcbInfoIssuerChain)),
            ("tcb_info.json", collateral.tcbInfo.body),
            ("qe_identity_issuer_chain.pem", chain(collateral.qeIdentityIssuerChain)),
            ("qe_identity.json", collateral.qeIdentity.body),
            ("pck_certificate_chain.pem", chain(authority.pckChain)),
        ]
        try replaceCollateral(files)
    }

    /// Writes all files into a directory that nobody looks at, and then has the link lead there.
    private func replaceCollateral(_ files: [(String, [UInt8])]) throws {
        let names = ["a", "b"].map { ".collateral-\($0)" }
        let link = url.appendingPathComponent("collateral")
        // None where there is no link yet.
        let current = try? FileManager.default.destinationOfSymbolicLink(atPath: link.path)
        let next = current == names[0] ? names[1] : names[0]
        let newLink = url.appendingPathComponent(".collateral.new")
        /// What somebody left who was killed, or what the link led to before.
        func remove(_ name: String) throws {
            let path = url.appendingPathComponent(name).path
            guard FileManager.default.fileExists(atPath: path) else { return }
            try FileManager.default.removeItem(atPath: path)
        }
        do {
            try remove(next)
            _ = unsafe unlink(newLink.path)
            try FileManager.default.createDirectory(
                at: url.appendingPathComponent(next), withIntermediateDirectories: false)
            for (name, bytes) in files { try write(bytes, to: "\(next)/\(name)") }
            try FileManager.default.createSymbolicLink(
                atPath: newLink.path, withDestinationPath: next)
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError.fileNotWritable(path: link.path, reason: reason(error))
        }
        guard unsafe rename(newLink.path, link.path) == 0 else {
            throw ToolError.fileNotWritable(path: link.path, reason: systemMessage(errno))
        }
        // What stays is removed by the next change.
        if let current { try? remove(current) }
    }

    /// Replaces a file in one step: its bytes are on the disk before its name is.
    private func write(_ bytes: [UInt8], to name: String, isSecret: Bool = false) throws {
        let target = url.appendingPathComponent(name)
        let work = target.deletingLastPathComponent().appendingPathComponent(
            ".\(target.lastPathComponent).new")
        func failure() -> ToolError {
            .fileNotWritable(path: target.path, reason: systemMessage(errno))
        }
        let descriptor = unsafe open(
            work.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isSecret ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw failure() }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard file.writeQuietly(bytes), fsync(descriptor) == 0, unsafe rename(work.path, target.path) == 0
        else {
            let error = failure()
            _ = unsafe unlink(work.path)
            throw error
        }
    }
}

extension PlatformAuthority {
    /// What the platform's processor makes and checks reports with.
    var reportKey: ReportKey {
        ReportKey(
            key: keys.report, cpuSVN: platform.processor.cpuSVN.bytes, teeTCBInfo: platform.teeTCBInfo)
    }

    /// The service that makes quotes of its reports.
    func quotingService() throws -> QGSService {
        let key = reportKey
        return try QGSService(
            authority: self, enclave: QuotingEnclave(authority: self, isGenuine: { key.verifies($0) }))
    }
}

/// What a person can get wrong with a platform.
enum PlatformError: Error, CustomStringConvertible {
    case exists(String)
    case badKey(String)
    case badFMSPC(String)
    case badDuration(String)
    case clockOutOfRange(String)
    case badAddress(String)
    case cannotListen(String)

    var description: String {
        switch self {
        case .exists(let path): "“\(path)” is there already; name a directory that is to be made."
        case .badKey(let name): "“keys/\(name)” of the platform is not a key; it may be damaged."
        case .badFMSPC(let text): "“\(text)” is no FMSPC; write 12 hexadecimal digits."
        case .badDuration(let text):
            "“\(text)” is no length of time; write a number and one of s, m, h and d, as 31d."
        case .clockOutOfRange(let text):
            "The platform's clock cannot show \(text): its certificates end in 2049."
        case .badAddress(let text): "“\(text)” is no address to listen at; write one as 127.0.0.1:8081."
        case .cannotListen(let reason): "The service cannot listen: \(reason)."
        }
    }
}
