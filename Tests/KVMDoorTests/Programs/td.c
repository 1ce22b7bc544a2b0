// SPDX-License-Identifier: Apache-2.0
//
// What is a TD's own among the ioctls: its sub-commands' checks in their order, guest memory, attributes, and what is refused.

#include <stddef.h>

#include "rows.h"

static struct {
    struct kvm_tdx_capabilities header;
    struct kvm_cpuid_entry2 room[256];
} capabilities;
static struct {
    struct kvm_tdx_init_vm header;
    struct kvm_cpuid_entry2 room[257];
} init;
static struct kvm_tdx_cmd command;

static int send(int file, unsigned id, unsigned flags, const void *data, __u64 error) {
    command = (struct kvm_tdx_cmd){.id = id, .flags = flags, .data = (uintptr_t)data, .hw_error = error};
    return ioctl(file, KVM_MEMORY_ENCRYPT_OP, &command);
}

static void values(int kvm, int vm) {
    static const struct { int capability, system, td; } table[] = {
        {KVM_CAP_VM_TYPES, 1 << KVM_X86_TDX_VM, 1 << KVM_X86_TDX_VM}, {234, 1, 1}, {233, 8, 8}, {231, 1, 1}, {232, 1, 1},
        {236, 1, 1}, {KVM_CAP_EXIT_HYPERCALL, 0x1000, 0x1000}, {KVM_CAP_SPLIT_IRQCHIP, 1, 1}, {237, 1, 1},
        {KVM_CAP_VM_TSC_CONTROL, 1, 1}, {KVM_CAP_SYNC_REGS, 7, 0}, {KVM_CAP_READONLY_MEM, 1, 0}, {KVM_CAP_X86_SMM, 1, 0},
        {KVM_CAP_MULTI_ADDRESS_SPACE, 2, 1}, {KVM_CAP_IRQ_ROUTING, 4096, 4096}, {KVM_CAP_IRQFD, 1, 1},
        {KVM_CAP_IOEVENTFD, 1, 1}, {KVM_CAP_SIGNAL_MSI, 1, 1}, {KVM_CAP_IOEVENTFD_ANY_LENGTH, 1, 1},
        {KVM_CAP_IOEVENTFD_NO_LENGTH, 1, 1}, {KVM_CAP_IMMEDIATE_EXIT, 1, 1}, {KVM_CAP_X86_MSR_FILTER, 1, 1},
        {KVM_CAP_SYSTEM_EVENT_DATA, 1, 1}, {KVM_CAP_X2APIC_API, 15, 15}, {KVM_CAP_MAX_VCPU_ID, 4096, 4096},
        {KVM_CAP_TSC_DEADLINE_TIMER, 1, 1}, {KVM_CAP_GET_TSC_KHZ, 1, 1}, {KVM_CAP_XCRS, 1, 1}, {KVM_CAP_XSAVE, 1, 1},
    };
    for (size_t index = 0; index < sizeof table / sizeof *table; index++) {
        char name[64];
        snprintf(name, sizeof name, "capability %d of the system", table[index].capability);
        ROW_NAMED(name, table[index].system, ioctl(kvm, KVM_CHECK_EXTENSION, table[index].capability));
        snprintf(name, sizeof name, "capability %d of a TD", table[index].capability);
        ROW_NAMED(name, table[index].td, ioctl(vm, KVM_CHECK_EXTENSION, table[index].capability));
    }
    ROW(1, ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS) == ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_NR_VCPUS));
}

