// SPDX-License-Identifier: Apache-2.0

/// A firmware for TDs: an image whose last byte is at 4 GiB − 1, with the metadata that says what to add.
public struct FirmwareImage: Sendable {
    public let bytes: [UInt8]
    public let metadata: TDVFMetadata

    public init(_ bytes: [UInt8]) throws(BootError) {
        self.bytes = bytes
        metadata = try TDVFMetadata(firmware: bytes)
    }

    /// Where the image lies.
    public var range: Range<UInt64> { (1 << 32) - UInt64(bytes.count)..<1 << 32 }

    /// Where the TD HOB goes; reading the metadata made sure that there is one.
    public var hob: UInt64 { metadata.sections.first { $0.type == .tdHOB }?.gpa ?? 0 }

    /// What the firmware is told of memory.
    ///
    /// - Parameters: those of `images(ram:added:)`.
    func tdHOB(ram: [Range<UInt64>], added: [Range<UInt64>]) -> TDHOB {
        let inRAM = metadata.sections.filter { $0.type == .tdHOB || $0.type == .tempMem }
        return TDHOB(ram: ram, added: inRAM.map(\.range) + added)
    }

    /// What is added before the TD starts, in the table's order.
    ///
    /// - Parameters:
    ///   - ram: the guest's RAM, in which the memory of the firmware's sections must lie.
    ///   - added: other memory that is added to it, which the firmware must not accept.
    public func images(ram: [Range<UInt64>], added: [Range<UInt64>] = []) throws(BootError) -> [MemoryImage] {
        let hob = tdHOB(ram: ram, added: added)
        var images: [MemoryImage] = []
        for (index, section) in metadata.sections.enumerated() where !section.attributes.contains(.augment) {
            let measured = section.attributes.contains(.extend)
            var contents: [UInt8]
            var name: String
            switch section.type {
            case .bfv, .cfv:
                guard range.lowerBound <= section.gpa, section.range.upperBound <= range.upperBound else {
                    throw .firmwareSection(index: index, field: "the address", value: section.gpa)
                }
                contents = Array(bytes[Int(section.dataOffset)..<Int(section.dataOffset + section.rawSize)])
                name = section.type == .bfv ? "firmware" : "firmware variables"
            default:
                guard
                    ram.contains(where: {
                        $0.lowerBound <= section.gpa && section.range.upperBound <= $0.upperBound
                    })
                else { throw .firmwareOutsideMemory(index: index, gpa: section.gpa) }
                contents = section.type == .tdHOB ? hob.bytes(at: section.gpa) : []
                name = section.type == .tdHOB ? "TD HOB" : "temporary memory"
                guard UInt64(contents.count) <= section.memorySize else {
                    throw .firmwareSection(index: index, field: "the memory size", value: section.memorySize)
                }
            }
            contents += [UInt8](repeating: 0, count: Int(section.memorySize) - contents.count)
            images.append(MemoryImage(name, gpa: section.gpa, bytes: contents, measured: measured))
        }
        return images
    }
}
