// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file that a person names.
struct InputFile {
    let path: String
    /// What it is to be: “kernel”.
    let role: String

    /// All of it; of standard input for “-”.
    func bytes() throws(ToolError) -> [UInt8] {
        var isDirectory = ObjCBool(false)
        let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        guard exists || path == "-" else {
            throw .fileMissing(path: path, role: role)
        }
        guard !isDirectory.boolValue else {
            throw .fileUnreadable(path: path, role: role, reason: "it is a directory")
        }
        do {
            if path == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw .fileUnreadable(path: path, role: role, reason: reason(error))
        }
    }
}
