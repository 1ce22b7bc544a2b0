// SPDX-License-Identifier: Apache-2.0

import KVMABI
import Synchronization
import Testing

@testable import VMM

/// A KVM that remembers what it was asked and lets a test play the guest.
final class FakeKVM: KVMDevice, @unchecked Sendable {
    /// What happens at a `KVM_RUN`: the test fills the area, and says what the call returns.
    typealias Step = @Sendable (FakeKVM, UnsafeMutableRawPointer) -> Int

    private let lock = Mutex(())
    private(set) var calls: [String] = []
    private(set) var attributes: [(range: Range<UInt64>, isPrivate: Bool)] = []
    private(set) var holes: [(offset: UInt64, length: UInt64)] = []
    private(set) var added: [(gpa: UInt64, pages: UInt64, flags: UInt32)] = []
    private(set) var messages: [(address: UInt32, data: UInt32)] = []
    private(set) var userAddresses: [UInt64] = []
    private(set) var configured: [[UInt32]] = []
    private(set) var closed: Set<Int32> = []
    var steps: [Step] = []
    var failures: [String: Int] = [:]
    var regionRetries = 0
    private let area = UnsafeMutableRawPointer.allocate(byteCount: 0x3000, alignment: 4096)

    init() { area.initializeMemory(as: UInt8.self, repeating: 0, count: 0x3000) }
    deinit { area.deallocate() }

    func open() -> Int32 { 3 }
    func close(_ descriptor: Int32) -> Int {
        closed.insert(descriptor)
        return 0
    }
    func map(_ descriptor: Int32, length: Int) -> UnsafeMutableRawPointer? { area }
    func punchHole(_ descriptor: Int32, offset: UInt64, length: UInt64) -> Int {
        holes.append((offset, length))
        return 0
    }
    func interrupt(_ descriptor: Int32) {}

