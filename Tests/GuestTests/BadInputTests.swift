// SPDX-License-Identifier: Apache-2.0

import Boot
import Foundation
import Testing
import ToolTesting

@Suite("What the tool cannot use")
struct BadInputTests {
    let directory: TemporaryDirectory
    /// A kernel that would power off at once.
    let kernel: String

    init() throws {
        directory = try TemporaryDirectory()
        kernel = try directory.file(
            "kernel", FlatKernel.image { FlatKernel.out(&$0, 0x604, 0x2000, size: 2) })
    }

    /// One sentence, that status, and nothing new in the directory.
    private func refused(
        _ arguments: [String], _ status: Int32, _ words: String, environment: [String: String?] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = directory.contents
        let run = try Tool.run(arguments, environment: environment)
        #expect(run.status == status, "\(run.errors)", sourceLocation: sourceLocation)
        #expect(run.output == "", sourceLocation: sourceLocation)
        #expect(run.sentences.last?.contains(words) == true, "\(run.errors)", sourceLocation: sourceLocation)
        #expect(run.errors.last == "\n", sourceLocation: sourceLocation)
        #expect(
            run.sentences.filter { !$0.hasPrefix("Fetching") && !$0.hasPrefix("Downloading") }.count == 1,
            "\(run.errors)", sourceLocation: sourceLocation)
        #expect(directory.contents == before, sourceLocation: sourceLocation)
    }

    @Test("as a kernel is refused")
    func kernels() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: kernel))
        for (name, bytes, status, words) in [
            ("empty", Data(), 65, "cut short"), ("short", whole.prefix(0x300), 65, "cut short"),
            ("cut", whole.dropLast(), 65, "cut short"),
            ("text", Data(repeating: 65, count: 1 << 20), 65, "no bzImage"),
        ] as [(String, Data, Int32, String)] {
            let file = try directory.file(name, Array(bytes))
            try refused(["run", "--kernel", file], status, words)
            try refused(["measure", "--kernel", file], status, words)
        }
        try refused(["run", "--kernel", directory.path + "/none"], 66, "There is no kernel at")
        try refused(["run", "--kernel", directory.path], 66, "is a directory")
        try refused(["run", "--kernel", kernel, "--initrd", directory.path], 66, "is a directory")
        try refused(["run", "--kernel", kernel, "--initrd", directory.path + "/none"], 66, "no initrd at")
        let big = directory.path + "/big"
        _ = FileManager.default.createFile(atPath: big, contents: nil)
        #expect(truncate(big, 90 << 20) == 0)
        try refused(["run", "--kernel", kernel, "--initrd", big, "--memory", "128M"], 65, "more memory")
    }

    @Test(
        "as an amount is refused",
        arguments: [
            (["--memory", "8M"], 65, "needs at least"),
            (["--memory", "2097156K"], 65, "no multiple of 2 MiB"),
            (["--memory", "1T"], 65, "more than 512 GiB"), (["--memory", "99999999T"], 64, "--memory"),
            (["--memory", "lots"], 64, "--memory"), (["--cpus", "0"], 64, "1 to 255"),
            (["--cpus", "-3"], 64, "--cpus"), (["--cpus", "256"], 64, "1 to 255"),
            (["--append", String(repeating: "x", count: 3000)], 65, "Shorten it"),
        ] as [([String], Int32, String)])
    func amounts(options: [String], status: Int32, words: String) throws {
        try refused(["run", "--kernel", kernel] + options, status, words)
    }

    @Test("is not more memory than there is below 4 GiB")
    func plenty() throws {
        let run = try Tool.run("run", "--kernel", kernel, "--memory", "6G")
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test("as a place for pages is refused")
    func pages() throws {
        try refused(["measure", "--pages", directory.path + "/none/pages"], 73, "cannot be written")
        // No file may be larger than a few kilobytes: what has begun is gone afterwards.
        let before = directory.contents
        let run = try Tool.finish(
            Child(
                "sh",
                [
                    "-c", #"trap "" XFSZ; ulimit -f 8; exec "$0" measure --pages "$1""#, Tool.path,
                    directory.path + "/pages",
                ]))
        #expect(run.status == 73)
        #expect(run.sentences.count == 1 && run.errors.contains("cannot be written: File too large."))
        #expect(directory.contents == before)
    }

    // MARK: Debian's packages

    private var cache: [String: String?] { ["XDG_CACHE_HOME": directory.path + "/cache"] }

    @Test("as a package manager is said")
    func noPackageManager() throws {
        try refused(
            ["run", "debian", "--", "true"], 69, "apt-get, which is not installed here",
            environment: cache.merging(["PATH": directory.path]) { $1 })
    }

    @Test("as a cache is said")
    func caches() throws {
        let file = try directory.file("file")
        try refused(
            ["run", "debian", "--", "true"], 73, "cannot be written", environment: ["XDG_CACHE_HOME": file])
        try refused(
            ["run", "debian", "--", "true"], 73, "cannot be written",
            environment: ["XDG_CACHE_HOME": "/proc/none"])
    }

    private static let hasPackageManager =
        (try? Child("sh", ["-c", "command -v apt-get dpkg-deb apt-cache"]).wait(seconds: 60)) == 0
    private static let needsPackageManager: Comment = "This system has no package manager of Debian's."

    /// Package sources that nobody serves, and no lists.
    private func unreachable() throws -> [String: String?] {
        let sources = try directory.file(
            "sources.list", Array("deb http://127.0.0.1:9/debian stable main\n".utf8))
        let configuration = try directory.file(
            "apt.conf",
            Array(
                """
                Dir::Etc::sourcelist "\(sources)";
                Dir::Etc::sourceparts "/dev/null";
                Dir::State::lists "\(directory.path)/lists";
                Acquire::Retries "0";
                Acquire::http::Proxy "DIRECT";
                """.utf8))
        try FileManager.default.createDirectory(
            atPath: directory.path + "/lists/partial", withIntermediateDirectories: true)
        return cache.merging(["APT_CONFIG": configuration, "http_proxy": nil, "https_proxy": nil]) { $1 }
    }

    @Test("as a network is said", .enabled(if: hasPackageManager, needsPackageManager))
    func noNetwork() throws {
        let environment = try unreachable()
        try FileManager.default.createDirectory(
            atPath: directory.path + "/cache", withIntermediateDirectories: true)
        try refused(
            ["run", "debian", "--", "true"], 69, "check the network and try again", environment: environment)
    }

    /// A repository of packages in a directory: a kernel that powers off, and a program.
    private func repository(kernelName: String = "boot/vmlinuz-6.12.99") throws -> [String: String?] {
        let script = """
            set -e; cd "$0"; mkdir -p lists/partial cache repo; cd repo
            package() {
                mkdir -p root/DEBIAN "root/${2%/*}"; cp "$3" "root/$2"
                for module in $4; do mkdir -p root/lib; echo "$module" >"root/lib/$module.ko.xz"; done
                printf 'Package: %s\nVersion: 1\nArchitecture: amd64\nMaintainer: a <a@b>\nDescription: test\n' "$1" \\
                    >root/DEBIAN/control
                dpkg-deb -Zgzip --build root "$1.deb" >&2
                { cat root/DEBIAN/control; echo "Filename: ./$1.deb"; echo "Size: $(stat -c %s "$1.deb")"
                    echo "SHA256: $(sha256sum <"$1.deb" | cut -c1-64)"; echo; } >>Packages
                rm -r root
            }
            package linux-image-6.12.99+test-cloud-amd64 "$1" "$2" 'configfs tsm tdx-guest'
            package busybox-static bin/busybox "$3"
            printf 'Suite: test\nSHA256:\n %s %s Packages\n' $(sha256sum <Packages | cut -c1-64) \\
                $(stat -c %s Packages) >Release
            """
        // Any program will do that is no small file.
        let run = try Tool.finish(
            Child("sh", ["-c", script, directory.path, kernelName, kernel, Tool.path]))
        #expect(run.status == 0, "\(run.errors)")
        var environment = try unreachable()
        let sources = try directory.file(
            "sources.list", Array("deb [trusted=yes] file:\(directory.path)/repo ./\n".utf8))
        environment["APT_CONFIG"] = try directory.file(
            "apt.conf",
            Array(
                """
                Dir::Etc::sourcelist "\(sources)";
                Dir::Etc::sourceparts "/dev/null";
                Dir::State::lists "\(directory.path)/lists";
                """.utf8))
        return environment
    }

    @Test(
        "is told from what it can: packages of a repository",
        .enabled(if: hasPackageManager, needsPackageManager))
    func fetched() throws {
        let environment = try repository()
        let first = try Tool.run("measure", "debian", "--", "true", environment: environment)
        #expect(first.status == 0, "\(first.errors)")
        let kept =
            ["", "/seamless", "/seamless/debian"]
            + [
                "busybox", "configfs.ko.xz", "package", "tdx-guest.ko.xz", "tsm.ko.xz", "vmlinuz",
            ].map { "/seamless/debian/" + $0 }
        #expect(directory.contents.filter { $0.hasPrefix("cache") } == kept.map { "cache" + $0 }.sorted())
        func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
        let cached = directory.path + "/cache/seamless/debian/"
        #expect(try bytes(cached + "vmlinuz") == bytes(kernel))
        #expect(try bytes(cached + "busybox") == bytes(Tool.path))
        // What is damaged is fetched again, and no more than that is said.
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: cached + "vmlinuz"))
        let again = try Tool.run("measure", "debian", "--", "true", environment: environment)
        #expect(again.output == first.output)
        #expect(try bytes(cached + "vmlinuz") == bytes(kernel))
        // Then nothing is fetched.
        try FileManager.default.removeItem(atPath: directory.path + "/repo")
        let third = try Tool.run("measure", "debian", "--", "true", environment: environment)
        #expect(third.output == first.output)
        #expect(third.errors == "")
    }

    @Test("as a package is said", .enabled(if: hasPackageManager, needsPackageManager))
    func damagedPackage() throws {
        let environment = try repository(kernelName: "boot/notes")
        try refused(["run", "debian", "--", "true"], 69, "it may be damaged", environment: environment)
    }

    @Test("as a full disk is said", .enabled(if: hasPackageManager, needsPackageManager))
    func fullDisk() throws {
        let environment = try repository()
        let before = directory.contents
        let run = try Tool.finish(
            Child(
                "sh", ["-c", #"trap "" XFSZ; ulimit -f 64; exec "$0" measure debian -- true"#, Tool.path],
                environment: environment))
        #expect(run.status != 0)
        #expect(
            run.sentences.filter { !$0.hasPrefix("Fetching") && !$0.hasPrefix("Downloading") }.count == 1,
            "\(run.errors)")
        #expect(directory.contents == before)
    }

    @Test(
        "as a cached file is fetched again, or said",
        .enabled(if: hasPackageManager && Debian.isHere, Debian.reason),
        arguments: ["vmlinuz", "busybox", "tsm.ko.xz", "package"])
    func corrupted(name: String) throws {
        let environment = try unreachable()
        let copy = directory.path + "/cache/seamless/debian"
        try FileManager.default.createDirectory(
            atPath: directory.path + "/cache/seamless", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Debian.directory, toPath: copy)
        // Whole: nothing is fetched.
        #expect(try Tool.run("measure", "debian", "--", "true", environment: environment).status == 0)
        // One byte in the middle has changed, or the file has become shorter.
        let file = copy + "/" + name
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
        try refused(["measure", "debian", "--", "true"], 69, "check the network", environment: environment)
        bytes[bytes.count / 2] ^= 1
        try bytes.dropLast().write(to: URL(fileURLWithPath: file))
        try refused(["measure", "debian", "--", "true"], 69, "check the network", environment: environment)
    }
}
