// SPDX-License-Identifier: Apache-2.0

/// A device with registers in the I/O port space.
public protocol PortDevice: AnyObject {
    /// The ports that may belong to it. Devices may overlap where `accepts` tells them apart.
    var ports: ClosedRange<UInt16> { get }
    /// The device has a register of this width at the port. What nobody accepts, the bus splits in halves.
    func accepts(_ port: UInt16, width: AccessWidth) -> Bool
    func read(_ port: UInt16, width: AccessWidth) -> UInt32
    func write(_ port: UInt16, width: AccessWidth, _ value: UInt32)
}

extension PortDevice {
    /// Byte registers, as most devices of a PC have.
    public func accepts(_ port: UInt16, width: AccessWidth) -> Bool { width == .byte }
}

/// A device with registers in the physical address space.
public protocol MemoryMappedDevice: AnyObject {
    var addresses: ClosedRange<UInt64> { get }
    /// The device has a register of this width at the offset. What nobody accepts, the bus splits in halves.
    func accepts(_ offset: UInt64, width: AccessWidth) -> Bool
    func read(_ offset: UInt64, width: AccessWidth) -> UInt64
    func write(_ offset: UInt64, width: AccessWidth, _ value: UInt64)
}
