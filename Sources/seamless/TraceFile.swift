// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A trace: one line of JSON an event, in the order the events were reported.
final class TraceFile: Sendable {
    private struct State {
        var buffer: [UInt8] = []
        var failure: ToolError?
        var number: UInt64 = 0
    }
    private let path: String
    private let file: FileHandle
    private let state = Mutex(State())

    init(_ path: String) throws {
        self.path = path
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw ToolError.fileNotWritable(path: path, reason: systemMessage(errno)) }
        self.file = file
    }

    /// Adds a line. After a failure the rest is dropped and `close` says why.
    func write(_ line: String) {
        state.withLock { state in
            guard state.failure == nil else { return }
            state.buffer += line.utf8
            state.buffer.append(0x0A)
            if state.buffer.count >= 1 << 16 { flush(&state) }
        }
    }

    private func flush(_ state: inout State) {
        if !file.writeQuietly(state.buffer) {
            state.failure = .fileNotWritable(path: path, reason: systemMessage(errno))
        }
        state.buffer.removeAll(keepingCapacity: true)
    }

    func close() -> ToolError? {
        state.withLock { state in
            if state.failure == nil { flush(&state) }
            return state.failure
        }
    }
}
