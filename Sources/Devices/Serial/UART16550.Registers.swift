// SPDX-License-Identifier: Apache-2.0

/// Register offsets of a 16550A.
///
/// - SeeAlso: PC16550D data sheet, "Registers".
enum UARTRegister {
    /// `RBR` (read), `THR` (write); `DLL` when `LCR.DLAB` is set.
    static let data: UInt16 = 0
    /// `IER`; `DLM` when `LCR.DLAB` is set.
    static let interruptEnable: UInt16 = 1
    /// `IIR` (read), `FCR` (write).
    static let interruptIdentification: UInt16 = 2
    /// `LCR`
    static let lineControl: UInt16 = 3
    /// `MCR`
    static let modemControl: UInt16 = 4
    /// `LSR`
    static let lineStatus: UInt16 = 5
    /// `MSR`
    static let modemStatus: UInt16 = 6
    /// `SCR`
    static let scratch: UInt16 = 7
}

/// `IER`
struct UARTInterrupts: OptionSet, Sendable {
    let rawValue: UInt8
    static let received = UARTInterrupts(rawValue: 1 << 0)
    static let transmitterEmpty = UARTInterrupts(rawValue: 1 << 1)
    static let lineStatus = UARTInterrupts(rawValue: 1 << 2)
    static let modemStatus = UARTInterrupts(rawValue: 1 << 3)
    static let all: UARTInterrupts = [.received, .transmitterEmpty, .lineStatus, .modemStatus]
}

/// `IIR`, bits 3:0: why the line is asserted.
enum UARTCause: UInt8 {
    case modemStatus = 0x0
    case none = 0x1
    case transmitterEmpty = 0x2
    case received = 0x4
    case lineStatus = 0x6
    case timeout = 0xC
}

/// `MCR`
struct UARTModemControl: OptionSet, Sendable {
    let rawValue: UInt8
    static let dataTerminalReady = UARTModemControl(rawValue: 1 << 0)
    static let requestToSend = UARTModemControl(rawValue: 1 << 1)
    static let out1 = UARTModemControl(rawValue: 1 << 2)
    /// On a PC this pin lets the interrupt out.
    static let out2 = UARTModemControl(rawValue: 1 << 3)
    static let loopback = UARTModemControl(rawValue: 1 << 4)
}

enum UARTBits {
    /// `LCR.DLAB`
    static let divisorLatch: UInt8 = 1 << 7
    /// `LSR.DR`
    static let dataReady: UInt8 = 1 << 0
    /// `LSR.OE`
    static let overrun: UInt8 = 1 << 1
    /// `LSR.THRE` and `LSR.TEMT`: the transmitter is always done.
    static let transmitterIdle: UInt8 = 1 << 5 | 1 << 6
    /// `FCR` bit 0, and `IIR` bits 7:6 in answer.
    static let fifoEnable: UInt8 = 1 << 0
    static let fifoReceiveReset: UInt8 = 1 << 1
    static let fifosEnabled: UInt8 = 0xC0
    /// `MSR`: `CTS`, `DSR` and `DCD`, what a cable to a ready peer shows.
    static let peerReady: UInt8 = 0xB0
}
