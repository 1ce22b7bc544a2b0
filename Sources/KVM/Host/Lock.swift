// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A mutual exclusion with a condition to wait on, by the host's threads.
///
/// Waiting needs a time limit on the monotonic clock, which the standard library's locks have not.
final class Lock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        #if canImport(Darwin)
            pthread_cond_init(condition, nil)
        #else
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Gives the lock up until somebody calls `wake` or the time (in nanoseconds) is over. Inside `withLock`.
    func wait(nanoseconds: UInt64? = nil) {
        guard let nanoseconds else {
            pthread_cond_wait(condition, mutex)
            return
        }
        var time = timespec()
        #if canImport(Darwin)
            time.tv_sec = Int(nanoseconds / 1_000_000_000)
            time.tv_nsec = Int(nanoseconds % 1_000_000_000)
            pthread_cond_timedwait_relative_np(condition, mutex, &time)
        #else
            clock_gettime(CLOCK_MONOTONIC, &time)
            let sum = UInt64(time.tv_nsec) + nanoseconds % 1_000_000_000
            time.tv_sec += Int(min(nanoseconds / 1_000_000_000, 1 << 30)) + Int(sum / 1_000_000_000)
            time.tv_nsec = Int(sum % 1_000_000_000)
            pthread_cond_timedwait(condition, mutex, &time)
        #endif
    }

    /// Wakes everybody who waits.
    func wake() { pthread_cond_broadcast(condition) }
}

/// A thread of the host that runs `body` and ends. Signals of the program are not for it.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let argument = Unmanaged.passRetained(Box(body)).toOpaque()
    #if canImport(Darwin)
        var thread: pthread_t?
        let result = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, argument)
        if let thread { pthread_detach(thread) }
    #else
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, argument)
        pthread_detach(thread)
    #endif
    precondition(result == 0, "the host has a thread for a timer")
}

/// Lets other threads of the host run.
func yieldThread() { sched_yield() }
