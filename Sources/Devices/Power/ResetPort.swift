// SPDX-License-Identifier: Apache-2.0

/// The reset control register, port 0xCF9: writing bit 2 resets the machine.
///
/// - SeeAlso: ICH9 data sheet, "RST_CNT".
public final class ResetPort: PortDevice {
    public let ports: ClosedRange<UInt16> = 0xCF9...0xCF9
    private let reset: () -> Void
    private var value: UInt8 = 0

    public init(reset: @escaping () -> Void) { self.reset = reset }

    public func read(_ port: UInt16, width: AccessWidth) -> UInt32 { UInt32(value) }

    public func write(_ port: UInt16, width: AccessWidth, _ value: UInt32) {
        self.value = UInt8(truncatingIfNeeded: value) & 0x0A
        if value & 1 << 2 != 0 { reset() }
    }
}
