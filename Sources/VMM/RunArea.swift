// SPDX-License-Identifier: Apache-2.0

/// The memory a processor shares with KVM: `struct kvm_run` and the data page behind it.
///
/// - SeeAlso: Linux, Documentation/virt/kvm/api.rst, "The kvm_run structure".
@safe
struct RunArea: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    private let length: Int

    init(base: UnsafeMutableRawPointer, length: Int) {
        unsafe self.base = unsafe base
        self.length = length
    }

    /// Offsets in `kvm_run`.
    enum Field {
        static let immediateExit = 1
        static let exitReason = 8
        static let exit = 32
    }

    /// `exit_reason`
    enum Reason {
        static let unknown: UInt32 = 0
        static let io: UInt32 = 2
        static let hypercall: UInt32 = 3
        static let halt: UInt32 = 5
        static let memoryMapped: UInt32 = 6
        static let shutdown: UInt32 = 8
        static let failedEntry: UInt32 = 9
        static let interrupted: UInt32 = 10
        static let internalError: UInt32 = 17
        static let systemEvent: UInt32 = 24
        static let memoryFault: UInt32 = 39
        static let tdx: UInt32 = 40
    }

    func get<T: FixedWidthInteger>(_ offset: Int, as type: T.Type = T.self) -> T {
        guard offset >= 0, offset <= length - MemoryLayout<T>.size else { return 0 }
        // Both ends are within the mapping.
        return unsafe T(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    func put<T: FixedWidthInteger>(_ offset: Int, _ value: T) {
        guard offset >= 0, offset <= length - MemoryLayout<T>.size else { return }
        // Both ends are within the mapping.
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }

    var reason: UInt32 { self.get(Field.exitReason) }
}
