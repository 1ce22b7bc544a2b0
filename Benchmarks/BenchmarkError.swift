// SPDX-License-Identifier: Apache-2.0

/// What can stand against a measurement, each in one sentence that says what to do.
enum BenchmarkError: Error, CustomStringConvertible {
    case noProgram(String)
    case cannotStart(program: String, reason: String)
    case noGuestFiles(reason: String)
    case endedEarly(subject: String, last: String)
    case tooSlow(subject: String, seconds: Int, last: String)
    case workloadFailed(subject: String, workload: String)
    case costs(String)
    case notVerified
    case notWritable(path: String, reason: String)

    var description: String {
        switch self {
        case .noProgram(let path): "There is no program “\(path)”; build it, or name it with --seamless."
        case .cannotStart(let program, let reason): "\(program) cannot be started: \(reason)."
        case .noGuestFiles(let reason):
            "Debian's kernel and busybox cannot be had: \(reason); boot “seamless run debian” once."
        case .endedEarly(let subject, let last):
            "\(subject) ended before the workloads were done, after “\(last)”; its figures are left out."
        case .tooSlow(let subject, let seconds, let last):
            "\(subject) was not done after \(seconds) seconds, at “\(last)”; its figures are left out."
        case .workloadFailed(let subject, let workload): "The workload “\(workload)” failed on \(subject)."
        case .costs(let reason): "The guest that measures costs failed: \(reason)."
        case .notVerified: "The verifier refuses the quote of the benchmark; run the tests."
        case .notWritable(let path, let reason): "“\(path)” cannot be written: \(reason)."
        }
    }
}
