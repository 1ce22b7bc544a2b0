// SPDX-License-Identifier: Apache-2.0
//
// KVM's descriptors are descriptors: they can be duplicated, polled, asked after and inherited, and closed in any order.

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "td.h"

GUEST(guest, VMCALL(30, 1, 1, 0x80, 1) "1: jmp 1b\n");

static int open_descriptors(void) {
    int count = 0;
    for (int descriptor = 0; descriptor < 1024; descriptor++) count += fcntl(descriptor, F_GETFD) >= 0;
    return count;
}

int main(void) {
    int before = 0;
    // Those of the system.
    int system = open("/dev/kvm", O_RDWR);
    CHECK(system >= 0);
    CHECK((fcntl(system, F_GETFD) & FD_CLOEXEC) == 0);
    CHECK(ioctl(system, KVM_GET_API_VERSION, 0) == 12);
    int copy = dup(system);
    CHECK(copy >= 0 && close(system) == 0);
    FAILS(ioctl(system, KVM_GET_API_VERSION, 0), EBADF);
    CHECK(ioctl(copy, KVM_GET_API_VERSION, 0) == 12);
    CHECK(dup2(copy, 200) == 200 && close(copy) == 0);
    CHECK(ioctl(200, KVM_GET_API_VERSION, 0) == 12);
    copy = fcntl(200, F_DUPFD_CLOEXEC, 300);
    CHECK(copy >= 300 && (fcntl(copy, F_GETFD) & FD_CLOEXEC));
    CHECK(close(200) == 0 && ioctl(copy, KVM_GET_API_VERSION, 0) == 12);
    FAILS(ioctl(copy, KVM_RUN, 0), EINVAL);
    FAILS(ioctl(copy, KVM_CREATE_VM, 77), EINVAL);
    struct stat information;
    CHECK(fstat(copy, &information) == 0);
    CHECK(close(copy) == 0);
    FAILS(ioctl(copy, KVM_GET_API_VERSION, 0), EBADF);
    // Others are not touched.
    int other = open("/dev/null", O_RDWR);
    CHECK(other >= 0);
    FAILS(ioctl(other, KVM_GET_API_VERSION, 0), ENOTTY);
    CHECK(close(other) == 0);

    // Those of a VM: each way to close them.
    for (int order = 0; order < 6; order++) {
        struct td td = td_runnable(1, guest, guest_end);
        struct pollfd poller = {.fd = td.vm, .events = POLLIN};
        CHECK(poll(&poller, 1, 0) >= 0);
        CHECK(fstat(td.memory, &information) == 0 && information.st_size == TD_SIZE);
        CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, td.memory, 0) == MAP_FAILED && errno == ENODEV);
        CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, td.vm, 0) == MAP_FAILED && errno == ENODEV);
        FAILS(fallocate(td.memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1, 4096), EINVAL);
        FAILS(fallocate(td.memory, 0, 0, 4096), EOPNOTSUPP);
        CHECK(ioctl(td.vcpu[0], KVM_RUN, 0) == 0 && td.run[0]->exit_reason == KVM_EXIT_IO);
        FAILS(ioctl(td.vm, KVM_CREATE_VCPU, 1), EIO);

        // A child has the descriptors, but it is another process than the VM's.
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) _exit(ioctl(td.vcpu[0], KVM_RUN, 0) == -1 && errno == EIO ? 0 : 1);
        int status;
        CHECK(waitpid(child, &status, 0) == child && status == 0);

        int all[4] = {td.system, td.vm, td.memory, td.vcpu[0]};
        for (int index = 0; index < 4; index++) CHECK(close(all[(index * (order % 2 ? 3 : 1) + order) % 4]) == 0);
        CHECK(munmap(td.run[0], 4096 * 3) == 0 && munmap(td.shared, TD_SIZE) == 0);
        // The first round may leave what serves all that follow.
        if (order == 0) before = open_descriptors();
        CHECK(open_descriptors() == before);
    }
    printf("descriptors: ok\n");
    return 0;
}
