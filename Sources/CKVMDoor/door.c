// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into a program, this takes the calls of the C library by which a program reaches KVM. Descriptors are real ones
// (of a memfd each), so that numbers, fstat, fcntl, close-on-exec and poll are the kernel's; a table says which are ours.
//
// Nothing happens before /dev/kvm is opened: programs fork before that.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CKVMDoor.h"

// KVMDoor's side. Results are as system calls return them: a value, or a negated error number.
int32_t seamless_door_open(void);
long seamless_door_ioctl(int32_t file, uint32_t request, uintptr_t argument);
long seamless_door_punch_hole(int32_t file, uint64_t offset, uint64_t length);
void seamless_door_close(int32_t file);
void seamless_door_interrupt(int32_t file);
void seamless_door_forget_interrupt(int32_t file);

#define EXPORT __attribute__((visibility("default")))

enum {
    KVM_TYPE = 0xAE,
    KVM_RUN = 0xAE80,
    KVM_SET_SIGNAL_MASK = 0x4004AE8B,
};

// MARK: The system's own

// The next definition of a function of the C library, looked up once.
#define REAL(name) \
    ({ \
        static _Atomic(void *) found; \
        void *real = atomic_load_explicit(&found, memory_order_relaxed); \
        if (!real) atomic_store(&found, real = dlsym(RTLD_NEXT, #name)); \
        (__typeof__(&name))real; \
    })

static int failure(long result) {
    errno = (int)-result;
    return -1;
}

// MARK: Descriptors

enum { TABLE_SIZE = 1 << 16 };

struct entry {
    _Atomic int32_t file;
    enum door_kind kind;
};
static struct entry table[TABLE_SIZE];
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
// A child has the descriptors but not the memory of the machine behind them, nor its threads.
static bool is_child;

static struct entry *entry_of(int descriptor) {
    if (descriptor < 0 || descriptor >= TABLE_SIZE) return NULL;
    struct entry *entry = &table[descriptor];
    return atomic_load_explicit(&entry->file, memory_order_acquire) ? entry : NULL;
}

int32_t door_file(int descriptor) {
    struct entry *entry = entry_of(descriptor);
    return entry ? atomic_load(&entry->file) : 0;
}

static int enter_into_table(int descriptor, int32_t file, enum door_kind kind) {
    if (descriptor < 0) return -errno;
    if (descriptor >= TABLE_SIZE) {
        REAL(close)(descriptor);
        return -EMFILE;
    }
    table[descriptor].kind = kind;
    atomic_store_explicit(&table[descriptor].file, file, memory_order_release);
    return descriptor;
}

int door_publish(int32_t file, enum door_kind kind, int shared, uint64_t size) {
    static const char *const names[] = {
        [DOOR_SYSTEM] = "kvm", [DOOR_VM] = "kvm-vm", [DOOR_VCPU] = "kvm-vcpu", [DOOR_GUEST_MEMORY] = "kvm-gmem",
    };
    int descriptor;
    if (shared >= 0) {
        descriptor = REAL(fcntl)(shared, F_DUPFD_CLOEXEC, 0);
    } else {
        descriptor = (int)syscall(SYS_memfd_create, names[kind], MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (descriptor >= 0) {
            // Nothing is ever in it; nobody is to write into it and believe otherwise.
            if (size > 0) REAL(ftruncate)(descriptor, (off_t)size);
            REAL(fcntl)(descriptor, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
            // Linux makes this kind without close-on-exec.
            if (kind == DOOR_GUEST_MEMORY) REAL(fcntl)(descriptor, F_SETFD, 0);
        }
    }
    return enter_into_table(descriptor, file, kind);
}

int door_make_shared(uint64_t size, void **base) {
    int descriptor = (int)syscall(SYS_memfd_create, "kvm-vcpu", MFD_CLOEXEC);
    if (descriptor < 0) return -errno;
    void *memory = MAP_FAILED;
    if (REAL(ftruncate)(descriptor, (off_t)size) == 0)
        memory = REAL(mmap)(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (memory == MAP_FAILED) {
        int error = errno;
        REAL(close)(descriptor);
        return -error;
    }
    *base = memory;
    return descriptor;
}

void door_free_shared(int descriptor, void *base, uint64_t size) {
    munmap(base, size);
    REAL(close)(descriptor);
}

// Another descriptor of the same file.
static int duplicated(int old, int new) {
    struct entry *entry = entry_of(old);
    if (new < 0 || !entry) return new;
    int result = enter_into_table(new, atomic_load(&entry->file), entry->kind);
    return result < 0 ? failure(result) : result;
}

// Takes a descriptor that is about to go out of the table; the last one of a file closes it.
static void forget(int descriptor) {
    if (!entry_of(descriptor)) return;
    pthread_mutex_lock(&table_lock);
    int32_t file = atomic_exchange(&table[descriptor].file, 0);
    bool is_last = file != 0;
    for (int other = 0; other < TABLE_SIZE && is_last; other++)
        if (atomic_load_explicit(&table[other].file, memory_order_relaxed) == file) is_last = false;
    pthread_mutex_unlock(&table_lock);
    if (is_last && !is_child) seamless_door_close(file);
}

// MARK: Opening

static void mark_child(void) { is_child = true; }
static void watch_forks(void) { pthread_atfork(NULL, NULL, mark_child); }

static bool names_kvm(const char *path) { return path && strcmp(path, "/dev/kvm") == 0; }

static int open_kvm(int flags) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    if (is_child) return failure(-EIO);
    int32_t file = seamless_door_open();
    if (file < 0) return failure(file);
    int descriptor = door_publish(file, DOOR_SYSTEM, -1, 0);
    if (descriptor < 0) {
        seamless_door_close(file);
        return failure(descriptor);
    }
    if (!(flags & O_CLOEXEC)) REAL(fcntl)(descriptor, F_SETFD, 0);
    return descriptor;
}

// The mode is there only when the flags say that a file may be made.
#define MODE(flags) \
    ({ \
        mode_t mode = 0; \
        if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE) { \
            va_list list; \
            va_start(list, flags); \
            mode = va_arg(list, mode_t); \
            va_end(list); \
        } \
        mode; \
    })

EXPORT int open(const char *path, int flags, ...) {
    mode_t mode = MODE(flags);
    return names_kvm(path) ? open_kvm(flags) : REAL(open)(path, flags, mode);
}
EXPORT int open64(const char *path, int flags, ...) {
    mode_t mode = MODE(flags);
    return names_kvm(path) ? open_kvm(flags) : REAL(open64)(path, flags, mode);
}
EXPORT int openat(int directory, const char *path, int flags, ...) {
    mode_t mode = MODE(flags);
    return names_kvm(path) ? open_kvm(flags) : REAL(openat)(directory, path, flags, mode);
}
EXPORT int openat64(int directory, const char *path, int flags, ...) {
    mode_t mode = MODE(flags);
    return names_kvm(path) ? open_kvm(flags) : REAL(openat64)(directory, path, flags, mode);
}

// What the C library's checked headers make of calls without a mode.
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);

EXPORT int __open_2(const char *path, int flags) {
    return names_kvm(path) ? open_kvm(flags) : REAL(__open_2)(path, flags);
}
EXPORT int __open64_2(const char *path, int flags) {
    return names_kvm(path) ? open_kvm(flags) : REAL(__open64_2)(path, flags);
}
EXPORT int __openat_2(int directory, const char *path, int flags) {
    return names_kvm(path) ? open_kvm(flags) : REAL(__openat_2)(directory, path, flags);
}
EXPORT int __openat64_2(int directory, const char *path, int flags) {
    return names_kvm(path) ? open_kvm(flags) : REAL(__openat64_2)(directory, path, flags);
}

EXPORT int access(const char *path, int mode) { return names_kvm(path) ? 0 : REAL(access)(path, mode); }

// MARK: Signals
//
// A signal ends KVM_RUN with EINTR, and its handler runs when the call returns. So a handler that would run in the midst of
// ours is put off: the signal is noted, the vCPU is told through a thread (its locks are not for signal handlers), and the
// signal is sent again when KVM_RUN is over.

enum { PUT_OFF_LIMIT = 64 };

struct runner {
    // The vCPU whose KVM_RUN this thread is in, or 0.
    volatile int32_t file;
    volatile int count;
    siginfo_t signals[PUT_OFF_LIMIT];
};
static _Thread_local __attribute__((tls_model("initial-exec"))) struct runner runner;

static struct sigaction actions[_NSIG];
static pthread_mutex_t actions_lock = PTHREAD_MUTEX_INITIALIZER;
static int relay[2] = {-1, -1};
// How often the relay was asked to interrupt a vCPU, and how often it has.
static _Atomic unsigned long asked, answered;

static bool has_handler(const struct sigaction *action) {
    return (action->sa_flags & SA_SIGINFO) || (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
}

static void handle(int number, siginfo_t *information, void *context) {
    bool is_fault = information->si_code > 0
        && (number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE || number == SIGTRAP);
    if (runner.file && !is_fault) {
        int saved = errno;
        if (runner.count < PUT_OFF_LIMIT) runner.signals[runner.count++] = *information;
        int32_t file = runner.file;
        if (write(relay[1], &file, sizeof file) == sizeof file) atomic_fetch_add(&asked, 1);
        errno = saved;
        return;
    }
    struct sigaction *action = &actions[number];
    if (action->sa_flags & SA_SIGINFO) {
        action->sa_sigaction(number, information, context);
    } else {
        action->sa_handler(number);
    }
}

EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *old) {
    if (number <= 0 || number >= _NSIG) return REAL(sigaction)(number, action, old);
    pthread_mutex_lock(&actions_lock);
    struct sigaction before = actions[number];
    struct sigaction ours;
    const struct sigaction *set = action;
    if (action) {
        actions[number] = *action;
        if (has_handler(action)) {
            ours = *action;
            ours.sa_sigaction = handle;
            ours.sa_flags |= SA_SIGINFO;
            set = &ours;
        }
    }
    struct sigaction system;
    int result = REAL(sigaction)(number, set, &system);
    if (result < 0) {
        actions[number] = before;
    } else if (old) {
        bool was_ours = (system.sa_flags & SA_SIGINFO) && system.sa_sigaction == handle;
        *old = was_ours ? before : system;
    }
    pthread_mutex_unlock(&actions_lock);
    return result;
}

EXPORT sighandler_t signal(int number, sighandler_t handler) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

static void *run_relay(void *unused) {
    (void)unused;
    int32_t file;
    while (read(relay[0], &file, sizeof file) == sizeof file) {
        seamless_door_interrupt(file);
        atomic_fetch_add(&answered, 1);
    }
    return NULL;
}

static void start_relay(void) {
    if (pipe2(relay, O_CLOEXEC) < 0) return;
    REAL(fcntl)(relay[1], F_SETFL, O_NONBLOCK);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_relay, NULL) == 0) pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

// KVM_SET_SIGNAL_MASK: what is blocked while a vCPU runs, by file.
struct signal_mask {
    struct signal_mask *next;
    int32_t file;
    bool is_set;
    sigset_t blocked;
};
static _Atomic(struct signal_mask *) masks;

static struct signal_mask *mask_of(int32_t file) {
    for (struct signal_mask *mask = atomic_load(&masks); mask; mask = mask->next)
        if (mask->file == file) return mask;
    return NULL;
}

static long set_signal_mask(int32_t file, const void *argument) {
    struct signal_mask *mask = mask_of(file);
    if (!argument) {
        if (mask) mask->is_set = false;
        return 0;
    }
    uint32_t length;
    memcpy(&length, argument, sizeof length);
    if (length != 8) return -EINVAL;
    if (!mask) {
        mask = calloc(1, sizeof *mask);
        if (!mask) return -ENOMEM;
        mask->file = file;
        mask->next = atomic_load(&masks);
        while (!atomic_compare_exchange_weak(&masks, &mask->next, mask)) {}
    }
    sigemptyset(&mask->blocked);
    memcpy(&mask->blocked, (const char *)argument + 4, 8);
    mask->is_set = true;
    return 0;
}

static long run(int32_t file, uintptr_t argument) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_relay);

    struct signal_mask *mask = mask_of(file);
    sigset_t before;
    runner.count = 0;
    runner.file = file;
    if (mask && mask->is_set) pthread_sigmask(SIG_SETMASK, &mask->blocked, &before);
    long result = seamless_door_ioctl(file, KVM_RUN, argument);
    if (mask && mask->is_set) pthread_sigmask(SIG_SETMASK, &before, NULL);
    runner.file = 0;

    int count = runner.count;
    if (count > 0) {
        // The relay may be late; the next KVM_RUN is not to be ended by it.
        unsigned long until = atomic_load(&asked);
        while (atomic_load(&answered) < until) sched_yield();
        seamless_door_forget_interrupt(file);
        for (int index = 0; index < count; index++) {
            siginfo_t *information = &runner.signals[index];
            syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), information->si_signo, information);
        }
    }
    return result;
}

