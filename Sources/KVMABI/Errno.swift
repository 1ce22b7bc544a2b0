// SPDX-License-Identifier: Apache-2.0

/// A Linux error number. System calls return it negated, on every host.
public struct Errno: RawRepresentable, Error, Hashable, Sendable {
    public var rawValue: Int32
    /// The rule that the call broke, for who wants to know why. It makes no other error of it.
    public private(set) var rule: StaticString?

    public init(rawValue: Int32) { self.rawValue = rawValue }
    private init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// The error because of a rule, which is said as it is.
    public func callAsFunction(_ rule: StaticString) -> Errno {
        var error = self
        error.rule = rule
        return error
    }

    public static func == (left: Errno, right: Errno) -> Bool { left.rawValue == right.rawValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    /// As the C library's headers call it.
    public var name: String { Errno.names[rawValue] ?? "error \(rawValue)" }
    private static let names: [Int32: String] = [
        1: "EPERM", 2: "ENOENT", 4: "EINTR", 5: "EIO", 6: "ENXIO", 7: "E2BIG", 9: "EBADF", 11: "EAGAIN",
        12: "ENOMEM", 14: "EFAULT", 16: "EBUSY", 17: "EEXIST", 19: "ENODEV", 22: "EINVAL", 25: "ENOTTY",
        28: "ENOSPC", 38: "ENOSYS", 95: "EOPNOTSUPP", 133: "EHWPOISON",
    ]

    /// As a system call returns it.
    public var result: Int { -Int(rawValue) }

    /// `EPERM`
    public static let notPermitted = Errno(1)
    /// `ENOENT`
    public static let noEntry = Errno(2)
    /// `EINTR`
    public static let interrupted = Errno(4)
    /// `EIO`
    public static let ioError = Errno(5)
    /// `ENXIO`
    public static let noDevice = Errno(6)
    /// `E2BIG`
    public static let tooBig = Errno(7)
    /// `EBADF`
    public static let badDescriptor = Errno(9)
    /// `EAGAIN`
    public static let tryAgain = Errno(11)
    /// `ENOMEM`
    public static let noMemory = Errno(12)
    /// `EFAULT`
    public static let badAddress = Errno(14)
    /// `EBUSY`
    public static let busy = Errno(16)
    /// `EEXIST`
    public static let exists = Errno(17)
    /// `ENODEV`
    public static let notSupportedByDevice = Errno(19)
    /// `EINVAL`
    public static let invalid = Errno(22)
    /// `ENOTTY`
    public static let notTTY = Errno(25)
    /// `ENOSPC`
    public static let noSpace = Errno(28)
    /// `ENOSYS`
    public static let noSystemCall = Errno(38)
    /// `EOPNOTSUPP`
    public static let notSupported = Errno(95)
    /// `EHWPOISON`
    public static let hardwarePoison = Errno(133)
}
