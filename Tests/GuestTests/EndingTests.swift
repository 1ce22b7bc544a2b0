// SPDX-License-Identifier: Apache-2.0

import Boot
import Foundation
import TDXABI
import Testing
import ToolTesting
import X86

@Suite("How a run ends")
struct EndingTests {
    /// What a guest does, and what the tool says and gives for it.
    struct Ending: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var status: Int32
        var outcome: String
        var sentence: String
        var program: @Sendable (inout Assembler) -> Void

        init(
            _ name: String, _ status: Int32, _ outcome: String, _ sentence: String,
            _ program: @escaping @Sendable (inout Assembler) -> Void
        ) {
            testDescription = name
            (self.status, self.outcome, self.sentence, self.program) = (status, outcome, sentence, program)
        }
    }

    static let all = [
        Ending("powers off", 0, "poweredOff", "The guest powered off.") { code in
            FlatKernel.out(&code, 0x604, 0x2000, size: 2)
        },
        Ending("powers off with a status", 7, "poweredOff", "The guest powered off with status 7.") { code in
            FlatKernel.out(&code, 0xF4, 7)
            FlatKernel.out(&code, 0x604, 0x2000, size: 2)
        },
        Ending("resets", 115, "reset", "The guest reset itself.") { code in
            FlatKernel.out(&code, 0xCF9, 0x0E)
        },
        Ending("panics and resets", 112, "panicked", "The guest's kernel panicked: no more ideas.") { code in
            FlatKernel.say(&code, "[    1.0] Kernel panic - not syncing: no more ideas\r\n")
            FlatKernel.out(&code, 0xCF9, 0x0E)
        },
        Ending("panics and halts", 112, "panicked", "The guest's kernel panicked: the end.") { code in
            FlatKernel.say(
                &code, "Kernel panic - not syncing: the end\n---[ end Kernel panic - not syncing: \n")
        },
        Ending(
            "meets a triple fault", 113, "tripleFault",
            "Processor 0 of the guest met a triple fault: an exception while it delivered a double fault."
        ) { code in
            let nothing = code.label()
            code.lidt(.label(nothing))
            code.ud2()
            code.place(nothing)
            code.zeros(16)
        },
        Ending(
            "reports a fatal error", 114, "fatalReport",
            "The guest reported a fatal error, code 0x2a: The moon is too near."
        ) { code in
            FlatGuest.emitFatal(&code, code: 42, text: "The moon is too near.")
        },
        Ending(
            "touches what is no memory", 116, "failed",
            "The guest left with exit reason 39, which nobody serves: the guest touched 0x90000000, where it has no memory."
        ) { code in
            code.mov(.rbx, 0x9000_0000)
            code.mov(.rax, .at(.rbx))
        },
    ]

    static func kernel(_ directory: TemporaryDirectory, _ program: (inout Assembler) -> Void) throws
        -> [String]
    {
        let file = try directory.file(
            "kernel",
            FlatKernel.image { code in
                program(&code)
                FlatKernel.forever(&code)
            })
        return ["run", "--kernel", file, "--memory", "128M"]
    }

    @Test("has a status and one sentence", arguments: all)
    func plain(ending: Ending) throws {
        let directory = try TemporaryDirectory()
        let run = try Tool.run(EndingTests.kernel(directory, ending.program))
        #expect(run.status == ending.status)
        #expect(run.errors == "seamless: \(ending.sentence)\n")
        #expect(directory.contents == ["kernel"])
    }

    @Test("is told to programs", arguments: all)
    func json(ending: Ending) throws {
        struct Report: Decodable {
            var outcome: String
            var status: Int32
            var message: String
            var memory: UInt64
            var mrtd: String
            var seconds: Double
        }
        let directory = try TemporaryDirectory()
        let run = try Tool.run(EndingTests.kernel(directory, ending.program) + ["--json"])
        let report = try JSONDecoder().decode(Report.self, from: Data(run.bytes))
        #expect(run.status == ending.status)
        #expect(report.status == ending.status)
        #expect(report.outcome == ending.outcome)
        #expect(report.message == ending.sentence)
        #expect(report.memory == 128 << 20)
        #expect(report.mrtd.count == 96)
        #expect(run.output.last == "\n" && run.output.split(separator: "\n").count == 1)
    }

    /// Guests that would go on for ever.
    static let endless: [@Sendable (inout Assembler) -> Void] = [
        { code in FlatKernel.say(&code, "ready") },
        { code in
            FlatKernel.say(&code, "ready")
            let again = code.here()
            FlatKernel.call(&code, .hlt, 0)
            code.jmp(again)
        },
    ]

    @Test(
        "is clean after a signal, whether the guest runs or sleeps",
        arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT], [0, 1])
    func signals(number: Int32, guest: Int) throws {
        let directory = try TemporaryDirectory()
        let child = try Tool.start(EndingTests.kernel(directory, EndingTests.endless[guest]))
        try child.expect("ready", seconds: 60)
        child.signal(number)
        let run = try Tool.finish(child, seconds: 60)
        #expect(run.status == 128 + number)
        #expect(run.sentences.last == "The guest was stopped.")
    }

    @Test("comes when nobody reads the console any more")
    func closedPipe() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file(
            "kernel",
            FlatKernel.image { code in
                let again = code.here()
                FlatKernel.say(&code, "more\n")
                code.jmp(again)
            })
        let child = try Child(
            "sh", ["-c", #""$0" run --kernel "$1" --memory 128M | head -n 2; exit 9"#, Tool.path, file])
        let run = try Tool.finish(child, seconds: 60)
        #expect(run.status == 9)
        #expect(run.output == "more\nmore\n")
        #expect(run.sentences.last == "The guest was stopped because nobody reads its console any more.")
    }

    @Test("takes no processor time while the guest sleeps")
    func idle() throws {
        let directory = try TemporaryDirectory()
        let child = try Tool.start(EndingTests.kernel(directory, EndingTests.endless[1]))
        try child.expect("ready", seconds: 60)
        sleep(1)
        let before = child.processorTime
        sleep(2)
        if let before, let after = child.processorTime { #expect(after - before < 0.05) }
        child.signal(SIGINT)
        #expect(try child.wait(seconds: 60) == 130)
    }
}

@Suite("A run at a terminal")
struct TerminalTests {
    @Test("leaves the terminal as it was, however it ends", arguments: EndingTests.all)
    func endings(ending: EndingTests.Ending) throws {
        let terminal = try PseudoTerminal()
        let before = terminal.modes
        let directory = try TemporaryDirectory()
        // The program waits for a key, at which time the terminal is raw.
        let child = try Tool.start(
            EndingTests.kernel(directory) { code in
                FlatKernel.say(&code, "ready")
                let wait = code.here()
                FlatKernel.call(&code, .io, 1, 0, 0x3FD, 0)
                code.bt(.r11, 0)
                code.jcc(.aboveOrEqual, wait)
                ending.program(&code)
            }, terminal: terminal)
        try child.expect("ready", seconds: 60)
        #expect(terminal.modes != before)
        child.write("x")
        #expect(try child.wait(seconds: 60) == ending.status)
        #expect(terminal.modes == before)
        #expect(child.output.text.contains(ending.sentence))
    }

    @Test("leaves with Ctrl-], and at a signal", arguments: [("\u{1D}", 0), ("", SIGTERM), ("", SIGHUP)])
    func leaves(keys: String, signal: Int32) throws {
        let terminal = try PseudoTerminal()
        let before = terminal.modes
        let directory = try TemporaryDirectory()
        let child = try Tool.start(
            EndingTests.kernel(directory, EndingTests.endless[1]), terminal: terminal)
        try child.expect("ready", seconds: 60)
        if signal == 0 { child.write(keys) } else { child.signal(signal) }
        #expect(try child.wait(seconds: 60) == 128 + (signal == 0 ? SIGINT : signal))
        #expect(terminal.modes == before)
    }
}
