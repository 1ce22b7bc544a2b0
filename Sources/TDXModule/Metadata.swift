// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

/// Whose fields, and who asks.
enum MetadataContext: Sendable {
    case system(isGuest: Bool)
    case td(TD, isGuest: Bool)
    case vcpu(VirtualCPUState, isGuest: Bool)
    /// A TD, for the service TD that is bound to it.
    case serviceTD(TD)

    var rows: [MetadataRow] {
        switch self {
        case .system: MetadataTable.system
        case .td, .serviceTD: MetadataTable.td
        case .vcpu: MetadataTable.allVCPU
        }
    }

    fileprivate var hasCPUIDValues: Bool {
        switch self {
        case .td, .serviceTD: true
        case .system, .vcpu: false
        }
    }

    private var isGuest: Bool {
        switch self {
        case .system(let isGuest), .td(_, let isGuest), .vcpu(_, let isGuest): isGuest
        case .serviceTD: false
        }
    }
    private var isDebug: Bool {
        switch self {
        case .system, .serviceTD: false
        case .td(let td, _): td.isDebug
        case .vcpu(let vcpu, _): vcpu.td.isDebug
        }
    }

    func readMask(_ row: MetadataRow) -> UInt64 {
        if case .serviceTD = self { return row.service }
        return isGuest ? row.guest : isDebug ? row.debug : row.production
    }
    func writeMask(_ row: MetadataRow) -> UInt64 {
        if case .serviceTD = self { return row.serviceWrite }
        return isGuest ? row.guestWrite : isDebug ? row.debugWrite : row.productionWrite
    }
}

/// Fields of the system, of TDs and of vCPUs, by identifier.
///
/// - SeeAlso: ABI Reference, "Metadata Access".
extension TDXModule {
    /// The value of one element: `TDH.SYS.RD`, `TDH.MNG.RD`, `TDH.VP.RD` and their guest-side counterparts.
    func readMetadata(_ context: MetadataContext, _ id: MetadataFieldID) throws(TDXStatus) -> UInt64 {
        let element = try find(context, id)
        let mask = context.readMask(element.row)
        guard mask != 0, !element.isHidden else { throw .metadataFieldNotReadable }
        return value(context, element) & mask
    }

    /// Writes the bits of `mask`: `TDH.MNG.WR`, `TDH.VP.WR`, `TDG.VM.WR`, `TDG.VP.WR`.
    ///
    /// - Returns: the value before.
    func writeMetadata(
        _ context: MetadataContext, _ id: MetadataFieldID, value data: UInt64, mask: UInt64
    ) throws(TDXStatus) -> UInt64 {
        let element = try find(context, id)
        let writable = context.writeMask(element.row)
        guard mask & writable != 0 else { throw .metadataFieldNotWritable }
        if element.row.name == "HP_LOCK_TIMEOUT", mask != ~0 { throw .metadataWriteMaskNotValid }
        let current = value(context, element)
        // An address that has never been written is all ones, also in the bits nobody may write.
        let old = element.row.isAddress && current == ~0 ? writable : current
        guard (data ^ old) & mask & ~writable == 0 else { throw .metadataFieldValueNotValid }
        let new = old & ~(mask & writable) | data & mask & writable
        switch context {
        case .system: throw .metadataFieldNotWritable
        case .td(let td, _), .serviceTD(let td):
            let lock = try td.metadataLock.exclusive(.metadataField)
            try set(td, element, new)
            _ = consume lock
        case .vcpu(let vcpu, _): try set(vcpu, element, new, id)
        }
        return current & context.readMask(element.row)
    }

    /// The identifier of the readable element after `id` in table order; the first one after null.
    func nextMetadata(_ context: MetadataContext, after id: MetadataFieldID) -> MetadataFieldID {
        let rows = context.rows
        var row = 0
        if id != .null {
            guard let element = try? find(context, id) else { return .null }  // nothing comes after no field
            if let next = element.next { return next }
            row = element.rowIndex + 1
        }
        while row < rows.count {
            if context.readMask(rows[row]) != 0 {
                return rows[row].isCPUIDValues ? CPUIDField.first : rows[row].id
            }
            row += 1
        }
        return .null
    }

