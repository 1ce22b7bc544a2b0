// SPDX-License-Identifier: Apache-2.0

/// The user-space side of a virtual machine: it builds a TD through the ioctls of a `KVMDevice`, runs its processors
/// and serves their exits with device models. It does not know which KVM it talks to.
public enum VMM {
    /// GPAs above are shared when bit 47 is set; the one width this machine describes to its TDs.
    static let gpaWidth: UInt64 = 48
    static let pageSize: UInt64 = 4096
}
