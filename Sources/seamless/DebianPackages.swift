// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// Debian's stock kernel and its static busybox, got by package name through the package manager, without root.
///
/// The package manager's own lists are used where they have the packages; else lists of our own are fetched into a
/// directory that is gone afterwards. What stays in the cache are files, each put there in one step; the last says
/// what the others are, so that a file that was damaged since is fetched again.
struct DebianPackages {
    struct Files {
        var kernel: [UInt8]
        var busybox: [UInt8]
        /// The drivers that a guest gets quotes with, in the order in which they are loaded.
        var modules: [[UInt8]]
        /// What they are, for people: `linux-image-6.12.111-cloud-amd64`.
        var kernelPackage: String
    }

    let cache: Cache
    let progress: (String) -> Void

    private static let kernelName = "debian/vmlinuz"
    private static let busyboxName = "debian/busybox"
    private static let versionName = "debian/package"

    /// What the kernel has as modules of the way to a quote: the file system, the interface, TDX's part.
    static let moduleNames = ["configfs.ko.xz", "tsm.ko.xz", "tdx-guest.ko.xz"]

    /// The files, from the cache or fetched.
    func files(refresh: Bool) throws -> Files {
        if !refresh, let cached { return cached }
        for program in ["apt-get", "apt-cache", "dpkg-deb"] where Subprocess.find(program) == nil {
            throw ToolError.noPackageManager(program)
        }
        return try cache.withWorkDirectory { work in
            let fetched = try fetch(in: work)
            let modules = zip(DebianPackages.moduleNames.map { "debian/\($0)" }, fetched.modules)
            for (name, bytes) in [
                (DebianPackages.kernelName, fetched.kernel), (DebianPackages.busyboxName, fetched.busybox),
            ] + modules + [
                (DebianPackages.versionName, Array(DebianPackages.manifest(of: fetched).utf8))
            ] {
                let file = work.appendingPathComponent("install")
                do {
                    try Data(bytes).write(to: file)
                } catch {
                    throw ToolError.cacheNotWritable(path: cache.directory.path, reason: reason(error))
                }
                _ = try cache.install(file, as: name)
            }
            return fetched
        }
    }

    /// What the cache has, if it is what it should be.
    private var cached: Files? {
        func bytes(_ name: String) -> [UInt8]? {
            // A file that cannot be read is fetched again.
            (try? Data(contentsOf: cache.directory.appendingPathComponent(name))).map(Array.init)
        }
        guard let kernel = bytes(DebianPackages.kernelName),
            let busybox = bytes(DebianPackages.busyboxName),
            let manifest = bytes(DebianPackages.versionName)
        else { return nil }
        let modules = DebianPackages.moduleNames.compactMap { bytes("debian/\($0)") }
        guard modules.count == DebianPackages.moduleNames.count else { return nil }
        let package = String(decoding: manifest.prefix { $0 != 0x0A }, as: UTF8.self)
        let files = Files(kernel: kernel, busybox: busybox, modules: modules, kernelPackage: package)
        return manifest.elementsEqual(DebianPackages.manifest(of: files).utf8) ? files : nil
    }

    /// The kernel's package, and a digest of its name and of all files.
    private static func manifest(of files: Files) -> String {
        var digest = SHA256()
        digest.update(data: Data(files.kernelPackage.utf8))
        for file in [files.kernel, files.busybox] + files.modules {
            digest.update(data: SHA256.hash(data: file).map { $0 })
        }
        return "\(files.kernelPackage)\n\(digest.finalize().hexadecimal)\n"
    }

    /// The magic of the boot protocol's setup header.
    private static func isKernel(_ bytes: [UInt8]) -> Bool {
        bytes.count > 0x1000 && bytes[0x202..<0x206].elementsEqual("HdrS".utf8)
    }
    private static func isProgram(_ bytes: [UInt8]) -> Bool {
        bytes.count > 0x1000 && bytes[0..<4].elementsEqual([0x7F, 0x45, 0x4C, 0x46])
    }

