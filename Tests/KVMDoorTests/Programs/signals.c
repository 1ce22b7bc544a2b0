// SPDX-License-Identifier: Apache-2.0
//
// What ends KVM_RUN besides the guest: signals, immediate_exit, a signal mask.

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "td.h"

GUEST(spinning, "1: jmp 1b\n");
// Waits for interrupts with interrupts on, which nobody sends.
GUEST(halted, "1:\n" VMCALL(12, 0, 0, 0, 0) "jmp 1b\n");

static volatile sig_atomic_t handled;
static volatile int was_running;
static volatile int is_running;
static void count(int number) {
    (void)number;
    handled++;
    was_running += is_running;
}

struct sender {
    pthread_t target;
    int number;
};
static void *send_later(void *argument) {
    struct sender *sender = argument;
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    pthread_kill(sender->target, sender->number);
    return NULL;
}
static void later(int number, struct sender *sender) {
    pthread_t thread;
    *sender = (struct sender){pthread_self(), number};
    CHECK(pthread_create(&thread, NULL, send_later, sender) == 0);
    CHECK(pthread_detach(thread) == 0);
}

static void interrupted_in(const unsigned char *code, const unsigned char *end) {
    struct td td = td_runnable(1, code, end);
    struct sender sender;
    handled = 0;
    for (int round = 1; round <= 20; round++) {
        later(SIGUSR1, &sender);
        FAILS(ioctl(td.vcpu[0], KVM_RUN, 0), EINTR);
        // The handler has run when the call returns.
        CHECK(handled == round);
        CHECK(td.run[0]->exit_reason == KVM_EXIT_INTR);
    }

    // A signal that came before is handled before; it does not end a call that comes after.
    td.run[0]->immediate_exit = 1;
    FAILS(ioctl(td.vcpu[0], KVM_RUN, 0), EINTR);
    td.run[0]->immediate_exit = 0;
    raise(SIGUSR1);
    CHECK(handled == 21);
    later(SIGUSR1, &sender);
    FAILS(ioctl(td.vcpu[0], KVM_RUN, 0), EINTR);
    CHECK(handled == 22);

    // Blocked for the thread, let through while the vCPU runs: the call ends, and the signal is still there to be taken.
    sigset_t blocked, pending;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &blocked, NULL) == 0);
    struct { __u32 length; __u8 bits[8]; } mask = {.length = 8};
    CHECK(ioctl(td.vcpu[0], KVM_SET_SIGNAL_MASK, &mask) == 0);
    later(SIGUSR1, &sender);
    FAILS(ioctl(td.vcpu[0], KVM_RUN, 0), EINTR);
    CHECK(handled == 22);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1));
    CHECK(sigtimedwait(&blocked, NULL, &(struct timespec){0}) == SIGUSR1);
    mask.length = 4;
    FAILS(ioctl(td.vcpu[0], KVM_SET_SIGNAL_MASK, &mask), EINVAL);
    CHECK(ioctl(td.vcpu[0], KVM_SET_SIGNAL_MASK, NULL) == 0);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &blocked, NULL) == 0);
    td_close(&td, 1);
}

// It is KVM_RUN that immediate_exit ends, and nothing else.
static void built_with_immediate_exit(void) {
    struct td td = td_create(1);
    td.run[0]->immediate_exit = 1;
    CHECK(td_command(td.vcpu[0], KVM_TDX_INIT_VCPU, 0, NULL) == 0);
    CHECK(td_add(&td, spinning, spinning_end - spinning, TD_CODE) == 0);
    CHECK(td_command(td.vm, KVM_TDX_FINALIZE_VM, 0, NULL) == 0);
    FAILS(ioctl(td.vcpu[0], KVM_RUN, 0), EINTR);
    td_close(&td, 1);
}

int main(void) {
    // A parent may have left signals blocked. One that does not come would leave the program running for ever.
    sigset_t none;
    sigemptyset(&none);
    CHECK(sigprocmask(SIG_SETMASK, &none, NULL) == 0);
    alarm(60);
    struct sigaction action = {.sa_handler = count}, found;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(sigaction(SIGUSR1, NULL, &found) == 0 && found.sa_handler == count);
    interrupted_in(spinning, spinning_end);
    interrupted_in(halted, halted_end);
    built_with_immediate_exit();
    printf("signals: ok\n");
    return 0;
}