// MARK: Calls on descriptors

EXPORT int ioctl(int descriptor, unsigned long request, ...) {
    va_list list;
    va_start(list, request);
    uintptr_t argument = va_arg(list, uintptr_t);
    va_end(list);
    int32_t file = door_file(descriptor);
    if (!file || (request >> 8 & 0xFF) != KVM_TYPE) return REAL(ioctl)(descriptor, request, argument);
    if (is_child) return failure(-EIO);
    long result;
    switch (table[descriptor].kind == DOOR_VCPU ? (uint32_t)request : 0) {
    case KVM_RUN: result = run(file, argument); break;
    case KVM_SET_SIGNAL_MASK: result = set_signal_mask(file, (const void *)argument); break;
    default: result = seamless_door_ioctl(file, (uint32_t)request, argument);
    }
    return result < 0 ? failure(result) : (int)result;
}

EXPORT int close(int descriptor) {
    forget(descriptor);
    return REAL(close)(descriptor);
}

EXPORT int close_range(unsigned first, unsigned last, int flags) {
    if (!(flags & CLOSE_RANGE_CLOEXEC))
        for (unsigned descriptor = first; descriptor <= last && descriptor < TABLE_SIZE; descriptor++)
            forget((int)descriptor);
    return REAL(close_range)(first, last, flags);
}

