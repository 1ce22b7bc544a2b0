// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread of the operating system, joined once.
struct Worker: ~Copyable {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    #if canImport(Darwin)
        private var thread: pthread_t?
    #else
        private var thread = pthread_t()
    #endif

    /// - Returns: nil when the system makes no more threads.
    init?(stack: Int = 16 << 20, _ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stack)
        // The thread takes the retained box over and releases it.
        let box = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
        #if canImport(Darwin)
            let failed = unsafe pthread_create(
                &thread, &attributes,
                { argument in
                    unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, box)
        #else
            let failed = unsafe pthread_create(
                &thread, &attributes,
                { argument in
                    if let argument = unsafe argument {
                        unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    }
                    return nil
                }, box)
        #endif
        guard failed == 0 else {
            unsafe Unmanaged<Work>.fromOpaque(box).release()
            return nil
        }
    }

    /// Runs `body` on a thread that nobody waits for; false when the system makes no more.
    static func detached(_ body: @escaping @Sendable () -> Void) -> Bool {
        guard let worker = Worker(stack: 1 << 20, body) else { return false }
        worker.detach()
        return true
    }

    static func sleep(seconds: UInt32) {
        var left = seconds
        #if canImport(Glibc)
            while left > 0 { left = Glibc.sleep(left) }
        #elseif canImport(Musl)
            while left > 0 { left = Musl.sleep(left) }
        #elseif canImport(Darwin)
            while left > 0 { left = Darwin.sleep(left) }
        #endif
    }

    private consuming func detach() {
        #if canImport(Darwin)
            if let thread = unsafe thread { unsafe pthread_detach(thread) }
        #else
            _ = pthread_detach(thread)
        #endif
    }

    consuming func join() {
        #if canImport(Darwin)
            if let thread = unsafe thread { unsafe pthread_join(thread, nil) }
        #else
            _ = pthread_join(thread, nil)
        #endif
    }
}
