// SPDX-License-Identifier: Apache-2.0

/// A Linux error number. System calls return it negated, on every host.
public struct Errno: RawRepresentable, Error, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    private init(_ rawValue: Int32) { self.rawValue = rawValue }

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
