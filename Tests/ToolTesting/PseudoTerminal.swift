// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A terminal, seen from where a person sits.
package final class PseudoTerminal: Sendable {
    let descriptor: Int32
    let path: String
    /// Kept open so that the settings outlive the process at the other end.
    private let other: Int32

    package init() throws {
        #if canImport(Darwin)
            descriptor = posix_openpt(O_RDWR | O_NOCTTY)
            guard descriptor >= 0, grantpt(descriptor) == 0, unlockpt(descriptor) == 0,
                let name = ptsname(descriptor)
            else { throw Child.CannotStart(number: errno) }
            path = String(cString: name)
        #else
            descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            var (number, locked): (UInt32, Int32) = (0, 0)
            // TIOCSPTLCK and TIOCGPTN
            guard descriptor >= 0, ioctl(descriptor, 0x4004_5431, &locked) == 0,
                ioctl(descriptor, 0x8004_5430, &number) == 0
            else { throw Child.CannotStart(number: errno) }
            path = "/dev/pts/\(number)"
        #endif
        other = open(path, O_RDWR | O_NOCTTY)
        guard other >= 0 else { throw Child.CannotStart(number: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(other, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        close(other)
        close(descriptor)
    }

    /// All of the terminal's modes, in one text that can be compared.
    package var modes: String {
        var modes = termios()
        guard tcgetattr(other, &modes) == 0 else { return "none: \(errno)" }
        return "\(modes.c_iflag) \(modes.c_oflag) \(modes.c_cflag) \(modes.c_lflag) \(modes.c_cc)"
    }
}
