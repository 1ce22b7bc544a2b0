// SPDX-License-Identifier: Apache-2.0
//
// The ioctls of /dev/kvm, on any KVM of Linux.

#include "rows.h"

static struct {
    struct kvm_msr_list header;
    __u32 room[4096];
} list;
static struct cpuid_list cpuid;
static struct msr_list msrs;

static void versions(int kvm) {
    ROW(12, ioctl(kvm, KVM_GET_API_VERSION, 0));
    ROW(-EINVAL, ioctl(kvm, KVM_GET_API_VERSION, 1));
    ROW(12288, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
    ROW(-EINVAL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 1));
    ROW(-EINVAL, ioctl(kvm, KVM_CREATE_VM, 77));
    ROW(-EINVAL, ioctl(kvm, KVM_CREATE_VCPU, 0));
    ROW(-EINVAL, ioctl(kvm, KVM_RUN, 0));
    ROW(-EINVAL, ioctl(kvm, KVM_GET_STATS_FD, 0));
    ROW(-EINVAL, ioctl(kvm, _IO(KVMIO, 0xFF), 0));
    ROW(-ENODEV, mmap(NULL, 4096, PROT_READ, MAP_SHARED, kvm, 0) == MAP_FAILED ? -1 : 0);
}

static void capabilities(int kvm) {
    static const int always[] = {
        KVM_CAP_IRQCHIP, KVM_CAP_HLT, KVM_CAP_USER_MEMORY, KVM_CAP_SET_TSS_ADDR, KVM_CAP_EXT_CPUID, KVM_CAP_MP_STATE,
        KVM_CAP_SYNC_MMU, KVM_CAP_DESTROY_MEMORY_REGION_WORKS, KVM_CAP_JOIN_MEMORY_REGIONS_WORKS, KVM_CAP_IRQ_INJECT_STATUS,
        KVM_CAP_IRQFD, KVM_CAP_IOEVENTFD, KVM_CAP_IOEVENTFD_ANY_LENGTH, KVM_CAP_SET_IDENTITY_MAP_ADDR,
        KVM_CAP_INTERNAL_ERROR_DATA, KVM_CAP_VCPU_EVENTS, KVM_CAP_DEBUGREGS, KVM_CAP_X86_ROBUST_SINGLESTEP, KVM_CAP_XSAVE,
        KVM_CAP_SIGNAL_MSI, KVM_CAP_SPLIT_IRQCHIP, KVM_CAP_IMMEDIATE_EXIT, KVM_CAP_EXCEPTION_PAYLOAD,
        KVM_CAP_X86_MSR_FILTER, KVM_CAP_X86_TRIPLE_FAULT_EVENT, KVM_CAP_SYSTEM_EVENT_DATA, KVM_CAP_SYS_ATTRIBUTES,
        KVM_CAP_PMU_EVENT_FILTER,
    };
    for (size_t index = 0; index < sizeof always / sizeof *always; index++) {
        char name[64];
        snprintf(name, sizeof name, "KVM_CHECK_EXTENSION of capability %d", always[index]);
        ROW_NAMED(name, 1, ioctl(kvm, KVM_CHECK_EXTENSION, always[index]));
    }
    ROW(0, ioctl(kvm, KVM_CHECK_EXTENSION, 9999));
    ROW(32, ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_MCE));
    ROW(4096, ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_IRQ_ROUTING));
    ROW(0x1000, ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_EXIT_HYPERCALL));
    ROW(1, ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS) > 32000);
}

