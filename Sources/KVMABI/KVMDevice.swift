// SPDX-License-Identifier: Apache-2.0

/// A `/dev/kvm`: what a user-space program reaches through file descriptors.
///
/// Results are as the system call returns them: a non-negative value, or the negated error number.
public protocol KVMDevice: AnyObject, Sendable {
    /// `open("/dev/kvm")`
    func open() -> Int32
    /// `ioctl(2)`. `argument` is a number or the address of a structure in this process.
    func ioctl(_ descriptor: Int32, _ request: UInt32, _ argument: UInt) -> Int
    /// `mmap(2)` of a vCPU descriptor: the address of its shared `kvm_run` area, or nil.
    func map(_ descriptor: Int32, length: Int) -> UnsafeMutableRawPointer?
    /// `fallocate(2)` of a guest_memfd with `FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE`.
    func punchHole(_ descriptor: Int32, offset: UInt64, length: UInt64) -> Int
    /// `close(2)`
    func close(_ descriptor: Int32) -> Int
    /// Interrupts the thread that is inside `KVM_RUN` on the descriptor, as a signal would: it returns `-EINTR`.
    func interrupt(_ descriptor: Int32)
}
