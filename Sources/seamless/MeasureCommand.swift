// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import VMM

/// `seamless measure`: what `MRTD` will be, without booting.
struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Compute the measurements of a guest.",
        usage: """
            seamless measure
            seamless measure debian [-- COMMAND …]
            seamless measure --kernel FILE [--initrd FILE] [--append WORDS]
            """,
        discussion: """
            The arguments are those of “run”. MRTD is printed as 96 hexadecimal digits; --json has RTMR0 to RTMR3 too, as they \
            are when the guest's own software starts. --pages writes what MRTD is made of, page by page, so that anybody can compute it again with another program.
            """)

    @OptionGroup var guest: GuestOptions

    @Option(help: ArgumentHelp("Write each added page, in order, as JSON.", valueName: "file"))
    var pages: String?

    @Flag(help: "Print a JSON object.")
    var json = false

    private struct Report: Encodable {
        var mrtd: String
        var rtmr0: String
        var rtmr1: String
        var rtmr2: String
        var rtmr3: String
        var guest: String
        var pages: Int
        var memory: UInt64
    }

    mutating func run() throws {
        let guest = try guest.guest()
        if let pages { try PageList(guest.configuration.images).write(to: pages) }
        let rtmrs = guest.rtmrs.map(\.hexadecimal)
        let text =
            json
            ? encoded(
                Report(
                    mrtd: guest.mrtd.hexadecimal, rtmr0: rtmrs[0], rtmr1: rtmrs[1], rtmr2: rtmrs[2],
                    rtmr3: rtmrs[3], guest: guest.name,
                    pages: guest.configuration.images.reduce(0) { $0 + ($1.bytes.count + 4095) / 4096 },
                    memory: guest.memory))
            : guest.mrtd.hexadecimal
        guard FileHandle.standardOutput.writeQuietly(Array((text + "\n").utf8)) else {
            throw ToolError.fileNotWritable(path: "standard output", reason: systemMessage(errno))
        }
    }
}

/// The pages of a launch as JSON: a list of `{"gpa": "0x…", "measured": true, "data": "hexadecimal digits"}`.
///
/// Pages whose contents are not measured have no data.
struct PageList {
    private let images: [LaunchImage]
    init(_ images: [LaunchImage]) { self.images = images }

    func write(to path: String) throws {
        let temporary = path + ".part-\(ProcessInfo.processInfo.processIdentifier)"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let file = FileHandle(forWritingAtPath: temporary)
        else { throw ToolError.fileNotWritable(path: path, reason: systemMessage(errno)) }
        let cleanup = Interruption.shared.onExit { _ = unsafe unlink(temporary) }
        defer {
            _ = unsafe unlink(temporary)  // fails when it was renamed, which is the good end
            Interruption.shared.forget(cleanup)
        }
        var isFirst = true
        var ok = file.writeQuietly(Array("[\n".utf8))
        for image in images {
            for start in stride(from: 0, to: image.bytes.count, by: 4096) where ok {
                let gpa = String(image.gpa + UInt64(start), radix: 16)
                var line =
                    (isFirst ? "" : ",\n") + "{\"gpa\": \"0x\(gpa)\", \"measured\": \(image.isMeasured)"
                if image.isMeasured {
                    let page = image.bytes[start..<min(start + 4096, image.bytes.count)]
                    let padding = repeatElement(UInt8(0), count: 4096 - page.count)
                    line += ", \"data\": \"\(page.hexadecimal)\(padding.hexadecimal)\""
                }
                ok = file.writeQuietly(Array((line + "}").utf8))
                isFirst = false
            }
        }
        ok = ok && file.writeQuietly(Array("\n]\n".utf8))
        guard ok, unsafe rename(temporary, path) == 0 else {
            throw ToolError.fileNotWritable(path: path, reason: systemMessage(errno))
        }
    }
}
