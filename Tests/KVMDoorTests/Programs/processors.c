// SPDX-License-Identifier: Apache-2.0
//
// 64 vCPUs on threads of their own: each waits for an interrupt, and when it has it sends one to the next; around a few times.

#include <pthread.h>

#include "rows.h"

enum { COUNT = 64, ROUNDS = 10 };

// RSI is the vCPU's number. Each has a page for its stack and a counter that its handler adds to.
//
// vCPUs 0 and 32 spin until they are interrupted, all others sleep.
GUEST(ring,
      "mov $0xFFF40000, %ebp\n"  // an IDT that vCPU 0 makes: the handler at vector 0x41
      "mov %esi, %ebx\n"
      "shl $12, %rbx\nmov $0xFFF50000, %eax\nadd %rax, %rbx\n"
      "mov %rbx, %rsp\nadd $0x1000, %rsp\nmov %rsi, %rdi\n"
      // Pages are accepted by the one that uses them: 6 is TDG.MEM.PAGE.ACCEPT.
      "mov %rbx, %rcx\nmov $6, %eax\n.byte 0x66, 0x0F, 0x01, 0xCC\n"
      "test %edi, %edi\njnz 1f\n"
      "mov %rbp, %rcx\nmov $6, %eax\n.byte 0x66, 0x0F, 0x01, 0xCC\n"
      "lea handler(%rip), %rax\n"
      "mov %ax, 0x410(%rbp)\nmovw $8, 0x412(%rbp)\nmovw $0x8E00, 0x414(%rbp)\nshr $16, %rax\nmov %ax, 0x416(%rbp)\n"
      "shr $16, %rax\nmov %eax, 0x418(%rbp)\n"
      "1:\n"
      // The program lets vCPU 0 come first and starts the others after this.
      VMCALL(30, 1, 1, 0x500, 1)
      "sub $16, %rsp\nmovw $0xFFF, (%rsp)\nmov %rbp, 2(%rsp)\nlidt (%rsp)\nadd $16, %rsp\n"
      VMCALL(32, 0x80F, 0x1FF, 0, 0)
      VMCALL(30, 1, 1, 0x501, 1)
      "xor %ebp, %ebp\n"  // rounds done
      "test %edi, %edi\njz 5f\n"
      // Wait: the counter is in the page's first word.
      "2:\n"
      "3: cmp %ebp, (%rbx)\njne 4f\n"
      "test $31, %edi\njz 6f\n" VMCALL(12, 0, 0, 0, 0) "6: sti\nnop\npause\ncli\njmp 3b\n"
      "4: inc %ebp\n"
      "5:\n"
      // An interrupt to the next: ICR 0x830, destination in the upper half.
      "lea 1(%rdi), %eax\nand $63, %eax\nshl $32, %rax\nor $0x41, %rax\n"
      "mov %rax, %r13\nmov $0x830, %r12\nxor %r10d, %r10d\nmov $32, %r11\nmov $0xFC00, %ecx\nxor %eax, %eax\n"
      ".byte 0x66, 0x0F, 0x01, 0xCC\n"
      "test %edi, %edi\njnz 7f\n"
      "8: sti\nnop\npause\ncli\ncmp %ebp, (%rbx)\nje 8b\ninc %ebp\n"
      "cmp $10, %ebp\njb 5b\njmp 9f\n"
      "7: cmp $10, %ebp\njb 2b\n"
      "9: mov (%rbx), %r15d\nmov $4, %r12\nmov $1, %r13\nmov $0x502, %r14\nxor %r10d, %r10d\nmov $30, %r11\n"
      "mov $0xFC00, %ecx\nxor %eax, %eax\n.byte 0x66, 0x0F, 0x01, 0xCC\njmp 9b\n"
      // IA32_X2APIC_EOI
      "handler: incl (%rbx)\npush %rax\npush %rcx\npush %rdx\nmov $0x80B, %ecx\nxor %eax, %eax\nxor %edx, %edx\nwrmsr\n"
      "pop %rdx\npop %rcx\npop %rax\niretq\n");

static struct td td;
static pthread_barrier_t ready;

static long exit_port(int index, int port) {
    if (ioctl(td.vcpu[index], KVM_RUN, 0) != 0) return -errno;
    struct kvm_run *run = td.run[index];
    if (run->exit_reason != KVM_EXIT_IO || run->io.port != port) return -(long)run->exit_reason - 1000;
    return *(int *)((char *)run + run->io.data_offset);
}

static void *run(void *argument) {
    int index = (int)(intptr_t)argument;
    if (index > 0 && exit_port(index, 0x500) != 1) return (void *)-1L;
    if (exit_port(index, 0x501) != 1) return (void *)-2L;
    // Everybody's APIC is enabled before the first interrupt.
    pthread_barrier_wait(&ready);
    return (void *)exit_port(index, 0x502);
}

int main(void) {
    alarm(120);
    td = td_runnable(COUNT, ring, ring_end);
    CHECK(pthread_barrier_init(&ready, NULL, COUNT) == 0);
    ROW(1, exit_port(0, 0x500));
    pthread_t threads[COUNT];
    for (intptr_t index = 0; index < COUNT; index++) CHECK(pthread_create(&threads[index], NULL, run, (void *)index) == 0);
    for (int index = 0; index < COUNT; index++) {
        void *result;
        char name[64];
        CHECK(pthread_join(threads[index], &result) == 0);
        snprintf(name, sizeof name, "interrupts that vCPU %d has taken", index);
        ROW_NAMED(name, ROUNDS, (long)result);
    }
    td_close(&td, COUNT);
    return rows_end("processors");
}
