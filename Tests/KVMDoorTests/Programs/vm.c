// SPDX-License-Identifier: Apache-2.0
//
// The ioctls of a VM that a TD has in common with every other VM.

#include <sys/eventfd.h>

#include "rows.h"

#define SLOT_SIZE 0x4000ULL

static struct {
    struct kvm_irq_routing header;
    struct kvm_irq_routing_entry entries[2];
} routing;
static struct {
    struct kvm_pmu_event_filter header;
    __u64 events[304];
} events;

static void capabilities(int vm) {
    ROW(-EFAULT, ioctl(vm, KVM_ENABLE_CAP, NULL));
    ROW(-EINVAL, ioctl(vm, KVM_ENABLE_CAP, WITH(kvm_enable_cap, .cap = KVM_CAP_SPLIT_IRQCHIP, .flags = 1, .args = {24})));
    ROW(-EINVAL, td_enable(vm, 9999, 0));
    ROW(-ENXIO, td_enable(vm, KVM_CAP_X86_APIC_BUS_CYCLES_NS, 40));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_SPLIT_IRQCHIP, 4097));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_EXIT_HYPERCALL, 1));
    ROW(0, td_enable(vm, KVM_CAP_EXIT_HYPERCALL, 0x1000));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_X2APIC_API, 1 << 20));
    ROW(0, td_enable(vm, KVM_CAP_X2APIC_API, 3));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_X86_USER_SPACE_MSR, 8));
    ROW(0, td_enable(vm, KVM_CAP_X86_USER_SPACE_MSR, 7));
    ROW(0, td_enable(vm, KVM_CAP_EXCEPTION_PAYLOAD, 1));
    ROW(0, td_enable(vm, KVM_CAP_X86_TRIPLE_FAULT_EVENT, 1));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_MAX_VCPU_ID, 1 << 20));
    ROW(0, td_enable(vm, KVM_CAP_MAX_VCPU_ID, 64));
    ROW(0, td_enable(vm, KVM_CAP_MAX_VCPU_ID, 64));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_MAX_VCPU_ID, 32));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_DISABLE_QUIRKS2, 1ULL << 60));
    ROW(0, td_enable(vm, KVM_CAP_DISABLE_QUIRKS2, 0));
}

// Before there is an interrupt controller.
static void no_controller(int vm) {
    int event = eventfd(0, EFD_CLOEXEC);
    ROW(-EINVAL, ioctl(vm, KVM_SET_GSI_ROUTING, &routing));
    ROW(-EINVAL, ioctl(vm, KVM_SIGNAL_MSI, WITH(kvm_msi, .address_lo = 0xFEE00000, .data = 0x30)));
    ROW(-EINVAL, ioctl(vm, KVM_IRQFD, WITH(kvm_irqfd, .fd = event, .gsi = 4)));
    ROW(-ENXIO, ioctl(vm, KVM_IRQ_LINE, WITH(kvm_irq_level, .irq = 4, .level = 1)));
    close(event);
    ROW(0, td_enable(vm, KVM_CAP_SPLIT_IRQCHIP, 24));
    ROW(-EEXIST, td_enable(vm, KVM_CAP_SPLIT_IRQCHIP, 24));
    ROW(-EINVAL, td_enable(vm, KVM_CAP_X86_APIC_BUS_CYCLES_NS, 0));
    ROW(0, td_enable(vm, KVM_CAP_X86_APIC_BUS_CYCLES_NS, 40));
}

static int route(int vm, unsigned count, unsigned gsi, unsigned type, unsigned second) {
    routing.header.nr = count;
    routing.entries[0] = (struct kvm_irq_routing_entry){.gsi = gsi, .type = type};
    routing.entries[0].u.msi.address_lo = 0xFEE00000;
    routing.entries[0].u.msi.data = 0x30;
    routing.entries[1] = routing.entries[0];
    routing.entries[1].gsi = second;
    return ioctl(vm, KVM_SET_GSI_ROUTING, &routing);
}

