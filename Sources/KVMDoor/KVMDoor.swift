// SPDX-License-Identifier: Apache-2.0

import CKVMDoor
import Glibc
import KVM
import KVMABI
import Platform
import Synchronization
import TDXABI
import TDXModule
import Trace

/// The door: KVM behind the C library's calls, in a program that `seamless kvm` started.
///
/// The library is preloaded. CKVMDoor takes the calls and knows which descriptors are ours; here they become calls of the
/// `KVMDevice` of one simulated machine, which comes into being when the program first opens `/dev/kvm`.
enum Door {
    /// What the machine is made from: the environment of the program, as `seamless kvm` sets it.
    private struct Settings {
        /// `SEAMLESS_KVM_MEMORY`: bytes for guests.
        var memory: UInt64 = 8 << 30
        /// `SEAMLESS_KVM_PROCESSORS`: logical processors.
        var processors = 8
        /// `SEAMLESS_KVM_TRACE`: a file.
        var trace: String?
        /// `SEAMLESS_KVM_EXPLAIN`: say on standard error why an ioctl has failed.
        var explains = false
        /// `SEAMLESS_KVM_REPORT_KEY`: what reports are made with, in digits: a key of 32 bytes, `CPUSVN`, `TEE_TCB_INFO`.
        var reportKey: ReportKey?

        /// `SEAMLESS_KVM_INJECT`: what is to go wrong.
        var faults: FaultPlan?

        init() {
            // The tool has read it before, and said what is wrong with it.
            faults = Settings["SEAMLESS_KVM_INJECT"].flatMap { try? FaultPlan($0) }
            if let text = Settings["SEAMLESS_KVM_MEMORY"], let value = UInt64(text) { memory = value }
            if let text = Settings["SEAMLESS_KVM_PROCESSORS"], let value = Int(text), value > 0 {
                processors = min(value, 255)
            }
            trace = Settings["SEAMLESS_KVM_TRACE"]
            explains = Settings["SEAMLESS_KVM_EXPLAIN"] != nil
            let digits = Settings["SEAMLESS_KVM_REPORT_KEY"].map { Array($0.utf8) } ?? []
            let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16)
            }
            if bytes.count == 48 + TEETCBInfo.size, let info = TEETCBInfo(bytes[48...]) {
                reportKey = ReportKey(
                    key: Array(bytes[..<32]), cpuSVN: Array(bytes[32..<48]), teeTCBInfo: info)
            }
        }

        private static subscript(name: String) -> String? { getenv(name).map { String(cString: $0) } }
    }

    private enum State {
        case none
        case open(SoftwareKVM)
        /// It could not be made, which is said once.
        case failed
    }
    private static let state = Mutex(State.none)

    /// The machine, made on first use.
    static var device: SoftwareKVM? {
        state.withLock { state in
            if case .none = state { state = make() }
            guard case .open(let device) = state else { return nil }
            return device
        }
    }

    private static func make() -> State {
        let settings = Settings()
        do {
            var trace: TraceFile?
            if let path = settings.trace {
                trace = try TraceFile(path)
                openTrace.withLock { $0 = trace }
                atexit { Door.openTrace.withLock { _ = $0?.finish() } }
            }
            var configuration = PlatformConfiguration.hosting(
                memory: settings.memory, processors: settings.processors)
            configuration.reportKey = settings.reportKey
            configuration.faults = settings.faults
            let platform = try Platform(configuration, trace: trace?.write)
            return .open(
                try SoftwareKVM(
                    platform: platform, trace: trace?.write, complain: settings.explains ? complain : nil,
                    runMemory: makeRunMemory,
                    resolve: { descriptor in
                        let file = door_file(descriptor)
                        return file == 0 ? nil : file
                    }))
        } catch {
            complain("The simulated machine cannot be made: \(error).")
            return .failed
        }
    }

    @Sendable private static func makeRunMemory() -> RunMemory? {
        let size = UInt64(RunMemory.size)
        var memory: UnsafeMutableRawPointer?
        let descriptor = door_make_shared(size, &memory)
        guard descriptor >= 0, let memory else { return nil }
        nonisolated(unsafe) let base = memory
        return RunMemory(base: base, descriptor: descriptor) { door_free_shared(descriptor, base, size) }
    }

    private static let openTrace = Mutex<TraceFile?>(nil)

    @Sendable private static func complain(_ text: String) {
        let line = Array("seamless: \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }

    /// Gives a file that an ioctl has made a descriptor of the program.
    static func publish(_ file: Int32, as kind: door_kind, size: UInt64 = 0) -> Int {
        guard let device else { return Errno.ioError.result }
        let descriptor = door_publish(file, kind, device.sharedMemory(of: file) ?? -1, size)
        if descriptor < 0 { _ = device.close(file) }
        return Int(descriptor)
    }
}

@_cdecl("seamless_door_open")
func doorOpen() -> Int32 { Door.device?.open() ?? Int32(Errno.noDevice.result) }

@_cdecl("seamless_door_ioctl")
func doorIOCTL(_ file: Int32, _ request: UInt32, _ argument: UInt) -> Int {
    guard let device = Door.device else { return Errno.ioError.result }
    let result = device.ioctl(file, request, argument)
    guard result >= 0 else { return result }
    let made = Int32(truncatingIfNeeded: result)
    return switch IOCTL(rawValue: request) {
    case .createVM: Door.publish(made, as: DOOR_VM)
    case .createVCPU: Door.publish(made, as: DOOR_VCPU)
    case .createGuestMemFD:
        // The structure was read just now; its size is the file's.
        Door.publish(
            made, as: DOOR_GUEST_MEMORY,
            size: UnsafeRawPointer(bitPattern: argument)?.loadUnaligned(as: KVMCreateGuestMemFD.self).size
                ?? 0)
    default: result
    }
}

@_cdecl("seamless_door_punch_hole")
func doorPunchHole(_ file: Int32, _ offset: UInt64, _ length: UInt64) -> Int {
    Door.device?.punchHole(file, offset: offset, length: length) ?? Errno.ioError.result
}

@_cdecl("seamless_door_close")
func doorClose(_ file: Int32) { _ = Door.device?.close(file) }

@_cdecl("seamless_door_interrupt")
func doorInterrupt(_ file: Int32) { Door.device?.interrupt(file) }

@_cdecl("seamless_door_forget_interrupt")
func doorForgetInterrupt(_ file: Int32) { Door.device?.forgetInterrupt(file) }
