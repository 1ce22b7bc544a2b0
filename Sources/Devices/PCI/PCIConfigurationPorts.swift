// SPDX-License-Identifier: Apache-2.0

/// Configuration mechanism 1: an address in port 0xCF8, data of any width in ports 0xCFC to 0xCFF.
///
/// - SeeAlso: PCI Local Bus Specification, "Configuration Space Access Mechanism".
public final class PCIConfigurationPorts: PortDevice {
    public let ports: ClosedRange<UInt16> = 0xCF8...0xCFF
    private static let address: UInt16 = 0xCF8
    private static let data: UInt16 = 0xCFC
    private let configuration: PCIConfiguration
    // State
    private var selected: UInt32 = 0

    public init(_ configuration: PCIConfiguration) { self.configuration = configuration }

    public func accepts(_ port: UInt16, width: AccessWidth) -> Bool {
        // Narrow accesses below 0xCFC are not ours: 0xCF9 is the reset register.
        port >= PCIConfigurationPorts.data ? width != .quadWord : port == 0xCF8 && width == .doubleWord
    }

    public func read(_ port: UInt16, width: AccessWidth) -> UInt32 {
        guard port >= PCIConfigurationPorts.data else { return selected }
        guard let target else { return ~0 }
        return configuration.read(target, offset(port), width: width)
    }

    public func write(_ port: UInt16, width: AccessWidth, _ value: UInt32) {
        guard port >= PCIConfigurationPorts.data else {
            selected = value & 0x80FF_FFFC
            return
        }
        guard let target else { return }
        configuration.write(target, offset(port), width: width, value)
    }

    /// The function the address names, if it is enabled and names bus 0.
    private var target: UInt8? {
        guard selected >> 31 != 0, selected >> 16 & 0xFF == 0 else { return nil }
        return UInt8(truncatingIfNeeded: selected >> 8)
    }

    private func offset(_ port: UInt16) -> Int {
        Int(selected & 0xFC) + Int(port - PCIConfigurationPorts.data)
    }
}