static void msr_lists(int kvm) {
    ROW(-EFAULT, ioctl(kvm, KVM_GET_MSR_INDEX_LIST, NULL));
    ROW(-E2BIG, ioctl(kvm, KVM_GET_MSR_INDEX_LIST, &list));
    ROW(1, list.header.nmsrs > 0);
    ROW(0, ioctl(kvm, KVM_GET_MSR_INDEX_LIST, &list));
    ROW(-EFAULT, ioctl(kvm, KVM_GET_MSR_FEATURE_INDEX_LIST, NULL));
    list.header.nmsrs = 0;
    ROW(-E2BIG, ioctl(kvm, KVM_GET_MSR_FEATURE_INDEX_LIST, &list));
    ROW(0, ioctl(kvm, KVM_GET_MSR_FEATURE_INDEX_LIST, &list));
    ROW(-EFAULT, ioctl(kvm, KVM_GET_MSRS, NULL));
    msrs.header.nmsrs = 256;
    ROW(-E2BIG, ioctl(kvm, KVM_GET_MSRS, &msrs));
    msrs.header.nmsrs = 0;
    ROW(0, ioctl(kvm, KVM_GET_MSRS, &msrs));
    msrs.header.nmsrs = 2;
    msrs.header.entries[0].index = 0x10A;
    msrs.header.entries[1].index = 0x1B;
    // The second is no feature.
    ROW(1, ioctl(kvm, KVM_GET_MSRS, &msrs));
    ROW(-EINVAL, ioctl(kvm, KVM_SET_MSRS, &msrs));
}

static void cpuid_lists(int kvm) {
    ROW(-EFAULT, ioctl(kvm, KVM_GET_SUPPORTED_CPUID, NULL));
    ROW(-E2BIG, ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid));
    cpuid.header.nent = 1;
    ROW(-E2BIG, ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid));
    cpuid.header.nent = 256;
    ROW(0, ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid));
    ROW(1, cpuid.header.nent > 10 && cpuid.header.nent < 256);
    ROW(0, cpuid.header.entries[0].function);
    cpuid.header.nent = 0;
    ROW(-E2BIG, ioctl(kvm, KVM_GET_EMULATED_CPUID, &cpuid));
    cpuid.header.nent = 256;
    ROW(0, ioctl(kvm, KVM_GET_EMULATED_CPUID, &cpuid));
    ROW(3, cpuid.header.nent);
    ROW(7, cpuid.header.entries[0].eax);
    ROW(1 << 22, cpuid.header.entries[1].ecx);  // MOVBE
}

static void others(int kvm) {
    __u64 value = 0;
    ROW(-EFAULT, ioctl(kvm, KVM_X86_GET_MCE_CAP_SUPPORTED, NULL));
    ROW(0, ioctl(kvm, KVM_X86_GET_MCE_CAP_SUPPORTED, &value));
    ROW(1, (value & (1 << 8 | 1 << 24)) == (1 << 8 | 1 << 24));
    ROW(-EFAULT, ioctl(kvm, KVM_GET_DEVICE_ATTR, NULL));
    ROW(-ENXIO, ioctl(kvm, KVM_GET_DEVICE_ATTR, WITH(kvm_device_attr, .group = 77)));
    ROW(-ENXIO, ioctl(kvm, KVM_GET_DEVICE_ATTR, WITH(kvm_device_attr, .attr = 77)));
    ROW(-EFAULT, ioctl(kvm, KVM_GET_DEVICE_ATTR, WITH(kvm_device_attr, .attr = KVM_X86_XCOMP_GUEST_SUPP)));
    ROW(0, ioctl(kvm, KVM_GET_DEVICE_ATTR, WITH(kvm_device_attr, .attr = KVM_X86_XCOMP_GUEST_SUPP, .addr = (uintptr_t)&value)));
    ROW(3, value & 3);
    ROW(0, ioctl(kvm, KVM_HAS_DEVICE_ATTR, WITH(kvm_device_attr, .attr = KVM_X86_XCOMP_GUEST_SUPP)));
    ROW(-EINVAL, ioctl(kvm, KVM_SET_DEVICE_ATTR, WITH(kvm_device_attr, .attr = KVM_X86_XCOMP_GUEST_SUPP)));
}

int main(void) {
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    CHECK(kvm >= 0);
    versions(kvm);
    capabilities(kvm);
    msr_lists(kvm);
    cpuid_lists(kvm);
    others(kvm);
    return rows_end("system");
}
