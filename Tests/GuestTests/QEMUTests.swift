// SPDX-License-Identifier: Apache-2.0

import Boot
import Foundation
import Testing
import ToolTesting

/// QEMU and OVMF as a distribution ships them, on a machine without TDX.
@Suite(
    "QEMU under seamless kvm", .enabled(if: Debian.isHere, Debian.reason),
    .enabled(if: QEMU.installed != nil, "There is no QEMU 10.1 or newer with OVMF."))
struct QEMUTests {
    @Test("boots Debian's kernel through OVMF as a TD", arguments: [1, 2])
    func boots(processors: Int) throws {
        let qemu = try #require(QEMU.installed)
        let directory = try TemporaryDirectory()
        let busybox = Array(try Data(contentsOf: URL(fileURLWithPath: Debian.busybox)))
        let command =
            "nproc; grep -o -m1 tdx_guest /proc/cpuinfo; dmesg | grep -o 'Memory Encryption.*'; exit 7"
        let disk = try Initramfs(busybox: busybox, running: .command(["sh", "-c", command])).bytes
        let initrd = try directory.file("initrd", disk)
        let (kernel, status) = (directory.path + "/kernel", directory.path + "/status")

        // The kernel has the first serial port, the status the second, the session the third. Before that, the
        // firmware clears the screen on each.
        let run = try Tool.run(
            ["kvm", "--"] + qemu.command + [
                "-smp", "\(processors)",
                "-kernel", Debian.kernel, "-initrd", initrd, "-append", "console=ttyS0 quiet panic=-1",
                "-serial", "file:\(kernel)", "-serial", "file:\(status)", "-serial", "stdio",
            ], seconds: 400)
        #expect(
            run.output.split(whereSeparator: \.isNewline) == [
                "\(processors)", "tdx_guest", "Memory Encryption Features active: Intel TDX",
            ], "\(run.output) \(run.errors) \((try? String(contentsOfFile: kernel, encoding: .utf8)) ?? "")")
        let words = try String(contentsOfFile: status, encoding: .utf8)
        #expect(words.hasSuffix("ready\nexit 7\n"))
        #expect(run.status == 0)
    }
}

/// A QEMU that knows TDX, with its firmware: the system's, or one in a folder laid out like a system's root.
struct QEMU {
    /// The program and the arguments of a TD machine without drives.
    let command: [String]

    static let installed: QEMU? = {
        let root = ProcessInfo.processInfo.environment["SEAMLESS_QEMU_ROOT"]
        guard let qemu = QEMU(root: root ?? ""), qemu.knowsTDX else { return nil }
        return qemu
    }()

    private init?(root: String) {
        let firmware = root + "/usr/share/ovmf/OVMF.fd"
        let program = root + "/usr/bin/qemu-system-x86_64"
        let files = FileManager.default
        guard files.isReadableFile(atPath: firmware), files.isExecutableFile(atPath: program) else {
            return nil
        }
        // A program of another system's root runs with that system's libraries.
        let loader = [
            root + "/lib64/ld-linux-x86-64.so.2", "--library-path", root + "/usr/lib/x86_64-linux-gnu",
        ]
        command =
            (root.isEmpty ? [] : loader) + [
                program, "-L", root + "/usr/share/qemu", "-L", root + "/usr/share/seabios", "-accel", "kvm",
                // A machine's own processor may be of another vendor.
                "-cpu", "host,vendor=GenuineIntel,family=6,model=143,stepping=8",
                "-object", "tdx-guest,id=tdx0", "-machine",
                "q35,kernel-irqchip=split,confidential-guest-support=tdx0,hpet=off,i8042=off,sata=off,smbus=off,pit=off",
                "-m", "512", "-bios", firmware, "-nodefaults", "-display", "none", "-no-reboot",
            ]
    }

    /// TDX came with QEMU 10.1.
    private var knowsTDX: Bool {
        let program = command.prefix { $0 != "-L" }
        guard let run = try? Tool.finish(Child(program[0], Array(program.dropFirst()) + ["--version"])),
            let word = run.output.split(separator: " ").first(where: { $0.first?.isNumber == true })
        else { return false }  // a QEMU that does not run is none
        let numbers = word.split(separator: ".").compactMap { Int($0) }
        return numbers.count >= 2 && (numbers[0], numbers[1]) >= (10, 1)
    }
}
