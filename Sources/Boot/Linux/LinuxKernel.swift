// SPDX-License-Identifier: Apache-2.0

/// A Linux kernel as distributions ship it: a bzImage.
///
/// - SeeAlso: Linux, Documentation/arch/x86/boot.rst.
public struct LinuxKernel: Sendable {
    /// Offsets in the setup header, which `boot_params` shares.
    enum Field {
        static let setupSectors = 0x1F1
        static let syssize = 0x1F4
        static let jump = 0x201
        static let magic = 0x202
        static let version = 0x206
        static let typeOfLoader = 0x210
        static let loadFlags = 0x211
        static let code32Start = 0x214
        static let ramdiskImage = 0x218
        static let ramdiskSize = 0x21C
        static let commandLine = 0x228
        static let initrdLimit = 0x22C
        static let alignment = 0x230
        static let relocatable = 0x234
        static let xloadFlags = 0x236
        static let commandLineSize = 0x238
        static let preferredAddress = 0x258
        static let initSize = 0x260
    }

    /// `version`: of the boot protocol, major in the upper byte.
    public let version: UInt16
    /// `cmdline_size`: how long a command line it takes, without the zero.
    public let commandLineLimit: Int
    /// `initrd_addr_max`: the last byte an initrd may have.
    public let initrdLimit: UInt64
    /// `init_size`: what the kernel needs from its load address until it has its own memory management.
    public let initSize: UInt64
    /// `pref_address`
    public let preferredAddress: UInt64
    /// The setup header, from 0x1F1.
    let header: [UInt8]
    /// What is loaded: everything behind the real-mode part.
    public let protectedMode: [UInt8]

    public init(_ bytes: [UInt8]) throws(BootError) {
        func field<Value: FixedWidthInteger>(_ type: Value.Type, _ offset: Int) throws(BootError) -> Value {
            guard let value = bytes.load(type, at: offset) else {
                throw .truncated(
                    what: "kernel", need: UInt64(offset + Value.bitWidth / 8), have: UInt64(bytes.count))
            }
            return value
        }
        guard try field(UInt32.self, Field.magic) == 0x5372_6448 else { throw .kernelWithoutMagic }
        version = try field(UInt16.self, Field.version)
        guard version >= 0x20C else { throw .kernelProtocol(version) }
        guard try field(UInt16.self, Field.xloadFlags) & 1 != 0 else { throw .kernelNot64Bit }
        preferredAddress = try field(UInt64.self, Field.preferredAddress)
        guard try field(UInt8.self, Field.relocatable) != 0 || preferredAddress.isMultiple(of: 2 << 20),
            preferredAddress < 1 << 31
        else { throw .kernelNotRelocatable }
        initSize = UInt64(try field(UInt32.self, Field.initSize))
        commandLineLimit = Int(try field(UInt32.self, Field.commandLineSize))
        initrdLimit = UInt64(try field(UInt32.self, Field.initrdLimit))

        // A count of 0 means 4, says the protocol.
        let sectors = Int(try field(UInt8.self, Field.setupSectors))
        let start = ((sectors == 0 ? 4 : sectors) + 1) * 512
        let size = Int(try field(UInt32.self, Field.syssize)) * 16
        guard start < bytes.count, size <= bytes.count - start else {
            throw .truncated(what: "kernel", need: UInt64(start + size), have: UInt64(bytes.count))
        }
        protectedMode = Array(bytes[start...])
        let end = Field.magic + Int(try field(UInt8.self, Field.jump))
        guard (0x264...0x290).contains(end) else { throw .kernelWithoutMagic }
        _ = try field(UInt8.self, end - 1)
        header = Array(bytes[0x1F1..<end])
    }

    /// The `boot_params` page, for a kernel at `load`.
    func bootParameters(
        load: UInt64, commandLine: UInt64, initrd: Range<UInt64>?, rsdp: UInt64, e820: [E820Entry]
    ) -> [UInt8] {
        var page = [UInt8](repeating: 0, count: 4096)
        page.store(header, at: 0x1F1)
        page.store(rsdp, at: 0x70)
        page.store(UInt16(0xFFFF), at: 0x1FA)  // vid_mode: normal
        page[Field.typeOfLoader] = 0xFF
        page[Field.loadFlags] |= 1  // LOADED_HIGH
        page.store(UInt32(truncatingIfNeeded: load), at: Field.code32Start)
        if let initrd {
            page.store(UInt32(truncatingIfNeeded: initrd.lowerBound), at: Field.ramdiskImage)
            page.store(UInt32(truncatingIfNeeded: initrd.count), at: Field.ramdiskSize)
        }
        page.store(UInt32(truncatingIfNeeded: commandLine), at: Field.commandLine)
        page[0x1E8] = UInt8(e820.count)
        for (index, entry) in e820.enumerated() { page.store(entry.bytes, at: 0x2D0 + 20 * index) }
        return page
    }
}
