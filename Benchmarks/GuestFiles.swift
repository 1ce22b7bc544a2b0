// SPDX-License-Identifier: Apache-2.0

import Boot
import Foundation

/// The files that all subjects run: the kernel, the initial root with the workload program as `/init`, and, for the native run, a
/// directory with the program and busybox.
struct GuestFiles {
    let kernel: URL
    let root: URL
    let directory: URL
    let program: URL
    /// `linux-image-6.12.111-cloud-amd64`
    let kernelPackage: String

    /// Puts them into `directory`. The kernel and busybox are those that `seamless run debian` has fetched, or fetches now.
    init(in directory: URL, seamless: String, progress: (String) -> Void) throws {
        self.directory = directory
        let cache = GuestFiles.cache
        kernel = cache.appendingPathComponent("vmlinuz")
        let busybox = cache.appendingPathComponent("busybox")
        if !FileManager.default.fileExists(atPath: kernel.path)
            || !FileManager.default.fileExists(atPath: busybox.path)
        {
            progress("fetching Debian's kernel and busybox")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: seamless)
            process.arguments = ["run", "debian", "--", "true"]
            process.standardOutput = FileHandle.nullDevice
            do { try process.run() } catch {
                throw BenchmarkError.cannotStart(program: seamless, reason: reason(error))
            }
            process.waitUntilExit()
        }
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: busybox))
            let package = try String(contentsOf: cache.appendingPathComponent("package"), encoding: .utf8)
            kernelPackage = String(package.prefix { $0 != "\n" })
        } catch {
            throw BenchmarkError.noGuestFiles(reason: reason(error))
        }

        let workloads = WorkloadProgram().executable
        var archive = CPIOArchive()
        try archive.addDirectory("dev")
        try archive.addCharacterDevice("dev/console", major: 5, minor: 1)
        try archive.addFile("busybox", bytes, permissions: 0o755)
        try archive.addFile("init", workloads, permissions: 0o755)
        root = directory.appendingPathComponent("root.cpio")
        program = directory.appendingPathComponent("workloads")
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try Data(archive.bytes).write(to: root)
            for (url, bytes) in [(program, workloads), (directory.appendingPathComponent("busybox"), bytes)] {
                try Data(bytes).write(to: url)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
            }
        } catch {
            throw BenchmarkError.notWritable(path: directory.path, reason: reason(error))
        }
    }

    /// Where the command-line tool keeps what it has fetched.
    private static var cache: URL {
        let environment = ProcessInfo.processInfo.environment
        let base: URL
        if let directory = environment["XDG_CACHE_HOME"], directory.hasPrefix("/") {
            base = URL(fileURLWithPath: directory, isDirectory: true)
        } else {
            base = FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache")
        }
        return base.appendingPathComponent("seamless/debian")
    }
}