    func ioctl(_ descriptor: Int32, _ request: UInt32, _ argument: UInt) -> Int {
        let pointer = UnsafeMutableRawPointer(bitPattern: argument)
        func get<T: BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
            guard let pointer else { fatalError("the ioctl has an argument") }
            return pointer.loadUnaligned(fromByteOffset: offset, as: T.self)
        }
        switch IOCTL(rawValue: request) {
        case .apiVersion: return 12
        case .checkExtension: return argument == 235 ? 1 << 5 : 1
        case .createVM:
            calls.append("createVM \(argument)")
            return failures["createVM"] ?? 4
        case .vcpuMmapSize: return 0x3000
        case .supportedCPUID:
            fill(
                pointer, header: 0,
                [[1, 0, 0, 0x806F8, 0xFF00_0000, ~0, ~0], [0x8000_0008, 0, 0, 0x3934, 0, 0, 0]])
            return 0
        case .enableCap:
            calls.append("enable \(get(0, as: UInt32.self)) \(get(8, as: UInt64.self))")
            return 0
        case .createGuestMemFD:
            calls.append("memfd \(get(0, as: UInt64.self))")
            return 20
        case .setUserMemoryRegion2:
            calls.append(
                "slot \(get(0, as: UInt32.self)) flags \(get(4, as: UInt32.self)) at \(get(8, as: UInt64.self))"
            )
            userAddresses.append(get(24))
            return 0
        case .setMemoryAttributes:
            let start: UInt64 = get(0)
            attributes.append((start..<start + get(8, as: UInt64.self), get(16, as: UInt64.self) == 8))
            return 0
        case .createVCPU:
            calls.append("vcpu \(argument)")
            return 10 + Int(argument)
        case .setCPUID2:
            calls.append("cpuid2")
            return 0
        case .signalMSI:
            messages.append((get(0), get(8)))
            return 1
        case .run:
            guard !steps.isEmpty else { return -5 }
            let step = steps.removeFirst()
            return step(self, area)
        case .memoryEncryptOp:
            return tdx(get(0, as: UInt32.self), get(4, as: UInt32.self), get(8, as: UInt64.self))
        default: return -25
        }
    }

    private func tdx(_ command: UInt32, _ flags: UInt32, _ data: UInt64) -> Int {
        let pointer = UnsafeMutableRawPointer(bitPattern: UInt(data))
        switch command {
        case 0:
            calls.append("capabilities")
            pointer?.storeBytes(of: UInt64(1 << 28), as: UInt64.self)
            pointer?.storeBytes(of: UInt64(3), toByteOffset: 8, as: UInt64.self)
            fill(
                pointer, header: 2048,
                [
                    [1, 0, 0, 0xFFF, 0, 1, 0], [4, 0, 0, 1, 0, 0, 0], [4, 1, 0, 1, 0, 0, 0],
                    [0x8000_0008, 0, 0, 0xFF0000, 0, 0, 0],
                ])
            return 0
        case 1:
            calls.append("initVM")
            guard let pointer else { return -14 }
            let count = Int(pointer.load(fromByteOffset: 256, as: UInt32.self))
            configured = (0..<count).map { i in
                (0..<7).map { pointer.loadUnaligned(fromByteOffset: 264 + 40 * i + 4 * $0, as: UInt32.self) }
            }
            return failures["initVM"] ?? 0
        case 2:
            calls.append("initVCPU \(data)")
            return 0
        case 3:
            guard let pointer else { return -14 }
            var (source, gpa, pages) = (
                pointer.load(as: UInt64.self), pointer.load(fromByteOffset: 8, as: UInt64.self),
                pointer.load(fromByteOffset: 16, as: UInt64.self)
            )
            let isPart = regionRetries > 0
            let count = isPart ? 1 : pages
            added.append((gpa, count, flags))
            (source, gpa, pages) = (source + count * 4096, gpa + count * 4096, pages - count)
            pointer.storeBytes(of: source, as: UInt64.self)
            pointer.storeBytes(of: gpa, toByteOffset: 8, as: UInt64.self)
            pointer.storeBytes(of: pages, toByteOffset: 16, as: UInt64.self)
            if isPart { regionRetries -= 1 }
            return isPart ? -11 : 0
        case 4:
            calls.append("finalize")
            return 0
        case 5:
            fill(pointer, header: 0, [[1, 0, 0, 0x806F8, 0, 0, 0]])
            return 0
        default: return -22
        }
    }

    private func fill(_ pointer: UnsafeMutableRawPointer?, header: Int, _ entries: [[UInt32]]) {
        pointer?.storeBytes(of: UInt32(entries.count), toByteOffset: header, as: UInt32.self)
        for (i, entry) in entries.enumerated() {
            for (j, word) in entry.enumerated() {
                pointer?.storeBytes(of: word, toByteOffset: header + 8 + 40 * i + 4 * j, as: UInt32.self)
            }
        }
    }
}

/// Exits as KVM reports them.
enum Exit {
    static func out(_ port: UInt16, _ value: UInt8) -> FakeKVM.Step {
        { _, area in
            area.storeBytes(of: 2, toByteOffset: 8, as: UInt32.self)
            area.storeBytes(of: 1, toByteOffset: 32, as: UInt8.self)
            area.storeBytes(of: 1, toByteOffset: 33, as: UInt8.self)
            area.storeBytes(of: port, toByteOffset: 34, as: UInt16.self)
            area.storeBytes(of: 1, toByteOffset: 36, as: UInt32.self)
            area.storeBytes(of: 0x1000, toByteOffset: 40, as: UInt64.self)
            area.storeBytes(of: value, toByteOffset: 0x1000, as: UInt8.self)
            return 0
        }
    }
    static func words(_ reason: UInt32, _ words: [UInt64], result: Int = 0) -> FakeKVM.Step {
        { _, area in
            area.storeBytes(of: reason, toByteOffset: 8, as: UInt32.self)
            for (i, word) in words.enumerated() {
                area.storeBytes(of: word, toByteOffset: 32 + 8 * i, as: UInt64.self)
            }
            return result
        }
    }
    static func convert(_ gpa: UInt64, pages: UInt64, private isPrivate: Bool) -> FakeKVM.Step {
        words(3, [12, gpa, pages, isPrivate ? 0x10 : 0, 0, 0, 0, 0, 1])
    }
    /// Writes SLP_EN in two bytes.
    static let error: FakeKVM.Step = { _, _ in -5 }
    static let powerOff = out(0x605, 0x20)
    static func say(_ text: String) -> [FakeKVM.Step] { text.utf8.map { out(0x3F8, $0) } }
}

