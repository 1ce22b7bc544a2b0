// SPDX-License-Identifier: Apache-2.0

/// What a firmware image says about how it is to be loaded into a TD.
///
/// - SeeAlso: TDX Virtual Firmware Design Guide, "TDVF Metadata".
public struct TDVFMetadata: Hashable, Sendable {
    /// `Type` of a section.
    public struct SectionType: RawRepresentable, Hashable, Sendable {
        public var rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let bfv = SectionType(rawValue: 0)
        public static let cfv = SectionType(rawValue: 1)
        public static let tdHOB = SectionType(rawValue: 2)
        public static let tempMem = SectionType(rawValue: 3)
        public static let permMem = SectionType(rawValue: 4)
        public static let payload = SectionType(rawValue: 5)
        public static let payloadParam = SectionType(rawValue: 6)
    }
    /// `Attributes` of a section.
    public struct Attributes: OptionSet, Hashable, Sendable {
        public var rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// `MR.EXTEND`: the contents are measured.
        public static let extend = Attributes(rawValue: 1 << 0)
        /// `PAGE.AUG`: not added; the guest accepts it.
        public static let augment = Attributes(rawValue: 1 << 1)
    }
    public struct Section: Hashable, Sendable {
        public var dataOffset: UInt32
        public var rawSize: UInt32
        public var gpa: UInt64
        public var memorySize: UInt64
        public var type: SectionType
        public var attributes: Attributes

        public init(
            _ type: SectionType, gpa: UInt64, memorySize: UInt64, dataOffset: UInt32 = 0, rawSize: UInt32 = 0,
            attributes: Attributes = []
        ) {
            self.type = type
            self.gpa = gpa
            self.memorySize = memorySize
            self.dataOffset = dataOffset
            self.rawSize = rawSize
            self.attributes = attributes
        }

        public var range: Range<UInt64> { gpa..<(gpa + memorySize) }
    }

    public var sections: [Section]

    public init(sections: [Section]) { self.sections = sections }

    /// “TDVF”
    static let signature: UInt32 = 0x4656_4454
    /// `96b582de-1fb2-45f7-baea-a366c55a082d`, the footer of the table of GUIDs.
    static let footer: [UInt8] = [
        0xDE, 0x82, 0xB5, 0x96, 0xB2, 0x1F, 0xF7, 0x45, 0xBA, 0xEA, 0xA3, 0x66, 0xC5, 0x5A, 0x08, 0x2D,
    ]
    /// `e47a6535-984a-4798-865e-4685a7bf8ec2`, the entry that leads to the metadata.
    static let entry: [UInt8] = [
        0x35, 0x65, 0x7A, 0xE4, 0x4A, 0x98, 0x98, 0x47, 0x86, 0x5E, 0x46, 0x85, 0xA7, 0xBF, 0x8E, 0xC2,
    ]
    /// `e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae`, just before the descriptor.
    static let mark: [UInt8] = [
        0xF3, 0xF9, 0xEA, 0xE9, 0x8E, 0x16, 0xD5, 0x44, 0xA8, 0xEB, 0x7F, 0x4D, 0x87, 0x38, 0xF6, 0xAE,
    ]

