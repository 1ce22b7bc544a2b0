// SPDX-License-Identifier: Apache-2.0

/// The linear addresses that oracles use, a region for each worker.
enum HostRegion {
    static let first: UInt64 = 0x1000_0000
    static let size: UInt64 = 2 << 20
    static let count = 16
}

/// Where things lie in a region of linear addresses, the host's and the engine's alike. What is not named is not mapped.
enum OraclePlace {
    /// The host only: the way in and out, and its context.
    static let context: UInt64 = 0x1000
    /// Two pages that instructions are placed in; then an absent one.
    static let code: UInt64 = 0x4000
    static let codeEnd: UInt64 = 0x6000
    /// A page of HLTs to jump to.
    static let landing: UInt64 = 0x8000
    /// Two pages that can be written, then one that cannot, then an absent one. In front of them: absent.
    static let data: UInt64 = 0x1_0000
    static let dataSize = 0x2000
    static let readOnly: UInt64 = 0x1_2000
    static let absent: UInt64 = 0x1_3000
    /// The host only: where the kernel saves the state.
    static let signalStack: UInt64 = 0x10_0000
    static let signalStackSize = 0x4_0000
    /// The part of a region that cases address on purpose.
    static let window: Range<UInt64> = 0x3000..<0x2_0000
}
