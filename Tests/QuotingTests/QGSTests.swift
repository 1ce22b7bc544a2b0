// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote
import Quoting
import TDXABI
import Testing

@Suite("Quote generation service")
struct QGSTests {
    private func number(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    private func number(_ bytes: [UInt8], at offset: Int) -> Int {
        bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    private func message(
        _ type: UInt32, _ fields: [UInt8], major: UInt16 = 1, minor: UInt16 = 1, size: UInt32? = nil,
        error: UInt32 = 0
    ) -> [UInt8] {
        number(major) + number(minor) + number(type) + number(size ?? UInt32(16 + fields.count))
            + number(error) + fields
    }
    private func quoteRequest(_ report: [UInt8], ids: [UInt8] = []) -> [UInt8] {
        message(0, number(UInt32(report.count)) + number(UInt32(ids.count)) + report + ids)
    }
    private func framed(_ message: [UInt8]) -> [UInt8] { number(UInt32(message.count)).reversed() + message }

    @Test("gives a quote for a framed request, in whatever pieces it comes, and for a bare report")
    func transports() throws {
        let scene = Scene()
        let service = try scene.service()
        let quote = try scene.enclave().quote(for: scene.report()).bytes
        let request = framed(quoteRequest(scene.report().bytes))
        #expect(request.count == 1052)
        for piece in [1, 3, 500, 1052] {
            var connection = QGSConnection()
            var step = QGSConnection.Step.wait
            for start in stride(from: 0, to: request.count, by: piece) {
                #expect(step == .wait)
                step = connection.receive(request[start..<min(start + piece, request.count)], for: service)
            }
            guard case .answer(let answer) = step else {
                Issue.record("no answer to pieces of \(piece)")
                continue
            }
            #expect(Array(answer[..<4]) == number(UInt32(answer.count - 4)).reversed())
            #expect(number(answer, at: 8) == 1)
            #expect(number(answer, at: 12) == answer.count - 4)
            #expect(number(answer, at: 16) == 0)
            #expect(number(answer, at: 20) == 0)
            #expect(Array(answer[28...]) == quote)
        }
        #expect(service.answer(getQuote: scene.report().bytes) == quote)
        #expect(service.answer(getQuote: request).map { Array($0[28...]) } == quote)
    }

    @Test("names the enclave that was chosen when the request has a list")
    func selection() throws {
        let scene = Scene()
        let service = try scene.service()
        let ids = [UInt8](repeating: 1, count: 16) + QGSService.enclaveID
        let answer = try #require(service.answer(quoteRequest(scene.report().bytes, ids: ids)))
        #expect(number(answer, at: 16) == 16)
        #expect(Array(answer[24..<40]) == QGSService.enclaveID)
        let foreign = try #require(
            service.answer(quoteRequest(scene.report().bytes, ids: Array(ids.prefix(16)))))
        #expect(number(foreign, at: 12) == 0x12003)
    }

    @Test("gives the collateral and the platform's versions")
    func information() throws {
        let scene = Scene()
        let service = try scene.service()
        let fmspc = scene.platform.processor.fmspc.bytes
        let request = number(UInt32(6)) + number(UInt32(9)) + fmspc + Array("platform".utf8) + [0]
        for (minor, spare) in [(UInt16(1), 0), (0, 4)] {
            let answer = try #require(service.answer(message(2, request, minor: minor)))
            #expect(number(answer, at: 4) == 3)
            #expect(number(answer, at: 8) == answer.count)
            let sizes = (0..<7).map { number(answer, at: 20 + 4 * $0) }
            #expect(48 + sizes.reduce(0, +) + spare == answer.count)
            let collateral = try scene.authority().collateral()
            let info = 48 + sizes[..<4].reduce(0, +)
            #expect(Array(answer[info..<info + sizes[4]]) == collateral.tcbInfo.body + [0])
        }
        let platform = try #require(service.answer(message(4, [])))
        #expect(platform.count == 28 + 32)
        #expect(Array(platform[16..<20]) == number(UInt16(4)) + number(UInt16(13)))
        #expect(Array(platform[44...]) == scene.platform.processor.cpuSVN.bytes)
    }

    @Test("answers what it cannot serve with the code for it, and the rest with silence")
    func errors() throws {
        let scene = Scene()
        let service = try scene.service()
        let report = scene.report().bytes
        let fields = number(UInt32(1024)) + number(UInt32(0)) + report
        let cases: [([UInt8], Int)] = [
            (message(0, fields, major: 2), 0x12004),
            (message(0, fields, size: 1047), 0x12006),
            (message(0, fields, error: 1), 0x12007),
            (message(0, fields.dropLast()), 0x12006),
            (message(0, number(UInt32.max) + number(UInt32.max) + report), 0x12006),
            (message(0, [1, 2, 3]), 0x12006),
            (quoteRequest([]), 0x12003),
            (quoteRequest(Array(report.dropLast())), 0x12001),
            (quoteRequest(report, ids: [1]), 0x12003),
            (message(2, number(UInt32(6)) + number(UInt32(1)) + [1, 2, 3, 4, 5, 6] + [0]), 0x12001),
            (message(4, [0]), 0x12006),
        ]
        for (request, code) in cases {
            let answer = try #require(service.answer(request))
            let type = number(request, at: 4)
            #expect(number(answer, at: 4) == type + 1)
            #expect(number(answer, at: 12) == code, "\(request.prefix(24))")
            #expect(answer.count == [0: 24, 2: 48, 4: 28][type])
            #expect(answer[16...].allSatisfy { $0 == 0 })
        }
        for silent in [message(1, []), message(6, fields), [], [1, 0]] {
            #expect(service.answer(silent) == nil)
        }
        var connection = QGSConnection()
        #expect(connection.receive(report + [0], for: service) == .close)
        connection = QGSConnection()
        #expect(connection.receive([0, 0, 0, 1, 2, 3], for: service) == .close)
        var changed = report
        changed[130] ^= 1
        #expect(service.answer(getQuote: changed) == nil)
        #expect(service.answer(getQuote: []) == nil)
    }
}
