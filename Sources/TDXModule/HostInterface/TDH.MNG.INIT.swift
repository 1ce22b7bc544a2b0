// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.MNG.INIT`: makes a TD what its owner wants it to be.
    ///
    /// - `RCX`: the TDR; on a CPUID configuration error, returns the leaf and sub-leaf.
    /// - `RDX`: physical address of `TD_PARAMS`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.MNG.INIT`.
    static let mngInit = HostLeaf(
        .mngInit, "TDH.MNG.INIT", [.rcx: .tdr, .rdx: .parameters], in: [.uninitialized]
    ) {
        module, call throws(TDXStatus) in
        let (tdr, address) = (call.registers.rcx, call.registers.rdx)
        call.registers.rcx = 0
        guard module.platform.nativeMSR(0x1A0)?[bit: 22] != true else { throw .limitCPUIDMaxValSet }
        let access = try module.open(tdr, .rcx, exclusively: true, in: call.states)
        let td = access.td
        try module.checkShared(address, .rdx, alignment: 1024)
        let parameters = TDParams(module.memory.read(PhysicalAddress(address), count: TDParams.size))
        try module.check(parameters, tdcsPages: td.pages.count)
        guard module.platform.nativeMSR(0x3B) ?? 0 == module.system.tscAdjust else {
            throw .inconsistentMSR.with(0x3B)
        }
        try module.checkReserved(parameters)
        let cpuid: VirtualCPUID
        do throws(CPUIDConfigurationError) {
            cpuid = try VirtualCPUID(
                CPUIDParameters(
                    attributes: parameters.attributes, xfam: parameters.xfam,
                    configFlags: parameters.configFlags,
                    tscFrequency: parameters.tscFrequency, values: parameters.cpuidValues),
                native: { module.native($0, $1) })
        } catch {
            call.registers.rcx = error.result.rcx
            throw error.result.status
        }
        guard parameters.reservedTail.allSatisfy({ $0 == 0 }) else { throw .operandInvalid.at(.rdx) }
        let capabilities = parameters.archCapabilitiesConfig
        guard
            capabilities & ~(parameters.msrConfigControls & 1 != 0 ? TDXModule.archCapabilitiesConfigMask : 0)
                == 0
        else { throw .operandInvalid.at(.archCapabilitiesConfig) }
        guard !TDAttributes(rawValue: parameters.attributes).contains(.migratable) || parameters.numL2VMs == 0
        else {
            throw .operandInvalid.at(.rdx)
        }

        // Effects.
        let frequency = UInt64(parameters.tscFrequency) * 25_000_000
        let multiplier = (UInt128(frequency) << 48) / UInt128(max(module.platform.tscFrequency, 1))
        td.configure(
            parameters, cpuid: cpuid,
            archCapabilities: module.archCapabilities(configuration: capabilities, cpuid: cpuid),
            tscMultiplier: UInt64(truncatingIfNeeded: multiplier), now: module.platform.clock())
        module.memory.write(
            PhysicalMemory.address(PhysicalAddress(td.pages[2]), key: td.hkid),
            MSRTable.bitmaps(module.msrFeatures(of: td)))
        _ = consume access
    }
}

extension TDXModule {
    /// The checks of `TD_PARAMS` up to the TSC frequency.
    fileprivate func check(_ parameters: TDParams, tdcsPages: Int) throws(TDXStatus) {
        guard isValid(attributes: parameters.attributes) else { throw .operandInvalid.at(.attributes) }
        guard isValid(xfam: parameters.xfam) else { throw .operandInvalid.at(.xfam) }
        guard 1...TDXModule.maxVCPUs ~= parameters.maxVCPUs else { throw .operandInvalid.at(.maxVCPUs) }
        guard parameters.numL2VMs <= 3 else { throw .operandInvalid.at(.numL2VMs) }
        guard tdcsPages >= TDXModule.tdcsPages + Int(parameters.numL2VMs) else { throw .tdcsNotAllocated }
        guard parameters.reserved20 == 0 else { throw .operandInvalid.at(.rdx) }
        guard parameters.configFlags & ~TDXModule.configFlagsFixed0 == 0 else {
            throw .operandInvalid.at(.configFlags)
        }
        guard isValid(eptpControls: parameters.eptpControls, configFlags: parameters.configFlags) else {
            throw .operandInvalid.at(.eptpControls)
        }
        guard 4...400 ~= parameters.tscFrequency else { throw .operandInvalid.at(.tscFrequency) }
    }

    /// The reserved parts of `TD_PARAMS` before the CPUID values.
    fileprivate func checkReserved(_ parameters: TDParams) throws(TDXStatus) {
        guard parameters.reserved42.allSatisfy({ $0 == 0 }), parameters.msrConfigControls & 0xFE == 0,
            parameters.reserved232.allSatisfy({ $0 == 0 })
        else { throw .operandInvalid.at(.rdx) }
    }
}

extension TD {
    /// `TDH.MNG.INIT`
    fileprivate func configure(
        _ parameters: TDParams, cpuid: VirtualCPUID, archCapabilities: UInt64, tscMultiplier: UInt64,
        now: UInt64
    ) {
        attributes = parameters.attributes
        xfam = parameters.xfam
        maxVCPUs = parameters.maxVCPUs
        numL2VMs = parameters.numL2VMs
        configFlags = parameters.configFlags
        eptpControls = parameters.eptpControls
        msrConfigControls = parameters.msrConfigControls
        archCapabilitiesConfig = parameters.archCapabilitiesConfig
        self.archCapabilities = archCapabilities
        self.cpuid = cpuid
        isTopologyConfigured = cpuid.hasTopology
        controls = attributes[bit: 28] ? 1 : 0
        tscFrequency = parameters.tscFrequency
        self.tscMultiplier = tscMultiplier
        tscOffset = 0 &- UInt64(truncatingIfNeeded: (UInt128(now) * UInt128(tscMultiplier)) >> 48)
        mrConfigID = parameters.mrConfigID
        mrOwner = parameters.mrOwner
        mrOwnerConfig = parameters.mrOwnerConfig
        measurement = Measurement()
        numVCPUs = 0
        opState = .initialized
    }
}
