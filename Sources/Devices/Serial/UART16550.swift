// SPDX-License-Identifier: Apache-2.0

/// A 16550A serial port whose line is infinitely fast: a byte is sent as it is written, and the receiver's buffer is
/// full as long as the other side has more.
public final class UART16550: PortDevice {
    // Configuration
    public let ports: ClosedRange<UInt16>
    /// The other side sends only while the guest requests it (RTS).
    private let heedsRequestToSend: Bool
    /// Bytes that the other side keeps; more is an overrun.
    private static let backlog = 1 << 20
    // Wiring
    private let transmit: (UInt8) -> Void
    private let interrupt: InterruptLine
    // State
    /// What the other side has still to send, from `next` on.
    private var line: [UInt8] = []
    private var next = 0
    private var received: [UInt8] = []
    private var enabled: UARTInterrupts = []
    private var lineControl: UInt8 = 0
    private var modemControl: UARTModemControl = []
    private var modemDelta: UInt8 = 0
    private var scratch: UInt8 = 0
    private var divisor: UInt16 = 12
    private var fifosEnabled = false
    private var triggerLevel = 1
    private var overrun = false
    /// The transmitter became empty and nobody has been told.
    private var transmitterEmptied = false
    private var asserted = false

    /// - Parameters:
    ///   - base: the first of its eight ports; 0x3F8 for COM1.
    ///   - interrupt: its line (IRQ 4 for COM1).
    ///   - heedsRequestToSend: nothing arrives before the guest raises RTS, nor while it lowers it.
    ///   - transmit: takes each byte the guest sends.
    public init(
        base: UInt16 = 0x3F8, interrupt: @escaping InterruptLine, heedsRequestToSend: Bool = false,
        transmit: @escaping (UInt8) -> Void
    ) {
        ports = base...(base + 7)
        self.heedsRequestToSend = heedsRequestToSend
        self.interrupt = interrupt
        self.transmit = transmit
    }

    /// The other side has bytes to send.
    public func receive(_ bytes: [UInt8]) {
        let room = UART16550.backlog - (line.count - next)
        overrun = overrun || bytes.count > room
        line += bytes.prefix(room)
        update()
    }

    /// Takes from the line what fits.
    private func fill() {
        guard !modemControl.contains(.loopback),
            !heedsRequestToSend || modemControl.contains(.requestToSend)
        else { return }
        let count = min(depth - received.count, line.count - next)
        guard count > 0 else { return }
        received += line[next..<next + count]
        next += count
        if next == line.count || next >= 4096 {
            line.removeFirst(next)
            next = 0
        }
    }

    private var depth: Int { fifosEnabled ? 16 : 1 }

    public func read(_ port: UInt16, width: AccessWidth) -> UInt32 {
        defer { update() }
        let latched = lineControl & UARTBits.divisorLatch != 0
        switch port - ports.lowerBound {
        case UARTRegister.data:
            return latched ? UInt32(divisor & 0xFF) : UInt32(received.isEmpty ? 0 : received.removeFirst())
        case UARTRegister.interruptEnable:
            return latched ? UInt32(divisor >> 8) : UInt32(enabled.rawValue)
        case UARTRegister.interruptIdentification:
            let cause = self.cause
            if cause == .transmitterEmpty { transmitterEmptied = false }
            return UInt32(cause.rawValue | (fifosEnabled ? UARTBits.fifosEnabled : 0))
        case UARTRegister.lineControl:
            return UInt32(lineControl)
        case UARTRegister.modemControl:
            return UInt32(modemControl.rawValue)
        case UARTRegister.lineStatus:
            let status =
                UARTBits.transmitterIdle | (!received.isEmpty ? UARTBits.dataReady : 0)
                | (overrun ? UARTBits.overrun : 0)
            overrun = false
            return UInt32(status)
        case UARTRegister.modemStatus:
            defer { modemDelta = 0 }
            return UInt32(modemStatus | modemDelta)
        case UARTRegister.scratch:
            return UInt32(scratch)
        default:
            return 0xFF
        }
    }

    public func write(_ port: UInt16, width: AccessWidth, _ value: UInt32) {
        defer { update() }
        let value = UInt8(truncatingIfNeeded: value)
        let latched = lineControl & UARTBits.divisorLatch != 0
        switch port - ports.lowerBound {
        case UARTRegister.data where latched:
            divisor = divisor & 0xFF00 | UInt16(value)
        case UARTRegister.data:
            if !modemControl.contains(.loopback) {
                transmit(value)
            } else if received.count < depth {
                received.append(value)
            } else {
                overrun = true
            }
            transmitterEmptied = true
        case UARTRegister.interruptEnable where latched:
            divisor = divisor & 0x00FF | UInt16(value) << 8
        case UARTRegister.interruptEnable:
            let now = UARTInterrupts(rawValue: value).intersection(.all)
            // Enabling the interrupt while the transmitter is empty asks for it at once.
            if now.contains(.transmitterEmpty) && !enabled.contains(.transmitterEmpty) {
                transmitterEmptied = true
            }
            enabled = now
        case UARTRegister.interruptIdentification:
            // Switching the buffers over empties them too.
            let isOn = value & UARTBits.fifoEnable != 0
            if value & UARTBits.fifoReceiveReset != 0 || isOn != fifosEnabled { received.removeAll() }
            fifosEnabled = isOn
            triggerLevel = fifosEnabled ? [1, 4, 8, 14][Int(value >> 6)] : 1
        case UARTRegister.lineControl:
            lineControl = value
        case UARTRegister.modemControl:
            let before = modemStatus
            modemControl = UARTModemControl(rawValue: value & 0x1F)
            modemDelta |= (before ^ modemStatus) >> 4
        case UARTRegister.scratch:
            scratch = value
        default:
            break
        }
    }

    /// `MSR` bits 7:4. In loopback the modem outputs come back as its inputs.
    private var modemStatus: UInt8 {
        guard modemControl.contains(.loopback) else { return UARTBits.peerReady }
        var status: UInt8 = 0
        if modemControl.contains(.requestToSend) { status |= 1 << 4 }
        if modemControl.contains(.dataTerminalReady) { status |= 1 << 5 }
        if modemControl.contains(.out1) { status |= 1 << 6 }
        if modemControl.contains(.out2) { status |= 1 << 7 }
        return status
    }

    private var cause: UARTCause {
        if enabled.contains(.lineStatus) && overrun { return .lineStatus }
        if enabled.contains(.received) && !received.isEmpty {
            return received.count >= triggerLevel ? .received : .timeout
        }
        if enabled.contains(.transmitterEmpty) && transmitterEmptied { return .transmitterEmpty }
        if enabled.contains(.modemStatus) && modemDelta != 0 { return .modemStatus }
        return .none
    }

    private func update() {
        fill()
        let now = cause != .none && modemControl.contains(.out2) && !modemControl.contains(.loopback)
        guard now != asserted else { return }
        asserted = now
        interrupt(now)
    }
}
