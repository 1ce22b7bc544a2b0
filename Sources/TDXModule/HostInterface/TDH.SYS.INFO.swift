// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.INFO`: tells what the module can do, in the way of its first version.
    ///
    /// - `RCX`: physical address for `TDSYSINFO`. `RDX`: its size; returns what was written.
    /// - `R8`: physical address for the CMRs. `R9`: entries there; returns how many were written.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.INFO`.
    static let sysInfo = HostLeaf(
        .sysInfo, "TDH.SYS.INFO",
        [.rcx: .shared(1024), .rdx: .value("at least 1024"), .r8: .shared(512), .r9: .value("at least 32")]
    ) { module, call throws(TDXStatus) in
        let (address, size, cmrs, capacity) = (
            call.registers.rcx, call.registers.rdx, call.registers.r8, call.registers.r9
        )
        call.registers.rdx = 0
        call.registers.r9 = 0
        guard module.system.processors[call.processor].isInitialized else { throw .sysLPInitNotDone }
        try module.checkShared(address, .rcx, alignment: 1024)
        guard size >= 1024 else { throw .operandInvalid.at(.rdx) }
        try module.checkShared(cmrs, .r8, alignment: 512)
        guard capacity >= 32 else { throw .operandInvalid.at(.r9) }

        // Effects.
        module.memory.write(PhysicalAddress(address), module.systemInformation)
        for index in 0..<32 {
            let range = index < module.platform.cmrs.count ? module.platform.cmrs[index] : 0..<0
            module.memory.store(PhysicalAddress(cmrs &+ UInt64(index) * 16), range.lowerBound)
            module.memory.store(
                PhysicalAddress(cmrs &+ UInt64(index) * 16 + 8), range.upperBound - range.lowerBound)
        }
        call.registers.rdx = 1024
        call.registers.r9 = 32
    }
}

extension TDXModule {
    /// `TDSYSINFO_STRUCT`: 1024 bytes.
    fileprivate var systemInformation: [UInt8] {
        var bytes: [UInt8] = []
        func append<T: FixedWidthInteger>(_ values: T...) {
            for value in values {
                for byte in 0..<T.bitWidth / 8 {
                    bytes.append(UInt8(truncatingIfNeeded: value >> T(8 * byte)))
                }
            }
        }
        func pad(to offset: Int) { bytes += repeatElement(0, count: max(0, offset - bytes.count)) }
        // Attributes, vendor, build date; build number, minor and major version; TDH.SYS.RD exists.
        append(UInt32(0), 0x8086, UInt32(TDXModule.build.date))
        append(
            UInt16(TDXModule.build.number), UInt16(TDXModule.version.minor), UInt16(TDXModule.version.major))
        append(UInt8(1))
        pad(to: 32)
        append(UInt16(64), 16, 16)
        pad(to: 48)
        append(UInt16(TDXModule.tdcsPages * 4096), 0, UInt16(TDXModule.tdvpsPages * 4096))
        pad(to: 64)
        append(attributesFixed0, attributesFixed1, xfamFixed0, xfamFixed1)
        pad(to: 128)
        append(UInt32(CPUIDTable.configurable.count))
        for index in CPUIDTable.configurable {
            let row = CPUIDTable.rows[index]
            let value = native(row.leaf, row.subleaf ?? 0)
            append(row.leaf, row.subleafNumber)
            for register in CPUIDRegister.allCases {
                append(CPUIDTable.configurationMask(row, register, native: value[register]))
            }
        }
        pad(to: 1024)
        return bytes
    }
}