    /// The descriptor and its sections.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.signature)
        bytes.append(littleEndian: UInt32(16 + 32 * sections.count))
        bytes.append(littleEndian: UInt32(1))
        bytes.append(littleEndian: UInt32(sections.count))
        for section in sections {
            bytes.append(littleEndian: section.dataOffset)
            bytes.append(littleEndian: section.rawSize)
            bytes.append(littleEndian: section.gpa)
            bytes.append(littleEndian: section.memorySize)
            bytes.append(littleEndian: section.type.rawValue)
            bytes.append(littleEndian: section.attributes.rawValue)
        }
        return bytes
    }

    /// Reads the metadata of an image that ends at 4 GiB.
    public init(firmware: [UInt8]) throws(BootError) {
        let start = try Self.descriptor(in: firmware)
        func field(_ name: String, _ offset: Int) throws(BootError) -> UInt32 {
            guard let value = firmware.load(UInt32.self, at: start + offset) else {
                throw .truncated(
                    what: "firmware's TDX metadata", need: UInt64(start + offset + 4),
                    have: UInt64(firmware.count))
            }
            return value
        }
        let signature = try field("signature", 0)
        guard signature == Self.signature else {
            throw .firmwareField(field: "the signature", value: UInt64(signature))
        }
        let length = try field("length", 4)
        let version = try field("version", 8)
        guard version == 1 else { throw .firmwareField(field: "the version", value: UInt64(version)) }
        let count = try field("section count", 12)
        guard (2...256).contains(count) else {
            throw .firmwareField(field: "the section count", value: UInt64(count))
        }
        guard length == 16 + 32 * count else {
            throw .firmwareField(field: "the length", value: UInt64(length))
        }
        guard start + Int(length) <= firmware.count else {
            throw .truncated(
                what: "firmware's TDX metadata", need: UInt64(start + Int(length)),
                have: UInt64(firmware.count))
        }
        sections = []
        for index in 0..<Int(count) {
            sections.append(try Self.section(index, at: start + 16 + 32 * index, in: firmware))
        }
        for (index, section) in sections.enumerated() {
            guard !sections[..<index].contains(where: { $0.range.overlaps(section.range) }) else {
                throw .firmwareSection(index: index, field: "the address", value: section.gpa)
            }
        }
        guard sections.count(where: { $0.type == .tdHOB }) == 1 else {
            throw .firmwareField(
                field: "the number of TD_HOB sections", value: UInt64(sections.count { $0.type == .tdHOB }))
        }
        guard sections.contains(where: { $0.type == .bfv }) else {
            throw .firmwareField(field: "the number of BFV sections", value: 0)
        }
    }

    private static func section(_ index: Int, at position: Int, in firmware: [UInt8]) throws(BootError)
        -> Section
    {
        func bad(_ field: String, _ value: UInt64) -> BootError {
            .firmwareSection(index: index, field: field, value: value)
        }
        guard let dataOffset = firmware.load(UInt32.self, at: position),
            let rawSize = firmware.load(UInt32.self, at: position + 4),
            let gpa = firmware.load(UInt64.self, at: position + 8),
            let memorySize = firmware.load(UInt64.self, at: position + 16),
            let type = firmware.load(UInt32.self, at: position + 24),
            let attributes = firmware.load(UInt32.self, at: position + 28)
        else {
            throw .truncated(
                what: "firmware's TDX metadata", need: UInt64(position + 32), have: UInt64(firmware.count))
        }
        guard gpa.isMultiple(of: 4096), gpa < 1 << 47 else { throw bad("the address", gpa) }
        guard memorySize.isMultiple(of: 4096), memorySize > 0, memorySize <= 1 << 28 else {
            throw bad("the memory size", memorySize)
        }
        guard memorySize >= UInt64(rawSize) else { throw bad("the raw size", UInt64(rawSize)) }
        guard UInt64(dataOffset) + UInt64(rawSize) <= UInt64(firmware.count) else {
            throw bad("the data offset", UInt64(dataOffset))
        }
        switch SectionType(rawValue: type) {
        case .bfv, .cfv: guard rawSize != 0 else { throw bad("the raw size", 0) }
        case .tdHOB, .tempMem: guard rawSize == 0 else { throw bad("the raw size", UInt64(rawSize)) }
        default: throw bad("the type", UInt64(type))
        }
        guard attributes <= 3 else { throw bad("the attributes", UInt64(attributes)) }
        return Section(
            SectionType(rawValue: type), gpa: gpa, memorySize: memorySize, dataOffset: dataOffset,
            rawSize: rawSize,
            attributes: Attributes(rawValue: attributes))
    }

    /// Where the descriptor begins: by the table of GUIDs, which is walked from its end, else by the offset that
    /// older images keep at a fixed place.
    private static func descriptor(in firmware: [UInt8]) throws(BootError) -> Int {
        let count = firmware.count
        guard count >= 4096, count.isMultiple(of: 4096), count <= 16 << 20 else { throw .firmwareSize(count) }
        let end = count - 0x20
        func guid(endingAt position: Int) -> ArraySlice<UInt8> { firmware[(position - 16)..<position] }
        if guid(endingAt: end).elementsEqual(footer), let length = firmware.load(UInt16.self, at: end - 18) {
            guard Int(length) <= end, length >= 18 else {
                throw .firmwareField(field: "the length of the table of GUIDs", value: UInt64(length))
            }
            let bottom = end - Int(length)
            var position = end - 18
            while position - 18 >= bottom {
                guard let size = firmware.load(UInt16.self, at: position - 18), size >= 18,
                    position - Int(size) >= bottom
                else {
                    throw .firmwareField(
                        field: "the length of a GUID's entry",
                        value: UInt64(firmware.load(UInt16.self, at: position - 18) ?? 0))
                }
                if guid(endingAt: position).elementsEqual(entry) {
                    guard size == 22, let distance = firmware.load(UInt32.self, at: position - 22),
                        distance >= 16, Int(distance) <= count
                    else {
                        throw .firmwareField(
                            field: "the distance of the metadata from the image's end",
                            value: UInt64(firmware.load(UInt32.self, at: position - Int(size)) ?? 0))
                    }
                    return count - Int(distance)
                }
                position -= Int(size)
            }
        }
        if let offset = firmware.load(UInt32.self, at: end), Int(offset) <= count - 16,
            firmware.load(UInt32.self, at: Int(offset)) == signature
        {
            return Int(offset)
        }
        throw .firmwareWithoutMetadata
    }
}
