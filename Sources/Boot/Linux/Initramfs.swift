// SPDX-License-Identifier: Apache-2.0

/// The initial root of the Debian guest: busybox and an init that runs one command, or a shell.
public struct Initramfs: Sendable {
    /// What init runs.
    public enum Program: Hashable, Sendable {
        /// A shell on the console; the guest powers off when it ends.
        case shell
        /// A command with its arguments, without a shell in between. Its exit status is reported. The terminal passes
        /// bytes as they are, but for Ctrl-D and, before a byte that is to lose its meaning, Ctrl-V.
        case command([String])
    }

    public let bytes: [UInt8]

    /// - Parameters:
    ///   - busybox: the statically linked program.
    ///   - modules: kernel modules by file name, which init loads in this order.
    ///   - files: more files, by path without a leading slash; directories are made. They are executable.
    public init(
        busybox: [UInt8], running program: Program, modules: [(name: String, bytes: [UInt8])] = [],
        files: [(path: String, bytes: [UInt8])] = []
    ) throws(BootError) {
        var archive = CPIOArchive()
        var directories: Set<String> = []
        for name in [
            "bin", "dev", "etc", "proc", "root", "run", "sys", "tmp", "usr", "usr/bin", "usr/sbin", "sbin",
        ] {
            try archive.addDirectory(name)
            directories.insert(name)
        }
        // The kernel opens the console before init mounts anything.
        try archive.addCharacterDevice("dev/console", major: 5, minor: 1)
        try archive.addCharacterDevice("dev/null", major: 1, minor: 3, permissions: 0o666)
        try archive.addFile("bin/busybox", busybox, permissions: 0o755)
        try archive.addSymbolicLink("bin/sh", to: "busybox")
        try archive.addFile(
            "init", Array(Self.initScript(program, modules: modules.map(\.name)).utf8), permissions: 0o755)
        for file in modules.map({ (path: "lib/modules/\($0.name)", bytes: $0.bytes) }) + files {
            let parts = file.path.split(separator: "/")
            for count in 1..<max(parts.count, 1) {
                let directory = parts.prefix(count).joined(separator: "/")
                if directories.insert(directory).inserted { try archive.addDirectory(directory) }
            }
            try archive.addFile(parts.joined(separator: "/"), file.bytes, permissions: 0o755)
        }
        bytes = archive.bytes
    }

    /// Where the session is; the kernel has the first port to itself, and the second carries the status.
    static let terminal = "/dev/ttyS2"

    /// `/init`. How it reports is written down in “Documentation/Guest exit status.md”.
    static func initScript(_ program: Program, modules: [String] = []) -> String {
        // When a session ends, the kernel hangs up its terminal and drops what that has not sent yet. Setting an
        // attribute waits until all is sent. What this shell would say of a signal that ended the command is not the
        // command's own word.
        let wrapper = """
            exec 3>&2 2>/dev/null; sh -c "exec \\"\\$@\\" 2>&3 3>&-" sh "$@"; status=$?; stty crtscts; exit $status
            """
        let run =
            switch program {
            case .shell:
                """
                stty crtscts
                echo ready >/dev/ttyS1
                echo 'A Debian kernel in a trust domain. "exit" or Ctrl-D powers it off.'
                setsid -c sh -c '\(wrapper)' sh sh -l
                """
            case .command(let words):
                // A group of its own; what it starts cannot be init's.
                """
                stty crtscts -opost -echo -icrnl -ixon -isig
                stty erase undef kill undef werase undef rprnt undef eol undef eol2 undef
                echo ready >/dev/ttyS1
                setsid -c sh -c '\(wrapper)' sh \(words.map(quoted).joined(separator: " "))
                """
            }
        // A guest whose kernel has not what a module needs goes on without it. The kernel would complain of a module that
        // is given to it compressed.
        let load = modules.map { name in
            let path = quoted("/lib/modules/" + name)
            return name.hasSuffix(".xz")
                ? "xzcat \(path) >/tmp/module.ko && insmod /tmp/module.ko; rm /tmp/module.ko\n"
                : "insmod \(path)\n"
        }.joined()
        return """
            #!/bin/busybox sh
            export PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin HOME=/root TERM=linux LANG=C.UTF-8
            /bin/busybox --install -s
            mount -t proc proc /proc
            mount -t sysfs sysfs /sys
            mount -t devtmpfs dev /dev || mount -t tmpfs dev /dev
            mkdir -p /dev/pts /dev/shm
            mount -t devpts devpts /dev/pts
            mount -t tmpfs tmpfs /tmp
            hostname td
            \(load)mount -t configfs configfs /sys/kernel/config 2>/dev/null
            cd /root
            stty -F /dev/ttyS1 raw -echo
            {
            \(run)
            status=$?
            } <>\(terminal) >&0 2>&0
            echo "exit $status" >/dev/ttyS1
            sync
            poweroff -f
            while :; do sleep 1; done

            """
    }

    /// A word that the shell takes as it is.
    static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
