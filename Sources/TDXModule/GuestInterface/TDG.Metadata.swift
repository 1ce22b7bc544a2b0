// SPDX-License-Identifier: Apache-2.0

import PhysicalMemory
import TDXABI
import X86

extension GuestLeaf {
    /// `TDG.VM.RD`: reads a field of the TD.
    ///
    /// - `RCX`: 0, the TD itself. `RDX`: the field; from version 1 on, all ones asks for the first.
    /// - `R8` out: the value. `RDX` out, from version 1 on: the next field.
    ///
    /// - SeeAlso: ABI Reference, `TDG.VM.RD`.
    static let vmRd = GuestLeaf(.vmRd, "TDG.VM.RD", [.rcx: .value("0"), .rdx: .field], versions: 1) {
        module, vcpu, processor throws(TDXStatus) in
        let returnsNext = processor[.rax][bits: 16...23] >= 1
        return try read(
            module, .td(vcpu.td, isGuest: true), processor, handle: true, returnsNext: returnsNext)
    }

    /// `TDG.VM.WR`: writes bits of a field of the TD.
    ///
    /// - `RCX`: 0. `RDX`: the field. `R8`: the value. `R9`: the mask of bits to write.
    /// - `R8` out: the value before.
    ///
    /// - SeeAlso: ABI Reference, `TDG.VM.WR`.
    static let vmWr = GuestLeaf(
        .vmWr, "TDG.VM.WR", [.rcx: .value("0"), .rdx: .field, .r8: .anything, .r9: .anything]
    ) { module, vcpu, processor throws(TDXStatus) in
        try write(module, .td(vcpu.td, isGuest: true), processor)
    }

    /// `TDG.VP.RD`: reads a field of the vCPU; as `TDG.VM.RD`.
    ///
    /// - SeeAlso: ABI Reference, `TDG.VP.RD`.
    static let vpRd = GuestLeaf(.vpRd, "TDG.VP.RD", [.rcx: .value("0"), .rdx: .field]) {
        module, vcpu, processor throws(TDXStatus) in
        try read(module, .vcpu(vcpu, isGuest: true), processor, handle: true, returnsNext: true)
    }

    /// `TDG.VP.WR`: writes bits of a field of the vCPU; as `TDG.VM.WR`.
    ///
    /// - SeeAlso: ABI Reference, `TDG.VP.WR`.
    static let vpWr = GuestLeaf(
        .vpWr, "TDG.VP.WR", [.rcx: .value("0"), .rdx: .field, .r8: .anything, .r9: .anything]
    ) { module, vcpu, processor throws(TDXStatus) in
        try write(module, .vcpu(vcpu, isGuest: true), processor)
    }

    /// `TDG.SYS.RD`: reads a field of the system.
    ///
    /// - `RDX`: the field, or all ones for the first. `R8` out: the value. `RDX` out: the next field.
    ///
    /// - SeeAlso: ABI Reference, `TDG.SYS.RD`.
    static let sysRd = GuestLeaf(.sysRd, "TDG.SYS.RD", [.rdx: .field]) {
        module, _, processor throws(TDXStatus) in
        try read(module, .system(isGuest: true), processor, handle: false, returnsNext: true)
    }

    /// `TDG.SYS.RDALL`: reads the fields of the system as a list.
    ///
    /// - `RDX`: private address of a page. `R8`: the field to begin with, or all ones; out: the next one.
    ///
    /// - SeeAlso: ABI Reference, `TDG.SYS.RDALL`.
    static let sysRdAll = GuestLeaf(
        .sysRdAll, "TDG.SYS.RDALL", [.rdx: .guestMemory(4096, shared: false), .r8: .field]
    ) { module, vcpu, processor throws(TDXStatus) in
        switch try module.locate(
            processor[.rdx], .rdx, alignment: 4096, access: .write, allowsShared: false, vcpu)
        {
        case .found(let address):
            let (bytes, next) = try module.metadataList(
                .system(isGuest: true), from: MetadataFieldID(processor[.r8]), size: 4096)
            module.memory.write(address, bytes)
            processor[.r8] = next.rawValue
            return .completed(next == .null ? .success : .metadataListOverflow)
        case .left(let action): return .left(action)
        }
    }

    private static func read(
        _ module: TDXModule, _ context: MetadataContext, _ processor: any VirtualProcessor, handle: Bool,
        returnsNext: Bool
    ) throws(TDXStatus) -> GuestLeafResult {
        let field = MetadataFieldID(processor[.rdx])
        processor[.r8] = 0
        if returnsNext { processor[.rdx] = MetadataFieldID.null.rawValue }
        guard !handle || processor[.rcx] == 0 else { throw .operandInvalid.at(.rcx) }
        if returnsNext, field == .null {
            processor[.rdx] = module.nextMetadata(context, after: .null).rawValue
            throw .metadataFirstFieldIDInContext
        }
        processor[.r8] = try module.readMetadata(context, field)
        if returnsNext { processor[.rdx] = module.nextMetadata(context, after: field).rawValue }
        return .completed(.success)
    }

    private static func write(
        _ module: TDXModule, _ context: MetadataContext, _ processor: any VirtualProcessor
    ) throws(TDXStatus) -> GuestLeafResult {
        let value = processor[.r8]
        processor[.r8] = 0
        guard processor[.rcx] == 0 else { throw .operandInvalid.at(.rcx) }
        processor[.r8] = try module.writeMetadata(
            context, MetadataFieldID(processor[.rdx]), value: value, mask: processor[.r9])
        return .completed(.success)
    }
}
