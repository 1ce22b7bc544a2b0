// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Devices

/// What a test device saw or a wire did, in order.
final class Recorder<Value> {
    var values: [Value] = []
    func append(_ value: Value) { values.append(value) }
}

@Suite("Bus")
struct BusTests {
    final class Bytes: PortDevice {
        let ports: ClosedRange<UInt16> = 0x10...0x11
        var written: [UInt32] = []
        func read(_ port: UInt16, width: AccessWidth) -> UInt32 { UInt32(port) }
        func write(_ port: UInt16, width: AccessWidth, _ value: UInt32) { written.append(value) }
    }

    @Test("splits what spans registers and fills with ones what nobody claims")
    func splits() {
        let bus = Bus()
        let device = Bytes()
        bus.attach(device)
        #expect(bus.read(port: 0x10, width: .byte) == 0x10)
        #expect(bus.read(port: 0x10, width: .word) == 0x1110)
        #expect(bus.read(port: 0x10, width: .doubleWord) == 0xFFFF_1110)
        #expect(bus.read(port: 0x11, width: .word) == 0xFF11)
        #expect(bus.read(port: 0xFFFF, width: .doubleWord) == 0xFFFF_FFFF)
        bus.write(port: 0x0F, width: .doubleWord, 0x4433_2211)
        #expect(device.written == [0x22, 0x33])
        #expect(bus.read(address: ~0, width: .quadWord) == ~0)
    }
}

@Suite("UART16550")
struct UART16550Tests {
    let line = Recorder<Bool>()
    let sent = Recorder<UInt8>()
    let uart: UART16550
    let bus = Bus()

    init() {
        let (line, sent) = (line, sent)
        uart = UART16550(interrupt: { line.append($0) }, transmit: { sent.append($0) })
        bus.attach(uart)
    }

    func read(_ offset: UInt16) -> UInt32 { bus.read(port: 0x3F8 + offset, width: .byte) }
    func write(_ offset: UInt16, _ value: UInt32) { bus.write(port: 0x3F8 + offset, width: .byte, value) }

    @Test("passes for a 16550A in the probe of a driver")
    func probe() {
        write(1, 0)
        #expect(read(1) == 0)
        write(1, 0x0F)
        #expect(read(1) & 0x0F == 0x0F)
        write(1, 0)
        write(4, 0x1A)
        #expect(read(6) & 0xF0 == 0x90)
        write(4, 0)
        write(2, 0x01)
        #expect(read(2) >> 6 == 3)
        write(2, 0x21)
        #expect(read(2) >> 5 == 6)
        write(1, 0x40)
        #expect(read(1) == 0)
        write(7, 0x5A)
        #expect(read(7) == 0x5A)
        write(3, 0x80)
        write(0, 1)
        write(1, 2)
        #expect(read(0) == 1)
        #expect(read(1) == 2)
        write(3, 3)
        #expect(read(5) == 0x60)
    }

    @Test("asks for more when the transmitter is empty, once per event")
    func transmits() {
        write(4, 0x08)
        write(1, 0x02)
        #expect(line.values == [true])
        #expect(read(2) & 0xF == 2)
        #expect(line.values == [true, false])
        #expect(read(2) & 0xF == 1)
        write(0, 0x41)
        #expect(sent.values == [0x41])
        #expect(line.values == [true, false, true])
        write(1, 0)
        write(1, 2)
        #expect(read(2) & 0xF == 2)
    }

    @Test("gives received bytes in order and holds its line until they are read")
    func receives() {
        write(4, 0x08)
        write(1, 0x01)
        uart.receive([1, 2])
        #expect(line.values == [true])
        #expect(read(5) & 1 == 1)
        #expect(read(0) == 1)
        #expect(line.values == [true])
        #expect(read(0) == 2)
        #expect(line.values == [true, false])
        #expect(read(5) & 1 == 0)
        #expect(read(0) == 0)
    }

    @Test("keeps its interrupt inside without OUT2")
    func gate() {
        write(1, 0x01)
        uart.receive([1])
        #expect(line.values.isEmpty)
        write(4, 0x08)
        #expect(line.values == [true])
    }
}

