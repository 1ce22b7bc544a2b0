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
            "Make quotes of the platform's reports on this Unix socket, as a quote generation service.",
            valueName: "path"))
    var qgs: String?

    func run() throws {
        guard let colon = listen.lastIndex(of: ":"),
            let number = UInt16(listen[listen.index(after: colon)...])
        else { throw PlatformError.badAddress(listen) }
        let host = listen[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let source = PlatformSource(PlatformDirectory(directory))
        _ = try source.current()
        let server = CollateralServer()
        let port: Int
        do {
            port = try server.listen(host: host, port: Int(number)) { try source.current().collateral }
            if let qgs { try server.listen(path: qgs) { try source.current().quoting } }
        } catch {
            throw PlatformError.cannotListen("\(error)")
        }
        let stopped = DispatchSemaphore(value: 0)
        Interruption.shared.onFirstSignal { _ in stopped.signal() }
        // A program that started this one reads where it listens.
        try QuoteCommand.print("http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        stopped.wait()
        try server.stop()
        if let qgs { _ = unsafe unlink(qgs) }
    }
}
