// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One memory slot: the shared half is memory of this process, backed when touched; the private half is a guest_memfd.
@safe
final class GuestMemory: @unchecked Sendable {
    let range: Range<UInt64>
    /// The `guest_memfd`; set once, before the slot is made.
    let descriptor: Int32
    private let base: UnsafeMutableRawPointer

    /// Where the shared half lies in this process.
    var address: UInt { unsafe UInt(bitPattern: base) }

    init(_ range: Range<UInt64>, descriptor: Int32) throws(MachineError) {
        self.range = range
        self.descriptor = descriptor
        unsafe base = try GuestMemory.reserve(UInt64(range.count))
    }

    deinit { unsafe munmap(base, range.count) }

    /// Lazily backed, zero-filled memory.
    static func reserve(_ size: UInt64) throws(MachineError) -> UnsafeMutableRawPointer {
        #if canImport(Darwin)
            let flags = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE
        #else
            let flags = MAP_PRIVATE | Int32(MAP_ANONYMOUS) | Int32(MAP_NORESERVE)
        #endif
        guard let size = Int(exactly: size),
            let memory = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0),
            unsafe memory != MAP_FAILED
        else { throw .hostMemory(size) }
        return unsafe memory
    }

    /// Forgets the shared contents of a part: it reads as zero from now on.
    func discard(_ part: Range<UInt64>) {
        let part = part.clamped(to: range)
        guard !part.isEmpty else { return }
        // Within the mapping, which was made for the whole range.
        _ = unsafe madvise(base + Int(part.lowerBound - range.lowerBound), part.count, Int32(MADV_DONTNEED))
    }

    /// Reads shared memory; nil unless all of it is in this slot.
    func read(_ gpa: UInt64, count: Int) -> [UInt8]? {
        guard let offset = offset(gpa, count) else { return nil }
        // `offset` has checked both ends.
        return unsafe Array(UnsafeRawBufferPointer(start: base + offset, count: count))
    }

    @discardableResult
    func write(_ gpa: UInt64, _ bytes: [UInt8]) -> Bool {
        guard let offset = offset(gpa, bytes.count) else { return false }
        // `offset` has checked both ends.
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: base + offset, count: bytes.count).copyMemory(
                from: source)
        }
        return true
    }

    private func offset(_ gpa: UInt64, _ count: Int) -> Int? {
        guard range.contains(gpa), UInt64(count) <= range.upperBound - gpa else { return nil }
        return Int(gpa - range.lowerBound)
    }
}
