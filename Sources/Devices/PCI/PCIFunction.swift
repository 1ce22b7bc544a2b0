// SPDX-License-Identifier: Apache-2.0

/// The configuration space of a PCI function: 256 bytes and which bits of them the guest may write.
public struct PCIFunction: Sendable {
    public private(set) var bytes = [UInt8](repeating: 0, count: 256)
    private var writable = [UInt8](repeating: 0, count: 256)

    /// - Parameters:
    ///   - classCode: class, subclass and programming interface in bits 23:0.
    ///   - isMultifunction: bit 7 of the header type.
    public init(
        vendor: UInt16, device: UInt16, classCode: UInt32, revision: UInt8 = 0, isMultifunction: Bool = false
    ) {
        put(0x00, UInt32(vendor) | UInt32(device) << 16)
        put(0x08, UInt32(revision) | classCode << 8)
        bytes[0x0E] = isMultifunction ? 0x80 : 0
        // Command: I/O, memory, bus master, parity, SERR, INTx off. Interrupt line. The device's own registers.
        allow(0x04, 0x0547)
        allow(0x3C, 0xFF)
        for register in stride(from: 0x40, to: 0x100, by: 4) { allow(register, ~0) }
    }

    /// Sets a 32-bit register to what it reads as at reset.
    public mutating func put(_ register: Int, _ value: UInt32) {
        for i in 0..<4 { bytes[register + i] = UInt8(truncatingIfNeeded: value >> UInt32(8 * i)) }
    }

    private mutating func allow(_ register: Int, _ mask: UInt32) {
        for i in 0..<4 { writable[register + i] = UInt8(truncatingIfNeeded: mask >> UInt32(8 * i)) }
    }

    mutating func write(_ offset: Int, _ value: UInt8) {
        bytes[offset] = bytes[offset] & ~writable[offset] | value & writable[offset]
    }
}

extension PCIFunction {
    /// The memory controller of a Q35, by which firmware recognises the machine.
    public static var q35HostBridge: PCIFunction {
        PCIFunction(vendor: 0x8086, device: 0x29C0, classCode: 0x060000)
    }

    /// The ICH9 LPC bridge, with the power management block at 0x600 and on.
    public static var ich9LPC: PCIFunction {
        var function = PCIFunction(
            vendor: 0x8086, device: 0x2918, classCode: 0x060100, revision: 2, isMultifunction: true)
        function.put(0x40, 0x601)
        function.put(0x44, 0x80)
        return function
    }
}
