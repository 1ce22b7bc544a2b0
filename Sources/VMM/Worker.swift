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
        let failed = unsafe pthread_create(&thread, &attributes, { argument in
            unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, box)
        #else
        let failed = unsafe pthread_create(&thread, &attributes, { argument in
            if let argument = unsafe argument { unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, box)
        #endif
        guard failed == 0 else {
            unsafe Unmanaged<Work>.fromOpaque(box).release()
            return nil
        }
    }

    consuming func join() {
        #if canImport(Darwin)
        if let thread = unsafe thread { unsafe pthread_join(thread, nil) }
        #else
        _ = pthread_join(thread, nil)
        #endif
    }
}
