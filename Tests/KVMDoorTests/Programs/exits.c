// SPDX-License-Identifier: Apache-2.0
//
// Every exit of a TD to its program, with what the program answers and what the guest makes of it.

#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>

#include "rows.h"

#define INVALID 0x8000000000000000ULL
#define MISALIGNED 0x8000000000000002ULL
#define UNSUPPORTED 0x8000000000000003ULL

// The guest tells the value of a register: a write of 8 bytes to emulated memory.
#define REPORT_ADDRESS 0xD0000000ULL
#define REPORT(register) \
    "mov %" register ", %r15\nmov $8, %r12\nmov $1, %r13\nmov $0x8000D0000000, %r14\n" \
    "xor %r10d, %r10d\nmov $48, %r11\nmov $0xFC00, %ecx\nxor %eax, %eax\n.byte 0x66, 0x0F, 0x01, 0xCC\n"
// A call, of whose answer the guest tells R10, or R10 and R11.
#define CALL(...) VMCALL(__VA_ARGS__) "mov %r10, %rbx\n" REPORT("rbx")
#define CALL2(...) VMCALL(__VA_ARGS__) "mov %r10, %rbx\nmov %r11, %rdi\n" REPORT("rbx") REPORT("rdi")
#define STOP "1: jmp 1b\n"

static struct td td;
static struct kvm_run *run;
static struct tdx_exit { __u64 flags, nr, ret, data[5]; } *tdx;

static void start(const unsigned char *code, const unsigned char *end) {
    td = td_runnable(1, code, end);
    run = td.run[0];
    tdx = (void *)((char *)run + 32);
}
static void finish(void) { td_close(&td, 1); }
static unsigned char *port_data(void) { return (unsigned char *)run + run->io.data_offset; }

