// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ToolTesting

extension Debian {
    static let reason: Comment =
        "Booting Debian needs a release build, and its packages: “seamless measure debian” says what is missing."
}

@Suite("A Debian guest", .enabled(if: Debian.isHere, Debian.reason))
struct DebianTests {
    @Test("is a TD to its own kernel, and gives its command's words and status, with no others")
    func facts() throws {
        let input = try TemporaryDirectory()
        // Every byte, and a line longer than a terminal takes.
        let bytes =
            (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) } + Array(repeating: 65, count: 9000)
        let file = try input.file("bytes", bytes)
        let script = """
            md5sum; sha256sum /bin/busybox; nproc; printf 'a\\tb\\r\\n\\000\\377'
            echo; echo --; grep -c tdx_guest /proc/cpuinfo; echo --; dmesg -r; exit 7
            """
        let run = try Tool.finish(
            Child(
                "sh",
                ["-c", #"exec "$0" run debian --memory 1G -- sh -c "$1" <"$2""#, Tool.path, script, file]),
            seconds: 200)
        #expect(run.status == 7)
        #expect(run.errors == "")
        let digests = try Tool.finish(
            Child("sh", ["-c", #"md5sum <"$0"; sha256sum <"$1""#, file, Debian.busybox]), seconds: 60
        ).output.split(separator: "\n")
        let expected =
            "\(digests[0])\n\(digests[1].prefix(64))  /bin/busybox\n1\na\tb\r\n\0"
        #expect(run.bytes.starts(with: Array(expected.utf8) + [0xFF, 0x0A] + Array("--\n1\n--\n".utf8)))
        let log = run.output.split(separator: "\n").drop { !$0.hasPrefix("<") }.map(String.init)
        for line in [
            "tdx: Guest detected", "Memory Encryption Features active: Intel TDX", "Hypervisor detected: KVM",
            "process: using TDX aware idle routine", "PCI host bridge to bus 0000:00",
            "pci 0000:00:00.0: [8086:29c0]", "ttyS2 at I/O 0x3e8 (irq = 5, base_baud = 115200) is a 16550A",
        ] {
            #expect(log.contains { $0.contains(line) }, "\(line)")
        }
        // Nothing to complain of that a machine of metal would not have: levels up to “warning”.
        let complaints = log.filter { line in
            guard let level = line.dropFirst().prefix(while: { $0 != ">" }).last.flatMap({ Int(String($0)) })
            else { return false }
            return level <= 4 && !DebianTests.usual.contains { line.contains($0) }
        }
        #expect(complaints == [])
    }

    /// What this kernel warns of on real hosts too.
    static let usual = [
        "Kernel is locked down", "Failed to register legacy timer interrupt", "DMI not present",
    ]

    /// The same script outside, with the same busybox: both must write the same bytes.
    @Test("computes what the host computes")
    func userland() throws {
        let script = try #require(Userland.script)
        let directory = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: Debian.busybox, toPath: directory.path + "/busybox")
        let setUp =
            #"chmod +x "$0/busybox" && "$0/busybox" --install -s "$0" && cd "$0" && exec env -i"#
            + #" PATH="$0" HOME=/root TERM=linux LANG=C.UTF-8 "$0/busybox" sh -c "$1""#
        let outside = try Tool.finish(Child("sh", ["-c", setUp, directory.path, script]), seconds: 200)
        let inside = try Debian.run(["--memory", "3G"], script, seconds: 400)
        #expect(inside.status == 0)
        let (expected, got) = (lines(outside), lines(inside))
        #expect(expected.count > 250 && expected.last == "== done")
        for (a, b) in zip(expected, got) where a != b { Issue.record("outside: \(a)\ninside: \(b)") }
        #expect(expected.count == got.count)
    }

    private func lines(_ run: Tool.Run) -> [String] {
        run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test("has processors that go off line and come back, and memory beyond 4 GiB")
    func processors() throws {
        let run = try Debian.run(
            ["--cpus", "2", "--memory", "8G"],
            """
            nproc; cd /sys/devices/system/cpu/cpu1
            echo 0 >online && nproc; echo 1 >online && nproc
            (taskset 2 md5sum /bin/busybox & taskset 1 md5sum /bin/busybox; wait) | sort -u | wc -l
            awk '/MemTotal/ { print ($2 > 7500000) }' /proc/meminfo
            """)
        #expect(run.output == "2\n1\n2\n1\n1\n")
        #expect(run.errors == "")
        #expect(run.status == 0)
    }

    @Test(
        "ends as its kernel ends it",
        arguments: [
            ("echo c >/proc/sysrq-trigger", "", 112, "The guest's kernel panicked: sysrq triggered crash."),
            ("reboot -f", "", 115, "The guest reset itself."),
            (
                "reboot -f", "reboot=t", 113,
                "Processor 0 of the guest met a triple fault: an exception while it delivered a double fault."
            ),
            ("poweroff -f", "", 117, "The guest powered off before its command gave a status."),
            ("kill -9 $$", "", 137, nil),
        ] as [(String, String, Int32, String?)])
    func ends(command: String, words: String, status: Int32, sentence: String?) throws {
        let run = try Debian.run(words.isEmpty ? [] : ["--append", words], "echo before; " + command)
        #expect(run.status == status)
        #expect(run.sentences == [sentence].compactMap(\.self))
        #expect(run.output == "before\n")
        // A kernel that panicked is heard.
        #expect(run.errors.contains("Kernel panic - not syncing") == (status == 112))
    }
}

@Suite("Debian at a terminal", .enabled(if: Debian.isHere, Debian.reason))
struct DebianTerminalTests {
    @Test("is a shell that takes keys, sleeps without cost, and ends with “exit”")
    func shell() throws {
        let terminal = try PseudoTerminal()
        let before = terminal.modes
        let child = try Tool.start(["run", "debian"], terminal: terminal)
        try child.expect("# ", seconds: 120)
        child.write("echo $((6 * 7))\r")
        try child.expect("\n42\r\n", seconds: 150)
        #expect(terminal.modes != before)
        // Ctrl-C reaches what runs in the guest, not the tool.
        child.write("sleep 1000; echo status $?\r")
        try child.expect("status $?\r\n", seconds: 150)
        // What the keys set off ends within seconds; then three of them cost nothing worth counting.
        let isIdle = (0..<10).contains { _ in
            let start = child.processorTime
            sleep(3)
            guard let start, let end = child.processorTime else { return true }
            return end - start < 0.1
        }
        #expect(isIdle)
        child.write("\u{3}")
        try child.expect("# ", seconds: 180)
        child.write("echo back\r")
        try child.expect("\nback\r\n", seconds: 180)
        child.write("exit 5\r")
        #expect(try child.wait(seconds: 240) == 5)
        #expect(terminal.modes == before)
        #expect(child.output.text.contains("The guest powered off with status 5."))
        #expect(!child.output.text.contains("reboot: Power down"))
    }

    @Test("ends with “poweroff”, and is left with Ctrl-]", arguments: ["poweroff -f\r", "\u{1D}"])
    func leaves(keys: String) throws {
        let terminal = try PseudoTerminal()
        let before = terminal.modes
        let child = try Tool.start(["run", "debian"], terminal: terminal)
        try child.expect("# ", seconds: 120)
        child.write(keys)
        #expect(try child.wait(seconds: 180) == (keys == "\u{1D}" ? 130 : 0))
        #expect(terminal.modes == before)
    }

    @Test("stops at a signal while it works")
    func signals() throws {
        let child = try Tool.start(["run", "debian", "--", "sh", "-c", "echo working; while :; do :; done"])
        try child.expect("working\n", seconds: 120)
        child.signal(SIGTERM)
        #expect(try child.wait(seconds: 180) == 143)
        #expect(child.errors.text == "seamless: The guest was stopped.\n")
    }
}

enum Userland {
    static var script: String? { String(bytes: PackageResources.userland_sh, encoding: .utf8) }
}
