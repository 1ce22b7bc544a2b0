// SPDX-License-Identifier: Apache-2.0

import KVMABI

/// The memory of a vCPU that its program maps: `struct kvm_run`, the data of a port exit, the ring of coalesced MMIO.
public final class RunMemory: @unchecked Sendable {
    /// Bytes of it, as `KVM_GET_VCPU_MMAP_SIZE` says.
    public static let size = KVMConstant.vcpuMmapSize

    let base: UnsafeMutableRawPointer
    /// The system's descriptor by which a program can map the same pages; nil for memory without one.
    let descriptor: Int32?
    private let release: @Sendable () -> Void

    /// Memory of this process.
    public convenience init() {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: RunMemory.size, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: RunMemory.size)
        nonisolated(unsafe) let base = memory
        self.init(base: base, descriptor: nil) { base.deallocate() }
    }

    /// Zeroed memory that somebody else has made, and takes back by `release`.
    public init(base: UnsafeMutableRawPointer, descriptor: Int32?, release: @escaping @Sendable () -> Void) {
        self.base = base
        self.descriptor = descriptor
        self.release = release
    }

    deinit { release() }
}
