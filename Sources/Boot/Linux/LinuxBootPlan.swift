// SPDX-License-Identifier: Apache-2.0

import Quote

/// Linux started by our own firmware: the boot shim accepts memory and jumps to the kernel's 64-bit entry.
///
/// Kernel, initrd, command line, ACPI tables and `boot_params` are added before the TD starts and are measured, so that
/// `MRTD` covers everything that runs. What the VMM tells the guest is in the `RTMR`s too, as the event log says.
///
/// ```
///  0x0000_0000  RAM; the trampoline that wakes processors lies here
///  0x000A_0000  reserved: Linux looks for a BIOS there
///  0x0010_0000  RAM
///  0x0080_0000  ACPI tables (64 KiB), then the mailbox
///  0x0081_1000  TD HOB, stack, boot_params, command line: RAM once Linux runs
///  0x0082_0000  event log (64 KiB)
///  0x0100_0000  kernel, and its init_size
///               initrd, at the top of the RAM below 2 GiB
///  0xFFFF_8000  the boot shim
/// ```
///
/// - SeeAlso: Linux, Documentation/arch/x86/boot.rst, "64-bit Boot Protocol".
public struct LinuxBootPlan: Sendable {
    static let acpi: UInt64 = 0x80_0000
    static let acpiSize: UInt64 = 0x1_0000
    /// Where other processors wait to be woken.
    public static let mailbox: UInt64 = 0x81_0000
    static let hob: UInt64 = 0x81_1000
    static let stack: UInt64 = 0x81_3000
    static let parameters: UInt64 = 0x81_4000
    static let commandLine: UInt64 = 0x81_5000
    static let commandLineSize = 0x1000
    static let eventLog: Range<UInt64> = 0x82_0000..<0x83_0000
    static let kernel: UInt64 = 0x100_0000

    public let launch: LaunchPlan
    /// Where the kernel's 64-bit code is entered.
    public let entry: UInt64

