// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Signals that end the tool, and what must be put in order before it ends.
///
/// A first signal asks whatever runs to stop; a second one, or the first when nothing can be asked, ends the process at
/// once, after the registered actions.
final class Interruption: Sendable {
    static let shared = Interruption()

    struct Token: Hashable { let number: Int }

    private struct Actions {
        var next = 0
        var exit: [Token: @Sendable () -> Void] = [:]
        var stop: (@Sendable (Int32) -> Void)?
        var isInstalled = false
        var sources: [Source] = []
    }
    /// Kept so that it stays active; nobody touches it again.
    private struct Source: @unchecked Sendable { let source: any DispatchSourceSignal }
    private let actions = Mutex(Actions())
    private let queue = DispatchQueue(label: "signals")
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// Takes the signals over from the process's default action. A write to a closed pipe becomes an error.
    func install() {
        let isNew = actions.withLock { actions in
            defer { actions.isInstalled = true }
            return !actions.isInstalled
        }
        guard isNew else { return }
        _ = signal(SIGPIPE, SIG_IGN)
        for number in Interruption.signals {
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [unowned self] in arrived(number) }
            source.resume()
            let kept = Source(source: source)
            actions.withLock { $0.sources.append(kept) }
        }
    }

    /// `action` runs once before a signal ends the process.
    func onExit(_ action: @escaping @Sendable () -> Void) -> Token {
        actions.withLock { actions in
            actions.next += 1
            let token = Token(number: actions.next)
            actions.exit[token] = action
            return token
        }
    }

    func forget(_ token: Token) { actions.withLock { _ = $0.exit.removeValue(forKey: token) } }

    /// The first signal calls `action` with its number instead of ending the process; nil takes that back.
    func onFirstSignal(_ action: (@Sendable (Int32) -> Void)?) { actions.withLock { $0.stop = action } }

    private func arrived(_ number: Int32) {
        let stop = actions.withLock { actions in
            defer { actions.stop = nil }
            return actions.stop
        }
        if let stop {
            stop(number)
            return
        }
        runExitActions()
        exit(128 + number)
    }

    /// Puts everything in order; for the ways out of the process that return to nobody.
    func runExitActions() {
        let all = actions.withLock { actions in
            defer { actions.exit.removeAll() }
            return actions.exit.sorted { $0.key.number > $1.key.number }.map(\.value)
        }
        for action in all { action() }
    }
}
