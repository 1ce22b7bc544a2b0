// SPDX-License-Identifier: Apache-2.0

public import KVMABI
public import Platform
public import TDXABI
import X86

/// KVM as this process implements it, for TDs on a simulated machine.
///
/// It is the kernel's side of the ioctls: it starts the TDX module of the machine and keeps the files of VMs, vCPUs
/// and guest memory. Nothing in it knows the program that calls.
public final class SoftwareKVM: KVMDevice {
    let host: TDXHost
    let trace: (@Sendable (TraceEvent) -> Void)?
    let complain: (@Sendable (String) -> Void)?
    let runMemory: @Sendable () -> RunMemory?
    let resolve: @Sendable (Int32) -> Int32?

    /// An open file.
    enum File: Sendable {
        case system
        case vm(VM)
        case vcpu(VCPU)
        case guestMemory(GuestMemory)
    }
    private final class Table: @unchecked Sendable {
        let lock = Lock()
        var files: [Int32: File] = [:]
        /// Descriptors begin where those of the process hardly are.
        var next: Int32 = 0x10_0000
    }
    private let table = Table()

    /// Starts the machine's TDX module.
    ///
    /// - Parameters:
    ///   - trace: is told of every ioctl and every return of `KVM_RUN`.
    ///   - complain: is told, in a sentence, why an ioctl has failed.
    ///   - runMemory: makes the memory that a vCPU shares with its program; nil when there is no more.
    ///   - resolve: the file that a descriptor within a structure means, for a program whose descriptors are not this
    ///     object's own; nil when it is none of this object's.
    public init(
        platform: Platform, trace: (@Sendable (TraceEvent) -> Void)? = nil,
        complain: (@Sendable (String) -> Void)? = nil,
        runMemory: @escaping @Sendable () -> RunMemory? = { RunMemory() },
        resolve: @escaping @Sendable (Int32) -> Int32? = { $0 }
    ) throws(BringUpError) {
        host = try TDXHost(platform)
        self.trace = trace
        self.complain = complain
        self.runMemory = runMemory
        self.resolve = resolve
    }

    /// Pages of the machine's memory that nobody uses.
    public var freePages: Int { host.pages.freePages }
    /// Private KeyIDs that no TD has.
    public var freeKeyIDs: Int { host.keys.freeKeys }

    /// Where vCPUs run in turn, and none has anything to do: lets the time pass until the next timer fires.
    ///
    /// - Returns: false when there is no timer, so that nothing will ever happen.
    public func passTime() -> Bool {
        guard let turns = host.platform.turns, host.timers.next != .max else { return false }
        turns.skip(to: host.timers.next)
        host.timers.fireDue()
        return true
    }

    // MARK: Files

    func insert(_ file: File) -> Int32 {
        table.lock.withLock {
            let descriptor = table.next
            table.next += 1
            table.files[descriptor] = file
            return descriptor
        }
    }
    func file(_ descriptor: Int32) -> File? { table.lock.withLock { table.files[descriptor] } }

    public func open() -> Int32 { insert(.system) }

    public func close(_ descriptor: Int32) -> Int {
        guard let file = table.lock.withLock({ table.files.removeValue(forKey: descriptor) }) else {
            return Errno.badDescriptor.result
        }
        switch file {
        case .system: break
        case .vm(let vm):
            vm.dropIRQFDs()
            vm.release()
        case .vcpu(let vcpu): vcpu.vm.release()
        case .guestMemory(let memory):
            memory.close()
            memory.vm.release()
        }
        return 0
    }

    public func ioctl(_ descriptor: Int32, _ request: UInt32, _ argument: UInt) -> Int {
        guard let file = file(descriptor) else { return Errno.badDescriptor.result }
        let ioctl = IOCTL(rawValue: request)
        let result: Int
        var explanation: String?
        do throws(Errno) {
            switch file {
            case .system: result = try system(ioctl, argument)
            case .vm(let vm): result = try vm.ioctl(ioctl, argument)
            case .vcpu(let vcpu): result = try vcpu.ioctl(ioctl, argument)
            case .guestMemory: throw .notTTY("a guest_memfd has no ioctls")
            }
        } catch {
            result = error.result
            let sentence = explain(error, ioctl, argument, on: file)
            complain?(sentence)
            explanation = sentence
        }
        // An address in the program says nothing to anybody, and is another one in the next run.
        let number = ioctl.hasStructure ? 0 : UInt64(argument)
        trace?(
            .ioctl(name: ioctl.name, argument: number, result: Int64(result), explanation: explanation))
        return result
    }

    public func map(_ descriptor: Int32, length: Int) -> UnsafeMutableRawPointer? {
        guard case .vcpu(let vcpu) = file(descriptor), length > 0, length <= KVMConstant.vcpuMmapSize
        else { return nil }
        return vcpu.area.base
    }

    public func punchHole(_ descriptor: Int32, offset: UInt64, length: UInt64) -> Int {
        guard case .guestMemory(let memory) = file(descriptor) else {
            return Errno.badDescriptor.result
        }
        do throws(Errno) {
            try memory.punchHole(offset: offset, length: length)
            return 0
        } catch {
            return error.result
        }
    }

    public func interrupt(_ descriptor: Int32) {
        guard case .vcpu(let vcpu) = file(descriptor) else { return }
        vcpu.signal()
    }

    /// Takes an interruption back that `KVM_RUN` has not seen.
    public func forgetInterrupt(_ descriptor: Int32) {
        guard case .vcpu(let vcpu) = file(descriptor) else { return }
        vcpu.takeSignal()
    }

    /// The system's descriptor of the memory that is mapped through a vCPU; nil for other files, and on hosts without.
    public func sharedMemory(of descriptor: Int32) -> Int32? {
        guard case .vcpu(let vcpu) = file(descriptor) else { return nil }
        return vcpu.areaMemory.descriptor
    }
}
