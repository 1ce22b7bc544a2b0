// SPDX-License-Identifier: Apache-2.0

import Crypto
import Synchronization
public import X86

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The machine's memory: one lazily backed mapping, every 4 KiB page owned by a KeyID.
///
/// Contents are kept as the owner sees them. Whoever reads with another KeyID gets ciphertext; whoever writes with
/// another KeyID spoils the page's integrity, and the owner's next access finds that out.
///
/// Addresses from `hostWindow` on are memory of this process that a VMM has made guest memory of: ordinary shared pages.
public final class PhysicalMemory: @unchecked Sendable {
    public static let pageSize = 4096
    /// Width of a physical address, KeyID bits included (`MAXPHYADDR`).
    public static let addressWidth = 52
    /// The KeyID is in physical address bits 51:46.
    public static let keyShift = 46
    public static let keyBits = 6

    /// Bytes of DRAM, from address 0.
    public let size: UInt64
    @usableFromInline let base: UnsafeMutableRawPointer
    /// Owner of each page in bits 14:0; bit 15: written by somebody who is not the owner.
    private let owners: UnsafeMutablePointer<UInt16>
    private static let poisoned: UInt16 = 1 << 15
    /// For each page, the 64-byte lines that an observer has made something of, such as decoded instructions.
    private let watched: UnsafeMutablePointer<Atomic<UInt64>>
    private let observers = Mutex<[@Sendable (Int, Range<Int>) -> Void]>([])
    private let cipherKey: SymmetricKey
    private let spoiled = Mutex<[@Sendable () -> Void]>([])
    private let consumed = Mutex<[PhysicalAddress]>([])

