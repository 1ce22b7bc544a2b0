// SPDX-License-Identifier: Apache-2.0

/// Offsets in the ACPI power management block, from `PMBASE`.
///
/// - SeeAlso: ACPI Specification, "ACPI Hardware Specification"; ICH9 data sheet, "Power Management I/O Registers".
enum PMRegister {
    /// `PM1a_EVT`: status word, then enable word.
    static let status: Int = 0x00
    static let enable: Int = 0x02
    /// `PM1a_CNT`
    static let control: Int = 0x04
    /// `PM_TMR`
    static let timer: Int = 0x08
    /// `GPE0_BLK`
    static let generalPurposeEvents: Int = 0x20
    static let size: Int = 0x80
}

enum PMBits {
    /// `PM1_STS.PWRBTN_STS` and `PM1_EN.PWRBTN_EN`
    static let powerButton: UInt16 = 1 << 8
    /// `PM1_CNT.SCI_EN`: ACPI mode, from the start.
    static let sciEnable: UInt16 = 1 << 0
    /// `PM1_CNT.SLP_TYPx`, bits 12:10; 0 is S5 as our DSDT says.
    static let sleepType: UInt16 = 7 << 10
    /// `PM1_CNT.SLP_EN`
    static let sleepEnable: UInt16 = 1 << 13
    /// Hz
    static let timerFrequency: UInt64 = 3_579_545
}
