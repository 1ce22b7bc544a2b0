// SPDX-License-Identifier: Apache-2.0
//
// A TD's life by the ioctls alone: built, run through its exits, taken down, and again.

#include "td.h"

// Writes 'A' to the UART, takes a byte from port 60H and writes it to port 80H, reads a register of a device, asks for a quote,
// then halts for good.
GUEST(guest,
      VMCALL(30, 1, 1, 0x3F8, 0x41)
      VMCALL(30, 1, 0, 0x60, 0)
      "mov %r11, %rbx\n"
      "mov %rbx, %r15\nmov $1, %r12\nmov $1, %r13\nmov $0x80, %r14\nxor %r10d, %r10d\nmov $30, %r11\n"
      "mov $0xFC00, %ecx\nxor %eax, %eax\n.byte 0x66, 0x0F, 0x01, 0xCC\n"
      VMCALL(48, 4, 0, 0x800080001000, 0)
      VMCALL(0x10002, 0x8000FFF20000, 0x1000, 0, 0)
      VMCALL(0x10003, 0x55, 0, 0, 0)
      "1: jmp 1b\n");

static void live(void) {
    struct td td = td_runnable(1, guest, guest_end);
    struct kvm_run *run = td.run[0];
    unsigned char *data = (unsigned char *)run + 4096;

    CHECK(ioctl(td.vcpu[0], KVM_RUN, 0) == 0);
    CHECK(run->exit_reason == KVM_EXIT_IO && run->io.direction == KVM_EXIT_IO_OUT && run->io.port == 0x3F8);
    CHECK(run->io.size == 1 && run->io.count == 1 && run->io.data_offset == 4096 && data[0] == 'A');

    CHECK(ioctl(td.vcpu[0], KVM_RUN, 0) == 0);
    CHECK(run->exit_reason == KVM_EXIT_IO && run->io.direction == KVM_EXIT_IO_IN && run->io.port == 0x60);
    data[0] = 0x5A;
    CHECK(ioctl(td.vcpu[0], KVM_RUN, 0) == 0);
    CHECK(run->exit_reason == KVM_EXIT_IO && run->io.port == 0x80 && data[0] == 0x5A);

    CHECK(ioctl(td.vcpu[0], KVM_RUN, 0) == 0);
    CHECK(run->exit_reason == KVM_EXIT_MMIO && run->mmio.phys_addr == 0x80001000 && run->mmio.len == 4);
    CHECK(!run->mmio.is_write);

    CHECK(ioctl(td.vcpu[0], KVM_RUN, 0) == 0);
    CHECK(run->exit_reason == KVM_EXIT_TDX);
    struct { __u64 flags, nr, ret, gpa, size; } *quote = (void *)((char *)run + 32);
    CHECK(quote->nr == 0x10002 && quote->gpa == 0xFFF20000 && quote->size == 0x1000);
    quote->ret = 0;

    CHECK(ioctl(td.vcpu[0], KVM_RUN, 0) == 0);
    CHECK(run->exit_reason == KVM_EXIT_SYSTEM_EVENT && run->system_event.type == 7);

    // A TD's registers are its own.
    struct kvm_regs registers;
    FAILS(ioctl(td.vcpu[0], KVM_GET_REGS, &registers), EINVAL);
    td_close(&td, 1);
}

int main(void) {
    // As often as a machine without leaks can, and a machine with them could not for its KeyIDs.
    for (int round = 0; round < 50; round++) live();
    printf("life: ok\n");
    return 0;
}
