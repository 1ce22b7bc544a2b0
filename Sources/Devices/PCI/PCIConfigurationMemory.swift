// SPDX-License-Identifier: Apache-2.0

/// The enhanced configuration access mechanism: 4 KiB of memory a function, 1 MiB a bus.
///
/// - SeeAlso: PCI Express Base Specification, "PCI Express Enhanced Configuration Access Mechanism (ECAM)".
public final class PCIConfigurationMemory: MemoryMappedDevice {
    public let addresses: ClosedRange<UInt64>
    private let configuration: PCIConfiguration

    public init(base: UInt64 = 0xE000_0000, _ configuration: PCIConfiguration) {
        addresses = base...(base + 0xFFF_FFFF)
        self.configuration = configuration
    }

    public func accepts(_ offset: UInt64, width: AccessWidth) -> Bool { width != .quadWord }

    public func read(_ offset: UInt64, width: AccessWidth) -> UInt64 {
        guard offset >> 20 == 0 else { return ~0 }
        return UInt64(
            configuration.read(
                UInt8(truncatingIfNeeded: offset >> 12), Int(offset & 0xFFF), width: width))
    }

    public func write(_ offset: UInt64, width: AccessWidth, _ value: UInt64) {
        guard offset >> 20 == 0 else { return }
        configuration.write(
            UInt8(truncatingIfNeeded: offset >> 12), Int(offset & 0xFFF), width: width,
            UInt32(truncatingIfNeeded: value))
    }
}