// Goes on, to the next exit.
static long next(void) {
    long result = ioctl(td.vcpu[0], KVM_RUN, 0);
    return result == 0 ? (long)run->exit_reason : result;
}
static long next_report(void) {
    CHECK(ioctl(td.vcpu[0], KVM_RUN, 0) == 0);
    CHECK(run->exit_reason == KVM_EXIT_MMIO && run->mmio.is_write && run->mmio.phys_addr == REPORT_ADDRESS);
    __u64 value;
    memcpy(&value, run->mmio.data, 8);
    return (long)value;
}
// A row of what the guest tells.
#define TELLS(expected) \
    do { \
        long value = next_report(); \
        print_row(__FILE__, __LINE__, "the guest has " #expected, value == (long)(expected) ? 1 : 0, 1); \
        if (value != (long)(expected)) fprintf(stderr, "  it has 0x%lx\n", value); \
    } while (0)

GUEST(ports,
      VMCALL(30, 1, 1, 0x3F8, 0xFFFFFF41) VMCALL(30, 2, 1, 0x3FA, 0xFFFF4241) VMCALL(30, 4, 1, 0x10CF8, 0x44434241)
      CALL2(30, 1, 0, 0x60, 0) CALL2(30, 2, 0, 0x60, 0) CALL2(30, 4, 0, 0x60, 0)
      CALL(30, 3, 0, 0x60, 0) CALL(30, 8, 1, 0x60, 0) CALL(30, 1, 2, 0x60, 0)
      // REP OUTSB of three bytes is three calls: there is no string form of the call.
      "mov $3, %ebp\n2:\n" VMCALL(30, 1, 1, 0x70, 0x55) "dec %ebp\njnz 2b\n" STOP);

static void port_exits(void) {
    static const struct { int size, port; unsigned value; } writes[] = {{1, 0x3F8, 0x41}, {2, 0x3FA, 0x4241}, {4, 0xCF8, 0x44434241}};
    start(ports, ports_end);
    for (int index = 0; index < 3; index++) {
        unsigned value = 0;
        ROW(KVM_EXIT_IO, next());
        ROW(KVM_EXIT_IO_OUT, run->io.direction);
        ROW(writes[index].size, run->io.size);
        ROW(writes[index].port, run->io.port);
        ROW(1, run->io.count);
        ROW(4096, run->io.data_offset);
        memcpy(&value, port_data(), writes[index].size);
        ROW(writes[index].value, value);
    }
    for (int index = 0; index < 3; index++) {
        ROW(KVM_EXIT_IO, next());
        ROW(KVM_EXIT_IO_IN, run->io.direction);
        ROW(writes[index].size, run->io.size);
        memset(port_data(), 0x99, 4);
        TELLS(0);
        long value = next_report();
        ROW(0x99999999L >> (32 - 8 * writes[index].size), value);
    }
    TELLS(INVALID);
    TELLS(INVALID);
    TELLS(INVALID);
    for (int index = 0; index < 3; index++) {
        ROW(KVM_EXIT_IO, next());
        ROW(1, run->io.count);
        ROW(0x55, port_data()[0]);
    }
    // What was asked for is completed even when the call then ends at once.
    run->immediate_exit = 1;
    ROW(-EINTR, next());
    run->immediate_exit = 0;
    finish();
}

GUEST(devices,
      VMCALL(48, 1, 1, 0x800080001000, 0x1122334455667788) VMCALL(48, 2, 1, 0x800080001002, 0x1122334455667788)
      VMCALL(48, 4, 1, 0x800080001004, 0x1122334455667788) VMCALL(48, 8, 1, 0x800080001008, 0x1122334455667788)
      CALL2(48, 1, 0, 0x800080001000, 0) CALL2(48, 2, 0, 0x800080001000, 0) CALL2(48, 4, 0, 0x800080001000, 0)
      CALL2(48, 8, 0, 0x800080001000, 0)
      CALL(48, 3, 0, 0x800080001000, 0) CALL(48, 4, 2, 0x800080001000, 0)
      CALL(48, 4, 0, 0x80001000, 0) CALL(48, 8, 0, 0xFFFFFFFFFFFC, 0)
      // Two that an eventfd answers.
      CALL(48, 4, 1, 0x800080002000, 7) CALL(30, 2, 1, 0x510, 7) STOP);

static void device_exits(void) {
    start(devices, devices_end);
    for (int size = 1; size <= 8; size *= 2) {
        __u64 value = 0;
        ROW(KVM_EXIT_MMIO, next());
        ROW(1, run->mmio.is_write);
        ROW(size, run->mmio.len);
        ROW(1, run->mmio.phys_addr == 0x80001000 + (size == 1 ? 0U : (unsigned)size));
        memcpy(&value, run->mmio.data, size);
        ROW(1, value == (size == 8 ? 0x1122334455667788 : 0x1122334455667788 & ((1ULL << (8 * size)) - 1)));
    }
    for (int size = 1; size <= 8; size *= 2) {
        ROW(KVM_EXIT_MMIO, next());
        ROW(0, run->mmio.is_write);
        ROW(size, run->mmio.len);
        memset(run->mmio.data, 0x77, 8);
        TELLS(0);
        long value = next_report();
        ROW(0x7777777777777777L >> (64 - 8 * size), value);
    }
    for (int index = 0; index < 4; index++) TELLS(INVALID);
    int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    eventfd_t count = 0;
    CHECK(ioctl(td.vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x80002000, .len = 0, .fd = event)) == 0);
    CHECK(ioctl(td.vm, KVM_IOEVENTFD, WITH(kvm_ioeventfd, .addr = 0x510, .len = 2, .datamatch = 7, .fd = event,
        .flags = KVM_IOEVENTFD_FLAG_PIO | KVM_IOEVENTFD_FLAG_DATAMATCH)) == 0);
    TELLS(0);
    ROW(0, eventfd_read(event, &count));
    ROW(1, count);
    TELLS(0);
    ROW(0, eventfd_read(event, &count));
    close(event);
    finish();
}

// From 1 GiB on, of 5 MiB and 4 KiB: three pieces.
GUEST(conversions,
      CALL(0x10001, 0x800040000000, 0x501000, 0, 0) CALL(0x10001, 0x40000000, 0x501000, 0, 0)
      CALL2(0x10001, 0x40000000, 0x501000, 0, 0) CALL2(0x10001, 0x40000000, 0x501000, 0, 0)
      CALL2(0x10001, 0x40000000, 0, 0, 0) CALL2(0x10001, 0x7FFFFFFFF000, 0x2000, 0, 0)
      CALL2(0x10001, 0x40000800, 0x1000, 0, 0) CALL2(0x10001, 0x40000000, 0x800, 0, 0)
      CALL2(0x10001, 0x10000040000000, 0x1000, 0, 0) CALL2(0x10001, 0xFFFFFFFFFFFFF000, 0x2000, 0, 0) STOP);

