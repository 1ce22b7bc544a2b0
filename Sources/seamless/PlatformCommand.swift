// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Collateral
import Foundation
import Quote
import Quoting
import TDXABI
import TDXModule

/// `seamless platform`: a simulated platform with a vendor of its own, whose quotes anybody can verify under its root.
struct PlatformCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platform", abstract: "Make a simulated platform, and be its vendor.",
        discussion: """
            A platform is a directory: what it is and what its vendor says of it (platform.json), keys, and collateral. Its quotes \
            prove nothing of any hardware. They are refused unless its root certificate is named:

              seamless platform new p
              seamless run debian --platform p -- …
              seamless quote verify quote.bin --root p/root.pem --collateral p/collateral
            """,
        subcommands: [
            PlatformNewCommand.self, PlatformShowCommand.self, PlatformRecoverCommand.self,
            PlatformRevokeCommand.self, PlatformClockCommand.self, PlatformServeCommand.self,
        ])

    /// The host's time.
    static var hostTime: Timestamp { Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970)) }

    /// A time as a person writes one.
    static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(text) ?? Int64(text).map({ Timestamp(secondsSince1970: $0) }) else {
            throw QuoteCommandError.badTime(text)
        }
        return time
    }
}

extension SimulatedPlatform {
    /// What the platform's clock shows.
    var time: Timestamp { PlatformCommand.hostTime.advanced(by: clockOffset) }
}

/// `seamless platform new`
struct PlatformNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Manufacture a platform into a directory.")

    @Argument(help: ArgumentHelp("The directory, which is made.", valueName: "directory"))
    var directory: String

    @Option(
        help: ArgumentHelp(
            "Derive all keys and identifiers from this text: the same text, the same platform. Whoever knows it can be the "
                + "platform.", valueName: "text"))
    var seed: String?

    @Option(help: ArgumentHelp("The family of the platform, 12 hexadecimal digits.", valueName: "digits"))
    var fmspc: String?

    @Option(help: ArgumentHelp("The day of manufacture; today otherwise.", valueName: "time"))
    var at: String?

    @Option(
        help: ArgumentHelp("Where its collateral will be served, for its certificates.", valueName: "url"))
    var address: String?

    func run() throws {
        let family = try fmspc.map { text in
            guard let fmspc = FMSPC(hexadecimal: text) else { throw PlatformError.badFMSPC(text) }
            return fmspc
        }
        let bytes =
            seed.map { Array($0.utf8) }
            ?? (0..<32).map { _ in UInt8.random(in: 0...255) }
        let seed = PlatformSeed(bytes)
        var platform = SimulatedPlatform(
            seed: seed, fmspc: family, cpuSVN: Identifier128(ReportKey.defaultCPUSVN),
            moduleSVN: SVNComponents(ReportKey.module.teeTCBSVN), mrSEAM: ReportKey.module.mrSEAM,
            at: try at.map(PlatformCommand.time) ?? PlatformCommand.hostTime)
        if let address {
            platform.serviceAddress = address.hasSuffix("/") ? String(address.dropLast()) : address
        }
        try PlatformDirectory(directory).create(platform, PlatformKeys(seed: seed))
        note("“\(directory)” is a platform with the FMSPC \(platform.processor.fmspc).")
    }
}

/// `seamless platform show`
struct PlatformShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say what a platform is, and until when its collateral is valid.")

    @Argument(help: ArgumentHelp("The platform.", valueName: "directory"))
    var directory: String

    func run() throws {
        let authority = try PlatformDirectory(directory).authority()
        let platform = authority.platform
        let serial = authority.pckSerialNumber.hexadecimal
        let rows = [
            ("FMSPC", "\(platform.processor.fmspc)"), ("PPID", "\(platform.processor.ppid)"),
            ("CPUSVN", "\(platform.processor.cpuSVN)"), ("PCESVN", "\(platform.processor.pceSVN)"),
            ("TEE_TCB_SVN", "\(platform.moduleSVN)"), ("MRSEAM", "\(platform.mrSEAM)"),
            ("QE SVN", "\(platform.quotingEnclave.svn)"),
            ("PCK certificate", serial + (authority.isPCKRevoked ? ", revoked" : "")),
            ("root key", "\(authority.root.keyID)"),
            ("clock", "\(platform.time)"), ("service", platform.serviceAddress),
            ("evaluation", "\(platform.tcbInfo.tcbEvaluationDataNumber)"),
            ("collateral", "\(platform.tcbInfo.issueDate) to \(platform.tcbInfo.nextUpdate)"),
        ]
        try QuoteCommand.print(
            rows.map { $0.0.padding(toLength: 17, withPad: " ", startingAt: 0) + $0.1 }
                .joined(separator: "\n"))
    }
}