static void common_rules(int vm) {
    ROW(-EFAULT, ioctl(vm, KVM_MEMORY_ENCRYPT_OP, NULL));
    ROW(-EINVAL, send(vm, KVM_TDX_CAPABILITIES, 1, NULL, 1));
    ROW(-EINVAL, send(vm, 77, 0, NULL, 0));
    ROW(-EINVAL, send(vm, KVM_TDX_CAPABILITIES, 1, &capabilities, 0));
    ROW(-EFAULT, send(vm, KVM_TDX_CAPABILITIES, 0, NULL, 0));
    capabilities.header.cpuid.nent = 1;
    ROW(-E2BIG, send(vm, KVM_TDX_CAPABILITIES, 0, &capabilities, 0));
    ROW(1, capabilities.header.cpuid.nent);
    capabilities.header.cpuid.nent = 256;
    ROW(0, send(vm, KVM_TDX_CAPABILITIES, 0, &capabilities, 0));
    ROW(1 << 28, capabilities.header.supported_attrs);
    ROW(3, capabilities.header.supported_xfam & 3);
    ROW(0, capabilities.header.kernel_tdvmcallinfo_1_r11);
    ROW(2, capabilities.header.user_tdvmcallinfo_1_r11);
    ROW(1, capabilities.header.cpuid.nent > 0 && capabilities.header.cpuid.nent < 256);
    unsigned sizes = 0;
    for (unsigned index = 0; index < capabilities.header.cpuid.nent; index++) {
        const struct kvm_cpuid_entry2 *entry = &capabilities.room[index];
        if (entry->function == 0x80000008) sizes = entry->eax >> 16 & 0xFF;
        CHECK(entry->flags == 0);
    }
    ROW(0xFF, sizes);
}

// The state of a request that is right, for one thing at a time to be wrong in it.
static struct kvm_tdx_init_vm *right(void) {
    memset(&init, 0, sizeof init);
    init.header.attributes = 1 << 28;
    init.header.xfam = 3;
    init.header.cpuid.nent = 1;
    init.room[0].function = 0x80000008;
    init.room[0].eax = TD_GPA_WIDTH << 16;
    return &init.header;
}
#define INIT(expected, change) \
    do { \
        struct kvm_tdx_init_vm *request = right(); \
        (void)request; \
        change; \
        ROW_NAMED("KVM_TDX_INIT_VM: " #change, expected, send(vm, KVM_TDX_INIT_VM, 0, &init, 0)); \
    } while (0)

static void initialization(int vm) {
    right();
    ROW(-EINVAL, send(vm, KVM_TDX_INIT_VM, 1, &init, 0));
    ROW(-EINVAL, send(vm, KVM_TDX_INIT_VM, 0, &init, 5));
    ROW(-EFAULT, send(vm, KVM_TDX_INIT_VM, 0, NULL, 0));
    INIT(-E2BIG, request->cpuid.nent = 257);
    INIT(-EINVAL, request->reserved[0] = 1);
    INIT(-EINVAL, request->reserved[11] = 1);
    INIT(-EINVAL, request->cpuid.padding = 1);
    INIT(-EINVAL, request->attributes = 1);
    INIT(-EINVAL, request->attributes = 1ULL << 63);
    INIT(-EINVAL, request->xfam = 1ULL << 63);
    INIT(-EINVAL, request->cpuid.nent = 0);
    INIT(-EINVAL, init.room[0].eax = 47 << 16);
    // Every leaf must be configurable, and there once.
    INIT(-EINVAL, request->cpuid.nent = 2; init.room[1].function = 0x12345);
    INIT(-EINVAL, request->cpuid.nent = 2; init.room[1] = init.room[0]);
    // HLE, RTM and WAITPKG
    INIT(-EINVAL, request->cpuid.nent = 2; init.room[1].function = 7; init.room[1].flags = 1; init.room[1].ebx = 1 << 4);
    INIT(-EINVAL, request->cpuid.nent = 2; init.room[1].function = 7; init.room[1].flags = 1; init.room[1].ebx = 1 << 11);
    INIT(-EINVAL, request->cpuid.nent = 2; init.room[1].function = 7; init.room[1].flags = 1; init.room[1].ecx = 1 << 5);
    ROW(0, command.hw_error);
    // What the module refuses comes with its status: bits that are not configurable.
    INIT(-EINVAL, request->cpuid.nent = 2; init.room[1].function = 1; init.room[1].eax = ~0U);
    ROW(1, command.hw_error >> 32 == 0xC0000100);
    INIT(0, memset(request->mrconfigid, 0x11, 48); memset(request->mrowner, 0x22, 48); memset(request->mrownerconfig, 0x33, 48));
    ROW(0, command.hw_error);
    INIT(-EINVAL, (void)0);
}

static int make(int vm, __u64 size, __u64 flags) {
    return ioctl(vm, KVM_CREATE_GUEST_MEMFD, WITH(kvm_create_guest_memfd, .size = size, .flags = flags));
}
static int bind(int vm, unsigned slot, unsigned flags, __u64 gpa, __u64 size, void *user, int file, __u64 offset) {
    return ioctl(vm, KVM_SET_USER_MEMORY_REGION2, WITH(kvm_userspace_memory_region2, .slot = slot, .flags = flags,
        .guest_phys_addr = gpa, .memory_size = size, .userspace_addr = (uintptr_t)user, .guest_memfd = file,
        .guest_memfd_offset = offset));
}
static int attribute(int vm, __u64 address, __u64 size, __u64 value, __u64 flags) {
    return ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES,
        WITH(kvm_memory_attributes, .address = address, .size = size, .attributes = value, .flags = flags));
}