    /// Reserves `size` bytes of memory; nothing is backed before it is touched.
    ///
    /// - Parameter size: bytes, a multiple of 4096 below 2⁴⁵.
    /// - Throws: `PhysicalMemoryError` when the host has no room for the reservation.
    public init(size: UInt64, cipherKey: [UInt8] = [UInt8](repeating: 0x5A, count: 32))
        throws(PhysicalMemoryError)
    {
        guard size > 0, size % 4096 == 0, size < 1 << 45 else { throw .badSize(size) }
        self.size = size
        self.cipherKey = SymmetricKey(data: cipherKey)
        let flags = MAP_PRIVATE | PhysicalMemory.anonymous | PhysicalMemory.noReserve
        let frames = Int(size / 4096)
        guard let memory = mmap(nil, Int(size), PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED,
            let table = mmap(nil, frames * 2, PROT_READ | PROT_WRITE, flags, -1, 0), table != MAP_FAILED,
            let lines = mmap(nil, frames * 8, PROT_READ | PROT_WRITE, flags, -1, 0), lines != MAP_FAILED
        else { throw .noMemory(size) }
        base = memory
        owners = table.bindMemory(to: UInt16.self, capacity: frames)
        // Zeros are atomic zeros.
        watched = lines.bindMemory(to: Atomic<UInt64>.self, capacity: frames)
    }

    deinit {
        munmap(base, Int(size))
        munmap(owners, Int(size / 4096) * 2)
        munmap(watched, Int(size / 4096) * 8)
    }

    #if canImport(Darwin)
        private static let anonymous = MAP_ANON
        private static let noReserve = MAP_NORESERVE
    #else
        private static let anonymous = Int32(MAP_ANONYMOUS)
        private static let noReserve = Int32(MAP_NORESERVE)
    #endif

    // MARK: Addresses

    /// Splits an address into the KeyID and the address without it.
    @inline(__always)
    public static func split(_ address: PhysicalAddress) -> (key: UInt16, address: PhysicalAddress) {
        (
            UInt16(truncatingIfNeeded: address.rawValue >> UInt64(keyShift)) & ((1 << UInt16(keyBits)) - 1),
            PhysicalAddress(address.rawValue & ((1 << UInt64(keyShift)) - 1))
        )
    }
    /// `address` with a KeyID in its upper bits.
    public static func address(_ address: PhysicalAddress, key: UInt16) -> PhysicalAddress {
        PhysicalAddress(address.rawValue | UInt64(key) << UInt64(keyShift))
    }

    /// Process memory appears at 2⁴⁵ plus an offset within the registered windows.
    public static let hostWindow: UInt64 = 1 << 45
    private struct Window: Sendable {
        var start: UInt64
        var size: UInt64
        nonisolated(unsafe) var pointer: UnsafeMutableRawPointer
    }
    private let windows = Mutex<[Window]>([])
    private let nextWindow = Mutex<UInt64>(PhysicalMemory.hostWindow)

    /// Makes `size` bytes of this process's memory, page-aligned, visible as shared physical memory.
    ///
    /// - Returns: the physical address at which it begins. The caller keeps the memory mapped until `unmapHost`.
    public func mapHost(_ pointer: UnsafeMutableRawPointer, size: UInt64) -> PhysicalAddress {
        let start = nextWindow.withLock { next in
            let start = next
            next += (size + 0xFFF) & ~0xFFF
            return start
        }
        let window = Window(start: start, size: size, pointer: pointer)
        windows.withLock { $0.append(window) }
        return PhysicalAddress(start)
    }

    public func unmapHost(_ address: PhysicalAddress) {
        windows.withLock { $0.removeAll { $0.start == address.rawValue } }
    }

    /// The page's frame lies in DRAM (not in a window of process memory).
    public func isDRAM(_ address: PhysicalAddress) -> Bool {
        PhysicalMemory.split(address).address.rawValue < size
    }

    /// `body` is called when a page has been spoiled, so that who has its address in some cache looks again.
    public func whenSpoiled(_ body: @escaping @Sendable () -> Void) { spoiled.withLock { $0.append(body) } }

    // MARK: Errors

    /// A page goes bad: the next access of its owner finds out, as with a page that somebody else has written to. It is
    /// good again when it is initialised.
    ///
    /// - Returns: false when there is no page of DRAM at the address.
    @discardableResult
    public func fail(_ address: PhysicalAddress) -> Bool {
        let address = PhysicalMemory.split(address).address.rawValue
        guard address < size else { return false }
        owners[Int(address >> 12)] |= PhysicalMemory.poisoned
        for body in spoiled.withLock({ $0 }) { body() }
        return true
    }

    /// The page cannot be believed: it has gone bad, or somebody without its key has written to it.
    public func isSpoiled(_ address: PhysicalAddress) -> Bool {
        let address = PhysicalMemory.split(address).address.rawValue
        return address < size && owners[Int(address >> 12)] & PhysicalMemory.poisoned != 0
    }

    /// A processor has run into a page: if it is spoiled, that is kept for whoever handles the machine check.
    public func noteConsumption(_ address: PhysicalAddress) {
        guard isSpoiled(address) else { return }
        consumed.withLock { $0.append(PhysicalMemory.split(address).address) }
    }
    /// What processors have run into since the last time: the addresses in their machine-check banks.
    public func takeConsumed() -> [PhysicalAddress] {
        consumed.withLock { addresses in
            defer { addresses = [] }
            return addresses
        }
    }

    // MARK: Watched lines

    /// The number of the page that holds an address of this process; nil outside DRAM.
    @inlinable
    public func frame(of pointer: UnsafeRawPointer) -> Int? {
        let offset = UInt(bitPattern: pointer) &- UInt(bitPattern: base)
        return offset < UInt(size) ? Int(offset >> 12) : nil
    }
    /// Where a page of DRAM lies in this process.
    public func page(_ frame: Int) -> UnsafeMutableRawPointer { base + frame << 12 }

    /// The lines, a bit each, that hold any of the bytes of one page.
    public static func lines(_ bytes: Range<Int>) -> UInt64 {
        guard !bytes.isEmpty else { return 0 }
        let first = UInt64(max(0, min(63, bytes.lowerBound >> 6)))
        let last = UInt64(max(0, min(63, (bytes.upperBound - 1) >> 6)))
        return (~0 as UInt64) >> (63 - last) & (~0 as UInt64) << first
    }

    /// Who wants to know when watched lines are written by anybody but a vCPU. It is told after the fact.
    public func observe(_ observer: @escaping @Sendable (_ frame: Int, _ bytes: Range<Int>) -> Void) {
        observers.withLock { $0.append(observer) }
    }
    public func watchedLines(_ frame: Int) -> UInt64 {
        watched[frame].load(ordering: .sequentiallyConsistent)
    }
    public func watch(_ frame: Int, lines: UInt64) {
        watched[frame].bitwiseOr(lines, ordering: .sequentiallyConsistent)
    }
    public func setWatchedLines(_ frame: Int, _ lines: UInt64) {
        watched[frame].store(lines, ordering: .sequentiallyConsistent)
    }

    /// Bytes of a page have other contents now.
    @inline(__always)
    private func written(_ frame: Int, _ bytes: Range<Int>) {
        if _slowPath(watchedLines(frame) & PhysicalMemory.lines(bytes) != 0) { tell(frame, bytes) }
    }
    @inline(never)
    private func tell(_ frame: Int, _ bytes: Range<Int>) {
        for observer in observers.withLock({ $0 }) { observer(frame, bytes) }
    }

    // MARK: Ownership

    /// The KeyID that last initialised the page. 0 for pages that never had a private owner.
    public func owner(of address: PhysicalAddress) -> UInt16 {
        let address = PhysicalMemory.split(address).address.rawValue
        return address < size ? owners[Int(address >> 12)] & ~PhysicalMemory.poisoned : 0
    }

    /// Gives a page to `key` and clears it, as direct stores of whole lines with that key do.
    public func initialize(_ address: PhysicalAddress, key: UInt16) {
        let address = PhysicalMemory.split(address).address.rawValue & ~0xFFF
        guard address < size else { return }
        owners[Int(address >> 12)] = key
        memset(base + Int(address), 0, 4096)
        written(Int(address >> 12), 0..<4096)
    }

    /// Gives consecutive pages to `key` and clears them; memory that was in use goes back to the operating system.
    public func initialize(_ address: PhysicalAddress, pages: Int, key: UInt16) {
        let address = PhysicalMemory.split(address).address.rawValue & ~0xFFF
        guard pages > 0, address < size, UInt64(pages) <= (size - address) / 4096 else { return }
        for page in 0..<pages { owners[Int(address >> 12) + page] = key }
        defer { for page in 0..<pages { written(Int(address >> 12) + page, 0..<4096) } }
        #if !canImport(Darwin)
            // Anonymous memory that is given up reads as zeros.
            if madvise(base + Int(address), pages * 4096, MADV_DONTNEED) == 0 { return }
        #endif
        memset(base + Int(address), 0, pages * 4096)
    }

    /// Gives a page to `key` without touching its contents (which the new owner sees as they are): only for pages
    /// that the caller fills at once.
    public func assign(_ address: PhysicalAddress, key: UInt16) {
        let address = PhysicalMemory.split(address).address.rawValue & ~0xFFF
        guard address < size else { return }
        owners[Int(address >> 12)] = key
        written(Int(address >> 12), 0..<4096)
    }

    // MARK: Access

    /// Where `count` bytes within one page lie, for somebody who accesses them with the right KeyID.
    ///
    /// - Parameter key: the accessor's KeyID; DRAM must be owned by it.
    /// - Throws: `.integrity` when the page belongs to another key or has been spoiled (a machine check for a TD),
    ///   `.notMemory` when there is no memory at the address.
    @inline(__always)
    public func pointer(_ address: PhysicalAddress, key: UInt16) throws(PhysicalMemoryError)
        -> UnsafeMutableRawPointer
    {
        let plain = address.rawValue & ((1 << UInt64(PhysicalMemory.keyShift)) - 1)
        if plain < size {
            guard owners[Int(plain >> 12)] == key else { throw .integrity(PhysicalAddress(plain)) }
            return base + Int(plain)
        }
        return try windowPointer(plain)
    }

    @inline(never)
    private func windowPointer(_ address: UInt64) throws(PhysicalMemoryError) -> UnsafeMutableRawPointer {
        let found: UInt? = windows.withLock { windows in
            for window in windows where address >= window.start && address < window.start + window.size {
                return UInt(bitPattern: window.pointer + Int(address - window.start))
            }
            return nil
        }
        guard let found, let pointer = UnsafeMutableRawPointer(bitPattern: found) else {
            throw .notMemory(PhysicalAddress(address))
        }
        return pointer
    }

    /// Reads with the KeyID in the address's upper bits; the wrong one gives ciphertext, no memory gives all ones.
    public func read(_ address: PhysicalAddress, count: Int) -> [UInt8] {
        let (key, start) = PhysicalMemory.split(address)
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var position = start.rawValue
        let end = position &+ UInt64(count)
        while position < end {
            let chunk = Int(min(end, (position | 0xFFF) + 1) - position)
            if position < size {
                let bytes = UnsafeRawBufferPointer(start: base + Int(position), count: chunk)
                if owners[Int(position >> 12)] == key {
                    result += bytes
                } else {
                    result += ciphertext(position, Array(bytes), key)
                }
            } else if let pointer = try? windowPointer(position) {  // no window: all ones, like a bus
                result += UnsafeRawBufferPointer(start: pointer, count: chunk)
            } else {
                result += repeatElement(0xFF, count: chunk)
            }
            position += UInt64(chunk)
        }
        return result
    }

    /// Writes with the KeyID in the address's upper bits. Writing another owner's page spoils it; writes to no memory
    /// are dropped.
    public func write(_ address: PhysicalAddress, _ bytes: [UInt8]) {
        let (key, start) = PhysicalMemory.split(address)
        var position = start.rawValue
        var done = 0
        var spoils = false
        while done < bytes.count {
            let chunk = Int(min(UInt64(bytes.count - done), (position | 0xFFF) + 1 - position))
            var target: UnsafeMutableRawPointer?
            if position < size {
                let frame = Int(position >> 12)
                let owner = owners[frame]
                if owner & ~PhysicalMemory.poisoned == key {
                    target = base + Int(position)
                } else {
                    // The owner's caches keep what was there until its next access finds out.
                    owners[frame] = owner | PhysicalMemory.poisoned
                    spoils = true
                }
            } else {
                target = try? windowPointer(position)  // no window: dropped, like a bus write nobody claims
            }
            if let target {
                bytes.withUnsafeBytes { source in
                    target.copyMemory(from: source.baseAddress! + done, byteCount: chunk)
                }
                if position < size {
                    let offset = Int(position & 0xFFF)
                    written(Int(position >> 12), offset..<offset + chunk)
                }
            }
            position += UInt64(chunk)
            done += chunk
        }
        if spoils { for body in spoiled.withLock({ $0 }) { body() } }
    }

    /// A little-endian value; see `read(_:count:)`.
    @inlinable
    public func load<T: FixedWidthInteger>(_ address: PhysicalAddress, as type: T.Type = T.self) -> T {
        precondition(MemoryLayout<T>.size <= 8, "A value is a word of the machine's at most.")
        return T(truncatingIfNeeded: loadWord(address, MemoryLayout<T>.size))
    }

    @inlinable
    public func store<T: FixedWidthInteger>(_ address: PhysicalAddress, _ value: T) {
        precondition(MemoryLayout<T>.size <= 8, "A value is a word of the machine's at most.")
        storeWord(address, UInt64(truncatingIfNeeded: value), MemoryLayout<T>.size)
    }

    /// The owner's own bytes within one page need no copies, and are read and written in one piece: a processor that walks
    /// tables may be looking.
    @usableFromInline
    func loadWord(_ address: PhysicalAddress, _ count: Int) -> UInt64 {
        if let pointer = ownPointer(address, count) {
            switch count {
            case 8: return UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self))
            case 4: return UInt64(UInt32(littleEndian: pointer.loadUnaligned(as: UInt32.self)))
            case 2: return UInt64(UInt16(littleEndian: pointer.loadUnaligned(as: UInt16.self)))
            default: return UInt64(pointer.load(as: UInt8.self))
            }
        }
        return read(address, count: count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    @usableFromInline
    func storeWord(_ address: PhysicalAddress, _ value: UInt64, _ count: Int) {
        guard let pointer = ownPointer(address, count) else {
            return write(address, (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) })
        }
        switch count {
        case 8: pointer.storeBytes(of: value.littleEndian, as: UInt64.self)
        case 4: pointer.storeBytes(of: UInt32(truncatingIfNeeded: value).littleEndian, as: UInt32.self)
        case 2: pointer.storeBytes(of: UInt16(truncatingIfNeeded: value).littleEndian, as: UInt16.self)
        default: pointer.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
        }
        let plain = PhysicalMemory.split(address).address.rawValue
        written(Int(plain >> 12), Int(plain & 0xFFF)..<Int(plain & 0xFFF) + count)
    }
    private func ownPointer(_ address: PhysicalAddress, _ count: Int) -> UnsafeMutableRawPointer? {
        let (key, plain) = PhysicalMemory.split(address)
        guard plain.rawValue < size, Int(plain.rawValue & 0xFFF) + count <= 4096,
            owners[Int(plain.rawValue >> 12)] == key
        else { return nil }
        return base + Int(plain.rawValue)
    }

