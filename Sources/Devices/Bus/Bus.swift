// SPDX-License-Identifier: Apache-2.0

/// Finds the device for an access and splits what spans registers, so that a device sees whole ones.
///
/// What nobody claims reads as all ones and swallows writes, as on a PC.
public final class Bus {
    private var portDevices: [any PortDevice] = []
    private var memoryDevices: [any MemoryMappedDevice] = []

    public init() {}

    public func attach(_ device: any PortDevice) { portDevices.append(device) }
    public func attach(_ device: any MemoryMappedDevice) { memoryDevices.append(device) }

    // MARK: Ports

    public func read(port: UInt16, width: AccessWidth) -> UInt32 {
        if let device = device(port, width) {
            return device.read(port, width: width) & UInt32(width.mask & 0xFFFF_FFFF)
        }
        guard let half = width.half else { return 0xFF }
        let low = read(port: port, width: half)
        let high = read(port: port &+ UInt16(half.rawValue), width: half)
        return low | high << UInt32(half.rawValue * 8)
    }

    public func write(port: UInt16, width: AccessWidth, _ value: UInt32) {
        if let device = device(port, width) {
            device.write(port, width: width, value & UInt32(width.mask & 0xFFFF_FFFF))
            return
        }
        guard let half = width.half else { return }
        write(port: port, width: half, value & UInt32(half.mask))
        write(port: port &+ UInt16(half.rawValue), width: half, value >> UInt32(half.rawValue * 8))
    }

    private func device(_ port: UInt16, _ width: AccessWidth) -> (any PortDevice)? {
        // No port register is wider than 32 bits.
        guard width != .quadWord else { return nil }
        let last = port.addingReportingOverflow(UInt16(width.rawValue - 1))
        guard !last.overflow else { return nil }
        for device in portDevices
        where device.ports.contains(port) && device.ports.contains(last.partialValue)
            && device.accepts(port, width: width)
        {
            return device
        }
        return nil
    }

    // MARK: Memory

    public func read(address: UInt64, width: AccessWidth) -> UInt64 {
        if let device = device(address, width) {
            return device.read(address - device.addresses.lowerBound, width: width) & width.mask
        }
        guard let half = width.half else { return 0xFF }
        let low = read(address: address, width: half)
        let high = read(address: address &+ UInt64(half.rawValue), width: half)
        return low | high << UInt64(half.rawValue * 8)
    }

    public func write(address: UInt64, width: AccessWidth, _ value: UInt64) {
        if let device = device(address, width) {
            device.write(address - device.addresses.lowerBound, width: width, value & width.mask)
            return
        }
        guard let half = width.half else { return }
        write(address: address, width: half, value & half.mask)
        write(address: address &+ UInt64(half.rawValue), width: half, value >> UInt64(half.rawValue * 8))
    }

    private func device(_ address: UInt64, _ width: AccessWidth) -> (any MemoryMappedDevice)? {
        let last = address.addingReportingOverflow(UInt64(width.rawValue - 1))
        guard !last.overflow else { return nil }
        for device in memoryDevices
        where device.addresses.contains(address) && device.addresses.contains(last.partialValue)
            && device.accepts(address - device.addresses.lowerBound, width: width)
        {
            return device
        }
        return nil
    }
}
