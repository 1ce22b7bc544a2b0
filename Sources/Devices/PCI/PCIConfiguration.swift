// SPDX-License-Identifier: Apache-2.0

/// The configuration space of bus 0, however it is reached.
public final class PCIConfiguration {
    /// By device and function number (`device << 3 | function`).
    private var functions: [UInt8: PCIFunction]

    public init(_ functions: [UInt8: PCIFunction]) { self.functions = functions }

    /// Host bridge at 0:0.0 and LPC bridge at 0:1f.0.
    public static var q35: PCIConfiguration {
        PCIConfiguration([0: .q35HostBridge, 0x1F << 3: .ich9LPC])
    }

    /// A function that is not there reads as all ones; what is beyond the first 256 bytes of one that is, as zero.
    func read(_ function: UInt8, _ offset: Int, width: AccessWidth) -> UInt32 {
        guard let function = functions[function] else { return ~0 }
        var value: UInt32 = 0
        for i in 0..<min(width.rawValue, 4) where offset + i < function.bytes.count {
            value |= UInt32(function.bytes[offset + i]) << UInt32(8 * i)
        }
        return value
    }

    func write(_ function: UInt8, _ offset: Int, width: AccessWidth, _ value: UInt32) {
        for i in 0..<min(width.rawValue, 4) where offset + i < 256 {
            functions[function]?.write(offset + i, UInt8(truncatingIfNeeded: value >> UInt32(8 * i)))
        }
    }
}