    /// The readable fields from `first` on as a list of sequences.
    ///
    /// - SeeAlso: ABI Reference, "Metadata List" (`MD_LIST`).
    func metadataList(
        _ context: MetadataContext, from first: MetadataFieldID, size: Int
    ) throws(TDXStatus) -> (bytes: [UInt8], next: MetadataFieldID) {
        var id = first == .null ? nextMetadata(context, after: .null) : first
        if first != .null { _ = try readMetadata(context, first) }
        var words: [UInt64] = [0]
        var sequences: UInt64 = 0
        while id != .null, let element = try? find(context, id) {  // an identifier that was just found
            let row = element.row
            let index = Int(element.index) / Int(row.elements) * Int(row.elements)
            let room = size / 8 - words.count - 1
            let fields = min((Int(row.count) - index) / Int(row.elements), room / Int(row.elements))
            guard fields > 0 else { break }
            let count = fields * Int(row.elements)
            words.append(
                row.id(of: index).rawValue | UInt64(row.elements - 1) << 34 | UInt64(fields - 1) << 38)
            for offset in 0..<count {
                let part = MetadataElement(row: row, rowIndex: element.rowIndex, index: index + offset)
                words.append(value(context, part) & context.readMask(row))
            }
            sequences += 1
            id = nextMetadata(context, after: row.id(of: index + count - 1))
        }
        words[0] = UInt64(words.count * 8) | sequences << 16
        return (words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }, id)
    }

    // MARK: Finding

    private func find(_ context: MetadataContext, _ id: MetadataFieldID) throws(TDXStatus) -> MetadataElement
    {
        guard id.reserved == 0 else { throw .metadataFieldIDIncorrect }
        if context.hasCPUIDValues, id.classCode == CPUIDField.classCode {
            guard let element = CPUIDField.element(id) else { throw .metadataFieldIDIncorrect }
            return element
        }
        for (rowIndex, row) in context.rows.enumerated() {
            if let index = row.index(of: id) {
                return MetadataElement(row: row, rowIndex: rowIndex, index: index)
            }
        }
        throw .metadataFieldIDIncorrect
    }

    func value(_ context: MetadataContext, _ element: MetadataElement) -> UInt64 {
        switch context {
        case .system: systemValue(element)
        case .td(let td, _), .serviceTD(let td): value(td, element)
        case .vcpu(let vcpu, _): value(vcpu, element)
        }
    }
}

/// One element of a field.
struct MetadataElement: Sendable {
    let row: MetadataRow
    let rowIndex: Int
    /// Among the elements of all fields of the row; for CPUID values, twice the row of the CPUID table, plus which half.
    let index: Int
    /// The CPUID leaf always raises #VE, so that it has no value.
    var isHidden = false

    /// Class and code, which tell the element from all others of its context.
    var key: UInt64 { row.id.classCode << 32 | UInt64(row.id(of: index).code) }

    /// The element after this one in the same row.
    fileprivate var next: MetadataFieldID? {
        if row.isCPUIDValues { return CPUIDField.next(after: index) }
        return index + 1 < row.count ? row.id(of: index + 1) : nil
    }
}

extension MetadataRow {
    /// A physical address that is all ones until it is written.
    fileprivate var isAddress: Bool { id == MetadataFieldID(0x0024_0003_0000_2016) }
    fileprivate var isCPUIDValues: Bool { name == "CPUID_VALUES" }
}

/// `CPUID_VALUES`, whose field codes are made of leaf and sub-leaf.
private enum CPUIDField {
    static let classCode: UInt64 = 0x14
    private static let rowIndex = MetadataTable.td.firstIndex { $0.isCPUIDValues }
    static let first = id(0, half: 0)

    static func element(_ id: MetadataFieldID) -> MetadataElement? {
        guard let rowIndex, let index = CPUIDTable.rows.firstIndex(where: { $0.metadataCode == id.code & ~1 })
        else {
            return nil
        }
        return MetadataElement(
            row: MetadataTable.td[rowIndex], rowIndex: rowIndex, index: index * 2 + Int(id.code & 1),
            isHidden: CPUIDTable.rows[index].raisesVE)
    }

    static func next(after index: Int) -> MetadataFieldID? {
        var index = index + 1
        while index < CPUIDTable.rows.count * 2 {
            if !CPUIDTable.rows[index / 2].raisesVE { return id(index / 2, half: index % 2) }
            index += 1
        }
        return nil
    }

    private static func id(_ row: Int, half: Int) -> MetadataFieldID {
        let base = rowIndex.map { MetadataTable.td[$0].id.rawValue } ?? 0
        return MetadataFieldID(base | UInt64(CPUIDTable.rows[row].metadataCode) | UInt64(half))
    }
}
