// SPDX-License-Identifier: Apache-2.0

/// `CPUID` of the simulated processor: a server part that the TDX module accepts, without AVX, BMI and what else the
/// engine does not execute.
///
/// - SeeAlso: SDM Vol. 2, "CPUID".
public struct NativeCPUID: Sendable {
    /// Logical processors of one package.
    public var processorsPerPackage: Int
    /// Frequency of the time-stamp counter in units of 25 MHz.
    public var tscMultiple: UInt32

    public init(processorsPerPackage: Int, tscMultiple: UInt32) {
        self.processorsPerPackage = processorsPerPackage
        self.tscMultiple = tscMultiple
    }

    /// The four registers of a leaf. A leaf that does not exist is all zeros.
    public func callAsFunction(
        _ leaf: UInt32, _ subleaf: UInt32
    ) -> (eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32) {
        switch leaf {
        case 0x0: (0x23, 0x756E_6547, 0x6C65_746E, 0x4965_6E69)
        // Family 6, model 143, stepping 8; the module requires all of these features but VMX and OSXSAVE.
        case 0x1:
            (
                0x0008_06F8, UInt32(truncatingIfNeeded: processorsPerPackage) << 16 | 0x800, 0x4FFA_A237,
                0x1FA9_FBFF
            )
        case 0x2: (0x00FE_FF01, 0, 0, 0)
        case 0x4: cache(subleaf)
        case 0x6: (1 << 2, 0, 0, 0)  // the local APIC timer never stops
        case 0x7: features(subleaf)
        case 0xA: (0x0830_0805, 0, 0xF, 0x0000_8604)
        case 0xB, 0x1F: topology(subleaf)
        case 0xD: extendedState(subleaf)
        case 0x14: subleaf == 0 ? (1, 0, 0, 0) : (0, 0, 0, 0)
        case 0x15: (1, tscMultiple, 25_000_000, 0)
        case 0x16: (tscMultiple * 25, tscMultiple * 25, 100, 0)
        case 0x8000_0000: (0x8000_0008, 0, 0, 0)
        case 0x8000_0001: (0, 0, 0x121, 0x2C10_0800)
        case 0x8000_0002...0x8000_0004: brand(leaf - 0x8000_0002)
        case 0x8000_0006: (0, 0, 0x0800_7040, 0)
        case 0x8000_0007: (0, 0, 0, 1 << 8)
        case 0x8000_0008: (0x3034, 1 << 9, 0, 0)
        default: (0, 0, 0, 0)
        }
    }

    private func features(_ subleaf: UInt32) -> (UInt32, UInt32, UInt32, UInt32) {
        switch subleaf {
        // ERMS and FSRM on top of what is required, as string moves are the fastest copies here; UMIP and PKU.
        case 0: (2, 0x2194_24C3 | 1 << 9, 0x9900_0000 | 1 << 2 | 1 << 3 | 1 << 4, 0xFC08_0400 | 1 << 4)
        case 2: (0, 0, 0, 0x17)
        default: (0, 0, 0, 0)
        }
    }

    private func cache(_ subleaf: UInt32) -> (UInt32, UInt32, UInt32, UInt32) {
        let sharing = UInt32(truncatingIfNeeded: processorsPerPackage - 1) << 14
        let cores = UInt32(truncatingIfNeeded: processorsPerPackage - 1) << 26
        switch subleaf {
        case 0: return (cores | 0x121, 0x02C0_003F, 63, 0)  // 48 KiB data
        case 1: return (cores | 0x122, 0x01C0_003F, 63, 0)  // 32 KiB instructions
        case 2: return (cores | 0x143, 0x03C0_003F, 2047, 0)  // 2 MiB
        case 3: return (cores | sharing | 0x163, 0x03C0_003F, 32767, 0)  // 32 MiB, shared by the package
        default: return (0, 0, 0, 0)
        }
    }

    /// One thread per core, all cores in one package.
    private func topology(_ subleaf: UInt32) -> (UInt32, UInt32, UInt32, UInt32) {
        var shift: UInt32 = 0
        while 1 << Int(shift) < processorsPerPackage { shift += 1 }
        switch subleaf {
        case 0: return (0, 1, 1 << 8, 0)
        case 1: return (shift, UInt32(truncatingIfNeeded: processorsPerPackage), 1 | 2 << 8, 0)
        default: return (0, 0, subleaf & 0xFF, 0)
        }
    }

    private func extendedState(_ subleaf: UInt32) -> (UInt32, UInt32, UInt32, UInt32) {
        switch subleaf {
        case 0: (0x203, 0xA88, 0xA88, 0)  // x87, SSE, PKRU
        case 1: (0xF, 0x248, 0x1800, 0)
        case 9: (8, 0xA80, 0, 0)
        case 11: (16, 0, 1, 0)
        case 12: (24, 0, 1, 0)
        default: (0, 0, 0, 0)
        }
    }

    private func brand(_ part: UInt32) -> (UInt32, UInt32, UInt32, UInt32) {
        let name = Array("Seamless simulated TDX processor".utf8)
        func word(_ index: Int) -> UInt32 {
            (0..<4).reduce(0) { word, byte in
                let position = Int(part) * 16 + index * 4 + byte
                return word | UInt32(position < name.count ? name[position] : 0) << (8 * UInt32(byte))
            }
        }
        return (word(0), word(1), word(2), word(3))
    }
}
