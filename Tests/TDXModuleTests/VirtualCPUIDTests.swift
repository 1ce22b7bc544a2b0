// SPDX-License-Identifier: Apache-2.0

import TDXABI
import Testing
import X86

@testable import TDXModule

@Suite("VirtualCPUID")
struct VirtualCPUIDTests {
    private func make(
        _ values: [Int: CPUIDValues] = [:], attributes: UInt64 = 0, xfam: UInt64 = 7, configFlags: UInt64 = 0
    ) throws(CPUIDConfigurationError) -> VirtualCPUID {
        try VirtualCPUID(
            CPUIDParameters(
                attributes: attributes, xfam: xfam, configFlags: configFlags, tscFrequency: 100,
                values: (0..<18).map { values[$0] ?? .zero }),
            native: { leaf, subleaf in
                let value = plainCPUID(leaf, subleaf)
                return CPUIDValues(eax: value.eax, ebx: value.ebx, ecx: value.ecx, edx: value.edx)
            })
    }

    @Test("Bits that are neither configurable nor allowed are refused, with the leaf they are in")
    func refuses() {
        #expect(throws: CPUIDConfigurationError.bits(leaf: 1, subleaf: ~0)) {
            try make([0: CPUIDValues(ecx: 1 << 31)])
        }
        #expect(throws: CPUIDConfigurationError.bits(leaf: 7, subleaf: 0)) {
            try make([5: CPUIDValues(eax: 1)])
        }
        #expect(throws: CPUIDConfigurationError.bits(leaf: 7, subleaf: 0)) {
            try make([5: CPUIDValues(ebx: 1 << 4)])
        }
        #expect(throws: CPUIDConfigurationError.addressWidth) {
            try make([9: CPUIDValues(eax: 44)], configFlags: 8)
        }
    }

    @Test("All that CPUID_CONFIG offers may be asked for")
    func offers() throws {
        var values: [Int: CPUIDValues] = [:]
        for (index, rowIndex) in CPUIDTable.configurable.enumerated() {
            let row = CPUIDTable.rows[rowIndex]
            let native = plainCPUID(row.leaf, row.subleaf ?? 0)
            values[index] = CPUIDValues(
                eax: CPUIDTable.configurationMask(row, .eax, native: native.eax) & native.eax,
                ebx: CPUIDTable.configurationMask(row, .ebx, native: native.ebx) & native.ebx,
                ecx: CPUIDTable.configurationMask(row, .ecx, native: native.ecx) & native.ecx,
                edx: CPUIDTable.configurationMask(row, .edx, native: native.edx) & native.edx)
        }
        #expect(values.count == CPUIDTable.configurationCount)
        #expect(throws: Never.self) { try make(values) }
    }

    @Test("Allowed bits are the processor's if asked for; configured ones are as asked")
    func configures() throws {
        let plain = try make()
        #expect(plain.has(1, 0, .ecx, bit: 24) == false)
        let cpuid = try make([0: CPUIDValues(eax: 0x806F8, ebx: 0x20_0000, ecx: 1 << 24)])
        #expect(cpuid.has(1, 0, .ecx, bit: 24))
        #expect(cpuid.configured(leaf: 1, subleaf: 0)?.eax == 0x806F8)
        #expect(plain.configured(leaf: 1, subleaf: 0)?.eax == 0xC06F2)
        #expect(cpuid.configured(leaf: 1, subleaf: 0)?.ebx == 0x20_0800)
        #expect(cpuid.has(1, 0, .ecx, bit: 31))
    }

    @Test("What needs a component of XFAM is gone without it")
    func gates() throws {
        let avx = [0: CPUIDValues(ecx: 1 << 28)]
        #expect(try make(avx, xfam: 7).has(1, 0, .ecx, bit: 28))
        #expect(try !make(avx, xfam: 3).has(1, 0, .ecx, bit: 28))
        #expect(try make(xfam: 3).configured(leaf: 0xD, subleaf: 2) == .zero)
        #expect(try make(xfam: 7).configured(leaf: 0xD, subleaf: 2)?.eax == 256)
    }

    @Test("The address width is the processor's unless it is virtual")
    func addressWidth() throws {
        #expect(try make().physicalAddressWidth == 52)
        #expect(try make(configFlags: 8).physicalAddressWidth == 48)
        #expect(try make([9: CPUIDValues(eax: 46)], configFlags: 8).physicalAddressWidth == 46)
        #expect(
            try make([9: CPUIDValues(eax: 46)], configFlags: 8).configured(leaf: 0x8000_0008, subleaf: 0)?.eax
                == 0x302E)
    }

    @Test("Leaves without values raise #VE; leaves beyond the last are the last")
    func execution() throws {
        let cpuid = try make()
        var state = VirtualCPUID.State()
        for leaf: UInt32 in [2, 6, 9, 0xB, 0x16, 0x1F, 0x4000_0000, 0x4FFF_FFFF, 0x8000_0002, 0x8000_0006] {
            if leaf < 0x8000_0000 || leaf == 0x8000_0006 {
                #expect(cpuid.execute(leaf: leaf, subleaf: 0, state) == .ve, "leaf \(leaf)")
            }
        }
        #expect(cpuid.execute(leaf: 0x24, subleaf: 0, state) == cpuid.execute(leaf: 0x23, subleaf: 0, state))
        #expect(
            cpuid.execute(leaf: 0x9000_0000, subleaf: 0, state)
                == cpuid.execute(leaf: 0x23, subleaf: 0, state))
        #expect(cpuid.execute(leaf: 7, subleaf: 3, state) == .ve)
        #expect(
            cpuid.execute(leaf: 0x21, subleaf: 0, state)
                == .values(CPUIDValues(eax: 0, ebx: 0x6574_6E49, ecx: 0x2020_2020, edx: 0x5844_546C)))
        #expect(
            cpuid.execute(leaf: 0x15, subleaf: 0, state)
                == .values(CPUIDValues(eax: 1, ebx: 100, ecx: 25_000_000, edx: 0)))
        state.xcr0 = 7
        guard case .values(let size) = cpuid.execute(leaf: 0xD, subleaf: 0, state) else { return }
        #expect(size == CPUIDValues(eax: 7, ebx: 832, ecx: 832, edx: 0))
        state.cr4 = 1 << 18
        guard case .values(let first) = cpuid.execute(leaf: 1, subleaf: 0, state) else { return }
        #expect(first.ecx & 1 << 27 != 0)
        state.is64Bit = false
        guard case .values(let extended) = cpuid.execute(leaf: 0x8000_0001, subleaf: 0, state) else { return }
        #expect(extended.edx & 1 << 11 == 0)
    }

    @Test("Topology shows once the guest enables it")
    func topology() throws {
        let cpuid = try make()
        #expect(cpuid.hasTopology)
        var state = VirtualCPUID.State()
        state.tdControls = 2
        state.x2APICID = 9
        state.vcpuIndex = 3
        #expect(
            cpuid.execute(leaf: 0x1F, subleaf: 1, state)
                == .values(CPUIDValues(eax: 5, ebx: 32, ecx: 0x201, edx: 9)))
        #expect(
            cpuid.execute(leaf: 0xB, subleaf: 0, state)
                == .values(CPUIDValues(eax: 1, ebx: 2, ecx: 0x100, edx: 9)))
        guard case .values(let first) = cpuid.execute(leaf: 1, subleaf: 0, state) else { return }
        #expect(first.ebx >> 24 == 9)
    }
}
