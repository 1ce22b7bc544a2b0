// SPDX-License-Identifier: Apache-2.0

import Testing
import ToolTesting

/// Non-maskable interrupts, from Linux's own request for them to its own account of them.
@Suite("NMIs of a Debian guest", .enabled(if: Debian.isHere, Debian.reason))
struct NMITests {
    @Test("that a processor sends to another make it say where it is, and are counted once")
    func backtraces() throws {
        // SysRq L has all processors show their stacks, which Linux asks the others for by NMI.
        let script = """
            for cpu in 1 2; do taskset $cpu sh -c 'echo l > /proc/sysrq-trigger'; done
            dmesg | grep -o 'Sending NMI from CPU.*\\|NMI backtrace for cpu .' ; grep NMI: /proc/interrupts
            """
        let run = try Tool.finish(
            Child(
                "sh",
                [
                    "-c", #"exec "$0" run debian --cpus 2 --memory 512M -- sh -c "$1" </dev/null"#, Tool.path,
                    script,
                ]
            ),
            seconds: 200)
        #expect(run.status == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(
            lines.dropLast() == [
                "NMI backtrace for cpu 0", "Sending NMI from CPU 0 to CPUs 1:", "NMI backtrace for cpu 1",
                "NMI backtrace for cpu 1", "Sending NMI from CPU 1 to CPUs 0:", "NMI backtrace for cpu 0",
            ])
        #expect(lines.last?.split(separator: " ").prefix(3) == ["NMI:", "1", "1"])
    }
}
