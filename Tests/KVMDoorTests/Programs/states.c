// SPDX-License-Identifier: Apache-2.0
//
// Every sub-command of KVM_MEMORY_ENCRYPT_OP, and what else depends on it, in every state of a TD and its vCPU.

#include "rows.h"

enum state { UNINITIALIZED, INITIALIZED, HAS_VCPU, HAS_INITIALIZED_VCPU, RUNNABLE, STATES };
static const char *const state_names[] = {
    "no KVM_TDX_INIT_VM", "no vCPU", "no KVM_TDX_INIT_VCPU", "no KVM_TDX_FINALIZE_VM", "runnable"};

static struct td td;

static void build(enum state state) {
    memset(&td, 0, sizeof td);
    if (state == UNINITIALIZED) {
        td.system = open("/dev/kvm", O_RDWR | O_CLOEXEC);
        td.vm = ioctl(td.system, KVM_CREATE_VM, KVM_X86_TDX_VM);
        td.vcpu[0] = td.memory = -1;
        CHECK(td_enable(td.vm, KVM_CAP_SPLIT_IRQCHIP, 24) == 0);
        return;
    }
    td = td_create(state >= HAS_VCPU ? 1 : 0);
    if (state < HAS_VCPU) td.vcpu[0] = -1;
    if (state >= HAS_INITIALIZED_VCPU) CHECK(td_command(td.vcpu[0], KVM_TDX_INIT_VCPU, 0, NULL) == 0);
    if (state >= RUNNABLE) CHECK(td_command(td.vm, KVM_TDX_FINALIZE_VM, 0, NULL) == 0);
}
static void drop(void) {
    if (td.vcpu[0] >= 0) {
        munmap(td.run[0], 3 * 4096);
        close(td.vcpu[0]);
    }
    if (td.memory >= 0) {
        close(td.memory);
        munmap(td.shared, TD_SIZE);
    }
    close(td.vm);
    close(td.system);
}

static int capabilities(void) {
    static struct {
        struct kvm_tdx_capabilities header;
        struct kvm_cpuid_entry2 room[256];
    } request;
    request.header.cpuid.nent = 256;
    return td_command(td.vm, KVM_TDX_CAPABILITIES, 0, &request);
}
static int init_vm(void) { return td_init_vm(td.vm); }
static int finalize(void) { return td_command(td.vm, KVM_TDX_FINALIZE_VM, 0, NULL); }
static int unknown(void) { return td_command(td.vm, 77, 0, NULL); }
static int init_vcpu_of_vm(void) { return td_command(td.vm, KVM_TDX_INIT_VCPU, 0, NULL); }
static int init_memory_of_vm(void) { return td_command(td.vm, KVM_TDX_INIT_MEM_REGION, 0, NULL); }
static int cpuid_of_vm(void) { return td_command(td.vm, KVM_TDX_GET_CPUID, 0, NULL); }
static int create_vcpu(void) { return ioctl(td.vm, KVM_CREATE_VCPU, 9); }
static int init_vcpu(void) { return td_command(td.vcpu[0], KVM_TDX_INIT_VCPU, 0, NULL); }
static int init_memory(void) { return td_add(&td, "x", 1, TD_BASE); }
static int get_cpuid(void) {
    static struct {
        struct kvm_cpuid2 header;
        struct kvm_cpuid_entry2 room[256];
    } request;
    request.header.nent = 256;
    return td_command(td.vcpu[0], KVM_TDX_GET_CPUID, 0, &request);
}
static int capabilities_of_vcpu(void) { return td_command(td.vcpu[0], KVM_TDX_CAPABILITIES, 0, NULL); }
static int init_vm_of_vcpu(void) { return td_command(td.vcpu[0], KVM_TDX_INIT_VM, 0, NULL); }
static int finalize_of_vcpu(void) { return td_command(td.vcpu[0], KVM_TDX_FINALIZE_VM, 0, NULL); }
static int unknown_of_vcpu(void) { return td_command(td.vcpu[0], 77, 0, NULL); }
static int enter(void) {
    td.run[0]->immediate_exit = 1;
    return ioctl(td.vcpu[0], KVM_RUN, 0);
}
static int run(void) { return ioctl(td.vcpu[0], KVM_RUN, 0); }
static int prefault(void) {
    return ioctl(td.vcpu[0], KVM_PRE_FAULT_MEMORY, WITH(kvm_pre_fault_memory, .gpa = TD_BASE, .size = 4096));
}
static int set_frequency(void) { return ioctl(td.vm, KVM_SET_TSC_KHZ, 2000000); }
static int split(void) { return td_enable(td.vm, KVM_CAP_SPLIT_IRQCHIP, 24); }
static int bus_cycles(void) { return td_enable(td.vm, KVM_CAP_X86_APIC_BUS_CYCLES_NS, 40); }

