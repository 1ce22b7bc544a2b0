// SPDX-License-Identifier: Apache-2.0

/// What the person who runs the tool can get wrong, or meet. Each case is one sentence that says what to do.
enum ToolError: Error, CustomStringConvertible {
    case fileMissing(path: String, role: String)
    case fileUnreadable(path: String, role: String, reason: String)
    case fileNotWritable(path: String, reason: String)
    case badMemory(String)
    case badProcessorCount(Int)
    case unknownSystem(String)
    case commandWithoutSystem
    case conflictingOptions(String)
    case cacheNotWritable(path: String, reason: String)
    case noPackageManager(String)
    case packageNotOffered(String)
    case networkUnreachable(package: String, reason: String)
    case downloadFailed(package: String, reason: String)
    case packageDamaged(package: String, missing: String)
    case programFailed(program: String, reason: String)
    case programNotFound(String)
    case programNotServed(String, reason: String)

    var description: String {
        switch self {
        case .fileMissing(let path, let role): "There is no \(role) at “\(path)”; check the path."
        case .fileUnreadable(let path, let role, let reason):
            "The \(role) “\(path)” cannot be read: \(reason)."
        case .fileNotWritable(let path, let reason): "“\(path)” cannot be written: \(reason)."
        case .badMemory(let text):
            "“\(text)” is no memory size; write a number of bytes, or one with K, M or G, such as 512M."
        case .badProcessorCount(let count): "A guest has 1 to 255 processors, not \(count)."
        case .unknownSystem(let name):
            "“\(name)” is no system this tool can fetch; “debian” is, or give --kernel."
        case .commandWithoutSystem:
            "A command after “--” needs a system to run in: seamless run debian -- COMMAND."
        case .conflictingOptions(let what): what
        case .cacheNotWritable(let path, let reason):
            "The cache “\(path)” cannot be written (\(reason)); make room, or name another directory in XDG_CACHE_HOME."
        case .noPackageManager(let program):
            "Debian's packages are fetched with \(program), which is not installed here; give a kernel with --kernel and "
                + "an initrd with --initrd instead."
        case .packageNotOffered(let package):
            "The package sources of this machine offer no \(package); add a Debian release that has it, or give --kernel."
        case .networkUnreachable(let package, let reason):
            "\(package) cannot be downloaded (\(reason)); check the network and try again."
        case .downloadFailed(let package, let reason): "\(package) cannot be downloaded: \(reason)."
        case .packageDamaged(let package, let missing):
            "The package \(package) has no \(missing); it may be damaged, try again."
        case .programFailed(let program, let reason): "\(program) failed: \(reason)."
        case .programNotFound(let name):
            "There is no program “\(name)” that can be run; check its name and PATH."
        case .programNotServed(let name, let reason): "“\(name)” cannot be given this /dev/kvm: \(reason)."
        }
    }

    /// `sysexits.h`
    var status: ExitStatus {
        switch self {
        case .fileMissing, .fileUnreadable, .programNotFound: .noInput
        case .programNotServed: .badData
        case .badMemory, .badProcessorCount, .unknownSystem, .commandWithoutSystem, .conflictingOptions:
            .usage
        case .fileNotWritable, .cacheNotWritable: .cannotCreate
        case .noPackageManager, .packageNotOffered, .networkUnreachable, .downloadFailed, .packageDamaged,
            .programFailed:
            .unavailable
        }
    }
}

/// What the tool exits with when it is not the guest's own status.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case usage = 64
    case badData = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case cannotCreate = 73
    case guestPanicked = 112
    case tripleFault = 113
    case fatalReport = 114
    case guestReset = 115
    case machineFailed = 116
    case noStatus = 117
    case interrupted = 130

    static let help = """
        EXIT STATUS
          0–111, 118–255  the guest's own: of the command, or 0 when it powers off
          64              the arguments make no sense
          65              a file is not what it should be, or does not fit into the memory
          66              a file is missing or unreadable
          69              packages cannot be fetched
          70              the tool itself failed
          73              a file or the cache cannot be written
          112             the guest's kernel panicked
          113             a processor of the guest met a triple fault
          114             the guest reported a fatal error to its host (TDG.VP.VMCALL<ReportFatalError>)
          115             the guest reset itself
          116             the host could not go on with the guest
          117             the guest powered off before its command gave a status
          130, 143, …     a signal ended the tool (128 + its number); leaving with Ctrl-] counts as 130
          A command whose own status is one of these is told apart by --json, which says how the run ended.
        """
}
