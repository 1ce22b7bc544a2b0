// SPDX-License-Identifier: Apache-2.0

import Devices
import Synchronization

/// The devices of a machine, wired together; one thread at a time is inside.
final class Board: @unchecked Sendable {
    /// What the devices tell the machine.
    struct Wiring {
        var console: (UInt8) -> Void
        var session: (UInt8) -> Void
        var send: (MessageInterrupt) -> Void
        var powerOff: () -> Void
        var reset: () -> Void
        var status: (UInt8) -> Void
        var wallClock: () -> Int64
        var nanoseconds: () -> UInt64
    }

    // Everything below is touched with `lock` held.
    private let lock = Mutex(())
    private let bus = Bus()
    private let serial: UART16550
    private let session: UART16550
    private let power: PowerManagement
    /// What the session is to get once it is ready; nil from then on.
    private var early: [UInt8]? = []

    init(_ wiring: Wiring) {
        let ioapic = IOAPIC(send: wiring.send)
        serial = UART16550(interrupt: ioapic.line(4), transmit: wiring.console)
        session = UART16550(
            base: 0x3E8, interrupt: ioapic.line(5), heedsRequestToSend: true, transmit: wiring.session)
        power = PowerManagement(
            nanoseconds: wiring.nanoseconds, interrupt: ioapic.line(9), powerOff: wiring.powerOff)
        bus.attach(serial)
        bus.attach(session)
        bus.attach(power)
        bus.attach(RealTimeClock(now: wiring.wallClock))
        let pci = PCIConfiguration.q35
        bus.attach(PCIConfigurationPorts(pci))
        bus.attach(PCIConfigurationMemory(pci))
        bus.attach(ResetPort(reset: wiring.reset))
        bus.attach(ExitStatusPort(port: 0xF4, report: wiring.status))
        var line = StatusLine()
        bus.attach(
            UART16550(base: 0x2F8, interrupt: ioapic.line(3)) { [unowned self] byte in
                // The lock is held: the guest is writing to the port.
                switch line.take(byte) {
                case .exit(let status): wiring.status(status)
                case .ready:
                    session.receive(early ?? [])
                    early = nil
                case nil: break
                }
            })
        bus.attach(ioapic)
    }

    func read(port: UInt16, width: AccessWidth) -> UInt32 {
        lock.withLock { _ in bus.read(port: port, width: width) }
    }
    func write(port: UInt16, width: AccessWidth, _ value: UInt32) {
        lock.withLock { _ in bus.write(port: port, width: width, value) }
    }
    func read(address: UInt64, width: AccessWidth) -> UInt64 {
        lock.withLock { _ in bus.read(address: address, width: width) }
    }
    func write(address: UInt64, width: AccessWidth, _ value: UInt64) {
        lock.withLock { _ in bus.write(address: address, width: width, value) }
    }
    func receive(_ bytes: [UInt8], session isSession: Bool) {
        lock.withLock { _ in
            if !isSession {
                serial.receive(bytes)
            } else if early == nil {
                session.receive(bytes)
            } else {
                early?.append(contentsOf: bytes)
            }
        }
    }
    func pressPowerButton() { lock.withLock { _ in power.pressPowerButton() } }
}