// What there is not yet.
#define NONE 1000
#define NO -EINVAL

static const struct {
    const char *name;
    int (*call)(void);
    long result[STATES];
} table[] = {
    {"KVM_TDX_CAPABILITIES", capabilities, {0, 0, 0, 0, 0}},
    {"KVM_TDX_INIT_VM", init_vm, {0, NO, NO, NO, NO}},
    // The module finalizes no TD without an initialised vCPU.
    {"KVM_TDX_FINALIZE_VM", finalize, {NO, -EIO, -EIO, 0, NO}},
    {"sub-command 77", unknown, {NO, NO, NO, NO, NO}},
    {"KVM_TDX_INIT_VCPU on the VM", init_vcpu_of_vm, {NO, NO, NO, NO, NO}},
    {"KVM_TDX_INIT_MEM_REGION on the VM", init_memory_of_vm, {NO, NO, NO, NO, NO}},
    {"KVM_TDX_GET_CPUID on the VM", cpuid_of_vm, {NO, NO, NO, NO, NO}},
    {"KVM_TDX_INIT_VCPU", init_vcpu, {NONE, NONE, 0, NO, NO}},
    {"KVM_TDX_INIT_MEM_REGION", init_memory, {NONE, NONE, NO, 0, NO}},
    {"KVM_TDX_GET_CPUID", get_cpuid, {NONE, NONE, 0, 0, NO}},
    {"KVM_TDX_CAPABILITIES on the vCPU", capabilities_of_vcpu, {NONE, NONE, NO, NO, NO}},
    {"KVM_TDX_INIT_VM on the vCPU", init_vm_of_vcpu, {NONE, NONE, NO, NO, NO}},
    {"KVM_TDX_FINALIZE_VM on the vCPU", finalize_of_vcpu, {NONE, NONE, NO, NO, NO}},
    {"sub-command 77 on the vCPU", unknown_of_vcpu, {NONE, NONE, NO, NO, NO}},
    {"KVM_RUN with immediate_exit", enter, {NONE, NONE, -EINTR, -EINTR, -EINTR}},
    // Without initial memory the TD's first fetch is of a page that it has not accepted.
    {"KVM_RUN", run, {NONE, NONE, NO, NO, -EIO}},
    {"KVM_PRE_FAULT_MEMORY", prefault, {NONE, NONE, -EOPNOTSUPP, -EOPNOTSUPP, 0}},
    {"KVM_SET_TSC_KHZ", set_frequency, {0, 0, NO, NO, NO}},
    {"KVM_CAP_SPLIT_IRQCHIP", split, {-EEXIST, -EEXIST, -EEXIST, -EEXIST, -EEXIST}},
    {"KVM_CAP_X86_APIC_BUS_CYCLES_NS", bus_cycles, {0, 0, NO, NO, NO}},
    // Last, as the descriptor stays open.
    {"KVM_CREATE_VCPU", create_vcpu, {-EIO, 1, 1, 1, -EIO}},
};

static void matrix(void) {
    for (size_t row = 0; row < sizeof table / sizeof *table; row++) {
        for (int state = 0; state < STATES; state++) {
            if (table[row].result[state] == NONE) continue;
            char name[120];
            snprintf(name, sizeof name, "%s with %s", table[row].name, state_names[state]);
            build(state);
            errno = 0;
            long result = outcome(table[row].call());
            // A descriptor is any that there is.
            if (table[row].call == create_vcpu && result > 0) {
                close(result);
                result = 1;
            }
            print_row(__FILE__, __LINE__, name, result, table[row].result[state]);
            drop();
        }
    }
}

// As many TDs as there are private keys, less the module's own; then one more when one has gone.
static void keys(void) {
    enum { LIMIT = 200 };
    int vms[LIMIT], count = 0, error = 0, system = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    for (; count < LIMIT; count++) {
        vms[count] = ioctl(system, KVM_CREATE_VM, KVM_X86_TDX_VM);
        CHECK(vms[count] >= 0);
        if (td_init_vm(vms[count]) == 0) continue;
        error = errno;
        break;
    }
    ROW(ENOSPC, error);
    ROW(1, count > 0 && count < LIMIT);
    ROW(-ENOSPC, td_init_vm(vms[count]));
    close(vms[0]);
    ROW(0, td_init_vm(vms[count]));
    for (int index = 1; index <= count; index++) close(vms[index]);
    // All of them are free again.
    for (int round = 0; round < 2 * count; round++) {
        int vm = ioctl(system, KVM_CREATE_VM, KVM_X86_TDX_VM);
        CHECK(vm >= 0 && td_init_vm(vm) == 0 && close(vm) == 0);
    }
    close(system);
}

int main(void) {
    alarm(120);
    matrix();
    keys();
    return rows_end("states");
}
