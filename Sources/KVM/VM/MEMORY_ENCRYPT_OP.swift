// SPDX-License-Identifier: Apache-2.0

import KVMABI
import PhysicalMemory
import Platform
import TDXABI
import X86

extension VM {
    /// `KVM_MEMORY_ENCRYPT_OP` of the VM.
    func memoryEncryptOp(_ argument: UInt) throws(Errno) -> Int {
        let memory = UserMemory(address: argument)
        var command = try memory.read(KVMTDXCommand.self)
        guard command.hwError == 0 else { throw .invalid("hw_error must be 0") }
        let data = UserMemory(address: UInt(command.data))
        switch KVMTDXCommandID(rawValue: command.id) {
        case .capabilities:
            try capabilities(command, data)
            return 0
        case .initVM, .finalizeVM:
            var failure: Errno?
            lock.withLock {
                do throws(Errno) {
                    if command.id == KVMTDXCommandID.initVM.rawValue {
                        try initVM(&command, data)
                    } else {
                        try finalize(&command)
                    }
                } catch { failure = error }
            }
            try memory.write(command)
            if let failure { throw failure }
            return 0
        default: throw .invalid("a VM has no such sub-command")
        }
    }

    // MARK: KVM_TDX_CAPABILITIES

    /// ATTRIBUTES that KVM lets a TD have: `SEPT_VE_DISABLE`.
    static let knownAttributes: UInt64 = 1 << 28
    /// XFAM that KVM lets a TD have: x87, SSE and PKRU.
    static let knownXFAM: UInt64 = 0x203
    /// Those of XFAM's bits that XCR0 has; the others are IA32_XSS.
    static let userState: UInt64 = 0x6_02FF

    var supportedAttributes: UInt64 {
        let supported = VM.knownAttributes & host.system.attributesFixed0
        return host.system.attributesFixed1 & ~supported == 0 ? supported : 0
    }
    var supportedXFAM: UInt64 {
        let supported = VM.knownXFAM & host.system.xfamFixed0
        return host.system.xfamFixed1 & ~supported == 0 ? supported : 0
    }

    private func capabilities(_ command: KVMTDXCommand, _ data: UserMemory) throws(Errno) {
        guard command.flags == 0 else { throw .invalid("flags must be 0") }
        let room = try data.read(UInt32.self, at: 2048)
        let leaves = host.system.cpuid
        guard room >= leaves.count else {
            throw .tooBig("nent is less than the configurable leaves there are")
        }
        guard supportedAttributes != 0, supportedXFAM != 0 else {
            throw .ioError("the module demands what KVM does not know")
        }
        var result = KVMTDXCapabilities()
        result.supportedAttributes = supportedAttributes
        result.supportedXFAM = supportedXFAM
        result.userTDVMCallInfo1R11 = 1 << 1
        result.entryCount = UInt32(leaves.count)
        try data.write(result)
        try data.writeArray(
            leaves.map { leaf in
                var entry = KVMCPUIDEntry2()
                entry.function = leaf.leaf
                entry.index = leaf.index
                (entry.eax, entry.ebx, entry.ecx, entry.edx) = (leaf.eax, leaf.ebx, leaf.ecx, leaf.edx)
                if leaf.leaf == 0x8000_0008 { entry.eax |= 0xFF << 16 }
                if leaf.leaf == 7, leaf.index == 0 {
                    entry.ebx &= ~(1 << 4 | 1 << 11)  // HLE, RTM
                    entry.ecx &= ~(1 << 5)  // WAITPKG
                }
                return entry
            }, at: MemoryLayout<KVMTDXCapabilities>.size)
    }

    // MARK: KVM_TDX_INIT_VM

    private func initVM(_ command: inout KVMTDXCommand, _ data: UserMemory) throws(Errno) {
        guard state == .uninitialized else { throw .invalid("the TD is initialized already") }
        guard command.flags == 0 else { throw .invalid("flags must be 0") }
        let count = try data.read(UInt32.self, at: 256)
        guard count <= UInt32(KVMConstant.maxCPUIDEntries) else { throw .tooBig("nent is 256 at most") }
        let request = try data.read(KVMTDXInitVM.self)
        let entries = try data.readArray(Int(count), of: KVMCPUIDEntry2.self, at: 264)
        guard (0..<12).allSatisfy({ request.reserved[$0] == 0 }), request.padding == 0,
            request.entryCount == count
        else { throw .invalid("reserved and padding must be 0") }
        guard vcpus.isEmpty else { throw .busy("the VM has vCPUs already") }
        guard request.attributes & ~supportedAttributes == 0, request.xfam & ~supportedXFAM == 0 else {
            throw .invalid("attributes or xfam has bits that KVM_TDX_CAPABILITIES does not offer")
        }
        guard let sizes = entries.first(where: { $0.function == 0x8000_0008 && $0.index == 0 }) else {
            throw .invalid("leaf 0x80000008, which has the width of guest addresses, is missing")
        }
        let width = sizes.eax >> 16 & 0xFF
        guard width == 48 || width == 52 && host.platform.hasFiveLevelEPT else {
            throw .invalid("the width of guest addresses in leaf 0x80000008, EAX 23:16, is neither 48 nor 52")
        }
        let levels: UInt64 = width == 52 ? 5 : 4
        let leaves = try configured(entries)

        var parameters = [UInt64](repeating: 0, count: 128)
        parameters[0] = request.attributes | host.system.attributesFixed1
        parameters[1] = request.xfam | host.system.xfamFixed1
        parameters[2] = UInt64(maxVCPUs)
        parameters[3] = 6 | (levels - 1) << 3
        parameters[4] = 1 << 2 | (width == 52 ? 1 : 0)
        parameters[5] = UInt64(tscKHz / 25_000)
        for index in 0..<48 {
            for (offset, byte) in [
                (80, request.mrConfigID[index]), (128, request.mrOwner[index]),
                (176, request.mrOwnerConfig[index]),
            ] {
                let position = offset + index
                parameters[position / 8] |= UInt64(byte) << (8 * UInt64(position % 8))
            }
        }
        for (index, leaf) in leaves.enumerated() where 32 + 2 * index + 1 < 128 {
            parameters[32 + 2 * index] = UInt64(leaf.eax) | UInt64(leaf.ebx) << 32
            parameters[33 + 2 * index] = UInt64(leaf.ecx) | UInt64(leaf.edx) << 32
        }
        try create(parameters, &command)
        attributes = parameters[0]
        xfam = parameters[1]
        sharedBit = 1 << UInt64(width - 1)
        eptLevels = Int(levels)
        state = .initialized
    }

