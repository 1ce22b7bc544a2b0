// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import X86
import X86Decoder

extension State {
    /// The slow half of `load` and `loadForUpdate`: walks, fills the TLB, joins split accesses in a bounce buffer.
    @inline(never)
    func slowLoad(_ address: UInt64, _ size: Int, _ op: MicroOp, forUpdate: Bool) -> UnsafeRawPointer? {
        do {
            return UnsafeRawPointer(
                try VirtualCPU.owner(self).data(
                    address, size, forUpdate ? .write : .read, isStack: false))
        } catch {
            return memoryFault(error, op)
        }
    }

    /// The slow half of `store`.
    @inline(never)
    func slowStore(_ address: UInt64, _ bytes: UnsafeRawBufferPointer, _ op: MicroOp) -> Bool {
        do {
            try VirtualCPU.owner(self).write(address, bytes, isStack: false)
            return true
        } catch {
            memoryFault(error, op)
            return false
        }
    }

    /// Leaves with what an access has met.
    @discardableResult
    @inline(never)
    func memoryFault(_ fault: Fault, _ op: MicroOp) -> UnsafeRawPointer? {
        if fault.isExit {
            _ = exit(VirtualCPU.owner(self).pendingExit, op)
        } else if fault.isNonCanonical {
            _ = raise(VirtualCPU.owner(self).vectorOfNonCanonical(op), errorCode: 0, op)
        } else {
            _ = raise(fault.vector, errorCode: fault.code, op)
        }
        return nil
    }
}

extension VirtualCPU {
    /// What a non-canonical address, the one at `faultAddress`, means to the instruction that `op` belongs to: #SS when it
    /// is the stack's, else #GP. So rare that the instruction is decoded once more.
    func vectorOfNonCanonical(_ op: MicroOp) -> UInt8 {
        if !is64Bit {
            let isStack = state[field: State.Offset.faultAddress][bit: 62]
            return isStack ? ExceptionVector.stack : ExceptionVector.protection
        }
        let linear = state.currentRIP(op)
        var bytes: [UInt8] = []
        for offset in 0..<UInt64(Decoder.maximumLength) {
            guard let (host, _) = fetchPage(linear &+ offset) else { break }
            bytes.append(host.load(as: UInt8.self))
        }
        // It has been decoded before: what fails now has been taken away meanwhile.
        let decoded = try? bytes.withUnsafeBytes { try Decoder.decode($0, rip: linear, codeSize: .bits64) }
        guard let i = decoded else { return ExceptionVector.protection }
        let isOperand =
            i.hasModRM && i.isMemory && op.address(state) == state[field: State.Offset.faultAddress]
        let isStack = isOperand || !i.usesStack ? i.hasModRM && i.isMemory && i.segment == .ss : true
        return isStack ? ExceptionVector.stack : ExceptionVector.protection
    }
}

/// Accesses to linear addresses that are not TLB hits.
extension VirtualCPU {
    /// Split loads are joined here.
    private var bounce: UnsafeMutableRawPointer { state.base + 0xE00 }

    /// The privilege of data accesses in the current mode.
    @inline(__always)
    private var dataTable: TranslationCaches.Table {
        let mode = state.mode
        return mode.contains(.user) ? .user : mode.contains(.smapSuspended) ? .suspended : .kernel
    }

    @inline(__always)
    func access(_ kind: AccessKind, _ table: TranslationCaches.Table) -> LinearAccess {
        LinearAccess(kind: kind, isUser: table == .user, suspendsSMAP: table == .suspended)
    }

    @inline(__always)
    func isCanonical(_ address: UInt64) -> Bool {
        if cr4 & CR4.la57 != 0 {
            return (Int64(bitPattern: address) << 7) >> 7 == Int64(bitPattern: address)
        }
        return (Int64(bitPattern: address) << 16) >> 16 == Int64(bitPattern: address)
    }

    /// One page's host address for an access, by TLB or walk.
    @inline(__always)
    func hostPage(
        _ address: UInt64, _ kind: AccessKind, _ table: TranslationCaches.Table
    ) throws(Fault) -> UnsafeMutableRawPointer {
        let tag =
            switch kind {
            case .read: TLBEntry.readTag
            case .write: TLBEntry.writeTag
            case .fetch: TLBEntry.fetchTag
            }
        if let page = translations.lookup(address, table, tag: tag) { return page }
        return try translate(address, access(kind, table), table)
    }

    private func checkCanonical(_ address: UInt64, _ size: Int, isStack: Bool) throws(Fault) {
        // Outside 64-bit mode bit 63 says that the segment does not allow the access.
        guard is64Bit || isLongMode || address >> 63 != 0 else { return }
        guard isCanonical(address), isCanonical(address &+ UInt64(size - 1)) else {
            if isStack { throw .stack(0) }
            state[field: State.Offset.faultAddress] = address
            throw .nonCanonical
        }
    }

    /// `size` bytes for reading; of both pages in one piece. With `kind` write, both pages are writable afterwards.
    func data(_ address: UInt64, _ size: Int, _ kind: AccessKind, isStack: Bool) throws(Fault)
        -> UnsafeMutableRawPointer
    {
        try data(address, size, kind, dataTable, isStack: isStack)
    }

    func data(
        _ address: UInt64, _ size: Int, _ kind: AccessKind, _ table: TranslationCaches.Table,
        isStack: Bool = false
    ) throws(Fault) -> UnsafeMutableRawPointer {
        try checkCanonical(address, size, isStack: isStack)
        if table == .user, state.mode.contains(.alignmentCheck) { try checkAlignment(address, size) }
        let offset = Int(address & 0xFFF)
        let first = try hostPage(address, kind, table)
        if offset + size <= 4096 { return first + offset }
        let second = try hostPage(wrapped(address &+ UInt64(size)) & ~0xFFF, kind, table)
        let head = 4096 - offset
        bounce.copyMemory(from: first + offset, byteCount: head)
        (bounce + head).copyMemory(from: second, byteCount: size - head)
        return bounce
    }

