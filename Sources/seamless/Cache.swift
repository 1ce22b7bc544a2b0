// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where what was fetched is kept: `$XDG_CACHE_HOME/seamless`, or `~/.cache/seamless`.
///
/// Files appear in it whole: they are made in a directory of this process beside it and renamed into place.
struct Cache: Sendable {
    let directory: URL

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") {
            directory = URL(fileURLWithPath: base, isDirectory: true).appendingPathComponent("seamless")
        } else {
            let home =
                environment["HOME"].map { URL(fileURLWithPath: $0, isDirectory: true) }
                ?? FileManager.default.homeDirectoryForCurrentUser
            directory = home.appendingPathComponent(".cache/seamless")
        }
    }

    /// Runs `body` with a directory of its own, which is gone afterwards, whatever happened.
    func withWorkDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let work = directory.appendingPathComponent(".work-\(ProcessInfo.processInfo.processIdentifier)")
        do {
            try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        } catch {
            throw ToolError.cacheNotWritable(path: directory.path, reason: reason(error))
        }
        removeAbandoned()
        let cleanup = Interruption.shared.onExit { removeQuietly(work) }
        defer {
            removeQuietly(work)
            _ = unsafe rmdir(directory.path)  // when nothing was kept; else it is not empty and stays
            Interruption.shared.forget(cleanup)
        }
        return try body(work)
    }

    /// Work directories of processes that were killed.
    private func removeAbandoned() {
        // An unreadable directory has nothing to tidy.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        for name in names where name.hasPrefix(".work-") {
            guard let process = Int32(name.dropFirst(6)), kill(process, 0) != 0, errno == ESRCH else {
                continue
            }
            removeQuietly(directory.appendingPathComponent(name))
        }
    }

    /// Moves finished files into the cache, each in one step.
    func install(_ file: URL, as name: String) throws -> URL {
        let target = directory.appendingPathComponent(name)
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw ToolError.cacheNotWritable(path: target.path, reason: reason(error))
        }
        guard unsafe rename(file.path, target.path) == 0 else {
            throw ToolError.cacheNotWritable(path: target.path, reason: systemMessage(errno))
        }
        return target
    }
}

private func removeQuietly(_ url: URL) {
    // What cannot be removed now is removed by the next run.
    try? FileManager.default.removeItem(at: url)
}

/// A system error number in words.
func systemMessage(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }

/// The part of a Foundation error that tells the reader something.
func reason(_ error: any Error) -> String {
    let error = error as NSError
    if let posix = error.userInfo[NSUnderlyingErrorKey] as? NSError, posix.domain == NSPOSIXErrorDomain {
        return systemMessage(Int32(posix.code))
    }
    if error.domain == NSPOSIXErrorDomain { return systemMessage(Int32(error.code)) }
    return error.localizedDescription
}
