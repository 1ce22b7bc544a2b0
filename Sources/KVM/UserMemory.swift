// SPDX-License-Identifier: Apache-2.0

import KVMABI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory of the program that calls, by address: what `copy_from_user` and `copy_to_user` reach.
///
/// The program runs in this process. On Linux the system copies, so that an address with nothing behind it is an error
/// and not a fault.
struct UserMemory {
    let address: UInt

    func read<T: BitwiseCopyable>(_ type: T.Type = T.self, at offset: Int = 0) throws(Errno) -> T {
        try readArray(1, of: T.self, at: offset)[0]
    }

    func write<T: BitwiseCopyable>(_ value: T, at offset: Int = 0) throws(Errno) {
        try writeArray([value], at: offset)
    }

    func readArray<T: BitwiseCopyable>(_ count: Int, of type: T.Type = T.self, at offset: Int) throws(Errno)
        -> [T]
    {
        guard count > 0 else { return [] }
        let size = count * MemoryLayout<T>.stride
        let source = try pointer(offset, size)
        let buffer = UnsafeMutableRawPointer.allocate(
            byteCount: size, alignment: max(MemoryLayout<T>.alignment, 8))
        defer { buffer.deallocate() }
        guard UserMemory.copy(from: source, to: buffer, count: size) else {
            throw .badAddress("the program has no memory to be read at an address that it gave")
        }
        let values = buffer.assumingMemoryBound(to: T.self)
        return Array(UnsafeBufferPointer(start: values, count: count))
    }

    func writeArray<T: BitwiseCopyable>(_ values: [T], at offset: Int) throws(Errno) {
        guard !values.isEmpty else { return }
        let target = try pointer(offset, values.count * MemoryLayout<T>.stride)
        var values = values
        let copied = values.withUnsafeMutableBytes { bytes -> Bool in
            guard let source = bytes.baseAddress else { return true }
            return UserMemory.copy(to: target, from: source, count: bytes.count)
        }
        guard copied else {
            throw .badAddress("the program has no memory to be written at an address that it gave")
        }
    }

    /// A byte at the address can be read.
    var isThere: Bool { (try? read(UInt8.self)) != nil }  // whatever the reason, it cannot

    private func pointer(_ offset: Int, _ size: Int) throws(Errno) -> UnsafeMutableRawPointer {
        let (start, overflow) = address.addingReportingOverflow(UInt(bitPattern: offset))
        let (end, wraps) = start.addingReportingOverflow(UInt(size))
        guard !overflow, !wraps, start >= 4096, end <= 1 << 47,
            let pointer = UnsafeMutableRawPointer(bitPattern: start)
        else { throw .badAddress("an address that the program gave is none of user space") }
        return pointer
    }

    #if canImport(Darwin)
        private static func copy(
            from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, count: Int
        ) -> Bool {
            memcpy(target, source, count)
            return true
        }
        private static func copy(
            to target: UnsafeMutableRawPointer, from source: UnsafeMutableRawPointer, count: Int
        ) -> Bool {
            memcpy(target, source, count)
            return true
        }
    #else
        /// The process's memory as a file; where there is none, addresses are used as they are.
        private static let memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC)

        private static func copy(
            from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, count: Int
        ) -> Bool {
            guard memory >= 0 else {
                memcpy(target, source, count)
                return true
            }
            return pread(memory, target, count, off_t(UInt(bitPattern: source))) == count
        }
        private static func copy(
            to target: UnsafeMutableRawPointer, from source: UnsafeMutableRawPointer, count: Int
        ) -> Bool {
            guard memory >= 0 else {
                memcpy(target, source, count)
                return true
            }
            return pwrite(memory, source, count, off_t(UInt(bitPattern: target))) == count
        }
    #endif
}
