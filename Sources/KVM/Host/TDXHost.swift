// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import Platform
import Synchronization
import TDXABI
import X86

/// The host kernel's side of TDX: it starts the module and owns pages, KeyIDs and processors.
final class TDXHost: @unchecked Sendable {
    let platform: Platform
    let memory: PhysicalMemory
    let processors: Processors
    let pages: PageAllocator
    let keys: KeyAllocator
    let timers: TimerQueue
    /// Waits for eventfds of programs.
    let events = EventPoller()
    let globalKey: UInt16
    /// Serialises leaves that take the module's global locks.
    let globalLock = Lock()
    let system: SystemInformation

    /// What the host reads from the module's global metadata.
    struct SystemInformation: Sendable {
        var attributesFixed0: UInt64 = 0
        var attributesFixed1: UInt64 = 0
        var xfamFixed0: UInt64 = 0
        var xfamFixed1: UInt64 = 0
        var controlPages = 0
        /// Pages of a vCPU besides the `TDVPR`.
        var vcpuPages = 0
        var maxVCPUs = 0
        var features: UInt64 = 0
        var cpuid: [ConfigurableCPUID] = []
    }

    /// A leaf of CPUID with the bits that the host may choose.
    struct ConfigurableCPUID: Sendable {
        var leaf: UInt32
        /// All ones: the leaf has no sub-leaves.
        var subleaf: UInt32
        var eax: UInt32
        var ebx: UInt32
        var ecx: UInt32
        var edx: UInt32
        var index: UInt32 { subleaf == ~0 ? 0 : subleaf }
    }

    /// Brings the module up: `TDH.SYS.INIT`, `TDH.SYS.LP.INIT` on every processor, metadata, `TDH.SYS.CONFIG`,
    /// `TDH.SYS.KEY.CONFIG` in every package, `TDH.SYS.TDMR.INIT`.
    init(_ platform: Platform) throws(BringUpError) {
        self.platform = platform
        memory = platform.memory
        timers = TimerQueue(platform.time, hasThread: platform.turns == nil)
        processors = Processors(platform)
        let partitioning = platform.msrs(0x87) ?? 0
        let mktme = UInt16(truncatingIfNeeded: partitioning)
        let tdx = UInt16(truncatingIfNeeded: partitioning >> 32)
        guard tdx >= 2 else { throw .tooFewKeys(Int(tdx)) }
        globalKey = mktme + 1
        keys = KeyAllocator(mktme + 2..<mktme + tdx + 1)
        if let faults = platform.faults { keys.lose(faults.lostKeys(of: mktme + 2..<mktme + tdx + 1)) }

        // The layout of memory: 1 MiB of legacy, pages, the PAMT at the top, in one TDMR per gigabyte-aligned range.
        let size = memory.size
        let tdmrSize = (size + (1 << 30) - 1) & ~((1 << 30) - 1)
        let pamt4K = tdmrSize / 4096 * 16
        let pamt2M = (tdmrSize / (2 << 20) * 16 + 4095) & ~4095
        let pamt1G = (tdmrSize / (1 << 30) * 16 + 4095) & ~4095
        let pamtSize = pamt4K + pamt2M + pamt1G
        guard size > pamtSize + (16 << 20) else { throw .tooLittleMemory(size) }
        let pamt = size - pamtSize
        pages = PageAllocator(memory, 0x10_0000..<pamt)

        func check(
            _ name: String, _ result: (status: TDXStatus, registers: HostRegisters)
        ) throws(BringUpError) -> HostRegisters {
            guard !result.status.isError else {
                throw .seamcall(name, result.status.rawValue, result.registers.rcx)
            }
            return result.registers
        }
        let first = platform.processors[0]
        _ = try check("TDH.SYS.INIT", first.call(.sysInit))
        for processor in platform.processors {
            _ = try check("TDH.SYS.LP.INIT", processor.call(.sysLPInit))
        }
        func read(_ field: UInt64) throws(BringUpError) -> UInt64 {
            try check("TDH.SYS.RD", first.call(.sysRd, rdx: field)).r8
        }
        var system = SystemInformation()
        system.features = try read(0x0A00_0003_0000_0008)
        guard system.features[bit: 18], system.features[bit: 20] else {
            throw .featureMissing(system.features)
        }
        system.controlPages = Int(try read(0x9800_0001_0000_0100) / 4096)
        system.vcpuPages = Int(try read(0x9800_0001_0000_0200) / 4096) - 1
        system.attributesFixed0 = try read(0x1900_0003_0000_0000)
        system.attributesFixed1 = try read(0x1900_0003_0000_0001)
        system.xfamFixed0 = try read(0x1900_0003_0000_0002)
        system.xfamFixed1 = try read(0x1900_0003_0000_0003)
        system.maxVCPUs = Int(try read(0x9900_0001_0000_0008))
        let leaves = min(try read(0x9900_0001_0000_0004), 128)
        for index in 0..<leaves {
            let leaf = try read(0x9900_0003_0000_0400 + index)
            let low = try read(0x9900_0003_0000_0500 + 2 * index)
            let high = try read(0x9900_0003_0000_0501 + 2 * index)
            system.cpuid.append(
                ConfigurableCPUID(
                    leaf: UInt32(truncatingIfNeeded: leaf), subleaf: UInt32(truncatingIfNeeded: leaf >> 32),
                    eax: UInt32(truncatingIfNeeded: low), ebx: UInt32(truncatingIfNeeded: low >> 32),
                    ecx: UInt32(truncatingIfNeeded: high), edx: UInt32(truncatingIfNeeded: high >> 32)))
        }
        self.system = system

        guard let list = pages.allocateZeroed(), let info = pages.allocateZeroed() else {
            throw .tooLittleMemory(size)
        }
        var reserved: [Range<UInt64>] = [0..<0x10_0000, pamt..<pamt + pamtSize]
        if tdmrSize > size { reserved[1] = pamt..<tdmrSize }
        var words: [UInt64] = [
            0, tdmrSize, pamt + pamt4K + pamt2M, pamt1G, pamt + pamt4K, pamt2M, pamt, pamt4K,
        ]
        for area in reserved { words += [area.lowerBound, area.upperBound - area.lowerBound] }
        for (index, word) in words.enumerated() {
            memory.store(PhysicalAddress(info + 8 * UInt64(index)), word)
        }
        memory.store(PhysicalAddress(list), info)
        _ = try check(
            "TDH.SYS.CONFIG", first.call(.sysConfig, rcx: list, rdx: 1, r8: UInt64(globalKey)))
        pages.free(list)
        pages.free(info)
        for package in 0..<platform.configuration.packages {
            guard let processor = platform.processors.first(where: { $0.package == package }) else {
                continue
            }
            _ = try check("TDH.SYS.KEY.CONFIG", processor.call(.sysKeyConfig))
        }
        var progress: UInt64 = 0
        while progress < tdmrSize {
            progress = try check("TDH.SYS.TDMR.INIT", first.call(.sysTDMRInit)).rdx
        }
        platform.whenMemoryFails { [weak self] in self?.memoryFailed(at: $0) }
    }

