// SPDX-License-Identifier: Apache-2.0

import Foundation
import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("Measurement")
struct MeasurementTests {
    @Test("MRTD covers the records of every page, in order")
    func mrtd() {
        var measurement = Measurement()
        #expect(
            measurement.digest().description
                == "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b"
        )
        measurement.addPage(GuestPhysicalAddress(0x80_9000))
        for chunk in 0..<16 {
            let contents = (0..<256).map { UInt8(truncatingIfNeeded: chunk * 16 + $0 * 7) }
            measurement.extend(GuestPhysicalAddress(0x80_9000 + UInt64(chunk) * 256), contents)
        }
        measurement.addPage(GuestPhysicalAddress(0xFFFF_F000))
        #expect(
            measurement.digest().description
                == "0ad8c5e0e2d47c63e4252624ef1ff746a26914853489f548deeb610f50c38f22900419ffd63c1e23d6999e28aa0e594f"
        )
    }

    @Test("An RTMR is extended by hashing it with the data")
    func rtmr() {
        #expect(
            Digest384().extended(with: Array(0..<48)).description
                == "fe83f742d1cab5c709a0c424729831fbff9b5bb9748a618f0b6ea04fe1fde4d546f4040e7fc9587b2e6badada6c941b0"
        )
    }

    @Test("A report's MAC is its platform's")
    func mac() {
        let key = ReportKey(key: [1, 2, 3])
        var info = TDInfo()
        info.attributes = 1 << 28
        info.xfam = 7
        let report = key.report(on: info, data: Array(1...64), hasServiceTDs: false)
        #expect(report.bytes.count == TDReport.size)
        #expect(report.mac.reportType == 0x81)
        #expect(key.verifies(report.mac))
        #expect(!ReportKey(key: [1, 2, 4]).verifies(report.mac))
        var other = report.mac
        other.reportData[5] ^= 1
        #expect(!key.verifies(other))
        #expect(report.mac.teeInfoHash == Digest384(hashing: info.bytes))
        #expect(report.mac.teeTCBInfoHash == Digest384(hashing: report.teeTCBInfo.bytes))
        #expect(key.report(on: info, data: [], hasServiceTDs: true).mac.reportType == 0x10081)
    }

    @Test("A report's fields lie where the specification says")
    func layout() throws {
        let bytes = (0..<1024).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8) &* 37) }
        let report = try #require(TDReport(bytes))
        #expect(report.bytes == bytes)
        #expect(report.mac.cpuSVN == Array(bytes[16..<32]))
        #expect(report.mac.teeTCBInfoHash.bytes == Array(bytes[32..<80]))
        #expect(report.mac.teeInfoHash.bytes == Array(bytes[80..<128]))
        #expect(report.mac.reportData == Array(bytes[128..<192]))
        #expect(report.mac.mac == Array(bytes[224..<256]))
        #expect(report.teeTCBInfo.teeTCBSVN == Array(bytes[264..<280]))
        #expect(report.teeTCBInfo.mrSEAM.bytes == Array(bytes[280..<328]))
        #expect(report.teeTCBInfo.mrSignerSEAM.bytes == Array(bytes[328..<376]))
        #expect(report.teeTCBInfo.teeTCBSVN2 == Array(bytes[384..<400]))
        #expect(report.tdInfo.mrTD.bytes == Array(bytes[528..<576]))
        #expect(report.tdInfo.mrConfigID.bytes == Array(bytes[576..<624]))
        #expect(report.tdInfo.mrOwner.bytes == Array(bytes[624..<672]))
        #expect(report.tdInfo.mrOwnerConfig.bytes == Array(bytes[672..<720]))
        #expect(report.tdInfo.rtmr0.bytes == Array(bytes[720..<768]))
        #expect(report.tdInfo.rtmr3.bytes == Array(bytes[864..<912]))
        #expect(report.tdInfo.servTDHash.bytes == Array(bytes[912..<960]))
        #expect(TDReport(bytes.dropLast()) == nil)
    }

    @Test(
        "Reports of real platforms parse, have the hashes they should, and are written as they were",
        .enabled(if: Fixtures.directory != nil),
        arguments: ["tdreport-live.bin", "tdreport-v0.bin", "tdreport-v1.bin"])
    func real(_ name: String) throws {
        let directory = try #require(Fixtures.directory)
        let bytes = try Array(Data(contentsOf: directory.appending(path: "attestation/tdreports/\(name)")))
        let report = try #require(TDReport(bytes))
        #expect(report.bytes == bytes)
        #expect(report.mac.reportType & 0xFF == 0x81)
        #expect(report.mac.teeInfoHash == Digest384(hashing: report.tdInfo.bytes))
        #expect(report.mac.teeTCBInfoHash == Digest384(hashing: report.teeTCBInfo.bytes))
    }
}

/// Files that are not part of the repository, where the environment says that they are.
enum Fixtures {
    static let directory = ProcessInfo.processInfo.environment["SEAMLESS_FIXTURES"].map { URL(filePath: $0) }
    static let reference = ProcessInfo.processInfo.environment["SEAMLESS_REFERENCE"].map { URL(filePath: $0) }

    /// Rows of a table of the reference, by column name.
    static func table(_ name: String) throws -> [[String: String]] {
        guard let reference else { return [] }
        let lines = try String(contentsOf: reference.appending(path: name), encoding: .utf8)
            .split(whereSeparator: \.isNewline)
        let names = lines[0].split(separator: ",").map(String.init)
        return lines.dropFirst().map { line in
            let values = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return Dictionary(zip(names, values)) { first, _ in first }
        }
    }
}
