// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// The modes of the terminal before it was made raw; read by the handler of fatal signals, which can take no lock.
private nonisolated(unsafe) var savedModes = termios()
private let isRaw = Atomic(false)

/// The terminal on standard input while a guest has it: keys go to the guest as they are.
enum Terminal {
    /// Ctrl-]
    static let escape: UInt8 = 0x1D

    /// Standard input is a terminal and this process may set it up.
    static var isUsable: Bool { isatty(0) == 1 && isatty(1) == 1 && tcgetpgrp(0) == getpgrp() }

    /// Hands the keys over to a guest until the process ends or `restore` is called, whatever ends it.
    static func makeRaw() {
        guard unsafe tcgetattr(0, &savedModes) == 0 else { return }
        isRaw.store(true, ordering: .sequentiallyConsistent)
        _ = Interruption.shared.onExit { restore() }
        atexit { Terminal.restore() }
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGFPE, SIGTRAP] {
            _ = signal(number) { number in
                // tcsetattr, signal and raise may be called from a signal handler.
                Terminal.restore()
                _ = signal(number, SIG_DFL)
                raise(number)
            }
        }
        apply()
    }

    private static func apply() {
        var modes = unsafe savedModes
        unsafe cfmakeraw(&modes)
        _ = unsafe tcsetattr(0, TCSANOW, &modes)
    }

    static func restore() {
        guard isRaw.exchange(false, ordering: .sequentiallyConsistent) else { return }
        _ = unsafe tcsetattr(0, TCSANOW, &savedModes)
    }
}
