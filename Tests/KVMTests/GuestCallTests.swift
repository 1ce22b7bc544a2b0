// SPDX-License-Identifier: Apache-2.0

import KVM
import KVMABI
import Testing

/// A guest of one page: from the reset vector to 64-bit mode, then the TDCALL leaves and #VE, each result written to a port.
@Suite("A guest that calls the module")
struct GuestCallTests {
    /// The page at 0xFFFFF000: machine code, GDT, an interrupt gate and the reset vector.
    // swift-format-ignore
    private static let parts: [(offset: Int, code: String)] = [
        (0x0, """
            b800e0ffff0f22d80f20e00d200600000f22e00f011518feffff0f20c00d000000800f22c0ea2cf0ffff0800bc00bfff
            ff4889e40f011d050e0000b801000000660f01cc4189cfe805010000b82100000031c90fa24189dfe8f4000000b80600
            0000b90000f8ff660f01cc4989c7e8de000000bf0000f8ffc70767452301448b3fe8cb000000b806000000b90000f8ff
            660f01cc48c1e8204189c7e8b1000000b804000000b90004f8ffba0000f8ff4531c0660f01cc4989c7e893000000bf00
            04f8ff448b3fe886000000448bbf80000000e87a000000f44589f7e871000000baf8030000ee4589f7e863000000b91b
            0000000f324589f7e854000000bf000000808b074589f7e845000000b802000000b90000f8ffba01000000660f01cc49
            89c7e82a000000b80700000031c948ba1600000003001011660f01cc4d89c7e80d00000041bf0d600000e802000000eb
            fe50514152415341544155415631c0b900fc00004531d241bb1e00000041bc0400000041bd0100000041be8000000066
            0f01cc415e415d415c415b415a5958c3505152415041514152b803000000660f01cc4989ce4489d14183fe307505b902
            00000048014c2430415a415941585a595848cf
            """),
        (0xE00, """
            0000000000000000ffff0000009baf00ffff00000093cf00170000feffff000000000000000000000000000000000000
            000000000000000000000000000000004f0100e8ffff
            """),
        (0xF00, """
            90f10800008effff
            """),
        (0xFF0, """
            e90bf0ffff
            """),
    ]

    private static let page: [UInt8] = {
        var page = [UInt8](repeating: 0, count: 4096)
        for part in parts {
            let digits = part.code.compactMap(\.hexDigitValue)
            for index in 0..<digits.count / 2 {
                page[part.offset + index] = UInt8(digits[2 * index] << 4 | digits[2 * index + 1])
            }
        }
        return page
    }()

    /// A page table with the entries given.
    private static func table(_ entries: [Int: UInt64]) -> [UInt8] {
        (0..<512).flatMap { index in
            (0..<8).map { UInt8(truncatingIfNeeded: (entries[index] ?? 0) >> (8 * $0)) }
        }
    }

    @Test("gets what each leaf promises")
    func calls() throws {
        let client = try Client()
        let td = TestTD(client, at: 0xFFF0_0000)
        defer { td.close() }
        #expect(client.command(td.vcpus[0], .initVCPU, data: 0).result == 0)
        #expect(td.setPrivate(0xFFF0_0000..<0x1_0000_0000) == 0)
        var root = Self.table([0: 0xFFFF_D003])
        root.replaceSubrange(0x940..<0x950, with: Self.page[0xF00..<0xF10])  // the gate of vector 20
        #expect(td.add(Self.page, at: 0xFFFF_F000) == 0)
        #expect(td.add(root, at: 0xFFFF_E000) == 0)
        #expect(td.add(Self.table([2: 0xFFFF_A003, 3: 0xFFFF_C003]), at: 0xFFFF_D000) == 0)
        #expect(td.add(Self.table([511: 0xFFE0_0083]), at: 0xFFFF_C000) == 0)
        #expect(td.add(Self.table([:]), at: 0xFFFF_B000) == 0)
        #expect(td.add(Self.table([0: 1 << 47 | 0xE000_0083]), at: 0xFFFF_A000) == 0)
        #expect(client.command(td.vm, .finalizeVM).result == 0)
        let area = try #require(td.area())
        var values: [UInt32] = []
        while values.last != 0x600D, values.count < 40 {
            let result = td.run()
            guard result == 0, area.exitReason == .io else {
                Issue.record(
                    "KVM_RUN gives \(result), exit reason \(area.exitReason.rawValue), after \(values).")
                return
            }
            values.append(area.load(KVMRun.portDataOffset))
        }
        #expect(
            values == [
                48,  // TDG.VP.INFO: the width of a guest physical address
                0x6574_6E49,  // CPUID leaf 0x21
                0, 0x0123_4567, 0xB0A,  // TDG.MEM.PAGE.ACCEPT, what was written to the page, and once more
                0, 0x81, 0x0123_4567,  // TDG.MR.REPORT, its type and data
                12, 30, 31, 48,  // #VE for HLT, OUT, RDMSR and MMIO
                0,  // TDG.MR.RTMR.EXTEND
                4,  // TDG.VM.RD of CONFIG_FLAGS
                0x600D,
            ])
    }
}