@Suite("Machine")
struct MachineTests {
    static let configuration: MachineConfiguration = {
        MachineConfiguration(
            memory: [0..<0x10_0000, 0xFFFF_F000..<0x1_0000_0000],
            images: [
                LaunchImage(gpa: 0xFFFF_F000, bytes: [1, 2, 3], isMeasured: true),
                LaunchImage(gpa: 0x2000, bytes: [UInt8](repeating: 7, count: 4097), isMeasured: false),
            ],
            launchParameter: 0x2000)
    }()
    let kvm = FakeKVM()
    let printed = Printed()

    final class Printed: Sendable {
        let bytes = Mutex<[UInt8]>([])
        var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
    }

    func machine(
        _ configuration: MachineConfiguration = configuration, quote: (@Sendable ([UInt8]) -> [UInt8]?)? = nil
    ) -> Machine {
        let printed = printed
        return Machine(
            configuration, device: kvm,
            wiring: MachineWiring(
                console: { bytes in printed.bytes.withLock { $0 += bytes } }, wallClock: { 0 },
                nanoseconds: { 0 },
                quote: quote))
    }

    func run(_ steps: [FakeKVM.Step], quote: (@Sendable ([UInt8]) -> [UInt8]?)? = nil) throws
        -> MachineOutcome
    {
        kvm.steps = steps
        let machine = machine(quote: quote)
        try machine.build()
        return machine.run()
    }

