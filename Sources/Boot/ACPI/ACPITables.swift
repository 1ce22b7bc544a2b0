// SPDX-License-Identifier: Apache-2.0

/// The ACPI tables of a TD: processors, the I/O APIC, power off, and how processors are woken.
///
/// - SeeAlso: ACPI Specification, "ACPI Software Programming Model".
public struct ACPITables: Sendable {
    /// `PM1a_CNT`
    public static let controlPort: UInt16 = 0x604
    /// `SLP_EN`, with `SLP_TYP` 0: S5.
    public static let sleepEnable: UInt16 = 1 << 13
    /// `PM1a_EVT`
    static let eventPort: UInt16 = 0x600
    static let timerPort: UInt16 = 0x608
    static let gpePort: UInt16 = 0x620
    static let resetPort: UInt16 = 0xCF9
    static let ioapic: UInt32 = 0xFEC0_0000
    /// Where PCI configuration space lies in memory: 1 MiB a bus.
    static let pciConfiguration: UInt32 = 0xE000_0000
    static let pciConfigurationSize: UInt32 = 0x1000_0000
    static let pciConfigurationRange =
        UInt64(pciConfiguration)..<UInt64(pciConfiguration) + UInt64(pciConfigurationSize)
    /// Where PCI devices may have registers.
    static let pciMemory: ClosedRange<UInt32> = 0xC000_0000...0xDFFF_FFFF
    static let sci: UInt8 = 9

    /// Where the tables lie; the RSDP is first.
    public let gpa: UInt64
    /// The RSDP and all tables.
    public let bytes: [UInt8]

    /// - Parameters:
    ///   - processors: their x2APIC ids are 0, 1, 2 …
    ///   - mailbox: the page of the multiprocessor wake-up mailbox.
    ///   - resetVector: where a processor that the guest takes off line waits at the mailbox again.
    ///   - eventLog: the area of the event log.
    public init(
        at gpa: UInt64, processors: Int, mailbox: UInt64, resetVector: UInt64, eventLog: Range<UInt64>
    ) {
        self.gpa = gpa
        // The RSDP comes first, then the tables; those that are pointed to before those that point.
        var tables = [UInt8](repeating: 0, count: 64)
        func place(_ table: [UInt8], alignment: Int = 16) -> UInt64 {
            tables.pad(to: alignment)
            defer { tables += table }
            return gpa + UInt64(tables.count)
        }
        let facs = place(Self.facs, alignment: 64)
        let dsdt = place(Self.table("DSDT", revision: 2, Self.dsdt))
        let fadt = place(Self.fadt(facs: facs, dsdt: dsdt))
        let madt = place(
            Self.madt(processors: processors, mailbox: mailbox, resetVector: resetVector))
        let mcfg = place(Self.mcfg)
        let ccel = place(Self.ccel(eventLog))
        var pointers: [UInt8] = []
        for table in [fadt, madt, mcfg, ccel] { pointers.append(littleEndian: table) }
        let xsdt = place(Self.table("XSDT", revision: 1, pointers))
        tables.store(Self.rsdp(xsdt: xsdt), at: 0)
        bytes = tables
    }

    /// The root pointer's address, for `boot_params.acpi_rsdp_addr`.
    public var rsdp: UInt64 { gpa }

    /// The byte that makes the sum 0.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt8 { 0 &- bytes.reduce(0, &+) }

    private static let oem = Array("SEAMLS".utf8)

    private static func table(_ signature: String, revision: UInt8, _ body: [UInt8]) -> [UInt8] {
        var bytes = Array(signature.utf8)
        bytes.append(littleEndian: UInt32(36 + body.count))
        bytes += [revision, 0] + oem + Array("SEAMLESS".utf8)
        bytes.append(littleEndian: UInt32(1))
        bytes += Array("SEAM".utf8)
        bytes.append(littleEndian: UInt32(1))
        bytes += body
        bytes[9] = checksum(bytes)
        return bytes
    }

    private static func rsdp(xsdt: UInt64) -> [UInt8] {
        var bytes = Array("RSD PTR ".utf8) + [0] + oem + [2]
        bytes.append(littleEndian: UInt32(0))  // no RSDT
        bytes[8] = checksum(bytes)
        bytes.append(littleEndian: UInt32(36))
        bytes.append(littleEndian: xsdt)
        bytes += [0, 0, 0, 0]
        bytes[32] = checksum(bytes)
        return bytes
    }

    private static var facs: [UInt8] {
        var bytes = Array("FACS".utf8)
        bytes.append(littleEndian: UInt32(64))
        bytes += [UInt8](repeating: 0, count: 24) + [2]
        bytes.pad(to: 64)
        return bytes
    }

    /// The name space: S5, the PCI root, and what has no other way to be found.
    private static var dsdt: [UInt8] {
        func device(
            _ name: String, _ id: String, unit: UInt64 = 0, more: [[UInt8]] = [], _ resources: [[UInt8]]
        ) -> [UInt8] {
            AML.device(
                name,
                [AML.name("_HID", AML.eisaID(id)), AML.name("_UID", AML.integer(unit))] + more
                    + [AML.name("_CRS", AML.resources(resources))])
        }
        func serial(_ number: UInt64, _ first: UInt16, irq: Int) -> [UInt8] {
            device("COM\(number)", "PNP0501", unit: number, [AML.io(first, count: 8), AML.irq(irq)])
        }
        let zero = AML.integer(0)
        // The guest may have every feature of PCI Express that it asks for: there is nobody else to use it.
        let root = device(
            "PCI0", "PNP0A08",
            more: [
                AML.name("_CID", AML.eisaID("PNP0A03")), AML.name("_SEG", zero), AML.name("_BBN", zero),
                AML.method("_OSC", arguments: 4, returningArgument: 3),
            ],
            [
                AML.buses, AML.io(0xCF8, count: 8), AML.ports(0...0xCF7), AML.ports(0xD00...0xFFFF),
                AML.memory(pciMemory),
            ])
        return AML.name("_S5_", AML.package([zero, zero, zero, zero]))
            + AML.scope(
                "_SB_",
                [
                    root,
                    device(
                        "MCFG", "PNP0C02",
                        [AML.fixedMemory(pciConfiguration, size: pciConfigurationSize)]),
                    device("RTC_", "PNP0B00", [AML.io(0x70, count: 2), AML.irq(8)]),
                    serial(1, 0x3F8, irq: 4), serial(2, 0x2F8, irq: 3), serial(3, 0x3E8, irq: 5),
                ])
    }