static void interrupts(int vm) {
    ROW(-EFAULT, ioctl(vm, KVM_SET_GSI_ROUTING, NULL));
    ROW(0, route(vm, 2, 4, KVM_IRQ_ROUTING_MSI, 5));
    ROW(-EINVAL, route(vm, 4097, 4, KVM_IRQ_ROUTING_MSI, 5));
    ROW(-EINVAL, route(vm, 2, 4096, KVM_IRQ_ROUTING_MSI, 5));
    ROW(-EINVAL, route(vm, 2, 4, 77, 5));
    // A message per GSI.
    ROW(-EINVAL, route(vm, 2, 4, KVM_IRQ_ROUTING_MSI, 4));
    routing.header.flags = 1;
    ROW(-EINVAL, route(vm, 2, 4, KVM_IRQ_ROUTING_MSI, 5));
    routing.header.flags = 0;
    ROW(-EINVAL, ioctl(vm, KVM_SIGNAL_MSI, WITH(kvm_msi, .flags = 2)));
    // Nobody is there to take them.
    ROW(-EPERM, ioctl(vm, KVM_SIGNAL_MSI, WITH(kvm_msi, .address_lo = 0xFEE00000, .data = 0x30)));
    struct kvm_irq_level level = {.irq = 23, .level = 1};
    ROW(0, ioctl(vm, KVM_IRQ_LINE_STATUS, &level));
    ROW(1, level.status == -1);
    ROW(-EFAULT, ioctl(vm, KVM_IRQ_LINE, NULL));

    int event = eventfd(0, EFD_CLOEXEC), file = open("/dev/null", O_RDONLY);
    ROW(-EFAULT, ioctl(vm, KVM_IRQFD, NULL));
    ROW(-EINVAL, ioctl(vm, KVM_IRQFD, WITH(kvm_irqfd, .fd = event, .gsi = 4, .flags = 4)));
    ROW(-EBADF, ioctl(vm, KVM_IRQFD, WITH(kvm_irqfd, .fd = 999, .gsi = 4)));
    ROW(-EINVAL, ioctl(vm, KVM_IRQFD, WITH(kvm_irqfd, .fd = file, .gsi = 4)));
    ROW(-EINVAL, ioctl(vm, KVM_IRQFD, WITH(kvm_irqfd, .fd = event, .gsi = 4, .flags = KVM_IRQFD_FLAG_RESAMPLE)));
    ROW(0, ioctl(vm, KVM_IRQFD, WITH(kvm_irqfd, .fd = event, .gsi = 4)));
    ROW(-EBUSY, ioctl(vm, KVM_IRQFD, WITH(kvm_irqfd, .fd = event, .gsi = 5)));
    ROW(0, ioctl(vm, KVM_IRQFD, WITH(kvm_irqfd, .fd = event, .gsi = 4, .flags = KVM_IRQFD_FLAG_DEASSIGN)));
    ROW(0, ioctl(vm, KVM_IRQFD, WITH(kvm_irqfd, .fd = event, .gsi = 4, .flags = KVM_IRQFD_FLAG_DEASSIGN)));

    ROW(-EFAULT, ioctl(vm, KVM_IOEVENTFD, NULL));
    ROW(-EINVAL, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x1000, .len = 3, .fd = event)));
    ROW(-EINVAL, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = ~0ULL, .len = 4, .fd = event)));
    ROW(-EINVAL, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x1000, .len = 4, .fd = event, .flags = 1 << 8)));
    ROW(-EINVAL, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x1000, .fd = event, .flags = KVM_IOEVENTFD_FLAG_DATAMATCH)));
    ROW(-EBADF, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x1000, .len = 4, .fd = 999)));
    ROW(-EINVAL, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x1000, .len = 4, .fd = file)));
    ROW(0, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x1000, .len = 4, .fd = event)));
    ROW(-EEXIST, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x1000, .len = 4, .fd = event)));
    ROW(-ENOENT, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x2000, .len = 4, .fd = event, .flags = KVM_IOEVENTFD_FLAG_DEASSIGN)));
    ROW(0, ioctl(vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x1000, .len = 4, .fd = event, .flags = KVM_IOEVENTFD_FLAG_DEASSIGN)));
    close(event);
    close(file);
}