EXPORT void closefrom(int first) { close_range(first < 0 ? 0 : (unsigned)first, ~0U, 0); }

EXPORT int dup(int old) { return duplicated(old, REAL(dup)(old)); }
EXPORT int dup2(int old, int new) {
    if (old != new) forget(new);
    return old == new ? REAL(dup2)(old, new) : duplicated(old, REAL(dup2)(old, new));
}
EXPORT int dup3(int old, int new, int flags) {
    if (old != new) forget(new);
    return duplicated(old, REAL(dup3)(old, new, flags));
}

static int controlled(int descriptor, int command, int result) {
    return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? duplicated(descriptor, result) : result;
}
EXPORT int fcntl(int descriptor, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return controlled(descriptor, command, REAL(fcntl)(descriptor, command, argument));
}
EXPORT int fcntl64(int descriptor, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return controlled(descriptor, command, REAL(fcntl64)(descriptor, command, argument));
}

static int punch(int descriptor, int32_t file, int mode, off64_t offset, off64_t length) {
    if (is_child) return failure(-EIO);
    if (mode != FALLOC_FL_KEEP_SIZE && mode != (FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) return failure(-EOPNOTSUPP);
    if (offset < 0 || length <= 0) return failure(-EINVAL);
    if (mode == FALLOC_FL_KEEP_SIZE) {
        // Memory of a TD is allocated when it is used; asking for it beforehand changes nothing.
        struct stat information;
        if (fstat(descriptor, &information) < 0) return -1;
        bool is_inside = offset <= information.st_size && length <= information.st_size - offset;
        return is_inside && (offset | length) % 4096 == 0 ? 0 : failure(-EINVAL);
    }
    long result = seamless_door_punch_hole(file, (uint64_t)offset, (uint64_t)length);
    return result < 0 ? failure(result) : 0;
}
EXPORT int fallocate(int descriptor, int mode, off_t offset, off_t length) {
    struct entry *entry = entry_of(descriptor);
    if (!entry) return REAL(fallocate)(descriptor, mode, offset, length);
    return entry->kind == DOOR_GUEST_MEMORY ? punch(descriptor, entry->file, mode, offset, length) : failure(-ENODEV);
}
EXPORT int fallocate64(int descriptor, int mode, off64_t offset, off64_t length) {
    struct entry *entry = entry_of(descriptor);
    if (!entry) return REAL(fallocate64)(descriptor, mode, offset, length);
    return entry->kind == DOOR_GUEST_MEMORY ? punch(descriptor, entry->file, mode, offset, length) : failure(-ENODEV);
}

// A file of ours has its size for good.
EXPORT int ftruncate(int descriptor, off_t size) {
    return entry_of(descriptor) ? failure(-EINVAL) : REAL(ftruncate)(descriptor, size);
}
EXPORT int ftruncate64(int descriptor, off64_t size) {
    return entry_of(descriptor) ? failure(-EINVAL) : REAL(ftruncate64)(descriptor, size);
}

// Only a vCPU's memory can be mapped.
static bool is_mappable(int descriptor, int flags) {
    struct entry *entry = flags & MAP_ANONYMOUS ? NULL : entry_of(descriptor);
    return !entry || entry->kind == DOOR_VCPU;
}
EXPORT void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    if (is_mappable(descriptor, flags)) return REAL(mmap)(address, length, protection, flags, descriptor, offset);
    errno = ENODEV;
    return MAP_FAILED;
}
EXPORT void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off64_t offset) {
    if (is_mappable(descriptor, flags)) return REAL(mmap64)(address, length, protection, flags, descriptor, offset);
    errno = ENODEV;
    return MAP_FAILED;
}
