// SPDX-License-Identifier: Apache-2.0

import X86

/// What segments allow outside 64-bit mode.
///
/// - SeeAlso: SDM Vol. 3, "Limit Checking" and "Type Checking".
extension State {
    /// The linear address of an offset in a segment, by its place in the state; an address that no access survives when the
    /// segment does not allow the access: not canonical, with bit 62 set for the stack segment, which means #SS.
    func linear(_ offset: UInt64, segment: Int, size: Int, writes: Bool) -> UInt64 {
        let place = Offset.segments + segment * 32
        guard allows(offset, read(place + 12), read(place + 8), size: size, writes: writes) else {
            return segment == 2 ? 3 << 62 : 1 << 63
        }
        return UInt64(UInt32(truncatingIfNeeded: offset &+ read(place)))
    }

    @inline(__always)
    private func allows(_ offset: UInt64, _ rights: UInt32, _ limit: UInt32, size: Int, writes: Bool) -> Bool
    {
        if rights & AccessRights.unusable != 0 { return false }
        let isCode = rights & AccessRights.code != 0
        if isCode
            ? writes || rights & AccessRights.writable == 0 : writes && rights & AccessRights.writable == 0
        {
            return false
        }
        let last = offset &+ UInt64(size - 1)
        if !isCode, rights & AccessRights.expandDown != 0 {
            return offset > UInt64(limit) && last <= (rights & AccessRights.big != 0 ? 0xFFFF_FFFF : 0xFFFF)
        }
        // In a segment of 4 GiB offsets wrap.
        return limit == .max || last <= UInt64(limit)
    }
}