    /// Where the configuration space of buses 0 to 255 lies.
    private static var mcfg: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 8)
        bytes.append(littleEndian: UInt64(pciConfiguration))
        bytes += [0, 0, 0, 0xFF, 0, 0, 0, 0]
        return table("MCFG", revision: 1, bytes)
    }

    /// Where the event log of a TD is.
    private static func ccel(_ area: Range<UInt64>) -> [UInt8] {
        var bytes: [UInt8] = [2, 0, 0, 0]  // TDX
        bytes.append(littleEndian: UInt64(area.count))
        bytes.append(littleEndian: area.lowerBound)
        return table("CCEL", revision: 1, bytes)
    }

    private static func fadt(facs: UInt64, dsdt: UInt64) -> [UInt8] {
        // Offsets of the whole table; the header has 36 bytes.
        var bytes = [UInt8](repeating: 0, count: 244)
        /// A generic address structure in I/O space.
        func register(_ port: UInt16, bits: UInt8, access: UInt8) -> [UInt8] {
            var bytes: [UInt8] = [1, bits, 0, access]
            bytes.append(littleEndian: UInt64(port))
            return bytes
        }
        bytes.store(UInt32(facs), at: 36)  // FIRMWARE_CTRL
        bytes.store(UInt32(dsdt), at: 40)  // DSDT
        bytes.store(UInt16(sci), at: 46)  // SCI_INT
        bytes.store(UInt32(eventPort), at: 56)  // PM1a_EVT_BLK
        bytes.store(UInt32(controlPort), at: 64)  // PM1a_CNT_BLK
        bytes.store(UInt32(timerPort), at: 76)  // PM_TMR_BLK
        bytes.store(UInt32(gpePort), at: 80)  // GPE0_BLK
        bytes[88] = 4  // PM1_EVT_LEN
        bytes[89] = 2  // PM1_CNT_LEN
        bytes[91] = 4  // PM_TMR_LEN
        bytes[92] = 16  // GPE0_BLK_LEN
        bytes.store(UInt16(0xFFF), at: 96)  // P_LVL2_LAT: no C2
        bytes.store(UInt16(0xFFF), at: 98)  // P_LVL3_LAT: no C3
        bytes[108] = 0x32  // CENTURY
        bytes.store(UInt16(1 << 2), at: 109)  // IAPC_BOOT_ARCH: no VGA
        // WBINVD, PROC_C1, SLP_BUTTON (there is none), TMR_VAL_EXT (32 bits), RESET_REG_SUP
        bytes.store(UInt32(1 << 0 | 1 << 2 | 1 << 5 | 1 << 8 | 1 << 10), at: 112)
        bytes.store(register(resetPort, bits: 8, access: 1), at: 116)  // RESET_REG
        bytes[128] = 0x0E  // RESET_VALUE
        bytes.store(facs, at: 132)  // X_FIRMWARE_CTRL
        bytes.store(dsdt, at: 140)  // X_DSDT
        bytes.store(register(eventPort, bits: 32, access: 2), at: 148)
        bytes.store(register(controlPort, bits: 16, access: 2), at: 172)
        bytes.store(register(timerPort, bits: 32, access: 3), at: 208)
        bytes.store(register(gpePort, bits: 128, access: 1), at: 220)
        return table("FACP", revision: 3, Array(bytes.dropFirst(36)))
    }

    private static func madt(processors: Int, mailbox: UInt64, resetVector: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(0xFEE0_0000))
        bytes.append(littleEndian: UInt32(0))  // no PIC
        for id in 0..<processors {
            if id < 255 {
                bytes += [0, 8, UInt8(id), UInt8(id)]
                bytes.append(littleEndian: UInt32(1))
            } else {
                bytes += [9, 16, 0, 0]
                bytes.append(littleEndian: UInt32(id))
                bytes.append(littleEndian: UInt32(1))
                bytes.append(littleEndian: UInt32(id))
            }
        }
        bytes += [1, 12, 0, 0]  // I/O APIC
        bytes.append(littleEndian: ioapic)
        bytes.append(littleEndian: UInt32(0))
        // Source overrides: the timer is at pin 2; the SCI is level triggered, active high.
        for (source, pin, flags) in [(0, 2, 0), (sci, UInt32(sci), 0xD)] as [(UInt8, UInt32, UInt16)] {
            bytes += [2, 10, 0, source]
            bytes.append(littleEndian: pin)
            bytes.append(littleEndian: flags)
        }
        bytes += [4, 6, 0xFF, 0, 0, 1]  // NMI at LINT1 of all
        bytes += [0x10, 24, 1, 0, 0, 0, 0, 0]  // multiprocessor wake-up, version 1
        bytes.append(littleEndian: mailbox)
        bytes.append(littleEndian: resetVector)
        return table("APIC", revision: 5, bytes)
    }
}