    // MARK: Fetching

    private func fetch(in work: URL) throws -> Files {
        let own = Lists.own(in: work)
        var lists = Lists.system(in: work)
        try own.prepare()
        var kernel = try newestKernel(lists)
        if kernel == nil {
            progress("Fetching the package lists")
            try update(own)
            lists = own
            kernel = try newestKernel(lists)
        }
        guard var package = kernel else {
            throw ToolError.packageNotOffered("linux-image-6.12.*-cloud-amd64")
        }
        let archive: URL
        progress("Downloading \(package)")
        do {
            archive = try download(package, lists, work)
        } catch let error as ToolError {
            // The system's lists may be older than what the mirror still has.
            guard case .downloadFailed = error, lists.isSystem else { throw error }
            progress("Fetching newer package lists")
            try update(own)
            lists = own
            guard let newer = try newestKernel(lists) else { throw error }
            package = newer
            progress("Downloading \(package)")
            archive = try download(package, lists, work)
        }
        let kernelFiles = try extract(
            archive, package,
            [("kernel", { $0.hasPrefix("boot/vmlinuz-") })]
                + DebianPackages.moduleNames.map { name in ("module \(name)", { $0.hasSuffix("/\(name)") }) })
        guard let kernelBytes = kernelFiles.first, DebianPackages.isKernel(kernelBytes) else {
            throw ToolError.packageDamaged(package: package, missing: "bootable kernel")
        }
        progress("Downloading busybox-static")
        let programs = try extract(
            try download("busybox-static", lists, work), "busybox-static",
            [("busybox", { $0 == "bin/busybox" || $0 == "usr/bin/busybox" })])
        guard let busybox = programs.first, DebianPackages.isProgram(busybox) else {
            throw ToolError.packageDamaged(package: "busybox-static", missing: "program")
        }
        return Files(
            kernel: kernelBytes, busybox: busybox, modules: Array(kernelFiles.dropFirst()),
            kernelPackage: package)
    }

    /// The newest signed 6.12 cloud kernel the lists name.
    private func newestKernel(_ lists: Lists) throws -> String? {
        let result = try Subprocess(
            program: "apt-cache",
            arguments: lists.options + ["search", "--names-only", "^linux-image-6\\.12\\."]
        ).run()
        let names = result.text.split(separator: "\n").compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
        return DebianPackages.newest(names)
    }

