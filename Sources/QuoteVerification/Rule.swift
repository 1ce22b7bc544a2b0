// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

/// One of the vendor's rules: its name, what it belongs to, and the check.
public struct Rule: Sendable {
    /// The parts of a verification. Each ends at its first failure; the others are still judged.
    public enum Part: String, Hashable, Sendable, CaseIterable {
        case pckChain = "PCK chain"
        case tcbInfo = "TCB Info"
        case qeIdentity = "QE identity"
        case quote = "quote"
    }

    /// As refusals name it: words joined by hyphens.
    public let name: String
    public let part: Part
    let check: @Sendable (borrowing Evidence, inout Findings) throws(Refusal) -> Void

    init(
        _ name: String, _ part: Part,
        check: @escaping @Sendable (borrowing Evidence, inout Findings) throws(Refusal) -> Void
    ) {
        self.name = name
        self.part = part
        self.check = check
    }
}

extension Rule {
    /// Every rule, in checking order.
    public static let all: [Rule] = [
        .pckChainFormat,
        .pckChainSignatures,
        .pckChainRoot,
        .pckChainCRLs,
        .pckChainRevocation,
        .pckChainDates,
        .tcbInfoChain,
        .tcbInfoRoot,
        .tcbInfoRevocation,
        .tcbInfoSignature,
        .tcbInfoDates,
        .qeIdentityChain,
        .qeIdentityRoot,
        .qeIdentityRevocation,
        .qeIdentitySignature,
        .qeIdentityDates,
        .quoteHeader,
        .quotePCK,
        .tcbInfoKind,
        .platformIdentity,
        .tdxModuleIdentity,
        .qeReportSignature,
        .attestationKey,
        .qeReportIdentity,
        .quoteSignature,
        .platformTCB,
        .tdxModuleTCB,
        .qeTCB,
        .tcbStatus,
    ]
}

/// All that the rules look at.
struct Evidence: Sendable {
    let quote: Quote
    let chain: PCKChain
    let prepared: PreparedCollateral
    let root: TrustedRoot
    let time: Timestamp

    var collateral: Collateral { prepared.collateral }
    var report: TDReportBody { quote.body.report }
    var qeReport: EnclaveReport { quote.signature.certification.report }
}

/// What the rules found out on the way.
struct Findings: Sendable {
    /// Levels reached at launch and now; equal unless the module was updated under the TD.
    var platform: Reached<TCBLevel>?
    /// Nil inside for a module of major version 0, which has no level of its own.
    var module: Reached<ComponentTCBLevel?>?
    var qe: ComponentTCBLevel?
    var tcb: TCBResult?

    struct Reached<Level: Sendable>: Sendable {
        var launch: Level
        var current: Level
    }
}