@Suite("RealTimeClock")
struct RealTimeClockTests {
    @Test(
        "knows the calendar",
        arguments: [
            (seconds: 0, expected: [1970, 1, 1, 5, 0, 0, 0]),
            (seconds: 951_782_400, expected: [2000, 2, 29, 3, 0, 0, 0]),
            (seconds: 1_735_689_599, expected: [2024, 12, 31, 3, 23, 59, 59]),
            (seconds: 4_107_542_400, expected: [2100, 3, 1, 2, 0, 0, 0]),
        ] as [(seconds: Int64, expected: [Int])])
    func calendar(seconds: Int64, expected: [Int]) {
        let t = CalendarTime(secondsSince1970: seconds)
        #expect([t.year, t.month, t.day, t.dayOfWeek, t.hour, t.minute, t.second] == expected)
    }

    @Test("shows decimal digits, or binary when asked")
    func formats() {
        let rtc = RealTimeClock(now: { 1_735_689_599 })
        func read(_ index: UInt32) -> UInt32 {
            rtc.write(0x70, width: .byte, index)
            return rtc.read(0x71, width: .byte)
        }
        #expect(
            [0x00, 0x02, 0x04, 0x07, 0x08, 0x09, 0x32].map(read) == [
                0x59, 0x59, 0x23, 0x31, 0x12, 0x24, 0x20,
            ])
        #expect(read(0x0A) & 0x80 == 0)
        #expect(read(0x0D) == 0x80)
        rtc.write(0x70, width: .byte, 0x0B)
        rtc.write(0x71, width: .byte, 0x06)
        #expect(read(0x00) == 59)
    }
}

@Suite("IOAPIC")
struct IOAPICTests {
    let sent = Recorder<MessageInterrupt>()
    let ioapic: IOAPIC

    init() {
        let sent = sent
        ioapic = IOAPIC(send: { sent.append($0) })
    }

    func write(_ index: UInt64, _ value: UInt64) {
        ioapic.write(0, width: .doubleWord, index)
        ioapic.write(0x10, width: .doubleWord, value)
    }
    func read(_ index: UInt64) -> UInt64 {
        ioapic.write(0, width: .doubleWord, index)
        return ioapic.read(0x10, width: .doubleWord)
    }

    @Test("says that it has 24 pins and an EOI register, all masked")
    func identity() {
        #expect(read(1) == 0x0017_0020)
        #expect(read(0x10) == 0x1_0000)
        #expect(read(0x3F) == 0)
        #expect(read(0x40) == 0)
    }

    @Test("sends an edge as a message, and one that came while masked when unmasked")
    func edges() {
        write(0x11 + 8, 0x0300_0000)
        write(0x10 + 8, 0x41)
        ioapic.setLine(4, true)
        ioapic.setLine(4, true)
        #expect(sent.values == [MessageInterrupt(address: 0xFEE0_3000, data: 0x41)])
        ioapic.setLine(4, false)
        write(0x10 + 8, 0x1_0041)
        ioapic.setLine(4, true)
        #expect(sent.values.count == 1)
        write(0x10 + 8, 0x41)
        #expect(sent.values.count == 2)
    }

    @Test("sends a level once until its EOI")
    func levels() {
        write(0x10 + 18, 0x8042)
        ioapic.setLine(9, true)
        #expect(sent.values == [MessageInterrupt(address: 0xFEE0_0000, data: 0xC042)])
        #expect(read(0x10 + 18) == 0xC042)
        ioapic.write(0x40, width: .doubleWord, 0x42)
        #expect(sent.values.count == 2)
        ioapic.setLine(9, false)
        #expect(read(0x10 + 18) == 0x8042)
        ioapic.setLine(99, true)
    }
}