static void conversion_exits(void) {
    start(conversions, conversions_end);
    for (int is_private = 0; is_private < 2; is_private++) {
        static const __u64 pages[] = {512, 512, 257};
        for (int index = 0; index < 3; index++) {
            ROW(KVM_EXIT_HYPERCALL, next());
            ROW(KVM_HC_MAP_GPA_RANGE, run->hypercall.nr);
            ROW(1, run->hypercall.args[0] == 0x40000000ULL + index * 0x200000ULL);
            ROW((long)pages[index], run->hypercall.args[1]);
            ROW(is_private ? 0x10 : 0, run->hypercall.args[2]);
            ROW(0, run->hypercall.ret);
            ROW(1, *(__u64 *)((char *)run + 96));
        }
        TELLS(0);
    }
    // Try again: the guest goes on where it was.
    ROW(KVM_EXIT_HYPERCALL, next());
    ROW(KVM_EXIT_HYPERCALL, next());
    run->hypercall.ret = EAGAIN;
    TELLS(1);
    TELLS(0x40200000);
    ROW(KVM_EXIT_HYPERCALL, next());
    run->hypercall.ret = EINVAL;
    TELLS(INVALID);
    TELLS(0x40000000);
    TELLS(INVALID);
    TELLS(0x40000000);
    TELLS(INVALID);
    TELLS(0x7FFFFFFFF000);
    TELLS(MISALIGNED);
    TELLS(0x40000800);
    TELLS(MISALIGNED);
    TELLS(0x40000000);
    TELLS(INVALID);
    TELLS(0x10000040000000);
    TELLS(INVALID);
    TELLS(0xFFFFFFFFFFFFF000);
    finish();
}

GUEST(requests,
      CALL(0x10002, 0x8000FFF20000, 0x2000, 0, 0) CALL(0x10002, 0x8000FFF20000, 0x2000, 0, 0)
      CALL(0x10002, 0xFFF20000, 0x2000, 0, 0)
      VMCALL(0x10000, 0, 9, 9, 9) "lea (%r11,%r12), %rbx\nadd %r13, %rbx\nadd %r14, %rbx\nadd %r10, %rbx\n" REPORT("rbx")
      VMCALL(0x10000, 1, 0, 0, 0) "mov %r11, %rbx\nmov %r14, %rdi\n" REPORT("rbx") REPORT("rdi")
      CALL(0x10000, 2, 0, 0, 0)
      CALL(0x10004, 31, 0, 0, 0) CALL(0x10004, 256, 0, 0, 0) CALL(0x10004, 32, 0, 0, 0) CALL(0x10004, 255, 0, 0, 0)
      CALL(0x10005, 0, 0, 0, 0) CALL(0x10006, 0, 0, 0, 0) CALL(36, 0, 0, 0, 0) CALL(39, 0, 0, 0, 0) CALL(54, 0, 0, 0, 0)
      CALL(65, 0, 0, 0, 0) CALL(0xFFFFFFFFFFFFFFFF, 0, 0, 0, 0) STOP);

static void request_exits(void) {
    start(requests, requests_end);
    ROW(KVM_EXIT_TDX, next());
    ROW(0x10002, tdx->nr);
    ROW(0, tdx->flags);
    ROW(1, tdx->ret == UNSUPPORTED);
    ROW(1, tdx->data[0] == 0xFFF20000);
    ROW(0x2000, tdx->data[1]);
    TELLS(UNSUPPORTED);
    ROW(KVM_EXIT_TDX, next());
    tdx->ret = 0;
    TELLS(0);
    TELLS(INVALID);
    TELLS(0);
    ROW(KVM_EXIT_TDX, next());
    ROW(0x10000, tdx->nr);
    ROW(0, tdx->ret);
    ROW(1, tdx->data[0]);
    ROW(0, tdx->data[1] | tdx->data[2] | tdx->data[3] | tdx->data[4]);
    tdx->data[1] = 2;
    tdx->data[4] = 0x44;
    TELLS(2);
    TELLS(0x44);
    TELLS(INVALID);
    TELLS(INVALID);
    TELLS(INVALID);
    ROW(KVM_EXIT_TDX, next());
    ROW(0x10004, tdx->nr);
    ROW(1, tdx->ret == UNSUPPORTED);
    ROW(32, tdx->data[0]);
    tdx->ret = 0;
    TELLS(0);
    ROW(KVM_EXIT_TDX, next());
    ROW(255, tdx->data[0]);
    TELLS(UNSUPPORTED);
    for (int index = 0; index < 7; index++) TELLS(UNSUPPORTED);
    finish();
}

// Text in R14, R15, RBX, RDI, RSI, R8, R9, RDX, as the GHCI orders it.
GUEST(fatal,
      "mov $0x3131313131313131, %r14\nmov $0x3232323232323232, %r15\nmov $0x3333333333333333, %rbx\n"
      "mov $0x3434343434343434, %rdi\nmov $0x3535353535353535, %rsi\nmov $0x3636363636363636, %r8\n"
      "mov $0x3737373737373737, %r9\nmov $0x3838383838383838, %rdx\nmov $0x8000000000000042, %r12\nmov $0x1234000, %r13\n"
      "xor %r10d, %r10d\nmov $0x10003, %r11\nmov $0xFFCC, %ecx\nxor %eax, %eax\n.byte 0x66, 0x0F, 0x01, 0xCC\n"
      "mov %r10, %rbx\n" REPORT("rbx") STOP);

