// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Threads that are waited for together.
final class WorkerList: Sendable {
    private let workers = Mutex<[Box]>([])

    /// A worker in a place where copies are made; taken out once.
    private final class Box: @unchecked Sendable {
        var worker: Worker?
        init(_ worker: consuming Worker) { self.worker = consume worker }
    }

    /// False when the system makes no more threads.
    func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        guard let worker = Worker(body) else { return false }
        let box = Box(worker)
        workers.withLock { $0.append(box) }
        return true
    }

    func joinAll() {
        let all = workers.withLock { workers in
            defer { workers = [] }
            return workers
        }
        for box in all {
            if let worker = box.worker.take() { worker.join() }
        }
    }
}
