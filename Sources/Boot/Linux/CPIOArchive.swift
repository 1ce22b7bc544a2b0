// SPDX-License-Identifier: Apache-2.0

/// An archive in the format the kernel unpacks as its initial root: cpio, “newc”.
///
/// The same entries give the same bytes: times and owners are 0, inode numbers are counted.
///
/// - SeeAlso: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
public struct CPIOArchive: Sendable {
    private var contents: [UInt8] = []
    private var inode: UInt32 = 1
    private var names: Set<String> = []

    public init() {}

    /// A directory. Those above it must have been added.
    public mutating func addDirectory(_ name: String, permissions: UInt32 = 0o755) throws(BootError) {
        try add(name, mode: 0o040000 | permissions, links: 2, [])
    }
    public mutating func addFile(_ name: String, _ bytes: [UInt8], permissions: UInt32 = 0o644)
        throws(BootError)
    {
        try add(name, mode: 0o100000 | permissions, bytes)
    }
    public mutating func addSymbolicLink(_ name: String, to target: String) throws(BootError) {
        try add(name, mode: 0o120777, Array(target.utf8))
    }
    public mutating func addCharacterDevice(
        _ name: String, major: UInt32, minor: UInt32, permissions: UInt32 = 0o600
    ) throws(BootError) {
        try add(name, mode: 0o020000 | permissions, [], device: (major, minor))
    }

    private mutating func add(
        _ name: String, mode: UInt32, links: UInt32 = 1, _ bytes: [UInt8], device: (UInt32, UInt32) = (0, 0)
    ) throws(BootError) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }), !name.utf8.contains(0),
            name.utf8.count < 4096, name != "TRAILER!!!", names.insert(name).inserted,
            bytes.count <= UInt32.max
        else { throw .initramfsName(name) }
        append(name, inode: inode, mode: mode, links: links, bytes, device: device)
        inode += 1
    }

    private mutating func append(
        _ name: String, inode: UInt32, mode: UInt32, links: UInt32, _ bytes: [UInt8], device: (UInt32, UInt32)
    ) {
        contents += Array("070701".utf8)
        let fields: [UInt32] = [
            inode, mode, 0, 0, links, 0, UInt32(bytes.count), 0, 0, device.0, device.1,
            UInt32(name.utf8.count + 1), 0,
        ]
        for field in fields {
            let digits = String(field, radix: 16, uppercase: true)
            contents += Array((String(repeating: "0", count: 8 - digits.count) + digits).utf8)
        }
        contents += Array(name.utf8) + [0]
        contents.pad(to: 4)
        contents += bytes
        contents.pad(to: 4)
    }

    /// The archive with its end mark.
    public var bytes: [UInt8] {
        var archive = self
        archive.append("TRAILER!!!", inode: 0, mode: 0, links: 1, [], device: (0, 0))
        archive.contents.pad(to: 512)
        return archive.contents
    }
}
