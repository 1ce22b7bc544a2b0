// SPDX-License-Identifier: Apache-2.0

/// A statically linked x86-64 ELF program of one segment: code, data, and zeros behind them.
///
/// - SeeAlso: System V Application Binary Interface, "Object Files".
struct StaticELF {
    /// Where the file's first byte is loaded.
    static let base: UInt64 = 0x40_0000
    private static let headers = 64 + 56
    /// Where the program begins; its first byte is the entry point.
    static let origin = base + UInt64(headers)

    let bytes: [UInt8]

    /// - Parameters:
    ///   - program: what begins at `origin`.
    ///   - zeros: bytes of memory behind it that are not in the file.
    init(program: [UInt8], zeros: Int) {
        var file: [UInt8] = []
        func put<T: FixedWidthInteger>(_ value: T) {
            for shift in stride(from: 0, to: T.bitWidth, by: 8) {
                file.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        let size = UInt64(StaticELF.headers + program.count)
        // The header: 64-bit, little-endian, System V; an executable for x86-64.
        file += [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        put(UInt16(2))
        put(UInt16(62))
        put(UInt32(1))
        put(StaticELF.origin)
        put(UInt64(64))  // program headers
        put(UInt64(0))  // no section headers
        put(UInt32(0))
        put(UInt16(64))
        put(UInt16(56))
        put(UInt16(1))
        put(UInt16(0))
        put(UInt16(0))
        put(UInt16(0))
        // The segment: to be loaded, for reading, writing and executing.
        put(UInt32(1))
        put(UInt32(7))
        put(UInt64(0))
        put(StaticELF.base)
        put(StaticELF.base)
        put(size)
        put(size + UInt64(zeros))
        put(UInt64(4096))
        bytes = file + program
    }
}
