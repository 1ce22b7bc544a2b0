// SPDX-License-Identifier: Apache-2.0

import X86

/// An entry of a software TLB, 32 bytes: `{readTag, writeTag, fetchTag, hostPage}`.
///
/// A tag is the page's linear address when the access may go straight to the host page, else a value no address hits.
enum TLBEntry {
    static let size = 32
    static let readTag = 0
    static let writeTag = 8
    static let fetchTag = 16
    static let hostPage = 24

    /// Non-canonical, and indexes another entry: no address hits entry `index` by accident.
    @inline(__always) static func invalidTag(_ index: Int) -> UInt64 { 1 << 63 | UInt64(index ^ 1) << 12 }
}

/// What a memory access wants.
enum AccessKind: UInt8 {
    case read, write, fetch
}

extension State {
    @inline(__always)
    private func entry(_ address: UInt64) -> UnsafeMutableRawPointer {
        let table = UnsafeMutableRawPointer(bitPattern: UInt(self[field: Offset.dataTLB])).unsafelyUnwrapped
        return table + Int(truncatingIfNeeded: (address &>> 7) & self[field: Offset.dataTLBMask])
    }

    /// Where `size` bytes lie when the TLB grants the access and they are in one page.
    @inline(__always)
    func hit(_ address: UInt64, _ size: Int, _ tag: Int) -> UnsafeMutableRawPointer? {
        let entry = entry(address)
        let offset = address &- entry.load(fromByteOffset: tag, as: UInt64.self)
        guard _fastPath(offset <= UInt64(4096 &- size)) else { return nil }
        let page = entry.load(fromByteOffset: TLBEntry.hostPage, as: UnsafeMutableRawPointer.self)
        return page + Int(truncatingIfNeeded: offset)
    }

    /// Reads a value at a linear address with the current mode's rights. nil: faulted, leave at once.
    @inline(__always)
    func load<T: BitwiseCopyable>(_ address: UInt64, _ op: MicroOp, as type: T.Type = T.self) -> T? {
        if let bytes = hit(address, MemoryLayout<T>.size, TLBEntry.readTag) {
            return bytes.loadUnaligned(as: T.self)
        }
        guard let bytes = slowLoad(address, MemoryLayout<T>.size, op, forUpdate: false) else { return nil }
        return bytes.loadUnaligned(as: T.self)
    }

    /// Reads a value that a `store` to the same address will replace: both rights are checked before, so that the
    /// store cannot fault.
    @inline(__always)
    func loadForUpdate<T: BitwiseCopyable>(_ address: UInt64, _ op: MicroOp, as type: T.Type = T.self) -> T? {
        if let bytes = hit(address, MemoryLayout<T>.size, TLBEntry.writeTag) {
            return bytes.loadUnaligned(as: T.self)
        }
        guard let bytes = slowLoad(address, MemoryLayout<T>.size, op, forUpdate: true) else { return nil }
        return bytes.loadUnaligned(as: T.self)
    }

    /// Writes a value at a linear address. False: faulted, nothing written, leave at once.
    ///
    /// A store to a page that holds decoded code succeeds and makes the interpreter leave the block at its end or
    /// earlier; see `slowStore`.
    @inline(__always)
    func store<T: BitwiseCopyable>(_ address: UInt64, _ value: T, _ op: MicroOp) -> Bool {
        if let bytes = hit(address, MemoryLayout<T>.size, TLBEntry.writeTag) {
            bytes.storeBytes(of: value, as: T.self)
            return true
        }
        return withUnsafeBytes(of: value) { slowStore(address, $0, op) }
    }

    /// The host address of `size` bytes for a locked read-modify-write, or nil when the TLB has no write entry, or the access
    /// cannot be direct because it crosses a page or hits a page with code: then use `loadForUpdate`
    /// and `store` while the other vCPUs stand still.
    @inline(__always)
    func atomicPointer(_ address: UInt64, size: Int) -> UnsafeMutableRawPointer? {
        hit(address, size, TLBEntry.writeTag)
    }
}

// MARK: Accesses at the end of handlers

// A hit goes on at once; a miss goes to a function of its own that does both. Either is the handler's last call, so
// that a handler has no frame.

/// Reads a value and goes on with it.
@inline(__always)
func loading<T: BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ address: UInt64, _ type: T.Type,
    _ then: (UnsafeMutableRawPointer, UnsafeMutableRawPointer, T) -> UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer? {
    if let bytes = State(c).hit(address, MemoryLayout<T>.size, TLBEntry.readTag) {
        return then(c, o, bytes.loadUnaligned(as: T.self))
    }
    return loadingSlowly(c, o, address, type, then)
}
@inline(never)
private func loadingSlowly<T: BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ address: UInt64, _ type: T.Type,
    _ then: (UnsafeMutableRawPointer, UnsafeMutableRawPointer, T) -> UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer? {
    let op = MicroOp(o)
    guard let bytes = State(c).slowLoad(address, MemoryLayout<T>.size, op, forUpdate: false) else {
        return nil
    }
    return then(c, o, bytes.loadUnaligned(as: T.self))
}

/// Writes a value, then does what is left.
@inline(__always)
func storing<T: BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ address: UInt64, _ value: T,
    _ then: (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer? {
    if let bytes = State(c).hit(address, MemoryLayout<T>.size, TLBEntry.writeTag) {
        bytes.storeBytes(of: value, as: T.self)
        return then(c, o)
    }
    return storingSlowly(c, o, address, value, then)
}
@inline(never)
private func storingSlowly<T: BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ address: UInt64, _ value: T,
    _ then: (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer? {
    let op = MicroOp(o)
    guard withUnsafeBytes(of: value, { State(c).slowStore(address, $0, op) }) else { return nil }
    return then(c, o)
}

/// Replaces a value, and runs the next op. Both rights are checked before anything changes.
@inline(__always)
func updating<T: BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ address: UInt64, _ type: T.Type,
    _ change: (State, MicroOp, T) -> T
) -> UnsafeMutableRawPointer? {
    if let bytes = State(c).hit(address, MemoryLayout<T>.size, TLBEntry.writeTag) {
        bytes.storeBytes(of: change(State(c), MicroOp(o), bytes.loadUnaligned(as: T.self)), as: T.self)
        return proceed(c, o)
    }
    return updatingSlowly(c, o, address, type, change)
}
@inline(never)
private func updatingSlowly<T: BitwiseCopyable>(
    _ c: UnsafeMutableRawPointer, _ o: UnsafeMutableRawPointer, _ address: UInt64, _ type: T.Type,
    _ change: (State, MicroOp, T) -> T
) -> UnsafeMutableRawPointer? {
    let (state, op) = (State(c), MicroOp(o))
    guard let bytes = state.slowLoad(address, MemoryLayout<T>.size, op, forUpdate: true) else { return nil }
    let value = change(state, op, bytes.loadUnaligned(as: T.self))
    guard withUnsafeBytes(of: value, { state.slowStore(address, $0, op) }) else { return nil }
    return proceed(c, o)
}
