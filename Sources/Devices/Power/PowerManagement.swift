// SPDX-License-Identifier: Apache-2.0

/// The ACPI power management block: power off, the power button and the 3.58 MHz timer.
public final class PowerManagement: PortDevice {
    // Configuration
    public let ports: ClosedRange<UInt16>
    // Wiring
    private let nanoseconds: () -> UInt64
    private let interrupt: InterruptLine
    private let powerOff: () -> Void
    // State
    private var status: UInt16 = 0
    private var enable: UInt16 = 0
    private var control: UInt16 = PMBits.sciEnable
    private var asserted = false

    /// - Parameters:
    ///   - nanoseconds: a clock that only goes forward.
    ///   - interrupt: the SCI (GSI 9).
    ///   - powerOff: called when the guest asks for S5.
    public init(
        base: UInt16 = 0x600, nanoseconds: @escaping () -> UInt64, interrupt: @escaping InterruptLine,
        powerOff: @escaping () -> Void
    ) {
        ports = base...(base + UInt16(PMRegister.size - 1))
        self.nanoseconds = nanoseconds
        self.interrupt = interrupt
        self.powerOff = powerOff
    }

    /// Somebody presses the power button: a guest that listens shuts down.
    public func pressPowerButton() {
        status |= PMBits.powerButton
        update()
    }

    /// Drivers read these registers in every width.
    public func accepts(_ port: UInt16, width: AccessWidth) -> Bool { width != .quadWord }

    public func read(_ port: UInt16, width: AccessWidth) -> UInt32 {
        let offset = Int(port - ports.lowerBound)
        if offset == PMRegister.timer && width == .doubleWord { return timer }
        var value: UInt32 = 0
        for i in 0..<width.rawValue { value |= UInt32(byte(offset + i)) << UInt32(8 * i) }
        return value
    }

    private func byte(_ offset: Int) -> UInt8 {
        func part(_ value: UInt32, _ register: Int) -> UInt8 {
            UInt8(truncatingIfNeeded: value >> UInt32(8 * (offset - register)))
        }
        return switch offset {
        case PMRegister.status...PMRegister.status + 1: part(UInt32(status), PMRegister.status)
        case PMRegister.enable...PMRegister.enable + 1: part(UInt32(enable), PMRegister.enable)
        case PMRegister.control...PMRegister.control + 1: part(UInt32(control), PMRegister.control)
        case PMRegister.timer...PMRegister.timer + 3: part(timer, PMRegister.timer)
        default: 0
        }
    }

    public func write(_ port: UInt16, width: AccessWidth, _ value: UInt32) {
        let offset = Int(port - ports.lowerBound)
        var clear: UInt16 = 0
        var sleeps = false
        for i in 0..<width.rawValue {
            let byte = UInt16(value >> UInt32(8 * i) & 0xFF)
            switch offset + i {
            case PMRegister.status: clear |= byte
            case PMRegister.status + 1: clear |= byte << 8
            case PMRegister.enable: enable = enable & 0xFF00 | byte
            case PMRegister.enable + 1: enable = enable & 0x00FF | byte << 8
            case PMRegister.control: control = control & 0xFF00 | byte | PMBits.sciEnable
            case PMRegister.control + 1:
                let word = byte << 8
                control = control & 0x00FF | word & ~PMBits.sleepEnable
                sleeps = word & PMBits.sleepEnable != 0 && word & PMBits.sleepType == 0
            default: break
            }
        }
        status &= ~clear
        update()
        if sleeps { powerOff() }
    }

    private var timer: UInt32 {
        let now = nanoseconds()
        let whole = (now / 1_000_000_000) &* PMBits.timerFrequency
        let part = (now % 1_000_000_000) * PMBits.timerFrequency / 1_000_000_000
        return UInt32(truncatingIfNeeded: whole &+ part)
    }

    private func update() {
        let now = status & enable & PMBits.powerButton != 0
        guard now != asserted else { return }
        asserted = now
        interrupt(now)
    }
}
