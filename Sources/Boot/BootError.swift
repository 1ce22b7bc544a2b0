// SPDX-License-Identifier: Apache-2.0

/// Why something cannot be booted.
public enum BootError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file ends before a field or part of it.
    case truncated(what: String, need: UInt64, have: UInt64)
    case kernelWithoutMagic
    case kernelProtocol(UInt16)
    case kernelNot64Bit
    case kernelNotRelocatable
    case commandLineTooLong(length: Int, limit: Int)
    case commandLineWithZero
    case memoryTooSmall(need: UInt64, have: UInt64)
    case memoryUnaligned(UInt64)
    case memoryTooLarge(UInt64)
    case processorCount(Int)
    /// The memory needed does not fit below the address the kernel can reach.
    case initrdTooLarge(size: UInt64, space: UInt64)
    case initrdEmpty
    case initramfsName(String)
    case firmwareSize(Int)
    case firmwareWithoutMetadata
    /// A field of the firmware's TDX metadata has a value that makes no sense.
    case firmwareField(field: String, value: UInt64)
    case firmwareSection(index: Int, field: String, value: UInt64)
    case firmwareOutsideMemory(index: Int, gpa: UInt64)

    public var description: String {
        switch self {
        case .truncated(let what, let need, let have):
            "The \(what) is cut short: it needs \(need) bytes and has \(have). Fetch or copy it again."
        case .kernelWithoutMagic:
            "The kernel is no bzImage: the boot protocol's mark “HdrS” is missing. Give a vmlinuz of x86-64 Linux."
        case .kernelProtocol(let version):
            "The kernel speaks boot protocol \(version >> 8).\(version & 0xFF), and a TD needs 2.12 or newer (Linux 3.8)."
        case .kernelNot64Bit:
            "The kernel has no 64-bit entry point, and a TD starts in 64-bit mode. Give a vmlinuz of x86-64 Linux."
        case .kernelNotRelocatable:
            "The kernel wants an address of its own that is not 2 MiB aligned. Build it with CONFIG_RELOCATABLE=y."
        case .commandLineTooLong(let length, let limit):
            "The kernel's command line has \(length) bytes and the kernel takes \(limit). Shorten it."
        case .commandLineWithZero:
            "The kernel's command line contains a zero byte, where the kernel would stop reading."
        case .memoryTooSmall(let need, let have):
            "The guest has \(mebibytes(have)) MiB of memory and needs at least \(mebibytes(need)) MiB. Give it more."
        case .memoryUnaligned(let size):
            "The guest's memory, \(size) bytes, is no multiple of 2 MiB."
        case .memoryTooLarge(let size):
            "The guest's memory, \(mebibytes(size)) MiB, is more than 512 GiB."
        case .processorCount(let count):
            "A guest has 1 to 255 processors, not \(count)."
        case .initrdTooLarge(let size, let space):
            "The initrd has \(mebibytes(size)) MiB and there is room for \(mebibytes(space)) MiB above the kernel. "
                + "Give the guest more memory."
        case .initrdEmpty: "The initrd is empty."
        case .initramfsName(let name): "“\(name)” cannot be the name of a file in an initramfs."
        case .firmwareSize(let size):
            "The firmware has \(size) bytes; an image that ends at 4 GiB is a multiple of 4 KiB and at most 16 MiB."
        case .firmwareWithoutMetadata:
            "The firmware carries no TDX metadata. Give one built for TDX, such as OVMF.inteltdx.fd."
        case .firmwareField(let field, let value):
            "The firmware's TDX metadata is damaged: \(field) is 0x\(String(value, radix: 16))."
        case .firmwareSection(let index, let field, let value):
            "The firmware's TDX metadata is damaged: \(field) of section \(index) is 0x\(String(value, radix: 16))."
        case .firmwareOutsideMemory(let index, let gpa):
            "Section \(index) of the firmware's TDX metadata, at 0x\(String(gpa, radix: 16)), lies outside the guest's "
                + "memory. Give the guest more memory."
        }
    }
}

/// Rounded up.
private func mebibytes(_ size: UInt64) -> UInt64 { size / (1 << 20) + (size % (1 << 20) == 0 ? 0 : 1) }
