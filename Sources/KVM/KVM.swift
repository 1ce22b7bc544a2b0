// SPDX-License-Identifier: Apache-2.0

// KVM: the kernel's side of the ioctls, for TDs. `SoftwareKVM` is the device; `Host` starts the TDX module and owns
// pages, KeyIDs and processors; `System`, `VM` and `VCPU` are the kinds of files, with what their ioctls do.