static void memory(int kvm, int vm) {
    enum { SIZE = 0x8000, READONLY = KVM_MEM_READONLY, LOG = KVM_MEM_LOG_DIRTY_PAGES, PRIVATE = KVM_MEM_GUEST_MEMFD };
    void *user = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int other_vm = ioctl(kvm, KVM_CREATE_VM, KVM_X86_TDX_VM), other = make(other_vm, SIZE, 0);
    ROW(-EFAULT, ioctl(vm, KVM_CREATE_GUEST_MEMFD, NULL));
    ROW(-EINVAL, make(vm, 0, 0));
    ROW(-EINVAL, make(vm, 4097, 0));
    ROW(-EINVAL, make(vm, 1ULL << 63, 0));
    ROW(-EINVAL, make(vm, SIZE, 1ULL << 63));
    int file = make(vm, SIZE, 0);
    CHECK(file >= 0);
    ROW(0, fcntl(file, F_GETFD) & FD_CLOEXEC);
    ROW(-EBADF, bind(vm, 0, PRIVATE, 0, SIZE, user, 999, 0));
    ROW(-EINVAL, bind(vm, 0, PRIVATE, 0, SIZE, user, other, 0));
    ROW(-EINVAL, bind(vm, 0, PRIVATE, 0, SIZE, user, vm, 0));
    ROW(-EINVAL, bind(vm, 0, PRIVATE, 0, SIZE, user, file, 1));
    ROW(-EINVAL, bind(vm, 0, PRIVATE, 0, SIZE, user, file, 0x1000));
    ROW(-EINVAL, bind(vm, 0, PRIVATE | LOG, 0, SIZE, user, file, 0));
    ROW(-EINVAL, bind(vm, 0, PRIVATE | READONLY, 0, SIZE, user, file, 0));
    ROW(-EINVAL, bind(vm, 0, READONLY, 0, SIZE, user, file, 0));
    ROW(-EINVAL, bind(vm, 1 << 16, PRIVATE, 0, SIZE, user, file, 0));
    ROW(0, bind(vm, 0, PRIVATE, 0, 0x4000, user, file, 0));
    ROW(-EEXIST, bind(vm, 1, PRIVATE, 0x10000, 0x4000, user, file, 0x2000));
    ROW(-EEXIST, bind(vm, 1, PRIVATE, 0x2000, 0x4000, user, file, 0x4000));
    ROW(0, bind(vm, 1, PRIVATE, 0x4000, 0x4000, user, file, 0x4000));
    ROW(-EINVAL, bind(vm, 0, PRIVATE, 0x20000, 0x4000, user, file, 0));
    ROW(-EINVAL, bind(vm, 0, 0, 0, 0x4000, user, 0, 0));
    ROW(0, bind(vm, 0, PRIVATE, 0, 0, user, file, 0));
    ROW(0, bind(vm, 0, PRIVATE, 0x20000, 0x4000, user, file, 0));
    ROW(0, bind(vm, 2, 0, 0x40000, 0x4000, user, 0, 0));
    ROW(0, bind(vm, 2, LOG, 0x40000, 0x4000, user, 0, 0));

    ROW(-EOPNOTSUPP, fallocate(file, 0, 0, 4096));
    ROW(-EOPNOTSUPP, fallocate(file, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0, 4096));
    ROW(-EINVAL, fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1, 4096));
    ROW(-EINVAL, fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1));
    ROW(-EINVAL, fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 0));
    ROW(0, fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1 << 30));
    ROW(-EINVAL, fallocate(file, FALLOC_FL_KEEP_SIZE, 1, 4096));
    ROW(-EINVAL, fallocate(file, FALLOC_FL_KEEP_SIZE, 0, SIZE + 0x1000));
    ROW(0, fallocate(file, FALLOC_FL_KEEP_SIZE, 0, SIZE));
    ROW(-EINVAL, ftruncate(file, 0));
    ROW(-EINVAL, ftruncate(file, 2 * SIZE));
    ROW(-ENODEV, mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0) == MAP_FAILED ? -1 : 0);
    ROW(-ENOTTY, ioctl(file, KVM_GET_API_VERSION, 0));

    ROW(-EFAULT, ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, NULL));
    ROW(-EINVAL, attribute(vm, 0, 4096, 8, 1));
    ROW(-EINVAL, attribute(vm, 0, 4096, 4, 0));
    ROW(-EINVAL, attribute(vm, 0, 0, 8, 0));
    ROW(-EINVAL, attribute(vm, 1, 4096, 8, 0));
    ROW(-EINVAL, attribute(vm, 0, 4097, 8, 0));
    ROW(-EINVAL, attribute(vm, ~0xFFFULL, 8192, 8, 0));
    ROW(0, attribute(vm, 0, 1ULL << 40, 8, 0));
    ROW(0, attribute(vm, 0, 1ULL << 40, 8, 0));
    ROW(0, attribute(vm, 0x1000, 0x1000, 0, 0));
    for (unsigned slot = 0; slot < 3; slot++) CHECK(bind(vm, slot, slot < 2 ? PRIVATE : 0, 0, 0, NULL, file, 0) == 0);
    close(file);
    close(other);
    close(other_vm);
}

