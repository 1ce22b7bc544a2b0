// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.INIT`: brings up the module, once per platform.
    ///
    /// - `RCX`: zero.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.INIT`.
    static let sysInit = HostLeaf(.sysInit, "TDH.SYS.INIT", [.rcx: .value("zero")]) {
        module, call throws(TDXStatus) in
        guard call.registers.rcx == 0 else { throw .operandInvalid.at(.rcx) }
        let lock = try ExclusiveLock(module.system.lock, .sysBusy)
        guard module.system.state == .initPending else { throw .sysInitNotPending }
        let platform = module.platform
        guard platform.nativeMSR(0x1A0)?[bit: 22] != true else { throw .limitCPUIDMaxValSet }
        let uncounted = platform.packages > 64 ? 64 : nil
        if let package = platform.processors.first(where: { !(0..<platform.packages ~= $0) }) ?? uncounted {
            throw .invalidPackageID.with(UInt32(truncatingIfNeeded: package))
        }
        guard !platform.privateKeys.isEmpty, platform.privateKeys.upperBound <= 1 << PhysicalMemory.keyBits
        else {
            throw .numActivatedHKIDsNotSupported.with(1 << UInt32(PhysicalMemory.keyBits))
        }
        if let capabilities = platform.nativeMSR(0x10A) {
            guard capabilities & TDXModule.requiredArchCapabilities == TDXModule.requiredArchCapabilities
            else { throw .incorrectMSRValue.with(0x10A) }
        }
        try module.checkSMRR()
        try module.checkNativeCPUID(&call)

        // Effects.
        module.system.tscAdjust = platform.nativeMSR(0x3B) ?? 0
        for number in TDXModule.comparedMSRs { module.system.nativeMSRs[number] = platform.nativeMSR(number) }
        module.system.nativeCPUID = CPUIDTable.rows.map { module.native($0.leaf, $0.subleaf ?? 0) }
        module.system.state = .initDone
        _ = consume lock
    }
}

extension TDXModule {
    /// MSRs that must be the same on all logical processors.
    static let comparedMSRs: [UInt32] = [
        0xCF, 0x10A, 0xBC, 0xBD, 0xFE, 0x1F2, 0x1F3, 0x345, 0x981, 0x982, 0x87, 0x98, 0x99, 0x3B,
        0x480, 0x481, 0x482, 0x483, 0x484, 0x485, 0x486, 0x487, 0x488, 0x489, 0x48A, 0x48B, 0x48C, 0x48D,
        0x48E, 0x48F, 0x490, 0x491, 0x492,
    ]

    /// Bits of IA32_ARCH_CAPABILITIES without which the module does not start.
    static let requiredArchCapabilities: UInt64 = 0xF16B

    /// What SMM has for itself is locked, and no memory for TDs is in it.
    fileprivate func checkSMRR() throws(TDXStatus) {
        let capabilities = platform.nativeMSR(0xFE) ?? 0
        guard capabilities[bit: 11] else { throw .smrrNotSupported }
        guard capabilities[bit: 14] else { throw .smrrLockNotSupported }
        let (base, mask) = (platform.nativeMSR(0x1F2) ?? 0, platform.nativeMSR(0x1F3) ?? 0)
        guard mask[bit: 10] else { throw .smrrNotLocked }
        guard mask[bit: 11] else { return }
        let (start, size) = (base[bits: 12...31] << 12, (1 << 32) - mask[bits: 12...31] << 12)
        guard size & (size - 1) == 0, start & (size - 1) == 0 else { throw .invalidSMRRConfiguration }
        if let cmr = platform.cmrs.firstIndex(where: { $0.overlaps(start..<start + size) }) {
            throw .smrrOverlapsCMR.with(UInt32(truncatingIfNeeded: cmr) << 8)
        }
    }

    /// The processor enumerates what the module relies on.
    fileprivate func checkNativeCPUID(_ call: inout HostCall) throws(TDXStatus) {
        for row in CPUIDTable.rows {
            let value = native(row.leaf, row.subleaf ?? 0)
            guard CPUIDRegister.allCases.allSatisfy({ value[$0] & row[$0].checked == row[$0].checkedValue })
            else {
                call.registers.rcx = UInt64(row.leaf) | UInt64(row.subleafNumber) << 32
                call.registers.rdx = UInt64(row.eax.checked) | UInt64(row.ebx.checked) << 32
                call.registers.r8 = UInt64(row.ecx.checked) | UInt64(row.edx.checked) << 32
                call.registers.r9 = UInt64(row.eax.checkedValue) | UInt64(row.ebx.checkedValue) << 32
                call.registers.r10 = UInt64(row.ecx.checkedValue) | UInt64(row.edx.checkedValue) << 32
                throw .incorrectCPUIDValue
            }
        }
    }
}
