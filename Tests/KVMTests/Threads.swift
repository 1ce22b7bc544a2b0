// SPDX-License-Identifier: Apache-2.0

@testable import KVM

/// Something that a thread of its own works out.
final class Worker<Value: Sendable>: @unchecked Sendable {
    private let lock = Lock()
    private var result: Value?

    init(_ body: @escaping @Sendable () -> Value) {
        startThread {
            let value = body()
            self.lock.withLock {
                self.result = value
                self.lock.wake()
            }
        }
    }

    /// What came of it; waits until it is there.
    var value: Value {
        lock.withLock {
            while true {
                if let result { return result }
                lock.wait()
            }
        }
    }
}