static int set_region(int vm, unsigned slot, unsigned flags, uint64_t gpa, uint64_t size, uint64_t user) {
    return ioctl(vm, KVM_SET_USER_MEMORY_REGION, WITH(kvm_userspace_memory_region, .slot = slot, .flags = flags,
        .guest_phys_addr = gpa, .memory_size = size, .userspace_addr = user));
}

static void memory(int vm) {
    uint64_t user = (uintptr_t)mmap(NULL, SLOT_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ROW(-EFAULT, ioctl(vm, KVM_SET_USER_MEMORY_REGION, NULL));
    ROW(-EINVAL, set_region(vm, 0, 0, 0, SLOT_SIZE + 1, user));
    ROW(-EINVAL, set_region(vm, 0, 0, 1, SLOT_SIZE, user));
    ROW(-EINVAL, set_region(vm, 0, 0, 0, SLOT_SIZE, user + 1));
    ROW(-EINVAL, set_region(vm, 0, 0, 0, SLOT_SIZE, 1ULL << 63));
    ROW(-EINVAL, set_region(vm, 0, 1 << 20, 0, SLOT_SIZE, user));
    ROW(-EINVAL, set_region(vm, 40000, 0, 0, SLOT_SIZE, user));
    ROW(-EINVAL, set_region(vm, 0, 0, ~0xFFFULL, SLOT_SIZE, user));
    ROW(-EINVAL, set_region(vm, 0, 0, 0, 0, user));
    ROW(0, set_region(vm, 0, 0, 0x10000, SLOT_SIZE, user));
    ROW(-EEXIST, set_region(vm, 1, 0, 0x12000, SLOT_SIZE, user));
    ROW(0, set_region(vm, 1, 0, 0x14000, SLOT_SIZE, user));
    // The size and the place in the program are for good, the place in the guest is not.
    ROW(-EINVAL, set_region(vm, 0, 0, 0x10000, 0x3000, user));
    ROW(-EINVAL, set_region(vm, 0, 0, 0x10000, SLOT_SIZE, user + 0x1000));
    ROW(0, set_region(vm, 0, 0, 0x20000, SLOT_SIZE, user));
    ROW(-EEXIST, set_region(vm, 0, 0, 0x15000, SLOT_SIZE, user));

    __u64 bits[4];
    ROW(-EFAULT, ioctl(vm, KVM_GET_DIRTY_LOG, NULL));
    ROW(-ENOENT, ioctl(vm, KVM_GET_DIRTY_LOG, WITH(kvm_dirty_log, .slot = 0, .dirty_bitmap = bits)));
    ROW(0, set_region(vm, 0, KVM_MEM_LOG_DIRTY_PAGES, 0x20000, SLOT_SIZE, user));
    ROW(0, ioctl(vm, KVM_GET_DIRTY_LOG, WITH(kvm_dirty_log, .slot = 0, .dirty_bitmap = bits)));
    ROW(-EFAULT, ioctl(vm, KVM_GET_DIRTY_LOG, WITH(kvm_dirty_log, .slot = 0)));
    ROW(-ENOENT, ioctl(vm, KVM_GET_DIRTY_LOG, WITH(kvm_dirty_log, .slot = 9, .dirty_bitmap = bits)));
    ROW(-EINVAL, ioctl(vm, KVM_GET_DIRTY_LOG, WITH(kvm_dirty_log, .slot = 40000, .dirty_bitmap = bits)));
    ROW(-EFAULT, ioctl(vm, KVM_CLEAR_DIRTY_LOG, NULL));
    ROW(-EINVAL, ioctl(vm, KVM_CLEAR_DIRTY_LOG, WITH(kvm_clear_dirty_log, .slot = 40000, .dirty_bitmap = bits)));
    ROW(-EINVAL, ioctl(vm, KVM_CLEAR_DIRTY_LOG, WITH(kvm_clear_dirty_log, .first_page = 1, .dirty_bitmap = bits)));
    ROW(-ENOENT, ioctl(vm, KVM_CLEAR_DIRTY_LOG, WITH(kvm_clear_dirty_log, .slot = 1, .dirty_bitmap = bits)));
    ROW(-EINVAL, ioctl(vm, KVM_CLEAR_DIRTY_LOG, WITH(kvm_clear_dirty_log, .num_pages = 5, .dirty_bitmap = bits)));
    ROW(-EINVAL, ioctl(vm, KVM_CLEAR_DIRTY_LOG, WITH(kvm_clear_dirty_log, .num_pages = 3, .dirty_bitmap = bits)));
    ROW(-EFAULT, ioctl(vm, KVM_CLEAR_DIRTY_LOG, WITH(kvm_clear_dirty_log, .num_pages = 4)));
    ROW(0, ioctl(vm, KVM_CLEAR_DIRTY_LOG, WITH(kvm_clear_dirty_log, .num_pages = 4, .dirty_bitmap = bits)));
    ROW(-EINVAL, ioctl(vm, KVM_RESET_DIRTY_RINGS, 0));
    ROW(0, set_region(vm, 0, 0, 0, 0, 0));
    ROW(0, set_region(vm, 1, 0, 0, 0, 0));
}

static int filter_msrs(int vm, unsigned flags, unsigned range_flags, unsigned count, void *bitmap) {
    struct kvm_msr_filter filter = {.flags = flags};
    filter.ranges[0] = (struct kvm_msr_filter_range){.flags = range_flags, .nmsrs = count, .base = 0x100, .bitmap = bitmap};
    return ioctl(vm, KVM_X86_SET_MSR_FILTER, &filter);
}
static int filter_events(int vm, unsigned action, unsigned flags, unsigned count) {
    events.header.action = action;
    events.header.flags = flags;
    events.header.nevents = count;
    return ioctl(vm, KVM_SET_PMU_EVENT_FILTER, &events);
}

static void filters(int vm) {
    static __u8 bitmap[0x601];
    ROW(-EFAULT, ioctl(vm, KVM_X86_SET_MSR_FILTER, NULL));
    ROW(-EINVAL, filter_msrs(vm, 2, 3, 8, bitmap));
    ROW(-EINVAL, filter_msrs(vm, 1, 3, 0, bitmap));
    ROW(-EINVAL, filter_msrs(vm, 0, 4, 8, bitmap));
    ROW(-EINVAL, filter_msrs(vm, 0, 0, 8, bitmap));
    ROW(-EINVAL, filter_msrs(vm, 0, 3, 0x600 * 8 + 1, bitmap));
    ROW(-EFAULT, filter_msrs(vm, 0, 3, 8, NULL));
    ROW(0, filter_msrs(vm, 0, 3, 0x600 * 8, bitmap));
    ROW(0, filter_msrs(vm, 0, 0, 0, NULL));
    ROW(-EFAULT, ioctl(vm, KVM_SET_PMU_EVENT_FILTER, NULL));
    ROW(-EINVAL, filter_events(vm, 2, 0, 0));
    ROW(-EINVAL, filter_events(vm, KVM_PMU_EVENT_DENY, 2, 0));
    ROW(-E2BIG, filter_events(vm, KVM_PMU_EVENT_DENY, 0, 301));
    ROW(0, filter_events(vm, KVM_PMU_EVENT_DENY, 0, 300));
    ROW(0, filter_events(vm, KVM_PMU_EVENT_ALLOW, 0, 0));
}

static void others(int vm) {
    ROW(-EFAULT, ioctl(vm, KVM_SET_CLOCK, NULL));
    ROW(-EFAULT, ioctl(vm, KVM_GET_CLOCK, NULL));
    ROW(-EINVAL, ioctl(vm, KVM_SET_CLOCK, WITH(kvm_clock_data, .flags = 1 << 20)));
    ROW(0, ioctl(vm, KVM_SET_CLOCK, WITH(kvm_clock_data, .clock = 5)));
    ROW(0, ioctl(vm, KVM_GET_CLOCK, WITH(kvm_clock_data, .clock = 0)));
    ROW(-EINVAL, ioctl(vm, KVM_SET_TSS_ADDR, 0xFFFFE000));
    ROW(0, ioctl(vm, KVM_SET_TSS_ADDR, 0xFEFFD000));
    __u64 address = 0xFEFFC000;
    ROW(-EFAULT, ioctl(vm, KVM_SET_IDENTITY_MAP_ADDR, NULL));
    ROW(0, ioctl(vm, KVM_SET_IDENTITY_MAP_ADDR, &address));
    ROW(-EINVAL, ioctl(vm, KVM_SET_NR_MMU_PAGES, 63));
    ROW(0, ioctl(vm, KVM_SET_NR_MMU_PAGES, 1024));
    ROW(-EFAULT, ioctl(vm, KVM_CREATE_DEVICE, NULL));
    ROW(-ENODEV, ioctl(vm, KVM_CREATE_DEVICE, WITH(kvm_create_device, .type = 77)));
    ROW(-ENOTTY, ioctl(vm, KVM_HAS_DEVICE_ATTR, WITH(kvm_device_attr, .attr = 0)));
    ROW(-ENXIO, ioctl(vm, KVM_GET_IRQCHIP, WITH(kvm_irqchip, .chip_id = 0)));
    ROW(-ENXIO, ioctl(vm, KVM_SET_IRQCHIP, WITH(kvm_irqchip, .chip_id = 0)));
    ROW(-ENOENT, ioctl(vm, KVM_CREATE_PIT2, WITH(kvm_pit_config, .flags = 0)));
    ROW(-ENXIO, ioctl(vm, KVM_GET_PIT2, WITH(kvm_pit_state2, .flags = 0)));
    ROW(-ENXIO, ioctl(vm, KVM_SET_PIT2, WITH(kvm_pit_state2, .flags = 0)));
    ROW(-ENOTTY, ioctl(vm, KVM_MEMORY_ENCRYPT_REG_REGION, WITH(kvm_enc_region, .size = 4096)));
    ROW(-ENOTTY, ioctl(vm, KVM_MEMORY_ENCRYPT_UNREG_REGION, WITH(kvm_enc_region, .size = 4096)));
    ROW(-ENOTTY, ioctl(vm, KVM_RUN, 0));
    ROW(-ENOTTY, ioctl(vm, KVM_GET_API_VERSION, 0));
    ROW(-ENOTTY, ioctl(vm, _IO(KVMIO, 0xFF), 0));
    ROW(-EINVAL, ioctl(vm, KVM_CREATE_VCPU, 1 << 20));
    ROW(-EINVAL, ioctl(vm, KVM_SET_BOOT_CPU_ID, 1 << 20));
    ROW(0, ioctl(vm, KVM_SET_BOOT_CPU_ID, 0));
    ROW(1, ioctl(vm, KVM_GET_TSC_KHZ, 0) > 0);
    ROW(0, ioctl(vm, KVM_SET_TSC_KHZ, 0));
}

int main(void) {
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    CHECK(kvm >= 0);
    int vm = create_some_vm(kvm);
    CHECK(vm >= 0);
    capabilities(vm);
    no_controller(vm);
    interrupts(vm);
    memory(vm);
    filters(vm);
    others(vm);
    return rows_end("vm");
}
