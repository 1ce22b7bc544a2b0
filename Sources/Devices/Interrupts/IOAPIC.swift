// SPDX-License-Identifier: Apache-2.0

/// A message-signalled interrupt: a write that a local APIC takes.
public struct MessageInterrupt: Equatable, Sendable {
    public var address: UInt64
    public var data: UInt32

    public init(address: UInt64, data: UInt32) {
        self.address = address
        self.data = data
    }
}

/// An I/O APIC with 24 pins that sends messages to local APICs.
///
/// Deviation: no EOI comes back from a trust domain's local APIC, so a level-triggered pin sends again when its line
/// rises again, or when the guest writes the EOI register.
public final class IOAPIC: MemoryMappedDevice {
    // Configuration
    public static let pinCount = 24
    public let addresses: ClosedRange<UInt64>
    // Wiring
    private let send: (MessageInterrupt) -> Void
    // State
    private var index: UInt8 = 0
    private var id: UInt32 = 0
    private var entries = [IOAPICEntry](repeating: .reset, count: pinCount)
    private var lines = [Bool](repeating: false, count: pinCount)
    /// Edges that came while the pin was masked.
    private var pending = [Bool](repeating: false, count: pinCount)

    public init(base: UInt64 = 0xFEC0_0000, send: @escaping (MessageInterrupt) -> Void) {
        addresses = base...(base + 0xFFF)
        self.send = send
    }

    /// The wire at a pin changes. Lines are levels; an edge is a rise.
    public func setLine(_ pin: Int, _ asserted: Bool) {
        guard lines.indices.contains(pin) else { return }
        let rose = asserted && !lines[pin]
        lines[pin] = asserted
        if entries[pin].isLevel {
            if !asserted { entries[pin].remoteIRR = false }
        } else if rose {
            pending[pin] = true
        }
        service(pin)
    }

    /// A line that drives `pin`.
    public func line(_ pin: Int) -> InterruptLine {
        { [weak self] asserted in self?.setLine(pin, asserted) }
    }

    public func accepts(_ offset: UInt64, width: AccessWidth) -> Bool { width == .doubleWord }

    public func read(_ offset: UInt64, width: AccessWidth) -> UInt64 {
        switch offset {
        case IOAPICRegister.select: UInt64(index)
        case IOAPICRegister.window: UInt64(register)
        default: 0
        }
    }

    public func write(_ offset: UInt64, width: AccessWidth, _ value: UInt64) {
        switch offset {
        case IOAPICRegister.select: index = UInt8(truncatingIfNeeded: value)
        case IOAPICRegister.window: write(register: UInt32(truncatingIfNeeded: value))
        case IOAPICRegister.endOfInterrupt: endOfInterrupt(UInt8(truncatingIfNeeded: value))
        default: break
        }
    }

    /// The guest is done with `vector`: level pins that sent it may send again.
    public func endOfInterrupt(_ vector: UInt8) {
        for pin in entries.indices where entries[pin].vector == vector && entries[pin].isLevel {
            entries[pin].remoteIRR = false
            service(pin)
        }
    }

    private var register: UInt32 {
        switch index {
        case IOAPICRegister.id, IOAPICRegister.arbitration: return id
        case IOAPICRegister.version:
            return IOAPICRegister.versionNumber | UInt32(IOAPIC.pinCount - 1) << 16
        default:
            guard let (pin, isHigh) = entry(index) else { return 0 }
            return UInt32(truncatingIfNeeded: entries[pin].rawValue >> (isHigh ? 32 : 0))
        }
    }

    private func entry(_ index: UInt8) -> (pin: Int, isHigh: Bool)? {
        guard index >= IOAPICRegister.firstEntry else { return nil }
        let pin = Int(index - IOAPICRegister.firstEntry) / 2
        return pin < IOAPIC.pinCount ? (pin, index & 1 != 0) : nil
    }

    private func write(register value: UInt32) {
        if index == IOAPICRegister.id {
            id = value & 0x0F00_0000
            return
        }
        guard let (pin, isHigh) = entry(index) else { return }
        let old = entries[pin]
        if isHigh {
            entries[pin].rawValue = old.rawValue & 0xFFFF_FFFF | UInt64(value) << 32
        } else {
            let writable = UInt64(value) & 0x1_FFFF & ~IOAPICEntry.readOnly
            entries[pin].rawValue = old.rawValue & (~0xFFFF_FFFF | IOAPICEntry.readOnly) | writable
        }
        if !entries[pin].isLevel { entries[pin].remoteIRR = false }
        service(pin)
    }

    private func service(_ pin: Int) {
        let entry = entries[pin]
        guard !entry.isMasked else { return }
        if entry.isLevel {
            guard lines[pin], !entry.remoteIRR else { return }
            entries[pin].remoteIRR = true
        } else {
            guard pending[pin] else { return }
            pending[pin] = false
        }
        let address =
            0xFEE0_0000 | entry.destination << 12 | entry.extendedDestination << 5
            | (entry.isLogical ? 1 << 2 : 0)
        let data =
            UInt32(entry.vector) | UInt32(entry.deliveryMode) << 8 | (entry.isLevel ? 1 << 15 | 1 << 14 : 0)
        send(MessageInterrupt(address: address, data: data))
    }
}