@Suite("Power")
struct PowerTests {
    @Test("powers off on SLP_EN with type 0 alone")
    func powersOff() {
        let events = Recorder<String>()
        let pm = PowerManagement(
            nanoseconds: { 2_000_000_000 }, interrupt: { events.append("sci \($0)") },
            powerOff: { events.append("off") })
        let bus = Bus()
        bus.attach(pm)
        #expect(bus.read(port: 0x604, width: .word) == 1)
        #expect(bus.read(port: 0x608, width: .doubleWord) == 7_159_090)
        #expect(bus.read(port: 0x608, width: .byte) == 7_159_090 & 0xFF)
        bus.write(port: 0x604, width: .word, 0x2401)
        #expect(events.values.isEmpty)
        bus.write(port: 0x602, width: .word, 0x100)
        pm.pressPowerButton()
        #expect(bus.read(port: 0x600, width: .word) == 0x100)
        bus.write(port: 0x600, width: .word, 0x100)
        bus.write(port: 0x604, width: .word, 0x2001)
        #expect(events.values == ["sci true", "sci false", "off"])
    }

    @Test("tells the reset register from the PCI address, and passes an exit status on")
    func overlaps() {
        let events = Recorder<String>()
        let bus = Bus()
        bus.attach(PCIConfigurationPorts(.q35))
        bus.attach(ResetPort(reset: { events.append("reset") }))
        bus.attach(ExitStatusPort(port: 0x5F0, report: { events.append("status \($0)") }))
        bus.write(port: 0xCF8, width: .doubleWord, 0x8000_0600)
        #expect(events.values.isEmpty)
        bus.write(port: 0xCF9, width: .byte, 2)
        bus.write(port: 0xCF9, width: .byte, 6)
        bus.write(port: 0x5F0, width: .byte, 0x107)
        #expect(events.values == ["reset", "status 7"])
    }
}

@Suite("PCIConfigurationPorts")
struct PCIConfigurationPortsTests {
    @Test("shows a host bridge and an LPC bridge, and nothing elsewhere")
    func scan() {
        let bus = Bus()
        bus.attach(PCIConfigurationPorts(.q35))
        func read(_ address: UInt32, _ width: AccessWidth = .doubleWord, at port: UInt16 = 0xCFC) -> UInt32 {
            bus.write(port: 0xCF8, width: .doubleWord, address)
            return bus.read(port: port, width: width)
        }
        #expect(read(0x8000_0000) == 0x29C0_8086)
        #expect(read(0x8000_0000, .word, at: 0xCFE) == 0x29C0)
        #expect(read(0x8000_F800) == 0x2918_8086)
        #expect(read(0x8000_F80C) >> 16 == 0x80)
        #expect(read(0x8000_F840) == 0x601)
        #expect(read(0x8000_0800) == 0xFFFF_FFFF)
        #expect(read(0x8001_0000) == 0xFFFF_FFFF)
        #expect(read(0x0000_0000) == 0xFFFF_FFFF)
        // Identity is read-only; base address registers do not exist.
        _ = read(0x8000_0010)
        bus.write(port: 0xCFC, width: .doubleWord, ~0)
        #expect(read(0x8000_0010) == 0)
        #expect(read(0x8000_0000) == 0x29C0_8086)
    }

    @Test("shows the same in memory, where a function has 4 KiB")
    func memory() {
        let bus = Bus()
        let pci = PCIConfiguration.q35
        bus.attach(PCIConfigurationPorts(pci))
        bus.attach(PCIConfigurationMemory(pci))
        #expect(bus.read(address: 0xE000_0000, width: .doubleWord) == 0x29C0_8086)
        #expect(bus.read(address: 0xE00F_8000, width: .quadWord) == 0x2918_8086)
        #expect(bus.read(address: 0xE00F_8002, width: .byte) == 0x18)
        #expect(bus.read(address: 0xE000_0100, width: .doubleWord) == 0)
        #expect(bus.read(address: 0xE000_00FD, width: .doubleWord) == 0)
        for absent: UInt64 in [0xE000_8000, 0xE000_8FFC, 0xE010_0000, 0xEFFF_FFFC] {
            #expect(bus.read(address: absent, width: .doubleWord) == 0xFFFF_FFFF)
            bus.write(address: absent, width: .doubleWord, 0)
        }
        bus.write(address: 0xE000_0060, width: .doubleWord, 0xE000_0001)
        bus.write(address: 0xE000_0FFC, width: .doubleWord, ~0)
        bus.write(port: 0xCF8, width: .doubleWord, 0x8000_0060)
        #expect(bus.read(port: 0xCFC, width: .doubleWord) == 0xE000_0001)
    }
}
