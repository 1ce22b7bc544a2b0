// SPDX-License-Identifier: Apache-2.0

/// The hand-off block list by which the VMM tells firmware where the TD's memory is.
///
/// - SeeAlso: TDX Virtual Firmware Design Guide, "TD Hand-Off Block"; PI Specification, Vol. 3.
public struct TDHOB: Sendable {
    /// What a resource HOB says of memory.
    public enum Resource: UInt32, Sendable {
        /// Added before the TD started, hence accepted.
        case systemMemory = 0
        /// The guest must accept it.
        case unaccepted = 7
    }
    /// Memory by ascending address.
    public let resources: [(range: Range<UInt64>, resource: Resource)]

    /// - Parameters:
    ///   - ram: the guest's RAM.
    ///   - added: what was added to it, in any order, no piece overlapping another.
    public init(ram: [Range<UInt64>], added: [Range<UInt64>]) {
        var resources: [(range: Range<UInt64>, resource: Resource)] = []
        let added = added.sorted { $0.lowerBound < $1.lowerBound }
        for ram in ram {
            var next = ram.lowerBound
            for piece in added where piece.overlaps(ram) {
                let piece = piece.clamped(to: ram)
                if next < piece.lowerBound { resources.append((next..<piece.lowerBound, .unaccepted)) }
                resources.append((piece, .systemMemory))
                next = piece.upperBound
            }
            if next < ram.upperBound { resources.append((next..<ram.upperBound, .unaccepted)) }
        }
        self.resources = resources
    }

    /// The entry that ends the list.
    static let endSize: Int32 = 8

    /// How many bytes the list has.
    public var size: Int { 56 + 48 * resources.count + Int(Self.endSize) }

    /// The list as it lies at `gpa`.
    public func bytes(at gpa: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        func header(_ type: UInt16, _ length: UInt16) {
            bytes.append(littleEndian: type)
            bytes.append(littleEndian: length)
            bytes.append(littleEndian: UInt32(0))
        }
        header(1, 56)
        bytes.append(littleEndian: UInt32(9))  // Version
        bytes.append(littleEndian: UInt32(0))  // BootMode
        bytes += [UInt8](repeating: 0, count: 32)  // the four memory bounds
        bytes.append(littleEndian: gpa + UInt64(size))  // EfiEndOfHobList
        for (range, resource) in resources {
            header(3, 48)
            bytes += [UInt8](repeating: 0, count: 16)  // Owner
            bytes.append(littleEndian: resource.rawValue)
            bytes.append(littleEndian: UInt32(7))  // present, initialized, tested
            bytes.append(littleEndian: range.lowerBound)
            bytes.append(littleEndian: UInt64(range.count))
        }
        header(0xFFFF, UInt16(Self.endSize))
        return bytes
    }
}