    // MARK: Memory errors

    /// The files whose pages may go bad.
    private struct Files: Sendable {
        struct Entry: Sendable { weak var file: GuestMemory? }
        var entries: [Entry] = []
    }
    private let files = Mutex(Files())

    func add(_ file: GuestMemory) {
        files.withLock { files in
            files.entries.removeAll { $0.file == nil }
            files.entries.append(Files.Entry(file: file))
        }
    }

    /// A page is bad: it is taken from the guest that has it, and given to nobody any more.
    func memoryFailed(at address: PhysicalAddress) {
        let page = PhysicalMemory.split(address).address.rawValue & ~0xFFF
        pages.retire(page)
        for file in files.withLock({ $0.entries.compactMap(\.file) }) { file.lose(page) }
    }

    /// A processor has had a machine check: sees to the pages that the banks name.
    func handleMachineChecks() {
        for address in memory.takeConsumed() { memoryFailed(at: address) }
    }

    /// One leaf on whichever processor is idle.
    func call(
        _ leaf: HostLeafNumber, version: UInt64 = 0, rcx: UInt64 = 0, rdx: UInt64 = 0, r8: UInt64 = 0,
        r9: UInt64 = 0, preferred: Int? = nil
    ) -> (status: TDXStatus, registers: HostRegisters) {
        processors.onAny(preferred: preferred) {
            $0.call(leaf, version: version, rcx: rcx, rdx: rdx, r8: r8, r9: r9)
        }
    }

    /// One leaf on the first processor of every package, until one fails.
    func callOnEachPackage(_ leaf: HostLeafNumber, rcx: UInt64) -> TDXStatus {
        for package in 0..<platform.configuration.packages {
            guard let processor = platform.processors.first(where: { $0.package == package }) else {
                continue
            }
            let status = processors.on(processor.index) { $0.call(leaf, rcx: rcx).status }
            if status.isError { return status }
        }
        return .success
    }
}

/// Why KVM cannot use TDX on this machine.
public enum BringUpError: Error, Equatable, CustomStringConvertible {
    case tooFewKeys(Int)
    case tooLittleMemory(UInt64)
    case seamcall(String, UInt64, UInt64)
    case featureMissing(UInt64)

    public var description: String {
        switch self {
        case .tooFewKeys(let count):
            "The machine has \(count) TDX KeyIDs; give it at least 2, one for the module and one for a TD."
        case .tooLittleMemory(let size):
            "\(size) bytes of machine memory leave no room beside the TDX module's tables; ask for at least 64 MiB."
        case .seamcall(let name, let status, let rcx):
            "\(name) failed with status 0x\(String(status, radix: 16)), RCX 0x\(String(rcx, radix: 16)), while KVM started the TDX module."
        case .featureMissing(let features):
            "The TDX module's features 0x\(String(features, radix: 16)) lack NO_RBP_MOD or TOPOLOGY_ENUM, which KVM needs."
        }
    }
}