    /// Of package names, the newest `linux-image-6.12.VERSION-cloud-amd64`.
    static func newest(_ names: [String]) -> String? {
        let (prefix, suffix) = ("linux-image-6.12.", "-cloud-amd64")
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) && !$0.contains("-rt-") }
            .max { first, second in
                numbers(first.dropFirst(prefix.count).dropLast(suffix.count))
                    .lexicographicallyPrecedes(numbers(second.dropFirst(prefix.count).dropLast(suffix.count)))
            }
    }

    private static func numbers(_ text: Substring) -> [Int] {
        text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
    }

    private func update(_ lists: Lists) throws {
        let result = try Subprocess(
            program: "apt-get", arguments: lists.options + ["--error-on=any", "update"]
        ).run()
        guard result.status == 0 else { throw failure("The package lists", result) }
    }

    private func download(_ package: String, _ lists: Lists, _ work: URL) throws -> URL {
        let directory = work.appendingPathComponent("download-\(package)")
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        } catch {
            throw ToolError.cacheNotWritable(path: cache.directory.path, reason: reason(error))
        }
        let result = try Subprocess(
            program: "apt-get", arguments: lists.options + ["download", package], directory: directory
        ).run()
        // A directory that cannot be read has no package in it.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        guard result.status == 0, let name = names.first(where: { $0.hasSuffix(".deb") }) else {
            throw failure(package, result)
        }
        return directory.appendingPathComponent(name)
    }

    /// What the package manager's complaint means.
    private func failure(_ what: String, _ result: Subprocess.Result) -> ToolError {
        let lines = (result.errors + "\n" + result.text).split(separator: "\n").map(String.init)
        let complaint =
            lines.first { $0.hasPrefix("E: ") || $0.hasPrefix("W: ") }.map { String($0.dropFirst(3)) }
            ?? lines.last ?? "the package manager gave status \(result.status)"
        let all = lines.joined(separator: "\n")
        if all.contains("No space left on device") {
            return .cacheNotWritable(path: cache.directory.path, reason: systemMessage(ENOSPC))
        }
        let unreachable = [
            "Temporary failure resolving", "Could not resolve", "Could not connect", "Connection failed",
            "Network is unreachable", "Unable to connect", "Connection timed out", "Connection refused",
        ]
        if let sign = unreachable.first(where: all.contains) {
            return .networkUnreachable(package: what, reason: sign.prefix(1).lowercased() + sign.dropFirst())
        }
        if complaint.contains("Unable to locate package") || complaint.contains("No candidate version") {
            return .packageNotOffered(what)
        }
        return .downloadFailed(
            package: what, reason: complaint.trimmingCharacters(in: CharacterSet(charactersIn: ". ")))
    }

    /// Files of a package, one for each that is wanted, in that order.
    private func extract(
        _ archive: URL, _ package: String, _ wanted: [(role: String, isIt: (String) -> Bool)]
    ) throws -> [[UInt8]] {
        var tar = TarReader { name in wanted.contains { $0.isIt(name) } }
        let end: (status: Int32, errors: String)
        do {
            end = try Subprocess(program: "dpkg-deb", arguments: ["--fsys-tarfile", archive.path]).run {
                piece in
                try tar.take(piece)
                return tar.files.count < wanted.count
            }
        } catch is TarReader.Problem {
            throw ToolError.packageDamaged(package: package, missing: wanted.first?.role ?? "file")
        }
        return try wanted.map { role, isIt in
            guard let file = tar.files.first(where: { isIt($0.key) })?.value else {
                let reason = end.errors.split(separator: "\n").first.map(String.init)
                if end.status != 0, let reason {
                    throw ToolError.programFailed(program: "dpkg-deb", reason: reason)
                }
                throw ToolError.packageDamaged(package: package, missing: role)
            }
            return file
        }
    }
}

/// Package lists, and the options that make the package manager use them without root.
private struct Lists {
    let isSystem: Bool
    let state: URL
    let options: [String]

    static func system(in work: URL) -> Lists {
        Lists(isSystem: true, state: work, options: common(work))
    }

    static func own(in work: URL) -> Lists {
        let state = work.appendingPathComponent("state")
        return Lists(
            isSystem: false, state: state,
            options: common(work) + [
                "-o", "Dir::State=\(state.path)", "-o", "Dir::State::lists=\(state.path)/lists",
                "-o", "Dir::State::status=\(state.path)/status",
            ])
    }

    private static func common(_ work: URL) -> [String] {
        [
            "-q", "-o", "Dir::Cache=\(work.path)/cache", "-o",
            "Dir::Cache::archives=\(work.path)/cache/archives",
            "-o", "Dir::Log=\(work.path)/log", "-o", "Debug::NoLocking=1", "-o",
            "APT::Sandbox::User=\(NSUserName())",
            "-o", "APT::Architecture=amd64", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30",
        ]
    }

    func prepare() throws {
        do {
            for directory in ["state/lists/partial", "cache/archives/partial", "log"] {
                let root = isSystem ? state : state.deletingLastPathComponent()
                try FileManager.default.createDirectory(
                    at: root.appendingPathComponent(directory), withIntermediateDirectories: true)
            }
            try Data().write(to: state.appendingPathComponent("status"))
        } catch {
            throw ToolError.cacheNotWritable(path: state.path, reason: reason(error))
        }
    }
}
