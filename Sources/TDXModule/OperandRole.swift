// SPDX-License-Identifier: Apache-2.0

import TDXABI
import X86

/// What a register means to a leaf, for whoever is told why a call failed.
enum OperandRole: Sendable {
    /// The page of a TD's TDR; flags of the leaf in the low bits.
    case tdr
    /// The page of a vCPU's TDVPR; flags of the leaf in the high bits.
    case tdvpr
    /// A page that the leaf takes into use.
    case newPage
    /// Any page of a TDMR.
    case page
    /// The same, with the KeyID that is meant.
    case keyedPage
    /// A Secure EPT entry: a private address and a level.
    case entry(ClosedRange<Int>)
    /// A private guest physical address with an alignment.
    case privateAddress(UInt64)
    /// Memory that a guest-side leaf reads or writes.
    case guestMemory(UInt64, shared: Bool)
    /// A structure in the host's memory with an alignment.
    case shared(UInt64)
    /// `TD_PARAMS` in the host's memory.
    case parameters
    /// A private KeyID.
    case key
    /// A metadata field's identifier.
    case field
    /// A number of which the text says what it may be.
    case value(String)
    /// A number of which any will do.
    case anything

    /// What the register must hold.
    func rule(platform: PlatformDescription) -> String {
        let keys = platform.privateKeys
        switch self {
        case .tdr, .tdvpr, .newPage, .page:
            return "must be the address of a page: 4 KiB aligned (or aligned to the page's size), without a "
                + "KeyID or reserved bits, below 2^\(platform.addressWidth)"
        case .keyedPage:
            return "must be the 4 KiB aligned address of a page with a KeyID below \(keys.upperBound)"
        case .entry(let levels):
            return
                "must name a level from \(levels.lowerBound) to \(levels.upperBound) that the TD has, and a "
                + "private guest address of that alignment, with reserved bits zero"
        case .privateAddress(let alignment):
            return "must be a private guest address aligned to \(alignment) bytes"
        case .guestMemory(let alignment, let isShared):
            return "must be a \(isShared ? "private or shared" : "private") guest address aligned to "
                + "\(alignment) bytes"
        case .shared(let alignment):
            return "must be a host address aligned to \(alignment) bytes, with a KeyID below "
                + "\(keys.lowerBound), and what lies there must have no reserved bits set"
        case .parameters:
            return "must be a host address aligned to 1024 bytes, with a KeyID below \(keys.lowerBound), and "
                + "the reserved parts of TD_PARAMS there must be zero"
        case .key: return "must be a private KeyID, \(keys.lowerBound) to \(keys.upperBound - 1), alone"
        case .field: return "must be a metadata field's identifier"
        case .value(let text): return "must be \(text)"
        case .anything: return "must be a value that the leaf takes"
        }
    }
}
