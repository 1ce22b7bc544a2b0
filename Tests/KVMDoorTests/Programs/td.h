// SPDX-License-Identifier: Apache-2.0
//
// What the programs here share: checks that say where they fail, and a TD with a flat guest.

#ifndef TD_H
#define TD_H

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm_para.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tdx.h"

// A claim of the test; the program ends where it is false.
#define CHECK(claim) \
    do { \
        if (!(claim)) { \
            int number = errno; \
            fprintf(stderr, "%s:%d: not true: %s (errno %d, %s)\n", __FILE__, __LINE__, #claim, number, strerror(number)); \
            exit(1); \
        } \
    } while (0)
// A call that must fail with an error number.
#define FAILS(call, number) \
    do { \
        errno = 0; \
        long result = (long)(call); \
        int found = errno; \
        if (result != -1 || found != (number)) { \
            fprintf(stderr, "%s:%d: %s gave %ld, errno %d (%s), not %s\n", __FILE__, __LINE__, #call, result, found, \
                    strerror(found), #number); \
            exit(1); \
        } \
    } while (0)

enum { TD_GPA_WIDTH = 48, TD_VCPUS = 64 };
#define TD_BASE 0xFFF00000ULL
#define TD_SIZE 0x100000ULL
// Pages of the flat guest: page tables, its code, the reset vector's.
#define TD_TABLES (TD_BASE + 0x1000)
#define TD_CODE (TD_BASE + 0x10000)
#define TD_RESET 0xFFFFF000ULL
// Set in a guest physical address: shared with the host.
#define TD_SHARED (1ULL << (TD_GPA_WIDTH - 1))

struct td {
    int system, vm, memory, vcpu[TD_VCPUS];
    struct kvm_run *run[TD_VCPUS];
    unsigned char *shared;
};

static inline int td_command(int descriptor, unsigned id, unsigned flags, void *data) {
    struct kvm_tdx_cmd command = {.id = id, .flags = flags, .data = (uint64_t)(uintptr_t)data};
    return ioctl(descriptor, KVM_MEMORY_ENCRYPT_OP, &command);
}

static inline int td_enable(int vm, unsigned capability, uint64_t argument) {
    struct kvm_enable_cap request = {.cap = capability, .args = {argument}};
    return ioctl(vm, KVM_ENABLE_CAP, &request);
}

// KVM_TDX_INIT_VM with as little as it takes.
static inline int td_init_vm(int vm) {
    struct kvm_tdx_init_vm *request = calloc(1, sizeof *request + sizeof(struct kvm_cpuid_entry2));
    request->attributes = 1 << 28;
    request->xfam = 3;
    request->cpuid.nent = 1;
    request->cpuid.entries[0].function = 0x80000008;
    request->cpuid.entries[0].eax = TD_GPA_WIDTH << 16;
    int result = td_command(vm, KVM_TDX_INIT_VM, 0, request);
    free(request);
    return result;
}

static inline int td_set_cpuid(int vcpu) {
    struct kvm_cpuid2 *request = calloc(1, sizeof *request + 2 * sizeof(struct kvm_cpuid_entry2));
    request->nent = 2;
    request->entries[0].function = 1;
    request->entries[0].ecx = 1 << 21;
    request->entries[1].function = 0x80000008;
    request->entries[1].eax = TD_GPA_WIDTH << 16 | 52;
    int result = ioctl(vcpu, KVM_SET_CPUID2, request);
    free(request);
    return result;
}

static inline int td_set_private(int vm, uint64_t address, uint64_t size, int is_private) {
    struct kvm_memory_attributes request = {
        .address = address, .size = size, .attributes = is_private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0};
    return ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &request);
}

static inline int td_add(struct td *td, const void *bytes, size_t count, uint64_t gpa) {
    size_t size = (count + 4095) & ~4095UL;
    unsigned char *source = aligned_alloc(4096, size);
    memset(source, 0, size);
    memcpy(source, bytes, count);
    struct kvm_tdx_init_mem_region region = {.source_addr = (uint64_t)(uintptr_t)source, .gpa = gpa, .nr_pages = size / 4096};
    int result = td_command(td->vcpu[0], KVM_TDX_INIT_MEM_REGION, KVM_TDX_MEASURE_MEMORY_REGION, &region);
    free(source);
    return result;
}

// A VM, its memory slot and its vCPUs, not yet initialised.
static inline struct td td_create(int vcpus) {
    struct td td = {.system = open("/dev/kvm", O_RDWR | O_CLOEXEC)};
    CHECK(td.system >= 0);
    td.vm = ioctl(td.system, KVM_CREATE_VM, KVM_X86_TDX_VM);
    CHECK(td.vm >= 0);
    CHECK(td_enable(td.vm, KVM_CAP_EXIT_HYPERCALL, 1 << KVM_HC_MAP_GPA_RANGE) == 0);
    CHECK(td_enable(td.vm, KVM_CAP_SPLIT_IRQCHIP, 24) == 0);
    CHECK(td_init_vm(td.vm) == 0);
    struct kvm_create_guest_memfd file = {.size = TD_SIZE};
    td.memory = ioctl(td.vm, KVM_CREATE_GUEST_MEMFD, &file);
    CHECK(td.memory >= 0);
    td.shared = mmap(NULL, TD_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(td.shared != MAP_FAILED);
    struct kvm_userspace_memory_region2 region = {
        .flags = KVM_MEM_GUEST_MEMFD,
        .guest_phys_addr = TD_BASE,
        .memory_size = TD_SIZE,
        .userspace_addr = (uint64_t)(uintptr_t)td.shared,
        .guest_memfd = td.memory,
    };
    CHECK(ioctl(td.vm, KVM_SET_USER_MEMORY_REGION2, &region) == 0);
    CHECK(td_set_private(td.vm, TD_BASE, TD_SIZE, 1) == 0);
    int size = ioctl(td.system, KVM_GET_VCPU_MMAP_SIZE, 0);
    CHECK(size >= (int)sizeof(struct kvm_run));
    for (int index = 0; index < vcpus; index++) {
        td.vcpu[index] = ioctl(td.vm, KVM_CREATE_VCPU, index);
        CHECK(td.vcpu[index] >= 0);
        td.run[index] = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, td.vcpu[index], 0);
        CHECK(td.run[index] != MAP_FAILED);
        CHECK(td_set_cpuid(td.vcpu[index]) == 0);
    }
    return td;
}

// A TD that can run: 64-bit code, entered with identity-mapped memory of 4 GiB and again of its shared half from 2 TiB below
// the top of the lower half of linear addresses. RSI is the vCPU's number.
static inline struct td td_runnable(int vcpus, const unsigned char *code, const unsigned char *end) {
    struct td td = td_create(vcpus);
    for (int index = 0; index < vcpus; index++) CHECK(td_command(td.vcpu[index], KVM_TDX_INIT_VCPU, 0, NULL) == 0);

    uint64_t tables[4 * 512] = {0};
    tables[0] = (TD_TABLES + 0x1000) | 3;
    tables[1] = (TD_TABLES + 0x2000) | 3;
    for (uint64_t index = 0; index < 4; index++) {
        tables[512 + index] = index << 30 | 0x83;
        tables[1024 + index] = TD_SHARED | index << 30 | 0x83;
    }
    CHECK(td_add(&td, tables, sizeof tables, TD_TABLES) == 0);

    // 32-bit start: load segments, turn paging on, go to 64-bit mode.
    unsigned char start[4096] = {0};
    unsigned char *at = start;
    uint32_t gdt = TD_CODE + 0xF00, pointer = gdt + 24, long_mode = TD_CODE + 0x100;
#define EMIT(...) \
    do { \
        const unsigned char bytes[] = {__VA_ARGS__}; \
        memcpy(at, bytes, sizeof bytes); \
        at += sizeof bytes; \
    } while (0)
#define WORD(value) EMIT((value) & 0xFF, (value) >> 8 & 0xFF, (value) >> 16 & 0xFF, (value) >> 24 & 0xFF)
    EMIT(0x0F, 0x01, 0x15); WORD(pointer);                                   // lgdt [pointer]
    EMIT(0xB8); WORD((uint32_t)TD_TABLES); EMIT(0x0F, 0x22, 0xD8);           // mov eax, tables; mov cr3, eax
    EMIT(0xB8); WORD(0x60U); EMIT(0x0F, 0x22, 0xE0);                         // mov eax, PAE | MCE; mov cr4, eax
    EMIT(0xB8); WORD(0x80000021U); EMIT(0x0F, 0x22, 0xC0);                   // mov eax, PG | NE | PE; mov cr0, eax
    EMIT(0xEA); WORD(long_mode); EMIT(0x08, 0x00);                           // jmp 8:long_mode
    CHECK(at - start <= 0x100);
    CHECK((size_t)(end - code) <= 0xE00);
    memcpy(start + 0x100, code, end - code);
    const uint64_t descriptors[3] = {0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF};
    memcpy(start + 0xF00, descriptors, sizeof descriptors);
    start[0xF18] = sizeof descriptors - 1;
    memcpy(start + 0xF1A, &gdt, sizeof gdt);
    CHECK(td_add(&td, start, sizeof start, TD_CODE) == 0);

    // The reset vector: JMP rel32.
    unsigned char reset[4096];
    memset(reset, 0xF4, sizeof reset);
    uint32_t distance = (uint32_t)(TD_CODE - 0xFFFFFFF5);
    reset[0xFF0] = 0xE9;
    memcpy(reset + 0xFF1, &distance, sizeof distance);
    CHECK(td_add(&td, reset, sizeof reset, TD_RESET) == 0);
    CHECK(td_command(td.vm, KVM_TDX_FINALIZE_VM, 0, NULL) == 0);
    return td;
}

static inline void td_close(struct td *td, int vcpus) {
    for (int index = 0; index < vcpus; index++) {
        CHECK(munmap(td->run[index], ioctl(td->system, KVM_GET_VCPU_MMAP_SIZE, 0)) == 0);
        CHECK(close(td->vcpu[index]) == 0);
    }
    CHECK(close(td->memory) == 0);
    CHECK(close(td->vm) == 0);
    CHECK(close(td->system) == 0);
    CHECK(munmap(td->shared, TD_SIZE) == 0);
}

// Code of a flat guest, written in assembly beside the program: GUEST(name, "…") defines `name` and `name_end`.
#define GUEST(name, text) \
    extern const unsigned char name[], name##_end[]; \
    __asm__(".pushsection .rodata\n.code64\n" #name ":\n" text "\n" #name "_end:\n.popsection")

// TDG.VP.VMCALL with the leaf and operands of Table "TDG.VP.VMCALL-Instruction" in the GHCI: R11 and R12 to R15.
#define VMCALL(leaf, r12, r13, r14, r15) \
    "mov $" #r12 ", %r12\nmov $" #r13 ", %r13\nmov $" #r14 ", %r14\nmov $" #r15 ", %r15\n" \
    "xor %r10d, %r10d\nmov $" #leaf ", %r11\nmov $0xFC00, %ecx\nxor %eax, %eax\n" \
    ".byte 0x66, 0x0F, 0x01, 0xCC\n"

#endif
