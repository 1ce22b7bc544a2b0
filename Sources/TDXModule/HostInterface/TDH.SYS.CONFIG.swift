// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension HostLeaf {
    /// `TDH.SYS.CONFIG`: says which memory is for TDs, and which key is the module's own.
    ///
    /// - `RCX`: physical address of an array of addresses of `TDMR_INFO`.
    /// - `RDX`: entries in it.
    /// - `R8`: bits 15:0, the module's `HKID`.
    ///
    /// - SeeAlso: ABI Reference, `TDH.SYS.CONFIG`.
    static let sysConfig = HostLeaf(
        .sysConfig, "TDH.SYS.CONFIG",
        [.rcx: .shared(512), .rdx: .value("the number of TDMRs, 1 to 64"), .r8: .key]
    ) { module, call throws(TDXStatus) in
        let (array, count, key) = (call.registers.rcx, call.registers.rdx, call.registers.r8)
        let lock = try ExclusiveLock(module.system.lock, .sysBusy)
        let system = module.system
        guard system.state == .initDone, system.processors.allSatisfy(\.isInitialized) else {
            throw .sysConfigNotPending
        }
        try module.checkShared(array, .rcx, alignment: 512)
        guard 1...64 ~= count else { throw .operandInvalid.at(.rdx) }
        guard module.kot.isPrivate(key) else { throw .operandInvalid.at(.r8) }
        let hkid = UInt16(truncatingIfNeeded: key)
        let kotLock = try module.kot.lock.exclusive(.kot)
        guard module.kot[hkid] == .free || module.kot[hkid] == .reserved else {
            throw .operandInvalid.at(.r8)
        }
        module.kot[hkid] = .reserved
        var layout = TDMRLayout(cmrs: module.platform.cmrs, addressWidth: Int(module.addressWidth))
        for index in 0..<count {
            let pointer: UInt64 = module.memory.load(PhysicalAddress(array &+ index &* 8))
            try module.checkShared(pointer, .rcx, alignment: 512)
            try layout.add(TDMRInfo(module.memory.read(PhysicalAddress(pointer), count: TDMRInfo.size)))
        }

        // Effects.
        system.globalKey = hkid
        system.tdmrs = layout.regions
        system.state = .configDone
        _ = consume kotLock
        _ = consume lock
    }
}

/// The TDMRs that `TDH.SYS.CONFIG` has accepted so far.
private struct TDMRLayout {
    private let cmrs: [Range<UInt64>]
    private let addressWidth: Int
    private(set) var regions: [TDMR] = []
    /// Parts of TDMRs that are not reserved, with the number of the TDMR.
    private var available: [(range: Range<UInt64>, tdmr: Int)] = []
    private var pamts: [(range: Range<UInt64>, tdmr: Int, size: Int)] = []

    init(cmrs: [Range<UInt64>], addressWidth: Int) {
        var merged: [Range<UInt64>] = []
        for cmr in cmrs where !cmr.isEmpty {
            if let last = merged.last, last.upperBound == cmr.lowerBound {
                merged[merged.count - 1] = last.lowerBound..<cmr.upperBound
            } else {
                merged.append(cmr)
            }
        }
        self.cmrs = merged
        self.addressWidth = addressWidth
    }

    /// The area's range, unless it overflows or has KeyID bits.
    private func range(_ area: TDMRInfo.Area) -> Range<UInt64>? {
        let (end, overflow) = area.base.addingReportingOverflow(area.size)
        let limit = UInt64(1) << UInt64(min(addressWidth, PhysicalMemory.keyShift))
        return overflow || end > limit ? nil : area.base..<end
    }

    private func isConvertible(_ range: Range<UInt64>) -> Bool {
        cmrs.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
    }

    mutating func add(_ info: TDMRInfo) throws(TDXStatus) {
        let number = regions.count
        let index = UInt32(truncatingIfNeeded: number)
        guard !info.region.base.addingReportingOverflow(info.region.size).overflow else {
            throw .invalidTDMR.with(index)
        }
        guard info.region.base >= regions.last?.range.upperBound ?? 0 else {
            throw .nonOrderedTDMR.with(index)
        }
        guard info.region.base & 0x3FFF_FFFF == 0, info.region.size & 0x3FFF_FFFF == 0, info.region.size > 0,
            let range = range(info.region)
        else { throw .invalidTDMR.with(index) }
        let reserved = try self.reserved(info, in: range, index)
        var position = range.lowerBound
        for area in reserved + [range.upperBound..<range.upperBound] {
            if area.lowerBound > position { available.append((position..<area.lowerBound, number)) }
            position = area.upperBound
        }
        for (size, area, page) in [(2, info.pamt1G, 30), (1, info.pamt2M, 21), (0, info.pamt4K, 12)] {
            let details = index | UInt32(size) << 8
            guard area.base & 0xFFF == 0, area.size & 0xFFF == 0,
                area.size >= info.region.size >> UInt64(page) * 16,
                let range = self.range(area)
            else { throw .invalidPAMT.with(details) }
            let others = pamts.map { ($0.range, $0.tdmr) } + available
            for (other, tdmr) in others where other.overlaps(range) {
                throw .pamtOverlap.with(details | UInt32(tdmr) << 16)
            }
            guard isConvertible(range) else { throw .pamtOutsideCMRs.with(details) }
            pamts.append((range, number, size))
        }
        for part in available where part.tdmr == number {
            for pamt in pamts where pamt.range.overlaps(part.range) {
                throw .pamtOverlap.with(UInt32(pamt.tdmr) | UInt32(pamt.size) << 8 | index << 16)
            }
            guard isConvertible(part.range) else { throw .tdmrOutsideCMRs.with(index) }
        }
        regions.append(TDMR(range: range, reserved: reserved))
    }

    private func reserved(
        _ info: TDMRInfo, in region: Range<UInt64>, _ index: UInt32
    ) throws(TDXStatus) -> [Range<UInt64>] {
        var result: [Range<UInt64>] = []
        var isEnded = false
        for (number, area) in info.reserved.enumerated() {
            let details = index | UInt32(number) << 8
            if area.size == 0 {
                isEnded = true
                continue
            }
            guard !isEnded else { throw .nonOrderedReservedInTDMR.with(details) }
            let (offsetEnd, overflow) = area.base.addingReportingOverflow(area.size)
            guard !overflow else { throw .invalidReservedInTDMR.with(details) }
            let previous = (result.last?.upperBound ?? region.lowerBound) - region.lowerBound
            guard area.base >= previous else { throw .nonOrderedReservedInTDMR.with(details) }
            guard area.base & 0xFFF == 0, area.size & 0xFFF == 0, offsetEnd <= info.region.size else {
                throw .invalidReservedInTDMR.with(details)
            }
            result.append(region.lowerBound + area.base..<region.lowerBound + offsetEnd)
        }
        return result
    }
}