    /// - Parameters:
    ///   - initrd: nil: the kernel has one inside, or needs none.
    ///   - memorySize: in bytes, a multiple of 2 MiB.
    ///   - processors: how many, in the ACPI tables.
    public init(
        kernel: LinuxKernel, initrd: [UInt8]?, commandLine: String, memorySize: UInt64, processors: Int
    ) throws(BootError) {
        guard (1...255).contains(processors) else { throw .processorCount(processors) }
        let words = Array(commandLine.utf8)
        guard !words.contains(0) else { throw .commandLineWithZero }
        let limit = min(kernel.commandLineLimit, Self.commandLineSize - 1)
        guard words.count <= limit else { throw .commandLineTooLong(length: words.count, limit: limit) }

        let kernelEnd =
            Self.kernel + max(kernel.initSize, UInt64(kernel.protectedMode.count)).aligned(to: 2 << 20)
        // The kernel's own tables and its bounce buffers need as much again.
        let ram = try GuestMemory.ram(size: memorySize, least: (kernelEnd + 64 << 20).aligned(to: 2 << 20))
        let initrdRange = try Self.place(initrd, above: kernelEnd, in: ram[0], limit: kernel.initrdLimit)

        entry = Self.kernel + 0x200
        let target = BootShim.Target(
            entry: entry, parameter: Self.parameters, mailbox: Self.mailbox, stack: Self.stack, hob: Self.hob)
        let shim = try BootShim(target).firmware()
        let tables = ACPITables(
            at: Self.acpi, processors: processors, mailbox: Self.mailbox,
            resetVector: BootShim(target).resetVector, eventLog: Self.eventLog)
        let e820 = Self.e820(ram: ram, firmware: shim.range)
        let parameters = kernel.bootParameters(
            load: Self.kernel, commandLine: Self.commandLine, initrd: initrdRange, rsdp: tables.rsdp,
            e820: e820)
        var loaded = [
            MemoryImage("ACPI tables", gpa: Self.acpi, bytes: tables.bytes, measured: true),
            MemoryImage("boot_params", gpa: Self.parameters, bytes: parameters, measured: true),
            MemoryImage("command line", gpa: Self.commandLine, bytes: words + [0], measured: true),
            MemoryImage("kernel", gpa: Self.kernel, bytes: kernel.protectedMode, measured: true),
        ]
        if let initrd, let initrdRange {
            loaded.append(MemoryImage("initrd", gpa: initrdRange.lowerBound, bytes: initrd, measured: true))
        }
        let added = loaded.map(\.range) + [Self.eventLog]

        var measured = MeasuredBoot(logAt: Self.eventLog.lowerBound)
        func measure(
            _ register: MeasurementRegister, _ type: EventType, _ event: [UInt8], _ bytes: [UInt8],
            at gpa: UInt64
        ) {
            measured.measure(
                register, type, event, of: bytes, at: .memory(gpa: gpa, size: UInt64(bytes.count)))
        }
        measured.measure(
            .rtmr0, .platformConfigFlags, Array("TD HOB".utf8),
            of: shim.tdHOB(ram: ram, added: added).bytes(at: Self.hob), at: .hob)
        measure(.rtmr0, .platformConfigFlags, Array("ACPI DATA".utf8), tables.bytes, at: Self.acpi)
        measured.separate(.rtmr0)
        measured.separate(.rtmr1)
        measure(.rtmr1, .platformConfigFlags, Array("boot_params".utf8), parameters, at: Self.parameters)
        let options = words + [0]
        measure(
            .rtmr2, .eventTag, MeasuredBoot.tagged(MeasuredBoot.loadOptions, options), options,
            at: Self.commandLine)
        loaded.append(measured.image(size: Self.eventLog.count))

        let firmware = try BootShim(target, measuring: measured.steps).firmware()
        launch = LaunchPlan(
            images: try firmware.images(ram: ram, added: loaded.map(\.range)) + loaded,
            memory: [ram[0], firmware.range] + ram.dropFirst(), ram: ram, e820: e820, hob: Self.hob,
            rtmrs: measured.rtmrs)
    }

    /// As high as it may be, so that it is out of the kernel's way.
    private static func place(
        _ initrd: [UInt8]?, above floor: UInt64, in ram: Range<UInt64>, limit: UInt64
    ) throws(BootError) -> Range<UInt64>? {
        guard let initrd else { return nil }
        guard !initrd.isEmpty else { throw .initrdEmpty }
        let size = UInt64(initrd.count)
        let ceiling = min(ram.upperBound, 0x8000_0000, limit + 1).alignedDown(to: 4096)
        // What the kernel unpacks takes memory too.
        let space = ceiling > floor ? (ceiling - floor) / 2 : 0
        guard size.aligned(to: 4096) <= space else { throw .initrdTooLarge(size: size, space: space) }
        let start = ceiling - size.aligned(to: 4096)
        return start..<(start + size)
    }

    private static func e820(ram: [Range<UInt64>], firmware: Range<UInt64>) -> [E820Entry] {
        var entries = [
            E820Entry(0..<0xA_0000, .ram),
            E820Entry(0xA_0000..<0x10_0000, .reserved),
            E820Entry(0x10_0000..<acpi, .ram),
            E820Entry(acpi..<(acpi + acpiSize), .acpi),
            E820Entry(mailbox..<(mailbox + 0x1000), .nvs),
            E820Entry((mailbox + 0x1000)..<eventLog.lowerBound, .ram),
            E820Entry(eventLog, .nvs),
            E820Entry(eventLog.upperBound..<ram[0].upperBound, .ram),
            E820Entry(ACPITables.pciConfigurationRange, .reserved),
            E820Entry(firmware, .reserved),
        ]
        entries += ram.dropFirst().map { E820Entry($0, .ram) }
        return entries
    }
}
