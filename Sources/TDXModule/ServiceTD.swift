// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// A binding of a service TD to a TD: `SERVTD_BINDING`.
///
/// ```
///  none ──TDH.SERVTD.PREBIND──▶ preBound ──TDH.SERVTD.BIND──▶ bound
///    └───────────────TDH.SERVTD.BIND────────────────────────────▲
/// ```
///
/// - SeeAlso: Base Specification, "Service TDs".
struct ServiceTDBinding: Sendable {
    enum State: UInt8, Sendable {
        case none, preBound, bound
    }

    var state = State.none
    /// `SERVTD_TYPE`; 0 is the migration TD.
    var type: UInt16 = 0
    var attributes = ServiceTDAttributes(rawValue: 0)
    /// `TD_UUID` of the service TD that is bound.
    var uuid = [UInt8](repeating: 0, count: 32)
    /// `SERVTD_INFO_HASH`
    var infoHash = Digest384()

    /// The record as `SERVTD_BINDINGS_TABLE` shows it: 128 bytes.
    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 128)
        bytes[0] = state.rawValue
        bytes.replaceSubrange(2..<4, with: littleEndian(type))
        bytes.replaceSubrange(8..<16, with: littleEndian(attributes.rawValue))
        bytes.replaceSubrange(16..<48, with: uuid)
        bytes.replaceSubrange(48..<96, with: infoHash.bytes)
        return bytes
    }

    /// `SERVTD_HASH` of a TD with this binding; zero without one.
    var hash: Digest384 {
        guard state != .none else { return .zero }
        return Digest384(
            hashing: infoHash.bytes + littleEndian(type) + littleEndian(attributes.rawValue))
    }
}

/// `SERVTD_ATTR`
struct ServiceTDAttributes: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    var rawValue: UInt64
    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// `SERVTD_ATTR_FIXED0`: the bits that may be set.
    static let mask: UInt64 = 0x0000_07FF_0000_0001

    /// The binding is to one instance, known by its `TD_UUID`, not to all with the same hash.
    var bindsInstance: Bool { rawValue[bit: 0] }

    /// `SERVTD_INFO_HASH`: the digest of `TDINFO` without the fields that bits 42:32 name.
    func infoHash(_ information: TDInfo) -> Digest384 {
        var information = information
        let ignored = rawValue[bits: 32...42]
        if ignored[bit: 0] { information.attributes = 0 }
        if ignored[bit: 1] { information.xfam = 0 }
        if ignored[bit: 2] { information.mrTD = .zero }
        if ignored[bit: 3] { information.mrConfigID = .zero }
        if ignored[bit: 4] { information.mrOwner = .zero }
        if ignored[bit: 5] { information.mrOwnerConfig = .zero }
        if ignored[bit: 6] { information.rtmr0 = .zero }
        if ignored[bit: 7] { information.rtmr1 = .zero }
        if ignored[bit: 8] { information.rtmr2 = .zero }
        if ignored[bit: 9] { information.rtmr3 = .zero }
        if ignored[bit: 10] { information.servTDHash = .zero }
        return Digest384(hashing: information.bytes)
    }
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

extension TD {
    /// The low half of `TD_UUID` as a number, which a binding handle is offset by.
    func uuidWord(_ index: Int) -> UInt64 {
        (0..<8).reduce(0) { value, byte in
            let position = index * 8 + byte
            return position < uuid.count ? value | UInt64(uuid[position]) << UInt64(8 * byte) : value
        }
    }

    /// The handle by which a bound service TD names this one: address and slot, plus the low word of `TD_UUID`.
    var bindingHandle: UInt64 { tdr &+ uuidWord(0) }
}

extension TDXModule {
    /// Slot, type and attributes of a binding: `R8`, `R9` and `R10`.
    func checkBinding(_ registers: HostRegisters) throws(TDXStatus) -> ServiceTDAttributes {
        guard registers.r8 == 0 else { throw .operandInvalid.at(.r8) }
        guard registers.r9 == 0 else { throw .operandInvalid.at(.r9) }
        guard registers.r10 & ~ServiceTDAttributes.mask == 0 else { throw .operandInvalid.at(.r10) }
        return ServiceTDAttributes(rawValue: registers.r10)
    }
}
