// SPDX-License-Identifier: Apache-2.0

public import PhysicalMemory
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The vCPUs of one machine, for what one may do only while the others stand still: the first decoding of a page's code, the
/// removal of code that was overwritten, and locked accesses that the host has no instruction for.
///
/// A vCPU is *active* while it may be between a look at its TLB and the access that follows from it. It is inactive
/// outside `run`, while it waits here, and for a moment between two blocks when somebody asks for it. Whoever holds the
/// turn and sees all others inactive may change their caches.
///
/// Rules for pages with code: the memory's watched lines of such a page are not zero, no TLB of any vCPU has a right
/// to write to it, and whoever writes to it by the slow path looks at the watched lines *after* the write. Whoever
/// decodes marks the lines before it makes sure of the bytes. So one of the two sees the other.
public final class ProcessorGroup: @unchecked Sendable {
    let memory: PhysicalMemory
    private let turn = Mutex<Void>(())
    /// Somebody wants the others to stand still.
    private let isClaimed = Atomic(false)
    /// Changed with the turn only.
    private var members: [Unmanaged<VirtualCPU>] = []

    public init(memory: PhysicalMemory) {
        self.memory = memory
        memory.observe { [weak self] frame, bytes in self?.overwritten(frame, bytes, by: nil) }
    }

    func add(_ cpu: VirtualCPU) {
        turn.withLock { _ in members.append(Unmanaged.passUnretained(cpu)) }
    }
    func remove(_ cpu: VirtualCPU) {
        turn.withLock { _ in members.removeAll { $0.toOpaque() == Unmanaged.passUnretained(cpu).toOpaque() } }
    }

    // MARK: Standing still

    /// Begins a stretch in which `cpu` accesses memory by its TLB.
    @inline(__always)
    func enter(_ cpu: VirtualCPU) {
        cpu.isActive.store(true, ordering: .sequentiallyConsistent)
        if isClaimed.load(ordering: .sequentiallyConsistent) { reenter(cpu) }
    }
    @inline(__always)
    func leave(_ cpu: VirtualCPU) { cpu.isActive.store(false, ordering: .sequentiallyConsistent) }

    /// Between two instructions: lets somebody else have the turn.
    @inline(__always)
    func pause(_ cpu: VirtualCPU) {
        if _slowPath(isClaimed.load(ordering: .relaxed)) { reenter(cpu) }
    }

    @inline(never)
    private func reenter(_ cpu: VirtualCPU) {
        repeat {
            leave(cpu)
            while isClaimed.load(ordering: .acquiring) { sched_yield() }
            cpu.isActive.store(true, ordering: .sequentiallyConsistent)
        } while isClaimed.load(ordering: .sequentiallyConsistent)
    }

    /// Runs `body` while no other vCPU is active. It may be nested.
    ///
    /// - Parameter cpu: the vCPU of this thread, nil on a thread of the host's.
    func exclusively<Result>(
        _ cpu: VirtualCPU?, _ body: () throws(Fault) -> Result
    ) throws(Fault) -> Result {
        if let cpu, cpu.hasTurn { return try body() }
        let wasActive = cpu?.isActive.load(ordering: .relaxed) ?? false
        if let cpu { leave(cpu) }
        defer { if let cpu, wasActive { enter(cpu) } }
        return try turn.withLock { _ throws(Fault) in
            isClaimed.store(true, ordering: .sequentiallyConsistent)
            cpu?.hasTurn = true
            defer {
                cpu?.hasTurn = false
                isClaimed.store(false, ordering: .sequentiallyConsistent)
            }
            for member in members {
                let other = member.takeUnretainedValue()
                while other !== cpu, other.isActive.load(ordering: .sequentiallyConsistent) {
                    other.hurry()
                    sched_yield()
                }
            }
            return try body()
        }
    }

    // MARK: Pages with code

    /// Makes a page one with code: from now on writes to it take the slow path.
    ///
    /// - Parameter page: where the host has it.
    func watch(_ frame: Int, page: UInt64, for cpu: VirtualCPU) {
        alone(cpu) {
            memory.watch(frame, lines: 1)
            for member in members { member.takeUnretainedValue().translations.dropWriteTags(page) }
        }
    }

    /// Bytes have been written; if code was decoded from them, it is gone when this returns.
    func overwritten(_ frame: Int, _ bytes: Range<Int>, by cpu: VirtualCPU?) {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        guard memory.watchedLines(frame) & PhysicalMemory.lines(bytes) != 0 else { return }
        alone(cpu) {
            let page = UInt64(UInt(bitPattern: memory.page(frame)))
            var lines: UInt64 = 0
            for member in members {
                let blocks = member.takeUnretainedValue().blocks
                blocks.invalidate(page, bytes)
                lines |= blocks.lines(page)
            }
            memory.setWatchedLines(frame, lines)
        }
    }

    /// `exclusively` for what cannot fail.
    private func alone(_ cpu: VirtualCPU?, _ body: () -> Void) {
        do throws(Fault) {
            try exclusively(cpu) { () throws(Fault) in body() }
        } catch {
            preconditionFailure("The body does not throw.")
        }
    }
}

extension VirtualCPU {
    /// Makes the vCPU end its chain of blocks soon. The budget may be overwritten at once: ask again.
    func hurry() {
        (state.base + State.Offset.budget).assumingMemoryBound(to: Atomic<Int64>.self).pointee
            .store(-1, ordering: .relaxed)
    }
}