    /// The program's leaves in the module's order; every entry given must be one of them.
    private func configured(_ entries: [KVMCPUIDEntry2]) throws(Errno) -> [KVMCPUIDEntry2] {
        var matched = 0
        var result: [KVMCPUIDEntry2] = []
        for leaf in host.system.cpuid {
            guard
                var entry = entries.first(where: {
                    $0.function == leaf.leaf
                        && ($0.flags & KVMConstant.cpuidSignificantIndex == 0 || $0.index == leaf.index)
                })
            else {
                result.append(KVMCPUIDEntry2())
                continue
            }
            if leaf.leaf == 7, leaf.index == 0 {
                guard entry.ebx & (1 << 4 | 1 << 11) == 0, entry.ecx & 1 << 5 == 0 else {
                    throw .invalid("a TD cannot have HLE, RTM and WAITPKG")
                }
            }
            if leaf.leaf == 0x8000_0008 { entry.eax &= ~(0xFF << 16) }
            matched += 1
            result.append(entry)
        }
        guard matched == entries.count else {
            throw .invalid(
                "an entry is for a leaf that is not configurable, or for one that was there already")
        }
        return result
    }

    /// `TDH.MNG.CREATE`, `TDH.MNG.KEY.CONFIG` in every package, `TDH.MNG.ADDCX` for every page, `TDH.MNG.INIT`.
    private func create(_ parameters: [UInt64], _ command: inout KVMTDXCommand) throws(Errno) {
        guard let key = host.keys.allocate() else { throw .noSpace("every private KeyID has a TD") }
        guard let root = host.pages.allocate() else {
            host.keys.release(key)
            throw .noMemory("the machine has no free page")
        }
        guard let page = host.pages.allocateZeroed() else {
            host.pages.free(root)
            host.keys.release(key)
            throw .noMemory("the machine has no free page")
        }
        defer { host.pages.free(page) }
        let created = host.globalLock.withLock { call(.mngCreate, rcx: root, rdx: UInt64(key)).status }
        guard created == .success else {
            host.pages.free(root)
            host.keys.release(key)
            throw created == .rndNoEntropy ? .tryAgain : .ioError("TDH.MNG.CREATE failed")
        }
        (tdr, hkid) = (root, key)

        var status = host.callOnEachPackage(.mngKeyConfig, rcx: tdr)
        if status == .success {
            for _ in 0..<host.system.controlPages where status == .success {
                guard let extra = host.pages.allocate() else {
                    undoCreation()
                    throw .noMemory("the machine has no free page")
                }
                status = call(.mngAddCX, rcx: extra, rdx: tdr).status
                if status == .success { controlPages.append(extra) } else { host.pages.free(extra) }
            }
        }
        if status == .success {
            for (index, word) in parameters.enumerated() {
                host.memory.store(PhysicalAddress(page + 8 * UInt64(index)), word)
            }
            status = call(.mngInit, rcx: tdr, rdx: page).status
            if status.withoutDetails == .operandInvalid {
                command.hwError = status.rawValue
                undoCreation()
                throw .invalid("TDH.MNG.INIT refused TD_PARAMS; hw_error says which field")
            }
        }
        guard status == .success else {
            command.hwError = status.rawValue
            undoCreation()
            throw status == .rndNoEntropy || status.rawValue == 0x8000_0800_0000_0000
                ? .tryAgain("the module had no random numbers for a key")
                : .ioError("the TDX module refused a call; hw_error has its status")
        }
        tscOffset = call(.mngRd, rcx: tdr, rdx: 0x1100_0000_0000_000A).registers.r8
        tscMultiplier = call(.mngRd, rcx: tdr, rdx: 0x1100_0000_0000_000B).registers.r8
    }

    /// Everything that creation has come by goes back; what the module keeps is lost.
    private func undoCreation() {
        guard releaseKey([]) else { return }
        for page in controlPages { reclaim(page) }
        controlPages = []
        reclaim(tdr)
        tdr = 0
    }

    // MARK: KVM_TDX_FINALIZE_VM

    private func finalize(_ command: inout KVMTDXCommand) throws(Errno) {
        guard hasKey, state != .runnable else {
            throw .invalid("it comes once, after KVM_TDX_INIT_VM")
        }
        let status = call(.mrFinalize, rcx: tdr).status
        command.hwError = status.rawValue
        if status.withoutDetails == .operandBusy { throw .busy("TDH.MR.FINALIZE found the TD busy") }
        guard status == .success else {
            die()
            throw .ioError("TDH.MR.FINALIZE failed; hw_error has its status")
        }
        state = .runnable
    }
}
