// SPDX-License-Identifier: Apache-2.0
//
// Tables of calls: each row says what a call must give, and prints what it gave.

#ifndef ROWS_H
#define ROWS_H

#include "td.h"

static int rows, mismatches;

// A result as the system call returns it: a value, or a negated error number.
static inline long outcome(long result) { return result < 0 ? -(long)errno : result; }

static inline const char *named(long result) {
    static char text[2][24];
    static int turn;
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {EPERM, "EPERM"}, {ENOENT, "ENOENT"}, {EINTR, "EINTR"}, {EIO, "EIO"}, {ENXIO, "ENXIO"}, {E2BIG, "E2BIG"},
        {EBADF, "EBADF"}, {EAGAIN, "EAGAIN"}, {EFAULT, "EFAULT"}, {EBUSY, "EBUSY"}, {EEXIST, "EEXIST"},
        {ENODEV, "ENODEV"}, {EINVAL, "EINVAL"}, {ENOTTY, "ENOTTY"}, {ENOSPC, "ENOSPC"}, {EOPNOTSUPP, "EOPNOTSUPP"},
        {EHWPOISON, "EHWPOISON"},
    };
    for (size_t index = 0; index < sizeof names / sizeof *names; index++)
        if (result == -names[index].number) return names[index].name;
    turn ^= 1;
    snprintf(text[turn], sizeof text[turn], "%ld", result);
    return text[turn];
}

static inline void print_row(const char *file, int line, const char *what, long found, long expected) {
    rows++;
    printf("%s: %s\n", what, named(found));
    if (found == expected) return;
    mismatches++;
    fprintf(stderr, "%s:%d: %s gave %s, not %s\n", file, line, what, named(found), named(expected));
}

// One row: what the call must give, and the call.
#define ROW(expected, ...) (errno = 0, print_row(__FILE__, __LINE__, #__VA_ARGS__, outcome((long)(__VA_ARGS__)), (expected)))
// A row whose text is not its code.
#define ROW_NAMED(name, expected, ...) (errno = 0, print_row(__FILE__, __LINE__, (name), outcome((long)(__VA_ARGS__)), (expected)))

static inline int rows_end(const char *program) {
    if (mismatches == 0) printf("%s: %d rows ok\n", program, rows);
    return mismatches == 0 ? 0 : 1;
}

// Structures as arguments, without a name for each.
#define WITH(type, ...) (&(struct type){__VA_ARGS__})

// Lists with room for their entries.
struct cpuid_list {
    struct kvm_cpuid2 header;
    struct kvm_cpuid_entry2 room[256];
};
struct msr_list {
    struct kvm_msrs header;
    struct kvm_msr_entry room[256];
};

// The kind of VM that this KVM has best: a TD, or on a machine without TDX a default one. What follows is the same for both.
static inline int create_some_vm(int system) {
    int types = ioctl(system, KVM_CHECK_EXTENSION, KVM_CAP_VM_TYPES);
    return ioctl(system, KVM_CREATE_VM, types >> KVM_X86_TDX_VM & 1 ? KVM_X86_TDX_VM : 0);
}
static inline int is_td_host(int system) {
    return ioctl(system, KVM_CHECK_EXTENSION, KVM_CAP_VM_TYPES) >> KVM_X86_TDX_VM & 1;
}

#endif
