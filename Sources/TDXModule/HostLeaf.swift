// SPDX-License-Identifier: Apache-2.0

public import TDXABI
import X86

/// A host-side call under way.
struct HostCall {
    var registers: HostRegisters
    /// The logical processor that made it.
    let processor: Int
    /// `RAX` bits 23:16.
    let version: UInt8
    /// The states of the TD in which the leaf is allowed.
    let states: OpStates
    /// The states of a Secure EPT entry in which the leaf is allowed.
    let entryStates: SEPTStates
    /// What runs next instead of the host, set by `TDH.VP.ENTER`.
    var entering: (any VirtualProcessor)?
}

/// A host-side leaf: what the dispatcher must know, and what it does.
///
/// The body throws the status to complete with; when it returns, that is `TDX_SUCCESS`.
struct HostLeaf: Sendable {
    typealias Body = @Sendable (TDXModule, inout HostCall) throws(TDXStatus) -> Void

    let number: HostLeafNumber
    let name: String
    /// What its registers mean.
    let operands: KeyValuePairs<GeneralRegister, OperandRole>
    /// The states of a Secure EPT entry in which the leaf is allowed.
    let entryStates: SEPTStates
    /// The highest version.
    let version: UInt8
    /// The states of the TD in which the leaf is allowed.
    let states: OpStates
    let body: Body

    init(
        _ number: HostLeafNumber, _ name: String,
        _ operands: KeyValuePairs<GeneralRegister, OperandRole> = [:], at entryStates: SEPTStates = [],
        versions version: UInt8 = 0, in states: OpStates = [], _ body: @escaping Body
    ) {
        self.number = number
        self.name = name
        self.operands = operands
        self.entryStates = entryStates
        self.version = version
        self.states = states
        self.body = body
    }

    static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    static let byNumber = Dictionary(all.map { ($0.number, $0) }) { first, _ in first }
}

extension TDXModule {
    /// The leaf of a name such as `TDH.VP.ENTER`.
    public static func hostLeaf(named name: String) -> HostLeafNumber? { HostLeaf.byName[name]?.number }
    /// The name of a leaf that the module has.
    public static func name(of leaf: HostLeafNumber) -> String? { HostLeaf.byNumber[leaf]?.name }
}
