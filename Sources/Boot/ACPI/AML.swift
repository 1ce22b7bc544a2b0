// SPDX-License-Identifier: Apache-2.0

/// Byte code of ACPI's machine language, as much as a small DSDT needs.
///
/// - SeeAlso: ACPI Specification, "ACPI Machine Language (AML) Specification".
enum AML {
    /// `Name (name, value)`; the name has four characters.
    static func name(_ name: String, _ value: [UInt8]) -> [UInt8] { [0x08] + segment(name) + value }

    static func scope(_ name: String, _ body: [[UInt8]]) -> [UInt8] {
        [0x10] + packaged([0x5C] + segment(name) + body.joined())
    }

    static func device(_ name: String, _ body: [[UInt8]]) -> [UInt8] {
        [0x5B, 0x82] + packaged(segment(name) + body.joined())
    }

    static func package(_ elements: [[UInt8]]) -> [UInt8] {
        [0x12] + packaged([UInt8(elements.count)] + elements.joined())
    }

    static func buffer(_ bytes: [UInt8]) -> [UInt8] {
        [0x11] + packaged(integer(UInt64(bytes.count)) + bytes)
    }

    static func integer(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8]
        switch value {
        case 0: return [0x00]
        case 1: return [0x01]
        case ...0xFF: return [0x0A, UInt8(value)]
        case ...0xFFFF:
            bytes = [0x0B]
            bytes.append(littleEndian: UInt16(value))
        case ...0xFFFF_FFFF:
            bytes = [0x0C]
            bytes.append(littleEndian: UInt32(value))
        default:
            bytes = [0x0E]
            bytes.append(littleEndian: value)
        }
        return bytes
    }

    /// `EisaId ("PNP0501")`
    static func eisaID(_ id: String) -> [UInt8] {
        let text = Array(id.utf8)
        let letters = text.prefix(3).map { UInt16($0 - 0x40) }
        let vendor = letters[0] << 10 | letters[1] << 5 | letters[2]
        let product = UInt16(String(decoding: text.dropFirst(3), as: UTF8.self), radix: 16) ?? 0
        return [
            0x0C, UInt8(vendor >> 8), UInt8(vendor & 0xFF), UInt8(product >> 8), UInt8(product & 0xFF),
        ]
    }

    /// `ResourceTemplate`: descriptors and the end tag.
    static func resources(_ descriptors: [[UInt8]]) -> [UInt8] { buffer(descriptors.joined() + [0x79, 0]) }

    /// `IO (Decode16, first, first, 1, count)`
    static func io(_ first: UInt16, count: UInt8) -> [UInt8] {
        var bytes: [UInt8] = [0x47, 1]
        bytes.append(littleEndian: first)
        bytes.append(littleEndian: first)
        return bytes + [1, count]
    }

    /// `WordBusNumber`: all buses of a segment.
    static var buses: [UInt8] { word(type: 2, flags: 0, 0...0xFF) }

    /// `WordIO`: ports that a bridge passes on.
    static func ports(_ range: ClosedRange<UInt16>) -> [UInt8] { word(type: 1, flags: 3, range) }

    /// A word address space descriptor, its range fixed at both ends.
    private static func word(type: UInt8, flags: UInt8, _ range: ClosedRange<UInt16>) -> [UInt8] {
        var bytes: [UInt8] = [0x88, 13, 0, type, 0x0C, flags, 0, 0]
        bytes.append(littleEndian: range.lowerBound)
        bytes.append(littleEndian: range.upperBound)
        bytes += [0, 0]
        bytes.append(littleEndian: range.upperBound - range.lowerBound &+ 1)
        return bytes
    }

    /// `DWordMemory`: addresses that a bridge passes on, writable and not cached.
    static func memory(_ range: ClosedRange<UInt32>) -> [UInt8] {
        var bytes: [UInt8] = [0x87, 23, 0, 0, 0x0C, 1]
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: range.lowerBound)
        bytes.append(littleEndian: range.upperBound)
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: range.upperBound - range.lowerBound &+ 1)
        return bytes
    }

    /// `Memory32Fixed`: addresses a device answers at.
    static func fixedMemory(_ start: UInt32, size: UInt32) -> [UInt8] {
        var bytes: [UInt8] = [0x86, 9, 0, 1]
        bytes.append(littleEndian: start)
        bytes.append(littleEndian: size)
        return bytes
    }

    /// `Method (name, arguments) { Return (Arg) }`
    static func method(_ name: String, arguments: UInt8, returningArgument argument: UInt8) -> [UInt8] {
        [0x14] + packaged(segment(name) + [arguments, 0xA4, 0x68 + argument])
    }

    /// `IRQNoFlags`, edge triggered and active high.
    static func irq(_ number: Int) -> [UInt8] {
        var bytes: [UInt8] = [0x22]
        bytes.append(littleEndian: UInt16(1) << number)
        return bytes
    }

    private static func segment(_ name: String) -> [UInt8] {
        var bytes = Array(name.utf8.prefix(4))
        while bytes.count < 4 { bytes.append(UInt8(ascii: "_")) }
        return bytes
    }

    /// A body behind its length, which counts itself.
    private static func packaged(_ body: [UInt8]) -> [UInt8] {
        if body.count + 1 < 0x40 { return [UInt8(body.count + 1)] + body }
        for extra in 1...3 {
            let length = body.count + 1 + extra
            guard length < 1 << (4 + 8 * extra) else { continue }
            var bytes = [UInt8(extra << 6 | length & 0xF)]
            for index in 0..<extra { bytes.append(UInt8(truncatingIfNeeded: length >> (4 + 8 * index))) }
            return bytes + body
        }
        preconditionFailure("The DSDT is small.")
    }
}