    private func checkAlignment(_ address: UInt64, _ size: Int) throws(Fault) {
        if size <= 8, size & (size - 1) == 0, address & UInt64(size - 1) != 0 { throw Fault.alignment }
    }

    /// Outside 64-bit mode linear addresses are 32 bits wide.
    @inline(__always)
    private func wrapped(_ address: UInt64) -> UInt64 {
        is64Bit ? address : UInt64(UInt32(truncatingIfNeeded: address))
    }

    /// Writes bytes that a TLB hit could not: to both pages or none, and past decoded code.
    func write(_ address: UInt64, _ bytes: UnsafeRawBufferPointer, isStack: Bool) throws(Fault) {
        try write(address, bytes, dataTable, isStack: isStack)
    }

    func write(
        _ address: UInt64, _ bytes: UnsafeRawBufferPointer, _ table: TranslationCaches.Table,
        isStack: Bool = false
    ) throws(Fault) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        try checkCanonical(address, bytes.count, isStack: isStack)
        if table == .user, state.mode.contains(.alignmentCheck) { try checkAlignment(address, bytes.count) }
        let offset = Int(address & 0xFFF)
        let first = try hostPage(address, .write, table)
        if offset + bytes.count <= 4096 {
            put(first, offset, source, bytes.count)
            return
        }
        let second = try hostPage(wrapped(address &+ UInt64(bytes.count)) & ~0xFFF, .write, table)
        let head = 4096 - offset
        put(first, offset, source, head)
        put(second, 0, source + head, bytes.count - head)
    }

    /// Stores into a host page and drops what was decoded from there.
    @inline(__always)
    private func put(_ page: UnsafeMutableRawPointer, _ offset: Int, _ source: UnsafeRawPointer, _ count: Int)
    {
        switch count {
        // Whole values are stored whole: others may be watching.
        case 8: (page + offset).storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
        case 4: (page + offset).storeBytes(of: source.loadUnaligned(as: UInt32.self), as: UInt32.self)
        case 2: (page + offset).storeBytes(of: source.loadUnaligned(as: UInt16.self), as: UInt16.self)
        default: (page + offset).copyMemory(from: source, byteCount: count)
        }
        if let frame = memory.frame(of: page) {
            group.overwritten(frame, offset..<offset + count, by: self)
        }
    }

    // MARK: Values

    /// Reads a value with a given privilege.
    @inline(__always)
    func load<T: BitwiseCopyable>(
        _ address: UInt64, _ table: TranslationCaches.Table, as type: T.Type = T.self, isStack: Bool = false
    ) throws(Fault) -> T {
        try data(address, MemoryLayout<T>.size, .read, table, isStack: isStack).loadUnaligned(as: T.self)
    }

    @inline(__always)
    func store<T: BitwiseCopyable>(
        _ address: UInt64, _ value: T, _ table: TranslationCaches.Table, isStack: Bool = false
    ) throws(Fault) {
        let offset = Int(address & 0xFFF)
        if offset + MemoryLayout<T>.size <= 4096, !state.mode.contains(.alignmentCheck),
            let page = translations.lookup(address, table, tag: TLBEntry.writeTag)
        {
            (page + offset).storeBytes(of: value, as: T.self)
            return
        }
        var fault: Fault?
        withUnsafeBytes(of: value) { bytes in
            do throws(Fault) { try write(address, bytes, table, isStack: isStack) } catch { fault = error }
        }
        if let fault { throw fault }
    }

    /// A value of the current mode.
    @inline(__always)
    func load<T: BitwiseCopyable>(_ address: UInt64, as type: T.Type = T.self) throws(Fault) -> T {
        try load(address, dataTable)
    }
    @inline(__always)
    func store<T: BitwiseCopyable>(_ address: UInt64, _ value: T) throws(Fault) {
        try store(address, value, dataTable)
    }

    // MARK: Code

    /// Where the code at a linear address lies, and its page. nil: a fault was raised, or an exit recorded.
    func fetchPage(_ linear: UInt64) -> (host: UnsafeRawPointer, guestPhysicalPage: UInt64)? {
        let table: TranslationCaches.Table = state.mode.contains(.user) ? .user : .kernel
        if let page = translations.lookup(linear, table, tag: TLBEntry.fetchTag) {
            return (UnsafeRawPointer(page + Int(linear & 0xFFF)), UInt64(UInt(bitPattern: page)))
        }
        do throws(Fault) {
            guard !is64Bit || isCanonical(linear) else { throw Fault.protection }
            let page = try translate(linear, access(.fetch, table), table)
            return (UnsafeRawPointer(page + Int(linear & 0xFFF)), UInt64(UInt(bitPattern: page)))
        } catch {
            state[field: State.Offset.leaveOp] = 0
            if error.isExit {
                state[field: State.Offset.leave] = Leave.exit.rawValue
                (state.base + State.Offset.exit).storeBytes(of: pendingExit, as: VMExit.self)
            } else {
                state[field: State.Offset.leave] =
                    Leave.exception.rawValue | UInt64(error.vector) << 8 | (error.hasErrorCode ? 1 << 16 : 0)
                state[field: State.Offset.exceptionErrorCode] = UInt64(error.errorCode)
            }
            return nil
        }
    }
}
