// SPDX-License-Identifier: Apache-2.0

/// The area a vCPU shares with its program: `struct kvm_run`, the page of port data, the ring of coalesced writes.
///
/// A view over memory of `KVMConstant.vcpuMmapSize` bytes that the vCPU keeps alive.
@safe public struct KVMRun: @unchecked Sendable {
    /// Start of the area.
    public let base: UnsafeMutableRawPointer
    public init(_ base: UnsafeMutableRawPointer) { unsafe self.base = unsafe base }

    /// Bytes of `struct kvm_run` itself.
    public static let size = 2352
    /// Where the data of a port exit lies.
    public static let portDataOffset = 0x1000

    /// A field by offset. Offsets are those of this file or within the area by the ABI's own rules.
    public func load<T: BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
        precondition(
            offset >= 0 && offset + MemoryLayout<T>.size <= KVMConstant.vcpuMmapSize,
            "the field lies in the area")
        // Sound: the range was just checked against the area, and T has no invariants.
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: T.self)
    }
    public func store<T: BitwiseCopyable>(_ value: T, at offset: Int) {
        precondition(
            offset >= 0 && offset + MemoryLayout<T>.size <= KVMConstant.vcpuMmapSize,
            "the field lies in the area")
        // Sound: the range was just checked against the area.
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }

    public var requestInterruptWindow: UInt8 {
        get { load(0) }
        nonmutating set { store(newValue, at: 0) }
    }
    public var immediateExit: UInt8 {
        get { load(1) }
        nonmutating set { store(newValue, at: 1) }
    }
    public var exitReason: KVMExitReason {
        get { KVMExitReason(rawValue: load(8)) }
        nonmutating set { store(newValue.rawValue, at: 8) }
    }
    public var readyForInterruptInjection: UInt8 {
        get { load(12) }
        nonmutating set { store(newValue, at: 12) }
    }
    public var ifFlag: UInt8 {
        get { load(13) }
        nonmutating set { store(newValue, at: 13) }
    }
    public var flags: UInt16 {
        get { load(14) }
        nonmutating set { store(newValue, at: 14) }
    }
    public var cr8: UInt64 {
        get { load(16) }
        nonmutating set { store(newValue, at: 16) }
    }
    public var apicBase: UInt64 {
        get { load(24) }
        nonmutating set { store(newValue, at: 24) }
    }
    public var validRegisters: UInt64 {
        get { load(288) }
        nonmutating set { store(newValue, at: 288) }
    }
    public var dirtyRegisters: UInt64 {
        get { load(296) }
        nonmutating set { store(newValue, at: 296) }
    }

    /// `KVM_EXIT_IO`
    public var io: IO {
        get {
            IO(
                isWrite: load(32, as: UInt8.self) != 0, size: load(33), port: load(34), count: load(36),
                dataOffset: load(40))
        }
        nonmutating set {
            store(newValue.isWrite ? 1 : 0 as UInt8, at: 32)
            store(newValue.size, at: 33)
            store(newValue.port, at: 34)
            store(newValue.count, at: 36)
            store(newValue.dataOffset, at: 40)
        }
    }
    public struct IO: Hashable, Sendable {
        public var isWrite: Bool
        public var size: UInt8
        public var port: UInt16
        public var count: UInt32
        public var dataOffset: UInt64
        public init(
            isWrite: Bool, size: UInt8, port: UInt16, count: UInt32 = 1,
            dataOffset: UInt64 = UInt64(KVMRun.portDataOffset)
        ) {
            self.isWrite = isWrite
            self.size = size
            self.port = port
            self.count = count
            self.dataOffset = dataOffset
        }
    }
    /// The value of a port exit of one item.
    public var portData: UInt32 {
        get { load(KVMRun.portDataOffset) }
        nonmutating set { store(newValue, at: KVMRun.portDataOffset) }
    }

    /// `KVM_EXIT_HYPERCALL`
    public var hypercallNumber: UInt64 {
        get { load(32) }
        nonmutating set { store(newValue, at: 32) }
    }
    public var hypercallArguments: [6 of UInt64] {
        get { load(40) }
        nonmutating set { store(newValue, at: 40) }
    }
    public var hypercallResult: UInt64 {
        get { load(88) }
        nonmutating set { store(newValue, at: 88) }
    }
    public var hypercallFlags: UInt64 {
        get { load(96) }
        nonmutating set { store(newValue, at: 96) }
    }

    /// `KVM_EXIT_MMIO`
    public var mmio: MMIO {
        get {
            MMIO(
                address: load(32), data: load(40), length: load(48), isWrite: load(52, as: UInt8.self) != 0)
        }
        nonmutating set {
            store(newValue.address, at: 32)
            store(newValue.data, at: 40)
            store(newValue.length, at: 48)
            store(newValue.isWrite ? 1 : 0 as UInt8, at: 52)
        }
    }
    public struct MMIO: Hashable, Sendable {
        public var address: UInt64
        /// The bytes, first in bits 7:0.
        public var data: UInt64
        public var length: UInt32
        public var isWrite: Bool
        public init(address: UInt64, data: UInt64, length: UInt32, isWrite: Bool) {
            self.address = address
            self.data = data
            self.length = length
            self.isWrite = isWrite
        }
    }

    /// `KVM_EXIT_EXCEPTION`
    public var exception: (vector: UInt32, errorCode: UInt32) {
        get { (load(32), load(36)) }
        nonmutating set {
            store(newValue.vector, at: 32)
            store(newValue.errorCode, at: 36)
        }
    }
    /// `KVM_EXIT_FAIL_ENTRY`
    public var failEntry: (reason: UInt64, cpu: UInt32) {
        get { (load(32), load(40)) }
        nonmutating set {
            store(newValue.reason, at: 32)
            store(newValue.cpu, at: 40)
        }
    }
    /// `KVM_EXIT_INTERNAL_ERROR`: suberror, and as many words of data as the kernel filled in.
    public var internalError: (suberror: InternalError, data: [UInt64]) {
        get { (InternalError(rawValue: load(32)), words()) }
        nonmutating set {
            store(newValue.suberror.rawValue, at: 32)
            storeWords(newValue.data)
        }
    }
    /// `KVM_EXIT_SYSTEM_EVENT`
    public var systemEvent: (type: SystemEvent, data: [UInt64]) {
        get { (SystemEvent(rawValue: load(32)), words()) }
        nonmutating set {
            store(newValue.type.rawValue, at: 32)
            storeWords(newValue.data)
        }
    }
    private func words() -> [UInt64] {
        (0..<Int(min(load(36, as: UInt32.self), 16))).map { load(40 + 8 * $0) }
    }
    private func storeWords(_ words: [UInt64]) {
        store(UInt32(min(words.count, 16)), at: 36)
        for (i, word) in words.prefix(16).enumerated() { store(word, at: 40 + 8 * i) }
    }

    /// `KVM_EXIT_X86_RDMSR`, `KVM_EXIT_X86_WRMSR`
    public var msr: (error: UInt8, reason: UInt32, index: UInt32, data: UInt64) {
        get { (load(32), load(40), load(44), load(48)) }
        nonmutating set {
            store(newValue.error, at: 32)
            store(newValue.reason, at: 40)
            store(newValue.index, at: 44)
            store(newValue.data, at: 48)
        }
    }
    /// `KVM_EXIT_MEMORY_FAULT`
    public var memoryFault: (flags: UInt64, gpa: UInt64, size: UInt64) {
        get { (load(32), load(40), load(48)) }
        nonmutating set {
            store(newValue.flags, at: 32)
            store(newValue.gpa, at: 40)
            store(newValue.size, at: 48)
        }
    }

    /// `KVM_EXIT_TDX`: the `TDVMCALL` leaf.
    public var tdxNumber: UInt64 {
        get { load(40) }
        nonmutating set {
            store(0 as UInt64, at: 32)
            store(newValue, at: 40)
        }
    }
    /// What the guest gets in R10.
    public var tdxResult: UInt64 {
        get { load(48) }
        nonmutating set { store(newValue, at: 48) }
    }
    /// The leaf's words, from `data[0]`: GetQuote has gpa and size, GetTdVmCallInfo leaf, R11, R12, R13, R14,
    /// SetupEventNotifyInterrupt the vector.
    public var tdxData: [5 of UInt64] {
        get { load(56) }
        nonmutating set { store(newValue, at: 56) }
    }
}
