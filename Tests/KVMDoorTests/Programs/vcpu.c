// SPDX-License-Identifier: Apache-2.0
//
// The ioctls of a vCPU that a TD has in common with every other VM.

#include "rows.h"

static struct cpuid_list cpuid;
static struct msr_list msrs;

static int with_msr(int vcpu, unsigned long request, unsigned count, unsigned number, __u64 value) {
    msrs.header.nmsrs = count;
    for (unsigned index = 0; index < count && index < 256; index++)
        msrs.header.entries[index] = (struct kvm_msr_entry){.index = number, .data = value};
    return ioctl(vcpu, request, &msrs);
}

static void models(int vcpu) {
    ROW(-EFAULT, ioctl(vcpu, KVM_SET_CPUID2, NULL));
    cpuid.header.nent = 257;
    ROW(-E2BIG, ioctl(vcpu, KVM_SET_CPUID2, &cpuid));
    ROW(-EFAULT, ioctl(vcpu, KVM_SET_CPUID, NULL));
    ROW(-E2BIG, ioctl(vcpu, KVM_SET_CPUID, WITH(kvm_cpuid, .nent = 257)));
    struct {
        struct kvm_cpuid header;
        struct kvm_cpuid_entry entries[2];
    } old = {.header = {.nent = 2}, .entries = {{.function = 0, .eax = 1}, {.function = 1, .ecx = 1 << 21}}};
    ROW(0, ioctl(vcpu, KVM_SET_CPUID, &old));
    cpuid.header.nent = 256;
    ROW(0, ioctl(vcpu, KVM_GET_CPUID2, &cpuid));
    ROW(1, cpuid.header.nent >= 2);
    ROW(1, cpuid.header.entries[1].function);
    ROW(0, td_set_cpuid(vcpu));
    ROW(-EFAULT, ioctl(vcpu, KVM_GET_CPUID2, NULL));
    cpuid.header.nent = 1;
    ROW(-E2BIG, ioctl(vcpu, KVM_GET_CPUID2, &cpuid));
    cpuid.header.nent = 256;
    ROW(0, ioctl(vcpu, KVM_GET_CPUID2, &cpuid));
    ROW(0x80000008, cpuid.header.entries[1].function);
}

static void states(int vcpu, int other) {
    struct kvm_mp_state state = {77};
    ROW(-EFAULT, ioctl(vcpu, KVM_GET_MP_STATE, NULL));
    ROW(0, ioctl(vcpu, KVM_GET_MP_STATE, &state));
    ROW(KVM_MP_STATE_RUNNABLE, state.mp_state);
    ROW(0, ioctl(other, KVM_GET_MP_STATE, &state));
    ROW(KVM_MP_STATE_UNINITIALIZED, state.mp_state);
    ROW(-EFAULT, ioctl(vcpu, KVM_SET_MP_STATE, NULL));
    ROW(-EINVAL, ioctl(vcpu, KVM_SET_MP_STATE, WITH(kvm_mp_state, 77)));
    ROW(-EINVAL, ioctl(vcpu, KVM_SET_MP_STATE, WITH(kvm_mp_state, KVM_MP_STATE_STOPPED)));
    ROW(0, ioctl(vcpu, KVM_SET_MP_STATE, WITH(kvm_mp_state, KVM_MP_STATE_HALTED)));
    ROW(0, ioctl(vcpu, KVM_SET_MP_STATE, WITH(kvm_mp_state, KVM_MP_STATE_RUNNABLE)));

    struct kvm_vcpu_events events;
    ROW(-EFAULT, ioctl(vcpu, KVM_GET_VCPU_EVENTS, NULL));
    ROW(0, ioctl(vcpu, KVM_GET_VCPU_EVENTS, &events));
    ROW(0, events.nmi.pending);
    ROW(-EFAULT, ioctl(vcpu, KVM_SET_VCPU_EVENTS, NULL));
    ROW(-EINVAL, ioctl(vcpu, KVM_SET_VCPU_EVENTS, WITH(kvm_vcpu_events, .flags = 1U << 30)));
    ROW(0, ioctl(vcpu, KVM_SET_VCPU_EVENTS, WITH(kvm_vcpu_events, .flags = KVM_VCPUEVENT_VALID_NMI_PENDING, .nmi = {.pending = 1})));
    ROW(0, ioctl(vcpu, KVM_GET_VCPU_EVENTS, &events));
    ROW(1, events.nmi.pending);
    ROW(0, ioctl(vcpu, KVM_NMI, 0));
    __u32 vector = 256;
    ROW(-EFAULT, ioctl(vcpu, KVM_INTERRUPT, NULL));
    ROW(-EINVAL, ioctl(vcpu, KVM_INTERRUPT, &vector));
    vector = 0x30;
    ROW(0, ioctl(vcpu, KVM_INTERRUPT, &vector));
    ROW(-EEXIST, ioctl(vcpu, KVM_INTERRUPT, &vector));
}

