// SPDX-License-Identifier: Apache-2.0

import Crypto

/// Computes what the TDX module would: `MRTD` from the pages added, `RTMR`s from the digests extended.
///
/// - SeeAlso: Base Architecture Specification, "Measurement and Attestation".
public struct MeasurementCalculator: Sendable {
    /// When the contents are measured, relative to the pages' addresses.
    public enum Order: Sendable {
        /// Each page is added and extended before the next is added: Linux's KVM.
        case page
        /// All pages of an image are added, then all are extended: some older KVMs.
        case image
    }

    private var hash = SHA384()

    public init() {}

    /// `MRTD` of a TD whose initial memory is `images`.
    public static func mrTD(of images: [MemoryImage], order: Order = .page) -> [UInt8] {
        var calculator = MeasurementCalculator()
        for image in images {
            var pages: [(gpa: UInt64, offset: Int)] = []
            for offset in stride(from: 0, to: image.bytes.count, by: 4096) {
                let gpa = image.gpa + UInt64(offset)
                calculator.addPage(gpa)
                switch order {
                case _ where !image.measured: break
                case .page: calculator.extend(gpa, image.bytes[offset..<(offset + 4096)])
                case .image: pages.append((gpa, offset))
                }
            }
            for (gpa, offset) in pages { calculator.extend(gpa, image.bytes[offset..<(offset + 4096)]) }
        }
        return calculator.mrTD
    }

    /// `TDH.MEM.PAGE.ADD`
    public mutating func addPage(_ gpa: UInt64) { hash.update(data: record("MEM.PAGE.ADD", gpa)) }

    /// `TDH.MR.EXTEND` of a whole page, 256 bytes at a time.
    public mutating func extend(_ gpa: UInt64, _ page: ArraySlice<UInt8>) {
        for offset in stride(from: 0, to: page.count, by: 256) {
            hash.update(data: record("MR.EXTEND", gpa + UInt64(offset)))
            hash.update(data: page.dropFirst(offset).prefix(256))
        }
    }

    private func record(_ name: String, _ gpa: UInt64) -> [UInt8] {
        var record = Array(name.utf8)
        record.pad(to: 16)
        record.append(littleEndian: gpa)
        record.pad(to: 128)
        return record
    }

    /// `TDH.MR.FINALIZE`
    public var mrTD: [UInt8] { Array(hash.finalize()) }

    /// `TDG.MR.RTMR.EXTEND`: the register's value after it.
    public static func extend(rtmr: [UInt8], _ digest: [UInt8]) -> [UInt8] {
        Array(SHA384.hash(data: rtmr + digest))
    }
}