static void fatal_exits(void) {
    start(fatal, fatal_end);
    ROW(KVM_EXIT_SYSTEM_EVENT, next());
    ROW(7, run->system_event.type);
    __u32 count;
    memcpy(&count, (char *)run + 36, sizeof count);
    const __u64 *data = (void *)((char *)run + 40);
    ROW(16, count);
    ROW(77, data[0]);
    ROW(0xFFCC, data[1]);
    static const struct { int index; char letter; } text[] = {{14, '1'}, {15, '2'}, {3, '3'}, {7, '4'}, {6, '5'}, {8, '6'}, {9, '7'}, {2, '8'}};
    for (int index = 0; index < 8; index++) ROW(text[index].letter, data[text[index].index] & 0xFF);
    ROW(0, data[4] | data[5] | data[10]);
    ROW(0x10003, data[11]);
    ROW(1, data[12] == 0x8000000000000042);
    ROW(0x1234000, data[13]);
    TELLS(0);
    finish();
}

GUEST(instructions,
      VMCALL(10, 0x80000008, 0, 0, 0) "mov %r12, %rbx\nmov %r10, %rdi\n" REPORT("rbx") REPORT("rdi")
      VMCALL(10, 1, 0, 9, 9) "mov %r14, %rbx\nmov %r13, %rdi\n" REPORT("rbx") REPORT("rdi")
      CALL2(31, 0x1B, 0, 0, 0) CALL2(31, 0x1234, 0, 0, 0) CALL(32, 0x1234, 1, 0, 0) CALL(32, 0x1B, 1, 0, 0)
      CALL(32, 0x277, 0x06060606, 0, 0) CALL2(31, 0x277, 0, 0, 0)
      // With the program asking for what is filtered and unknown.
      CALL2(31, 0x277, 0, 0, 0) CALL(32, 0x277, 5, 0, 0) CALL2(31, 0x1234, 0, 0, 0) CALL(32, 0x1234, 6, 0, 0) STOP);

static void instruction_exits(void) {
    start(instructions, instructions_end);
    TELLS(TD_GPA_WIDTH << 16 | 52);
    TELLS(0);
    TELLS(1 << 21);
    TELLS(0);
    TELLS(0);
    TELLS(0xFEE00D00);
    TELLS(INVALID);
    next_report();
    TELLS(INVALID);
    TELLS(INVALID);
    TELLS(0);
    TELLS(0);
    TELLS(0x06060606);
    static __u8 bitmap[1];
    struct kvm_msr_filter filter = {0};
    filter.ranges[0] = (struct kvm_msr_filter_range){.flags = 3, .nmsrs = 1, .base = 0x277, .bitmap = bitmap};
    CHECK(ioctl(td.vm, KVM_X86_SET_MSR_FILTER, &filter) == 0);
    CHECK(td_enable(td.vm, KVM_CAP_X86_USER_SPACE_MSR, KVM_MSR_EXIT_REASON_UNKNOWN | KVM_MSR_EXIT_REASON_FILTER) == 0);
    for (int is_unknown = 0; is_unknown < 2; is_unknown++) {
        ROW(KVM_EXIT_X86_RDMSR, next());
        ROW(is_unknown ? 0x1234 : 0x277, run->msr.index);
        ROW(is_unknown ? KVM_MSR_EXIT_REASON_UNKNOWN : KVM_MSR_EXIT_REASON_FILTER, run->msr.reason);
        ROW(0, run->msr.error);
        run->msr.data = 0x5678;
        TELLS(0);
        TELLS(0x5678);
        ROW(KVM_EXIT_X86_WRMSR, next());
        ROW(is_unknown ? 0x1234 : 0x277, run->msr.index);
        ROW(is_unknown ? 6 : 5, run->msr.data);
        run->msr.error = 1;
        TELLS(INVALID);
    }
    finish();
}

// KVM's own hypercalls have their number in R10.
#define HYPERCALL(number) \
    "mov $" #number ", %r10\nxor %r11d, %r11d\nxor %r12d, %r12d\nxor %r13d, %r13d\nxor %r14d, %r14d\n" \
    "mov $0xFC00, %ecx\nxor %eax, %eax\n.byte 0x66, 0x0F, 0x01, 0xCC\nmov %r10, %rbx\n" REPORT("rbx")
