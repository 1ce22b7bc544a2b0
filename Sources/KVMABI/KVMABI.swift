// SPDX-License-Identifier: Apache-2.0

// KVMABI: what a program and KVM agree on. Numbers and structures are those of Linux, `include/uapi/linux/kvm.h` and
// `arch/x86/include/uapi/asm/kvm.h`; `KVMDevice` is how a program reaches a KVM.
