// SPDX-License-Identifier: Apache-2.0

/// Header of a table of `KVMMSREntry`.
///
/// `struct kvm_msrs`
public struct KVMMSRs: Sendable, BitwiseCopyable {
    public var count: UInt32 = 0
    public var padding: UInt32 = 0

    public init() {}
}