static void refused(int vm, int vcpu) {
    static __u8 room[65536];
    static const struct { const char *name; unsigned long request; int error; } table[] = {
#define REFUSED(name, error) {#name, name, error}
        REFUSED(KVM_GET_REGS, EINVAL), REFUSED(KVM_SET_REGS, EINVAL), REFUSED(KVM_GET_SREGS, EINVAL),
        REFUSED(KVM_SET_SREGS, EINVAL), REFUSED(KVM_GET_SREGS2, EINVAL), REFUSED(KVM_SET_SREGS2, EINVAL),
        REFUSED(KVM_GET_FPU, EINVAL), REFUSED(KVM_SET_FPU, EINVAL), REFUSED(KVM_GET_XSAVE, EINVAL),
        REFUSED(KVM_SET_XSAVE, EINVAL), REFUSED(KVM_GET_XSAVE2, EINVAL), REFUSED(KVM_GET_XCRS, EINVAL),
        REFUSED(KVM_SET_XCRS, EINVAL), REFUSED(KVM_GET_DEBUGREGS, EINVAL), REFUSED(KVM_SET_DEBUGREGS, EINVAL),
        REFUSED(KVM_SET_GUEST_DEBUG, EINVAL), REFUSED(KVM_GET_LAPIC, EINVAL), REFUSED(KVM_SET_LAPIC, EINVAL),
        REFUSED(KVM_GET_ONE_REG, EINVAL), REFUSED(KVM_SET_ONE_REG, EINVAL), REFUSED(KVM_GET_REG_LIST, EINVAL),
        REFUSED(KVM_SMI, ENOTTY), REFUSED(KVM_KVMCLOCK_CTRL, EINVAL),
    };
    for (size_t index = 0; index < sizeof table / sizeof *table; index++)
        ROW_NAMED(table[index].name, -table[index].error, ioctl(vcpu, table[index].request, room));
    ROW(-EINVAL, ioctl(vcpu, KVM_SET_TSC_KHZ, 2000000));
    ROW(-ENOTTY, ioctl(vm, KVM_CREATE_IRQCHIP, 0));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, vm));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, vm));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_SYNC_REGS, 0));
    ROW(-EINVAL, ioctl(vcpu, KVM_SET_VCPU_EVENTS, WITH(kvm_vcpu_events, .flags = KVM_VCPUEVENT_VALID_SMM)));

    // The vCPU has never been in VMX operation, and stays out of it.
    static struct { struct kvm_nested_state state; __u8 data[8192]; } nested;
    ROW(-E2BIG, ioctl(vcpu, KVM_GET_NESTED_STATE, &nested));
    ROW(128, nested.state.size);
    nested.state.size = sizeof nested;
    ROW(0, ioctl(vcpu, KVM_GET_NESTED_STATE, &nested));
    ROW(128, nested.state.size);
    ROW(1, nested.state.hdr.vmx.vmxon_pa == ~0ULL);
    ROW(0, ioctl(vcpu, KVM_SET_NESTED_STATE, &nested));
    nested.state.hdr.vmx.vmxon_pa = 0x1000;
    ROW(-EINVAL, ioctl(vcpu, KVM_SET_NESTED_STATE, &nested));
    ROW(-EINVAL, ioctl(vcpu, KVM_SET_NESTED_STATE, WITH(kvm_nested_state, .size = 64)));
    ROW(-EFAULT, ioctl(vcpu, KVM_SET_NESTED_STATE, NULL));
    ROW(-EFAULT, ioctl(vcpu, KVM_GET_NESTED_STATE, NULL));
}