GUEST(hypercalls, HYPERCALL(1) HYPERCALL(99) HYPERCALL(5) HYPERCALL(11) STOP);

static void hypercall_exits(void) {
    start(hypercalls, hypercalls_end);
    TELLS(0);
    // Those of features that the vCPU's CPUID has not are unknown.
    TELLS(-1000);
    TELLS(-1000);
    TELLS(-1000);
    finish();
}

// Enables the APIC, then sleeps twice: with interrupts, and without.
GUEST(sleeper, CALL(32, 0x80F, 0x1FF, 0, 0) CALL(12, 0, 0, 0, 0) CALL(12, 1, 0, 0, 0) STOP);

static int message(void) {
    return ioctl(td.vm, KVM_SIGNAL_MSI, WITH(kvm_msi, .address_lo = 0xFEE00000, .data = 0x31));
}
static void *wake_later(void *is_nmi) {
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    message();
    if (is_nmi) {
        nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
        ioctl(td.vcpu[0], KVM_NMI, 0);
    }
    return NULL;
}

static void sleeping(void) {
    start(sleeper, sleeper_end);
    ROW(0, message());
    TELLS(0);
    for (int is_nmi = 0; is_nmi < 2; is_nmi++) {
        pthread_t thread;
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        CHECK(pthread_create(&thread, NULL, wake_later, is_nmi ? &td : NULL) == 0);
        if (is_nmi) {
            // The guest has no handler, so that the NMI is the end of it.
            ROW(KVM_EXIT_SHUTDOWN, next());
        } else {
            TELLS(0);
        }
        clock_gettime(CLOCK_MONOTONIC, &after);
        long waited = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
        ROW(1, waited >= (is_nmi ? 55 : 25));
        CHECK(pthread_join(thread, NULL) == 0);
    }
    finish();
}

// Touches the private page at FFF30000, then the shared one.
GUEST(pages,
      "mov $0xFFF30000, %rdx\nmov (%rdx), %rbx\n" REPORT("rbx")
      // The shared half of the first 4 GiB begins at 512 GiB.
      "mov $0x80FFF30000, %rdx\nmov (%rdx), %rbx\n" REPORT("rbx") STOP);

static void memory_exits(void) {
    start(pages, pages_end);
    struct { __u64 flags, gpa, size; } *fault = (void *)((char *)run + 32);
    CHECK(td_set_private(td.vm, 0xFFF30000, 4096, 0) == 0);
    for (int again = 0; again < 2; again++) {
        ROW(-EFAULT, next());
        ROW(KVM_EXIT_MEMORY_FAULT, run->exit_reason);
        ROW(8, fault->flags);
        ROW(1, fault->gpa == 0xFFF30000);
        ROW(4096, fault->size);
    }
    CHECK(td_set_private(td.vm, 0xFFF30000, 4096, 1) == 0);
    // The page is there now, but not accepted, and the TD has asked not to be told.
    ROW(-EIO, next());
    ROW(-EIO, ioctl(td.vm, KVM_GET_CLOCK, WITH(kvm_clock_data, .clock = 0)));
    finish();
}

GUEST(sharing,
      "mov $0x80FFF30000, %rdx\nmov (%rdx), %rbx\n" REPORT("rbx") "movl $0x77, 8(%rdx)\n" REPORT("rdx") STOP);

static void shared_memory(void) {
    start(sharing, sharing_end);
    struct { __u64 flags, gpa, size; } *fault = (void *)((char *)run + 32);
    ROW(-EFAULT, next());
    ROW(KVM_EXIT_MEMORY_FAULT, run->exit_reason);
    ROW(0, fault->flags);
    ROW(1, fault->gpa == 0xFFF30000);
    CHECK(td_set_private(td.vm, 0xFFF30000, 4096, 0) == 0);
    memset(td.shared + 0x30000, 0x66, 8);
    TELLS(0x6666666666666666);
    next_report();
    ROW(0x77, td.shared[0x30008]);
    finish();
}

GUEST(broken, "ud2\n");

static void shutdown(void) {
    start(broken, broken_end);
    ROW(KVM_EXIT_SHUTDOWN, next());
    // The vCPU is over; the module says so.
    ROW(KVM_EXIT_INTERNAL_ERROR, next());
    ROW(4, run->internal.suberror);
    ROW(2, run->internal.ndata);
    ROW(1, run->internal.data[0] >> 62 != 0);
    finish();
}

int main(void) {
    alarm(120);
    port_exits();
    device_exits();
    conversion_exits();
    request_exits();
    fatal_exits();
    instruction_exits();
    hypercall_exits();
    sleeping();
    memory_exits();
    shared_memory();
    shutdown();
    return rows_end("exits");
}
