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

    /// Reads a value at a linear address with the current mode's rights. nil: faulted, leave at once.
    @inline(__always)
    func load<T: BitwiseCopyable>(_ address: UInt64, _ op: MicroOp, as type: T.Type = T.self) -> T? {
        let entry = entry(address)
        let offset = address &- entry.load(fromByteOffset: TLBEntry.readTag, as: UInt64.self)
        if _fastPath(offset <= UInt64(4096 &- MemoryLayout<T>.size)) {
            let page = entry.load(fromByteOffset: TLBEntry.hostPage, as: UnsafeMutableRawPointer.self)
            return (page + Int(truncatingIfNeeded: offset)).loadUnaligned(as: T.self)
        }
        guard let bytes = slowLoad(address, MemoryLayout<T>.size, op, forUpdate: false) else { return nil }
        return bytes.loadUnaligned(as: T.self)
    }

    /// Reads a value that a `store` to the same address will replace: both rights are checked before, so that the
    /// store cannot fault.
    @inline(__always)
    func loadForUpdate<T: BitwiseCopyable>(_ address: UInt64, _ op: MicroOp, as type: T.Type = T.self) -> T? {
        let entry = entry(address)
        let offset = address &- entry.load(fromByteOffset: TLBEntry.writeTag, as: UInt64.self)
        if _fastPath(offset <= UInt64(4096 &- MemoryLayout<T>.size)) {
            let page = entry.load(fromByteOffset: TLBEntry.hostPage, as: UnsafeMutableRawPointer.self)
            return (page + Int(truncatingIfNeeded: offset)).loadUnaligned(as: T.self)
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
        let entry = entry(address)
        let offset = address &- entry.load(fromByteOffset: TLBEntry.writeTag, as: UInt64.self)
        if _fastPath(offset <= UInt64(4096 &- MemoryLayout<T>.size)) {
            let page = entry.load(fromByteOffset: TLBEntry.hostPage, as: UnsafeMutableRawPointer.self)
            (page + Int(truncatingIfNeeded: offset)).storeBytes(of: value, as: T.self)
            return true
        }
        return withUnsafeBytes(of: value) { slowStore(address, $0, op) }
    }

    /// The host address of `size` bytes for a locked read-modify-write, or nil when the TLB has no write entry, or the access
    /// cannot be direct because it crosses a page or hits a page with code: then use `loadForUpdate`
    /// and `store` while the other vCPUs stand still.
    @inline(__always)
    func atomicPointer(_ address: UInt64, size: Int) -> UnsafeMutableRawPointer? {
        let entry = entry(address)
        let offset = address &- entry.load(fromByteOffset: TLBEntry.writeTag, as: UInt64.self)
        guard _fastPath(offset <= UInt64(4096 &- size)) else { return nil }
        let page = entry.load(fromByteOffset: TLBEntry.hostPage, as: UnsafeMutableRawPointer.self)
        return page + Int(truncatingIfNeeded: offset)
    }
}