static void registers(int vcpu) {
    ROW(-EFAULT, ioctl(vcpu, KVM_GET_MSRS, NULL));
    ROW(-E2BIG, with_msr(vcpu, KVM_GET_MSRS, 256, 0, 0));
    ROW(0, with_msr(vcpu, KVM_GET_MSRS, 0, 0, 0));
    ROW(0, with_msr(vcpu, KVM_GET_MSRS, 1, 0x12345678, 0));
    ROW(2, with_msr(vcpu, KVM_GET_MSRS, 2, 0x8B, 0));
    ROW(-EFAULT, ioctl(vcpu, KVM_SET_MSRS, NULL));
    ROW(-E2BIG, with_msr(vcpu, KVM_SET_MSRS, 256, 0, 0));
    ROW(0, with_msr(vcpu, KVM_SET_MSRS, 1, 0x12345678, 0));
    ROW(1, with_msr(vcpu, KVM_SET_MSRS, 1, 0x8B, 0x500000000));
    ROW(1, with_msr(vcpu, KVM_GET_MSRS, 1, 0x8B, 0));
    ROW(5, msrs.header.entries[0].data >> 32);
    ROW(1, with_msr(vcpu, KVM_GET_MSRS, 1, 0x277, 0));
    ROW(1, msrs.header.entries[0].data == 0x0007040600070406);
    ROW(1, with_msr(vcpu, KVM_GET_MSRS, 1, 0xFE, 0));
    ROW(0x508, msrs.header.entries[0].data);
}

static int set_error(int vcpu, unsigned bank, __u64 status) {
    return ioctl(vcpu, KVM_X86_SET_MCE, WITH(kvm_x86_mce, .status = status, .addr = 0x1000, .bank = bank));
}
static void machine_checks(int vcpu) {
    const __u64 valid = 1ULL << 63, overflow = 1ULL << 62;
    __u64 banks = 0;
    ROW(-EFAULT, ioctl(vcpu, KVM_X86_SETUP_MCE, NULL));
    ROW(-EINVAL, ioctl(vcpu, KVM_X86_SETUP_MCE, &banks));
    banks = 33;
    ROW(-EINVAL, ioctl(vcpu, KVM_X86_SETUP_MCE, &banks));
    banks = 10 | 1ULL << 40;
    ROW(-EINVAL, ioctl(vcpu, KVM_X86_SETUP_MCE, &banks));
    banks = 10 | 1 << 8;
    ROW(0, ioctl(vcpu, KVM_X86_SETUP_MCE, &banks));
    ROW(1, with_msr(vcpu, KVM_GET_MSRS, 1, 0x179, 0));
    ROW(10 | 1 << 8, msrs.header.entries[0].data);
    ROW(-EFAULT, ioctl(vcpu, KVM_X86_SET_MCE, NULL));
    ROW(-EINVAL, set_error(vcpu, 10, valid));
    ROW(-EINVAL, set_error(vcpu, 3, 1));
    // A corrected error, and one after it.
    ROW(0, set_error(vcpu, 3, valid | 0x42));
    ROW(1, with_msr(vcpu, KVM_GET_MSRS, 1, 0x400 + 4 * 3 + 1, 0));
    ROW(1, msrs.header.entries[0].data == (valid | 0x42));
    ROW(1, with_msr(vcpu, KVM_GET_MSRS, 1, 0x400 + 4 * 3 + 2, 0));
    ROW(0x1000, msrs.header.entries[0].data);
    ROW(0, set_error(vcpu, 3, valid | 0x43));
    ROW(1, with_msr(vcpu, KVM_GET_MSRS, 1, 0x400 + 4 * 3 + 1, 0));
    ROW(1, msrs.header.entries[0].data == (valid | overflow | 0x43));
}