static int add(int vcpu, unsigned flags, const void *source, __u64 gpa, __u64 pages, struct kvm_tdx_init_mem_region *region) {
    *region = (struct kvm_tdx_init_mem_region){.source_addr = (uintptr_t)source, .gpa = gpa, .nr_pages = pages};
    return send(vcpu, KVM_TDX_INIT_MEM_REGION, flags, region, 0);
}

static void vcpus(void) {
    struct td td = td_create(1);
    int vcpu = td.vcpu[0];
    static __u8 page[3 * 4096] __attribute__((aligned(4096)));
    struct kvm_tdx_init_mem_region region;
    ROW(-EFAULT, ioctl(vcpu, KVM_MEMORY_ENCRYPT_OP, NULL));
    ROW(-EINVAL, send(vcpu, KVM_TDX_INIT_VCPU, 0, NULL, 1));
    ROW(-EINVAL, send(vcpu, KVM_TDX_INIT_VCPU, 1, NULL, 0));
    // Before its CPUID has x2APIC.
    CHECK(ioctl(vcpu, KVM_SET_CPUID2, WITH(kvm_cpuid2, .nent = 0)) == 0);
    ROW(-EINVAL, send(vcpu, KVM_TDX_INIT_VCPU, 0, NULL, 0));
    CHECK(td_set_cpuid(vcpu) == 0);
    ROW(-EINVAL, add(vcpu, 0, page, TD_BASE, 1, &region));
    struct { struct kvm_cpuid2 header; struct kvm_cpuid_entry2 room[256]; } cpuid = {.header = {.nent = 1}};
    ROW(-EFAULT, send(vcpu, KVM_TDX_GET_CPUID, 0, NULL, 0));
    ROW(-EINVAL, send(vcpu, KVM_TDX_GET_CPUID, 1, &cpuid, 0));
    ROW(-E2BIG, send(vcpu, KVM_TDX_GET_CPUID, 0, &cpuid, 0));
    ROW(1, cpuid.header.nent > 10);
    ROW(0, send(vcpu, KVM_TDX_GET_CPUID, 0, &cpuid, 0));
    ROW(0, cpuid.room[0].function);
    struct kvm_mp_state state;
    ROW(0, send(vcpu, KVM_TDX_INIT_VCPU, 0, (void *)0x1234, 0));
    ROW(0, ioctl(vcpu, KVM_GET_MP_STATE, &state));
    ROW(KVM_MP_STATE_RUNNABLE, state.mp_state);
    ROW(-EINVAL, send(vcpu, KVM_TDX_INIT_VCPU, 0, NULL, 0));
    ROW(1, (long)(td.run[0]->apic_base == 0xFEE00D00));

    ROW(-EINVAL, add(vcpu, 2, page, TD_BASE, 1, &region));
    ROW(-EFAULT, send(vcpu, KVM_TDX_INIT_MEM_REGION, 0, NULL, 0));
    ROW(-EINVAL, add(vcpu, 0, page + 1, TD_BASE, 1, &region));
    ROW(-EINVAL, add(vcpu, 0, NULL, TD_BASE, 1, &region));
    ROW(-EINVAL, add(vcpu, 0, page, TD_BASE + 1, 1, &region));
    ROW(-EINVAL, add(vcpu, 0, page, TD_BASE, 0, &region));
    ROW(-EINVAL, add(vcpu, 0, page, TD_BASE, 1ULL << 52, &region));
    ROW(-EINVAL, add(vcpu, 0, page, TD_SHARED | TD_BASE, 1, &region));
    ROW(-EINVAL, add(vcpu, 0, page, TD_SHARED - 4096, 2, &region));
    ROW(-EINVAL, add(vcpu, 0, page, 0, 1, &region));
    // Up to the page that cannot be, and as much is said.
    CHECK(td_set_private(td.vm, TD_BASE + 0x2000, 4096, 0) == 0);
    ROW(-EINVAL, add(vcpu, 0, page, TD_BASE, 3, &region));
    ROW(1, region.nr_pages);
    ROW(1, region.gpa == TD_BASE + 0x2000);
    ROW(1, region.source_addr == (uintptr_t)page + 0x2000);
    ROW(-EIO, add(vcpu, 0, page, TD_BASE, 1, &region));
    void *hole = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(hole, 4096);
    ROW(-EFAULT, add(vcpu, 0, hole, TD_BASE + 0x3000, 1, &region));
    ROW(0, add(vcpu, KVM_TDX_MEASURE_MEMORY_REGION, page, TD_BASE + 0x3000, 3, &region));
    ROW(0, region.nr_pages);
    ROW(-EINVAL, td.run[0]->immediate_exit = 0, ioctl(vcpu, KVM_RUN, 0));
    ROW(0, td_command(td.vm, KVM_TDX_FINALIZE_VM, 0, NULL));

    // Private and shared pages before anybody touches them.
    struct kvm_pre_fault_memory range = {.gpa = TD_BASE + 0x10000, .size = 0x4000};
    ROW(0, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range));
    ROW(0, range.size);
    range = (struct kvm_pre_fault_memory){.gpa = TD_BASE + 0x2000, .size = 0x1000};
    ROW(0, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range));
    range = (struct kvm_pre_fault_memory){.gpa = TD_SHARED | TD_BASE, .size = 0x1000};
    ROW(-EINVAL, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range));
    range = (struct kvm_pre_fault_memory){.gpa = 0x1000, .size = 0x1000};
    ROW(-ENOENT, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range));
    CHECK(td_set_private(td.vm, 0x1000, 4096, 1) == 0);
    ROW(-EFAULT, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range));
    // What was private is given back, and is there again when it is asked for.
    ROW(0, fallocate(td.memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0x10000, 0x4000));
    range = (struct kvm_pre_fault_memory){.gpa = TD_BASE + 0xF000, .size = 0x6000};
    ROW(0, ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range));
    ROW(0, range.size);
    td_close(&td, 1);
}

int main(void) {
    alarm(120);
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    CHECK(kvm >= 0);
    int vm = ioctl(kvm, KVM_CREATE_VM, KVM_X86_TDX_VM);
    CHECK(vm >= 0);
    CHECK(td_enable(vm, KVM_CAP_SPLIT_IRQCHIP, 24) == 0);
    values(kvm, vm);
    common_rules(vm);
    initialization(vm);
    memory(kvm, vm);
    int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
    CHECK(vcpu >= 0);
    refused(vm, vcpu);
    vcpus();
    return rows_end("td");
}