    @Test("builds a TD in the order the interface asks for")
    func builds() throws {
        kvm.regionRetries = 1
        try machine().build()
        #expect(
            kvm.calls == [
                "createVM 5", "capabilities", "enable 201 4096", "enable 121 24", "enable 237 40",
                "memfd 1048576",
                "slot 0 flags 4 at 0", "memfd 4096", "slot 1 flags 4 at 4294963200", "initVM", "vcpu 0",
                "cpuid2",
                "initVCPU 8192", "finalize",
            ])
        #expect(kvm.attributes.map(\.range) == MachineTests.configuration.memory)
        #expect(!kvm.attributes.map(\.isPrivate).contains(false))
        #expect(kvm.added.map(\.gpa) == [0xFFFF_F000, 0x2000])
        #expect(kvm.added.map(\.pages) == [1, 2])
        #expect(kvm.added.map(\.flags) == [1, 0])
        let configured = kvm.configured.map { Array($0.prefix(4)) }
        #expect(
            configured == [[1, 0, 0, 0x6F8], [4, 0, 1, 0], [4, 1, 1, 0], [0x8000_0008, 0, 0, 48 << 16]])
    }

    @Test("closes all it opened when it fails in the middle")
    func closes() {
        kvm.failures["initVM"] = -22
        do {
            let machine = machine()
            let error = #expect(throws: MachineError.self) { try machine.build() }
            #expect(error == .call(name: "KVM_TDX_INIT_VM", error: 22, detail: 0))
        }
        #expect(kvm.closed == [3, 4, 20])
    }

    @Test("refuses images that do not fit, before anything is made")
    func refuses() {
        var configuration = MachineTests.configuration
        configuration.images.append(
            LaunchImage(gpa: 0xF_F000, bytes: [UInt8](repeating: 0, count: 8192), isMeasured: true))
        let machine = machine(configuration)
        #expect(throws: MachineError.self) { try machine.build() }
        #expect(kvm.calls.isEmpty)
    }

    @Test("carries the console out and ends with the guest's status at power off")
    func powersOff() throws {
        let outcome = try run(Exit.say("hi\n") + [Exit.out(0xF4, 7), Exit.powerOff])
        #expect(outcome == .poweredOff(status: 7))
        #expect(printed.text == "hi\n")
    }

    @Test("takes the status from a line on the second serial port, the last that is one")
    func statusLine() throws {
        func line(_ text: String) -> [FakeKVM.Step] { text.utf8.map { Exit.out(0x2F8, $0) } }
        let outcome = try run(
            line("exit 3\nexit 42\r\nexit 256\nexit -1\nbye 1\nexit 1 \nexit 9") + [Exit.powerOff])
        #expect(outcome == .poweredOff(status: 42))
        #expect(printed.text.isEmpty)
    }

    @Test("tells a panic from a reset")
    func panics() throws {
        let outcome = try run(
            Exit.say("[  1.0] Kernel panic - not syncing: No working init found.\r\n") + [Exit.out(0xCF9, 6)])
        #expect(outcome == .panicked(message: "No working init found."))
        let halted = try run(
            Exit.say("Kernel panic - not syncing: oops\n---[ end Kernel panic - not syncing: oops ]---\n"))
        #expect(halted == .panicked(message: "oops"))
        let reset = try run([Exit.out(0xCF9, 6)])
        #expect(reset == .reset)
    }

    @Test("converts memory both ways, and leaves what is no memory alone")
    func converts() throws {
        let outcome = try run([
            Exit.convert(0x4000, pages: 2, private: false), Exit.convert(0x4000, pages: 1, private: true),
            Exit.convert(0xFEC0_0000, pages: 1, private: false),
            Exit.words(39, [8, 0x5000, 0x1000], result: -14),
            Exit.words(39, [0, 0x6000, 0x1000], result: -14),
            Exit.powerOff,
        ])
        #expect(outcome == .poweredOff(status: nil))
        let seen = kvm.attributes.dropFirst(2)
        #expect(seen.map(\.range) == [0x4000..<0x6000, 0x4000..<0x5000, 0x5000..<0x6000, 0x6000..<0x7000])
        #expect(seen.map(\.isPrivate) == [false, true, true, false])
        #expect(kvm.holes.map(\.offset) == [0x4000, 0x6000])
    }

    @Test(
        "ends in a sentence for each way a guest fails",
        arguments: [
            (step: Exit.words(8, []), outcome: .tripleFault(processor: 0)),
            (
                step: Exit.words(
                    24, [7 | 16 << 32, 0, 1 << 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0x2170_6C65_48, 0]),
                outcome: .fatalReport(code: 5, message: "Help!")
            ),
            (
                step: Exit.words(17, [4 | 1 << 32, 0xAB]),
                outcome: .failed(.exit(reason: 17, detail: "internal error 4, data 0xab"))
            ),
            (step: Exit.error, outcome: .failed(.call(name: "KVM_RUN", error: 5, detail: 0))),
        ] as [(step: FakeKVM.Step, outcome: MachineOutcome)])
    func fails(step: @escaping FakeKVM.Step, outcome: MachineOutcome) throws {
        let end = try run([{ _, _ in -4 }, { _, _ in -11 }, step])
        #expect(end == outcome)
        #expect(end.description.hasSuffix("."))
    }

    final class Statuses: Sendable { let values = Mutex<[UInt64]>([]) }

    @Test("puts a quote where the guest's buffer is, or says that there is no service")
    func quotes() throws {
        @Sendable func prepare(_ kvm: FakeKVM) {
            guard let buffer = UnsafeMutableRawPointer(bitPattern: UInt(kvm.userAddresses[0]) + 0x8000) else {
                return
            }
            buffer.storeBytes(of: 1, as: UInt64.self)
            buffer.storeBytes(of: 4, toByteOffset: 16, as: UInt32.self)
            buffer.storeBytes(of: 0x0403_0201, toByteOffset: 24, as: UInt32.self)
        }
        let statuses = Statuses()
        let collect: FakeKVM.Step = { kvm, area in
            guard let buffer = UnsafeMutableRawPointer(bitPattern: UInt(kvm.userAddresses[0]) + 0x8000) else {
                return -5
            }
            let (status, length) = (
                buffer.load(fromByteOffset: 8, as: UInt64.self),
                buffer.load(fromByteOffset: 20, as: UInt32.self)
            )
            statuses.values.withLock {
                $0 += [
                    area.load(fromByteOffset: 48, as: UInt64.self), status, UInt64(length),
                    UInt64(buffer.load(fromByteOffset: 24, as: UInt8.self)),
                ]
            }
            return Exit.powerOff(kvm, area)
        }
        let ask: FakeKVM.Step = { kvm, area in
            prepare(kvm)
            return Exit.words(40, [0, 0x10002, 0x8000_0000_0000_0003, 0x8000, 0x1000])(kvm, area)
        }
        _ = try run([ask, collect]) { report in report == [1, 2, 3, 4] ? [9, 8, 7] : nil }
        let seen = statuses.values.withLock { $0 }
        #expect(seen == [0, 0, 3, 9])
    }

    @Test("takes an interrupt from the serial port to a local APIC")
    func interrupts() throws {
        func mmio(_ offset: UInt64, _ value: UInt64) -> FakeKVM.Step {
            Exit.words(6, [0xFEC0_0000 + offset, value, 4 | 1 << 32])
        }
        _ = try run([
            mmio(0, 0x18), mmio(0x10, 0x31), Exit.out(0x3FC, 8), Exit.out(0x3F9, 2), Exit.powerOff,
        ])
        #expect(kvm.messages.map(\.data) == [0x31])
        #expect(kvm.messages.map(\.address) == [0xFEE0_0000])
    }

    @Test(
        "gives a session its input when the guest says that its terminal is ready, and while it asks for it")
    func session() throws {
        let (console, session) = (Printed(), Printed())
        let machine = Machine(
            Self.configuration, device: kvm,
            wiring: MachineWiring(
                console: { bytes in console.bytes.withLock { $0 += bytes } },
                session: { bytes in session.bytes.withLock { $0 += bytes } }, wallClock: { 0 },
                nanoseconds: { 0 }))
        try machine.build()
        machine.receive(Array("hi".utf8))
        let read = Printed()
        func input(_ port: UInt16) -> [FakeKVM.Step] {
            [
                { _, area in
                    area.storeBytes(of: 2, toByteOffset: 8, as: UInt32.self)
                    area.storeBytes(of: 0x100, toByteOffset: 32, as: UInt16.self)
                    area.storeBytes(of: port, toByteOffset: 34, as: UInt16.self)
                    area.storeBytes(of: 1, toByteOffset: 36, as: UInt32.self)
                    area.storeBytes(of: 0x1000, toByteOffset: 40, as: UInt64.self)
                    return 0
                },
                { _, area in
                    read.bytes.withLock { $0.append(area.load(fromByteOffset: 0x1000, as: UInt8.self)) }
                    return -4
                },
            ]
        }
        // Line status: nothing, although RTS is up; the report; one byte at a time, but none while RTS is down.
        kvm.steps = Exit.say("kernel") + [Exit.out(0x3E8, 0x61), Exit.out(0x3EC, 0x0B)] + input(0x3ED)
        kvm.steps += "ready\n".utf8.map { Exit.out(0x2F8, $0) } + input(0x3ED)
        kvm.steps += [Exit.out(0x3EC, 9)] + input(0x3E8) + input(0x3ED)
        kvm.steps += [Exit.out(0x3EC, 0x0B)] + input(0x3E8) + [Exit.powerOff]
        #expect(machine.run() == .poweredOff(status: nil))
        #expect(read.bytes.withLock { $0 } == [0x60, 0x61, 0x68, 0x60, 0x69])
        #expect(console.text == "kernel")
        #expect(session.text == "a")
    }

    @Test("stops when it is told to")
    func stops() throws {
        let machine = machine()
        kvm.steps = [
            { _, _ in
                machine.stop()
                return -4
            }
        ]
        try machine.build()
        #expect(machine.run() == .stopped)
    }
}