/// `seamless platform recover`
struct PlatformRecoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Publish a TCB recovery, or bring the platform up to it.",
        discussion: """
            The vendor asks for a higher SVN of one part than this platform has: its quotes are OutOfDate from now on. With --install \
            the platform gets the newest SVNs of all parts, and a new PCK certificate for them.
            """)

    @Argument(help: ArgumentHelp("The platform.", valueName: "directory"))
    var directory: String

    @Option(help: "The part that was found weak.")
    var part: TCBPart?

    @Option(help: ArgumentHelp("The advisory that says why.", valueName: "id"))
    var advisory: String?

    @Flag(help: "Install updates on the platform.")
    var install = false

    mutating func validate() throws {
        guard part != nil || install else {
            throw ValidationError(
                "Say which part is to be recovered (--part), or that the platform is updated (--install).")
        }
    }

    func run() throws {
        try PlatformDirectory(directory).change { platform, _ in
            let next = platform.tcbInfo.tcbEvaluationDataNumber &+ 1
            if let part {
                let number = String(next)
                let id =
                    advisory ?? "SEAMLESS-SA-" + String(repeating: "0", count: max(0, 5 - number.count))
                    + number
                platform.publishRecovery(of: part, advisory: id, at: platform.time)
                note("The vendor asks for a newer \(part.rawValue) (\(id)).")
            }
            if install { platform.installUpdates() }
        }
    }
}

extension TCBPart: ExpressibleByArgument {}

/// `seamless platform revoke`
struct PlatformRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a certificate of the platform's.")

    enum Target: String, ExpressibleByArgument, CaseIterable {
        case pck
        case platformCA = "platform-ca"
        case tcbSigning = "tcb-signing"
    }

    @Argument(help: ArgumentHelp("The platform.", valueName: "directory"))
    var directory: String

    @Option(help: "Which certificate.")
    var certificate = Target.pck

    func run() throws {
        try PlatformDirectory(directory).change { platform, authority in
            let revoked =
                switch certificate {
                case .pck: authority.pck
                case .platformCA: authority.platformCA
                case .tcbSigning: authority.tcbSigning
                }
            platform.revoke(revoked, at: platform.time)
        }
    }
}

/// `seamless platform clock`
struct PlatformClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Show or move the platform's clock.",
        discussion:
            "The vendor's documents are issued by this clock; they are issued anew when they have run out by it."
    )

    @Argument(help: ArgumentHelp("The platform.", valueName: "directory"))
    var directory: String

    @Option(help: ArgumentHelp("What the clock is to show now.", valueName: "time"))
    var set: String?

    @Option(help: ArgumentHelp("By how much it is to go ahead, as 31d or 12h.", valueName: "time"))
    var advance: String?

    func run() throws {
        let host = PlatformCommand.hostTime
        guard set != nil || advance != nil else {
            try QuoteCommand.print("\(PlatformDirectory(directory).authority().platform.time)")
            return
        }
        let authority = try PlatformDirectory(directory).change { platform, authority in
            var time = try set.map(PlatformCommand.time) ?? platform.time
            if let advance { time = time.advanced(by: try PlatformClockCommand.seconds(advance)) }
            guard authority.root.notBefore <= time, time <= authority.root.notAfter else {
                throw PlatformError.clockOutOfRange(time.description)
            }
            platform.clockOffset = time.secondsSince1970 - host.secondsSince1970
            if !platform.isCollateralCurrent(at: time) { platform.renewCollateral(at: time) }
        }
        try QuoteCommand.print("\(authority.platform.time)")
    }

    static func seconds(_ text: String) throws -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            count.magnitude < 1 << 32
        else { throw PlatformError.badDuration(text) }
        return count * unit
    }
}
