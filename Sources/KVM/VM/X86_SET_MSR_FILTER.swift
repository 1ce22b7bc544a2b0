// SPDX-License-Identifier: Apache-2.0

import KVMABI

/// Which accesses to MSRs a program keeps from the guest, or wants to see.
struct MSRFilter: Sendable {
    /// MSRs with a bit each: set where the access is allowed.
    struct Range: Sendable {
        var reads: Bool
        var writes: Bool
        var base: UInt32
        var count: UInt32
        var bitmap: [UInt8]
    }
    var deniesByDefault = false
    var ranges: [Range] = []

    func allows(_ number: UInt32, write: Bool) -> Bool {
        // The local APIC's registers are never filtered.
        guard !(0x800...0x8FF).contains(number) else { return true }
        for range in ranges where write ? range.writes : range.reads {
            let index = number &- range.base
            guard number >= range.base, index < range.count else { continue }
            return range.bitmap[Int(index / 8)] >> (index % 8) & 1 != 0
        }
        return !deniesByDefault
    }
}

extension VM {
    /// `KVM_X86_SET_MSR_FILTER`
    func setMSRFilter(_ argument: UInt) throws(Errno) -> Int {
        let request = try UserMemory(address: argument).read(KVMMSRFilter.self)
        guard request.flags & ~1 == 0 else { throw .invalid("flags has bits that do not exist") }
        var filter = MSRFilter()
        filter.deniesByDefault = request.flags & 1 != 0
        for index in 0..<16 {
            let range = request.ranges[index]
            guard range.count > 0 else { continue }
            guard range.flags & ~3 == 0, range.flags != 0, range.count <= 0x600 * 8 else {
                throw .invalid("a range is for reads or writes, and its bitmap 0x600 bytes at most")
            }
            let bitmap = try UserMemory(address: UInt(range.bitmap))
                .readArray(Int(range.count + 7) / 8, of: UInt8.self, at: 0)
            filter.ranges.append(
                MSRFilter.Range(
                    reads: range.flags & 1 != 0, writes: range.flags & 2 != 0, base: range.base,
                    count: range.count,
                    bitmap: bitmap))
        }
        guard !filter.deniesByDefault || !filter.ranges.isEmpty else {
            throw .invalid("everything would be denied")
        }
        lock.withLock { msrFilter = filter }
        return 0
    }
}
