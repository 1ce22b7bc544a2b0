// SPDX-License-Identifier: Apache-2.0

import Boot
import Foundation
import KVM
import Platform
import Synchronization
import TDXABI
import Testing
import ToolTesting
import X86

@testable import VMM

@Suite("After a TD, the host")
struct ReclaimTests {
    /// A guest in this process, and what it says.
    struct InProcess: Sendable {
        let machine: Machine
        let said = Said()

        final class Said: Sendable {
            private let bytes = Mutex<[UInt8]>([])
            func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
            var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
        }

        init(_ plan: LaunchPlan, on kvm: SoftwareKVM) {
            let configuration = MachineConfiguration(
                memory: plan.memory,
                images: plan.images.map {
                    LaunchImage(gpa: $0.gpa, bytes: $0.bytes, isMeasured: $0.measured)
                },
                launchParameter: plan.hob)
            machine = Machine(
                configuration, device: kvm,
                wiring: MachineWiring(
                    console: { [said] in said.add($0) }, wallClock: { 0 },
                    nanoseconds: { DispatchTime.now().uptimeNanoseconds }))
        }
    }

    private func kvm(memory: UInt64 = 2 << 30) throws -> SoftwareKVM {
        try SoftwareKVM(platform: Platform(PlatformConfiguration(processorsPerPackage: 4, memory: memory)))
    }

    private func endless(_ program: (inout Assembler) -> Void) throws -> LaunchPlan {
        try LinuxBootPlan(
            kernel: LinuxKernel(
                FlatKernel.image { code in
                    program(&code)
                    FlatKernel.forever(&code)
                }), initrd: nil, commandLine: "", memorySize: 128 << 20, processors: 1
        ).launch
    }

    @Test("has every page and every KeyID again when the guest has powered off")
    func builtIn() throws {
        let kvm = try kvm()
        let (pages, keys) = (kvm.freePages, kvm.freeKeyIDs)
        for _ in 0..<3 {
            let guest = try InProcess(BuiltInGuest().launch, on: kvm)
            try guest.machine.build()
            #expect(kvm.freeKeyIDs == keys - 1)
            #expect(kvm.freePages < pages)
            #expect(guest.machine.run() == .poweredOff(status: 0))
            guest.machine.close()
            #expect(kvm.freePages == pages)
            #expect(kvm.freeKeyIDs == keys)
        }
    }

    @Test("has them when the guest was stopped while it ran, or was never run")
    func stopped() throws {
        let kvm = try kvm()
        let (pages, keys) = (kvm.freePages, kvm.freeKeyIDs)
        let guest = try InProcess(
            endless { code in
                FlatKernel.call(&code, .mapGPA, Int64(1 << 47 | 0x200_0000), 0x20_0000)  // to shared
                FlatKernel.say(&code, "ready")
            }, on: kvm)
        try guest.machine.build()
        let thread = Thread {
            while !guest.said.text.contains("ready") { usleep(1000) }
            guest.machine.stop()
        }
        thread.start()
        #expect(guest.machine.run() == .stopped)
        guest.machine.close()
        #expect(kvm.freePages == pages)
        #expect(kvm.freeKeyIDs == keys)

        let never = try InProcess(BuiltInGuest().launch, on: kvm)
        try never.machine.build()
        never.machine.close()
        #expect(kvm.freePages == pages)
        #expect(kvm.freeKeyIDs == keys)
    }

    @Test("has them when a TD could not be built, and says why")
    func failed() throws {
        // Room for the module's own tables and little more.
        let kvm = try kvm(memory: 64 << 20)
        let (pages, keys) = (kvm.freePages, kvm.freeKeyIDs)
        let image = [UInt8](repeating: 1, count: 96 << 20)
        let machine = Machine(
            MachineConfiguration(
                memory: [0..<256 << 20], images: [LaunchImage(gpa: 0, bytes: image, isMeasured: false)],
                launchParameter: 0), device: kvm,
            wiring: MachineWiring(console: { _ in }, wallClock: { 0 }, nanoseconds: { 0 }))
        #expect(throws: MachineError.self) { try machine.build() }
        machine.close()
        #expect(kvm.freePages == pages)
        #expect(kvm.freeKeyIDs == keys)
    }

    @Test("runs two at once, each in memory of its own")
    func sideBySide() throws {
        let kvm = try kvm()
        let (pages, keys) = (kvm.freePages, kvm.freeKeyIDs)
        // Each writes its own mark into the same guest page and reads it again and again, while the other does too.
        let guests = try [0x41, 0x42].map { (mark: Int64) in
            try InProcess(
                endless { code in
                    let (again, wrong) = (code.label(), code.label())
                    code.mov(.rbx, 0x300_0000)
                    code.mov(.rbp, mark)
                    code.mov(.at(.rbx), .rbp)
                    code.mov(.rdi, 200_000)
                    code.place(again)
                    code.cmp(.at(.rbx), mark, .qword)
                    code.jcc(.notEqual, wrong)
                    code.dec(.rdi)
                    code.jcc(.notEqual, again)
                    FlatKernel.out(&code, 0xF4, mark)
                    code.place(wrong)
                    FlatKernel.out(&code, 0x604, 0x2000, size: 2)
                }, on: kvm)
        }
        for guest in guests { try guest.machine.build() }
        #expect(kvm.freeKeyIDs == keys - 2)
        let outcomes = Mutex<[MachineOutcome?]>([nil, nil])
        let group = DispatchGroup()
        for (i, guest) in guests.enumerated() {
            group.enter()
            Thread {
                let outcome = guest.machine.run()
                outcomes.withLock { $0[i] = outcome }
                group.leave()
            }.start()
        }
        group.wait()
        #expect(
            outcomes.withLock { $0 } == [.poweredOff(status: 0x41), .poweredOff(status: 0x42)])
        for guest in guests { guest.machine.close() }
        #expect(kvm.freePages == pages)
        #expect(kvm.freeKeyIDs == keys)
    }

    @Test("has them after Debian", .enabled(if: Debian.isHere, Debian.reason), arguments: [false, true])
    func debian(isStopped: Bool) throws {
        let kvm = try kvm()
        let (pages, keys) = (kvm.freePages, kvm.freeKeyIDs)
        func file(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: URL(fileURLWithPath: Debian.directory + "/" + name)))
        }
        let root = try Initramfs(busybox: file("busybox"), running: .command(["sh", "-c", "exit 9"]))
        let plan = try LinuxBootPlan(
            kernel: LinuxKernel(file("vmlinuz")), initrd: root.bytes, commandLine: "console=ttyS0 panic=-1",
            memorySize: 512 << 20, processors: 1)
        let guest = InProcess(plan.launch, on: kvm)
        try guest.machine.build()
        if isStopped {
            Thread {
                while !guest.said.text.contains("Trying to unpack rootfs") { usleep(10_000) }
                guest.machine.stop()
            }.start()
        }
        #expect(guest.machine.run() == (isStopped ? .stopped : .poweredOff(status: 9)))
        guest.machine.close()
        #expect(kvm.freePages == pages)
        #expect(kvm.freeKeyIDs == keys)
    }
}
