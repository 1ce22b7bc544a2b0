// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The host's monotonic clock.
public enum HostClock {
    /// Nanoseconds since some moment before this process started.
    public static func nanoseconds() -> UInt64 {
        var time = timespec()
        // Sound: the structure lives for the call, which only writes to it.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// Nanoseconds since 1970.
    public static func wallNanoseconds() -> UInt64 {
        var time = timespec()
        // Sound: the structure lives for the call, which only writes to it.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// `value` × `numerator` ÷ `denominator` without loss in between; all ones when the result has no room.
    public static func scale(_ value: UInt64, by numerator: UInt64, over denominator: UInt64)
        -> UInt64
    {
        let product = value.multipliedFullWidth(by: numerator)
        guard denominator > product.high else { return ~0 }
        return denominator.dividingFullWidth(product).quotient
    }
}