static void others(int vcpu, struct kvm_run *run) {
    struct { __u32 length; __u8 bits[8]; } mask = {.length = 4};
    ROW(-EINVAL, ioctl(vcpu, KVM_SET_SIGNAL_MASK, &mask));
    mask.length = 8;
    ROW(0, ioctl(vcpu, KVM_SET_SIGNAL_MASK, &mask));
    ROW(0, ioctl(vcpu, KVM_SET_SIGNAL_MASK, NULL));
    ROW(-EINVAL, ioctl(vcpu, KVM_RUN, 1));
    run->immediate_exit = 1;
    ROW(-EINTR, ioctl(vcpu, KVM_RUN, 0));
    run->immediate_exit = 0;
    ROW(-EFAULT, ioctl(vcpu, KVM_TPR_ACCESS_REPORTING, NULL));
    ROW(0, ioctl(vcpu, KVM_TPR_ACCESS_REPORTING, WITH(kvm_tpr_access_ctl, .enabled = 1)));
    ROW(-EFAULT, ioctl(vcpu, KVM_SET_VAPIC_ADDR, NULL));
    ROW(0, ioctl(vcpu, KVM_SET_VAPIC_ADDR, WITH(kvm_vapic_addr, .vapic_addr = 0)));
    ROW(-EINVAL, ioctl(vcpu, KVM_KVMCLOCK_CTRL, 0));
    ROW(-EFAULT, ioctl(vcpu, KVM_ENABLE_CAP, NULL));
    ROW(-EINVAL, td_enable(vcpu, 9999, 0));
    ROW(1, ioctl(vcpu, KVM_GET_TSC_KHZ, 0) > 0);
    __u64 offset;
    ROW(-EFAULT, ioctl(vcpu, KVM_GET_DEVICE_ATTR, NULL));
    ROW(-ENXIO, ioctl(vcpu, KVM_HAS_DEVICE_ATTR, WITH(kvm_device_attr, .group = 77)));
    ROW(-ENXIO, ioctl(vcpu, KVM_HAS_DEVICE_ATTR, WITH(kvm_device_attr, .group = KVM_VCPU_TSC_CTRL, .attr = 77)));
    ROW(0, ioctl(vcpu, KVM_HAS_DEVICE_ATTR, WITH(kvm_device_attr, .group = KVM_VCPU_TSC_CTRL, .attr = KVM_VCPU_TSC_OFFSET)));
    ROW(0, ioctl(vcpu, KVM_GET_DEVICE_ATTR, WITH(kvm_device_attr, .group = KVM_VCPU_TSC_CTRL, .addr = (uintptr_t)&offset)));
    ROW(-EFAULT, ioctl(vcpu, KVM_GET_DEVICE_ATTR, WITH(kvm_device_attr, .group = KVM_VCPU_TSC_CTRL)));

    // Nothing has turned paging on that KVM knows of.
    struct kvm_translation translation = {.linear_address = 0x12345678};
    ROW(-EFAULT, ioctl(vcpu, KVM_TRANSLATE, NULL));
    ROW(0, ioctl(vcpu, KVM_TRANSLATE, &translation));
    ROW(0x12345678, translation.physical_address);
    ROW(1, translation.valid);
    ROW(-EFAULT, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, NULL));
    ROW(-EINVAL, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, WITH(kvm_pre_fault_memory, .size = 4096, .flags = 1)));
    ROW(-EINVAL, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, WITH(kvm_pre_fault_memory, .gpa = 1, .size = 4096)));
    ROW(-EINVAL, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, WITH(kvm_pre_fault_memory, .size = 1)));
    ROW(-EINVAL, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, WITH(kvm_pre_fault_memory, .size = 0)));
    ROW(-EINVAL, ioctl(vcpu, KVM_GET_API_VERSION, 0));
    ROW(-EINVAL, ioctl(vcpu, KVM_CREATE_VCPU, 0));
    ROW(-EINVAL, ioctl(vcpu, _IO(KVMIO, 0xFF), 0));
}

int main(void) {
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    CHECK(kvm >= 0);
    int vm = create_some_vm(kvm);
    CHECK(vm >= 0);
    CHECK(td_enable(vm, KVM_CAP_SPLIT_IRQCHIP, 24) == 0);
    if (is_td_host(kvm)) CHECK(td_init_vm(vm) == 0);
    int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0), other = ioctl(vm, KVM_CREATE_VCPU, 1);
    CHECK(vcpu >= 0 && other >= 0);
    ROW(-EEXIST, ioctl(vm, KVM_CREATE_VCPU, 1));
    ROW(-EBUSY, ioctl(vm, KVM_SET_BOOT_CPU_ID, 1));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_X86_APIC_BUS_CYCLES_NS, 40));
    struct kvm_run *run = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    CHECK(run != MAP_FAILED);
    models(vcpu);
    states(vcpu, other);
    registers(vcpu);
    machine_checks(vcpu);
    others(vcpu, run);
    return rows_end("vcpu");
}
