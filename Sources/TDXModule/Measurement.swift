// SPDX-License-Identifier: Apache-2.0

import Crypto
public import TDXABI
public import X86

/// The measurement of a TD while it is being built: what becomes `MRTD`.
///
/// - SeeAlso: Base Specification, "TD Measurement".
public struct Measurement: Sendable {
    private var hash = SHA384()

    public init() {}

    /// `TDH.MEM.PAGE.ADD`: that a page has been added, and where.
    public mutating func addPage(_ address: GuestPhysicalAddress) {
        hash.update(data: Measurement.record("MEM.PAGE.ADD", address))
    }

    /// `TDH.MR.EXTEND`: what 256 bytes hold.
    public mutating func extend(_ address: GuestPhysicalAddress, _ contents: some Sequence<UInt8>) {
        hash.update(data: Measurement.record("MR.EXTEND", address))
        hash.update(data: Array(contents.prefix(256)))
    }

    /// `TDH.MR.FINALIZE`
    public func digest() -> Digest384 { Digest384(hash.finalize()) }

    /// 128 bytes: a name, the address at offset 16, zeros.
    private static func record(_ name: String, _ address: GuestPhysicalAddress) -> [UInt8] {
        var record = Array(name.utf8)
        record += repeatElement(0, count: 16 - record.count)
        record += (0..<8).map { UInt8(truncatingIfNeeded: address.rawValue >> ($0 * 8)) }
        return record + repeatElement(0, count: 104)
    }
}

extension Digest384 {
    /// SHA-384 of bytes.
    init(hashing bytes: [UInt8]) { self.init(SHA384.hash(data: bytes)) }

    /// `TDG.MR.RTMR.EXTEND`: the digest of this one followed by 48 bytes.
    func extended(with data: [UInt8]) -> Digest384 { Digest384(hashing: bytes + data) }
}
