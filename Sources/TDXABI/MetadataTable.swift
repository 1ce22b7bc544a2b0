// SPDX-License-Identifier: Apache-2.0

import X86

/// The identifier of a metadata field.
///
/// - SeeAlso: ABI Reference, "Metadata Field ID" (`MD_FIELD_ID_T`).
public struct MetadataFieldID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The null identifier: before the first field, or after the last.
    public static let null = MetadataFieldID(~0)

    /// `FIELD_CODE`, bits 23:0.
    public var code: UInt32 { UInt32(truncatingIfNeeded: rawValue[bits: 0...23]) }
    /// `ELEMENT_SIZE_CODE`, bits 33:32: log₂ of the element's size in bytes.
    public var elementSizeCode: UInt64 { rawValue[bits: 32...33] }
    /// `LAST_ELEMENT_IN_FIELD`, bits 37:34: one less than the number of elements of a sequence.
    public var lastElement: UInt64 { rawValue[bits: 34...37] }
    /// `LAST_FIELD_IN_SEQUENCE`, bits 46:38.
    public var lastField: UInt64 { rawValue[bits: 38...46] }
    /// `INC_SIZE`, bit 50: field codes advance by two.
    public var advancesByTwo: Bool { rawValue[bit: 50] }
    /// `CONTEXT_CODE`, bits 54:52: 0 system, 1 TD, 2 vCPU.
    public var context: UInt64 { rawValue[bits: 52...54] }
    /// `CLASS_CODE`, bits 61:56.
    public var classCode: UInt64 { rawValue[bits: 56...61] }
    /// Bits that must be zero in the identifier of a single element.
    public var reserved: UInt64 {
        rawValue[bits: 24...31] | rawValue[bits: 34...46] | rawValue[bits: 47...49] | rawValue[bits: 55...55]
            | rawValue[bits: 62...62]
    }
}

/// A row of the metadata tables: a sequence of fields and who may read and write which bits of each element.
public struct MetadataRow: Sendable {
    /// As the specification spells it.
    public let name: String
    /// The identifier of the first element of the first field.
    public let id: MetadataFieldID
    public let fields: UInt32
    public let elements: UInt32
    /// Bits the host reads and writes of a production TD.
    public let production: UInt64
    public let productionWrite: UInt64
    /// Bits the host reads and writes of a debug TD.
    public let debug: UInt64
    public let debugWrite: UInt64
    /// Bits the guest reads and writes.
    public let guest: UInt64
    public let guestWrite: UInt64
    /// Bits that a bound service TD reads and writes.
    public let service: UInt64
    public let serviceWrite: UInt64

    init(
        _ name: String, _ id: UInt64, fields: UInt32 = 1, elements: UInt32 = 1, production: UInt64 = 0,
        productionWrite: UInt64 = 0, debug: UInt64 = 0, debugWrite: UInt64 = 0, guest: UInt64 = 0,
        guestWrite: UInt64 = 0, service: UInt64 = 0, serviceWrite: UInt64 = 0
    ) {
        self.name = name
        self.id = MetadataFieldID(id)
        self.fields = fields
        self.elements = elements
        self.production = production
        self.productionWrite = productionWrite
        self.debug = debug
        self.debugWrite = debugWrite
        self.guest = guest
        self.guestWrite = guestWrite
        self.service = service
        self.serviceWrite = serviceWrite
    }

    /// Elements of all fields together.
    public var count: UInt32 { fields * elements }

    /// The index of the element that `id` names, or nil when it names none of this row.
    public func index(of id: MetadataFieldID) -> Int? {
        guard id.classCode == self.id.classCode, id.code >= self.id.code else { return nil }
        let offset = id.code - self.id.code
        let step: UInt32 = self.id.advancesByTwo ? 2 : 1
        guard offset % step == 0, offset / step < count else { return nil }
        return Int(offset / step)
    }

    /// The identifier of an element by its index.
    public func id(of index: Int) -> MetadataFieldID {
        MetadataFieldID(id.rawValue &+ UInt64(index) &* (id.advancesByTwo ? 2 : 1))
    }
}

/// The metadata fields, by context.
///
/// - SeeAlso: ABI Reference, "Metadata Fields".
public enum MetadataTable {
    /// All fields of a vCPU, its VMCS first.
    public static let allVCPU: [MetadataRow] = vmcs + vcpu
}