    /// What the memory bus would show of a page to somebody with another key: bytes that depend on the key, the
    /// address and the contents, and tell nothing.
    private func ciphertext(_ position: UInt64, _ plain: [UInt8], _ key: UInt16) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(plain.count)
        var line = position & ~63
        var index = 0
        while index < plain.count {
            let skip = index == 0 ? Int(position & 63) : 0
            let chunk = min(64 - skip, plain.count - index)
            let whole = UnsafeRawBufferPointer(start: base + Int(line), count: 64)
            var hash = HMAC<SHA512>(key: cipherKey)
            withUnsafeBytes(of: (line, owners[Int(line >> 12)], key)) { hash.update(data: $0) }
            hash.update(data: whole)
            result += Array(hash.finalize())[skip..<skip + chunk]
            index += chunk
            line += 64
        }
        return result
    }
}

/// What can be wrong with physical memory.
public enum PhysicalMemoryError: Error, Equatable, CustomStringConvertible {
    case badSize(UInt64)
    case noMemory(UInt64)
    case notMemory(PhysicalAddress)
    case integrity(PhysicalAddress)

    public var description: String {
        switch self {
        case .badSize(let size):
            "\(size) bytes is no size for physical memory: it must be a positive multiple of 4096."
        case .noMemory(let size):
            "The host refuses a reservation of \(size) bytes of address space; ask for less."
        case .notMemory(let address):
            "There is no memory at physical address 0x\(String(address.rawValue, radix: 16))."
        case .integrity(let address):
            "The page at physical address 0x\(String(address.rawValue, radix: 16)) was written by somebody without its key."
        }
    }
}
