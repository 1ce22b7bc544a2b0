// SPDX-License-Identifier: Apache-2.0

/// A port through which the guest says how it ended: the byte written is its exit status.
///
/// The machine ends when the guest powers off; until then a later status replaces an earlier one.
public final class ExitStatusPort: PortDevice {
    public let ports: ClosedRange<UInt16>
    private let report: (UInt8) -> Void

    public init(port: UInt16, report: @escaping (UInt8) -> Void) {
        ports = port...port
        self.report = report
    }

    public func read(_ port: UInt16, width: AccessWidth) -> UInt32 { 0 }

    public func write(_ port: UInt16, width: AccessWidth, _ value: UInt32) {
        report(UInt8(truncatingIfNeeded: value))
    }
}
