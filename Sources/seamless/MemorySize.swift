// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A number of bytes as people write it: `536870912`, `512M`, `2G`.
struct MemorySize: ExpressibleByArgument, Equatable {
    var bytes: UInt64

    init(bytes: UInt64) { self.bytes = bytes }

    init?(argument: String) {
        var digits = Substring(argument.uppercased())
        if digits.hasSuffix("IB") {
            digits = digits.dropLast(2)
        } else if digits.hasSuffix("B") {
            digits = digits.dropLast()
        }
        let shift: UInt64
        switch digits.last {
        case "K": shift = 10
        case "M": shift = 20
        case "G": shift = 30
        case "T": shift = 40
        default: shift = 0
        }
        if shift > 0 { digits = digits.dropLast() }
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = UInt64(digits)
        else {
            return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow, bytes > 0, bytes % 4096 == 0 else { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { "\(bytes >> 20)M" }
}
