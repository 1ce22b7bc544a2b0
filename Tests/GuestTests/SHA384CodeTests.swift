// SPDX-License-Identifier: Apache-2.0

import Crypto
import Testing
import ToolTesting
import X86

@testable import Boot

@Suite("The boot shim's SHA-384")
struct SHA384CodeTests {
    @Test("is right for every length up to three blocks")
    func lengths() throws {
        let message = (0..<400).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
        // The guest powers off with status 0 if it came to all of the digests that lie behind its code, else with 1.
        let kernel = FlatKernel.image { code in
            let expected = code.label()
            let text = code.label()
            let start = code.label()
            code.jmp(start)
            let hash = SHA384Code(&code, scratch: 0x20_0000)
            code.place(start)
            let wrong = code.label()
            code.xor(.rdx, .rdx, .dword)
            code.lea(.rbx, .label(expected))
            let next = code.here()
            code.lea(.rsi, .label(text))
            code.push(.rdx)
            code.push(.rbx)
            code.call(hash.function)
            code.pop(.rdi)
            code.pop(.rdx)
            code.mov(.rsi, unsigned: hash.digest)
            code.mov(.rcx, 48)
            code.repeCmps(.byte)
            code.jcc(.notEqual, wrong)
            code.mov(.rbx, .rdi)
            code.inc(.rdx)
            code.cmp(.rdx, Int64(message.count))
            code.jcc(.belowOrEqual, next)
            FlatGuest.emitPowerOff(&code, status: 0)
            code.place(wrong)
            FlatGuest.emitPowerOff(&code, status: 1)
            code.place(text)
            code.data(message)
            code.place(expected)
            for length in 0...message.count { code.data(Array(SHA384.hash(data: message[..<length]))) }
        }
        let directory = try TemporaryDirectory()
        let run = try Tool.run(
            "run", "--kernel", try directory.file("kernel", kernel), "--memory", "256M")
        #expect(run.status == 0, "\(run.errors)")
    }
}
