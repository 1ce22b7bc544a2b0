// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CollateralServer
import Dispatch
import Foundation

/// `seamless platform serve`
struct PlatformServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the platform's collateral over HTTP, and quotes on a socket.",
        discussion: """
            The paths are those of a PCS (version 4) and of a PCCS. What the other commands change is served at once; documents that have \
            run out by the platform's clock are issued anew. It serves until it gets a signal.
            """)

    @Argument(help: ArgumentHelp("The platform.", valueName: "directory"))
    var directory: String

    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:8081"

    @Option(
        help: ArgumentHelp(
            "Make quotes of the platform's reports, as a quote generation service, on this Unix socket or vsock port; may be repeated.",
            valueName: "path|vsock:port"))
    var qgs: [QGSAddress] = []

    @Flag(
        help:
            "Answer as a PCCS where it differs: revocation lists as hexadecimal digits unless DER is asked for."
    )
    var pccs = false

    @Option(help: ArgumentHelp("Serve over TLS with this certificate, PEM.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"))
    var tlsKey: String?

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("A certificate for TLS needs its key, and the key its certificate.")
        }
    }

    func run() throws {
        guard let colon = listen.lastIndex(of: ":"),
            let number = UInt16(listen[listen.index(after: colon)...])
        else { throw PlatformError.badAddress(listen) }
        let host = listen[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let source = PlatformSource(PlatformDirectory(directory), style: pccs ? .cache : .vendor)
        _ = try source.current()
        let server = CollateralServer()
        let port: Int
        do {
            var security: TransportSecurity?
            if let tlsCertificate, let tlsKey {
                security = try TransportSecurity(certificate: tlsCertificate, key: tlsKey)
            }
            port = try server.listen(host: host, port: Int(number), security: security) {
                try source.current().collateral
            }
            for address in qgs {
                switch address {
                case .path(let path): try server.listen(path: path) { try source.current().quoting }
                case .vsock(let port): try server.listen(vsockPort: port) { try source.current().quoting }
                }
            }
        } catch {
            throw PlatformError.cannotListen("\(error)")
        }
        let stopped = DispatchSemaphore(value: 0)
        Interruption.shared.onFirstSignal { _ in stopped.signal() }
        // A program that started this one reads where it listens.
        let scheme = tlsCertificate == nil ? "http" : "https"
        try QuoteCommand.print("\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        stopped.wait()
        try server.stop()
        for case .path(let path) in qgs { _ = unsafe unlink(path) }
    }
}

/// Where a quote generation service listens.
enum QGSAddress: ExpressibleByArgument, Equatable {
    case path(String)
    case vsock(UInt32)

    init?(argument: String) {
        guard argument.hasPrefix("vsock:") else {
            self = .path(argument)
            return
        }
        guard let port = UInt32(argument.dropFirst("vsock:".count)), port < .max else { return nil }
        self = .vsock(port)
    }
}
