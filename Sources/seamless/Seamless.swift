// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// The command-line tool.
@main
struct Seamless: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seamless", abstract: "Intel TDX for KVM without TDX hardware.",
        discussion: ExitStatus.help,
        subcommands: [
            RunCommand.self, MeasureCommand.self, KVMCommand.self, QuoteCommand.self, PlatformCommand.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            Interruption.shared.install()
            try command.run()
        } catch let code as ExitCode {
            // A command that has said what there is to say.
            Interruption.shared.runExitActions()
            Foundation.exit(code.rawValue)
        } catch let error as ToolError {
            leave(error.description, error.status)
        } catch let error as any CustomStringConvertible & Error where !(error is CleanExit) && isOurs(error)
        {
            leave(error.description, .badData)
        } catch {
            // Help and versions end well; anything else the parser says is a mistake in the arguments.
            guard exitCode(for: error) != .success else { exit(withError: error) }
            leave(message(for: error), .usage)
        }
    }

    /// Errors of the targets below, which are whole sentences; the parser's own are for the parser to print.
    private static func isOurs(_ error: any Error) -> Bool {
        let name = String(reflecting: type(of: error))
        return name.hasPrefix("Boot.") || name.hasPrefix("VMM.") || name.hasPrefix("Platform.")
            || name.hasPrefix("PhysicalMemory.") || name.hasPrefix("Collateral.")
            || name.hasPrefix("seamless.")
    }

    /// Says one sentence and ends the process.
    static func leave(_ sentence: String, _ status: ExitStatus) -> Never {
        Interruption.shared.runExitActions()
        note(sentence)
        Foundation.exit(status.rawValue)
    }
}

/// A line of progress or complaint, on standard error.
func note(_ text: String) { FileHandle.standardError.writeQuietly(Array("seamless: \(text)\n".utf8)) }

/// A line on what the tool is doing, for a person who waits for it.
func progress(_ text: String) { if isatty(2) == 1 { note(text) } }

extension FileHandle {
    /// Writes all of it; false when nobody reads any more or the disk is full.
    @discardableResult
    func writeQuietly(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            // The pointer is used within the closure only.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe systemWrite(
                    fileDescriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                usleep(1000)
                continue
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }
}

/// `write(2)`, under a name that methods called `write` do not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}
