// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program that is to be run with a library preloaded.
struct Program {
    let name: String
    let path: String

    /// Looks for the program as a shell does.
    init(_ name: String) throws(ToolError) {
        self.name = name
        let folders =
            name.contains("/")
            ? [""]
            : (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map {
                $0 + "/"
            }
        let found = folders.map { $0 + name }.first {
            var isFolder: ObjCBool = false
            // The flag is written during the call.
            return unsafe FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder)
                && !isFolder.boolValue
                && FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let found else { throw .programNotFound(name) }
        path = found
    }

    /// The dynamic loader preloads for programs that it loads, of its own architecture, and that gain no rights by being run.
    ///
    /// A script passes the wish on to its interpreter, so that nothing is looked at there.
    func checkThatItCanBePreloaded() throws(ToolError) {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw .fileUnreadable(path: path, role: "program", reason: systemMessage(errno))
        }
        // A short or unreadable file is no ELF file, which is all that is asked here; running it says the rest.
        let header = Array((try? file.read(upToCount: 64)) ?? Data())
        guard header.count == 64, header.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return }
        func half(_ offset: Int) -> Int { Int(header[offset]) | Int(header[offset + 1]) << 8 }
        guard header[4] == 2, header[5] == 1, half(18) == Program.machine else {
            throw .programNotServed(name, reason: "it is for another processor architecture")
        }
        let tableOffset = (0..<8).reduce(UInt64(0)) { $0 | UInt64(header[32 + $1]) << UInt64(8 * $1) }
        let (entrySize, entries) = (half(54), half(56))
        // As above: a table that cannot be read is for the loader to complain of.
        guard entrySize >= 4, (try? file.seek(toOffset: tableOffset)) != nil,
            let table = try? file.read(upToCount: entrySize * entries)
        else { return }
        let bytes = Array(table)
        let interpreter = 3
        let isDynamic = stride(from: 0, to: bytes.count - 3, by: entrySize).contains {
            Int(bytes[$0]) == interpreter && bytes[$0 + 1] == 0
        }
        // The loader has no loader; told to run a program, it preloads for that.
        let isLoader = URL(fileURLWithPath: path).lastPathComponent.hasPrefix("ld-")
        guard isDynamic || isLoader else {
            throw .programNotServed(
                name, reason: "it is statically linked; build it against the C library's shared form")
        }
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        // What cannot be looked at cannot be run either, and the loader says so.
        let attributes = (try? FileManager.default.attributesOfItem(atPath: target)) ?? [:]
        let permissions = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard permissions & 0o6000 == 0 else {
            throw .programNotServed(
                name, reason: "it runs with another user's rights (setuid); run a copy without them")
        }
    }

    /// `e_machine` of programs for this processor.
    private static var machine: Int {
        #if arch(arm64)
            183
        #else
            62
        #endif
    }

    /// Becomes the program; returns only when that fails.
    func become(_ arguments: [String], _ environment: [String: String]) -> ToolError {
        var arguments = unsafe Program.pointers(arguments)
        var environment = unsafe Program.pointers(environment.map { "\($0)=\($1)" })
        // The strings live until the call, which ends this program or returns at once.
        unsafe execve(path, &arguments, &environment)
        return .programFailed(program: name, reason: systemMessage(errno))
    }

    private static func pointers(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe strings.map { unsafe strdup($0) } + [nil]
    }
}
