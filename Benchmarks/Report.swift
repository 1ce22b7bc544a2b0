// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What `bench.json` holds. Times are seconds, medians over the repeats.
struct Report: Encodable {
    struct Machine: Encodable {
        var processor: String
        var processors: Int
        var system: String
    }
    struct Figures: Encodable {
        var version: String
        /// From the start of the process to the guest's `/init`; nil natively.
        var boot: Double?
        var workloads: [String: Double]
        var instructionsPerSecond: Double?

        private enum CodingKeys: String, CodingKey {
            case version
            case boot = "init"
            case workloads, instructionsPerSecond
        }
    }

    var machine = Machine.current
    var kernel: String
    var repeats: Int
    /// Times of emulators are processor time; else, and natively, the clock's.
    var countsProcessorTime: Bool
    var subjects: [String: Figures] = [:]
    /// What single steps cost.
    var costs: Costs?
    /// How many quotes a second are verified.
    var verification: VerificationRates?
    /// How many times slower than another subject Seamless is.
    var ratios: [String: [String: Double]] = [:]

    mutating func add(_ subject: Subject, _ runs: [Subject.Times]) {
        var workloads: [String: Double] = [:]
        for workload in WorkloadProgram.Workload.allCases {
            workloads[workload.rawValue] = median(runs.compactMap { $0.workloads[workload] })
        }
        subjects[subject.name] = Figures(
            version: subject.version, boot: subject.boots ? median(runs.map(\.start)) : nil,
            workloads: workloads,
            instructionsPerSecond: workloads[WorkloadProgram.Workload.integer.rawValue].map {
                (Double(WorkloadProgram.integerInstructions) / $0).rounded()
            })
    }

    /// Fills in how Seamless compares.
    mutating func compare(_ name: String) {
        guard let own = subjects[name] else { return }
        for (other, figures) in subjects where other != name {
            var ratios: [String: Double] = [:]
            if let (own, theirs) = own.boot.flatMap({ own in figures.boot.map { (own, $0) } }) {
                ratios["init"] = round(own / theirs)
            }
            for (workload, seconds) in own.workloads {
                if let theirs = figures.workloads[workload], theirs > 0 {
                    ratios[workload] = round(seconds / theirs)
                }
            }
            self.ratios[other] = ratios
        }
    }

    private func round(_ ratio: Double) -> Double { (ratio * 100).rounded() / 100 }

    private func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        let value = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        return (value * 10_000).rounded() / 10_000
    }

    // MARK: For people

    /// A table: a row per figure, a column per subject, and Seamless's ratios to the others.
    func table(_ order: [String]) -> String {
        let names = order.filter { subjects[$0] != nil }
        var rows = [[""] + names + names.dropFirst().map { "× \($0)" }]
        func row(_ title: String, _ value: (Figures) -> Double?, _ key: String) {
            var cells = [title]
            for name in names {
                cells.append(subjects[name].flatMap(value).map { String(format: "%.3f s", $0) } ?? "–")
            }
            for name in names.dropFirst() {
                cells.append(ratios[name]?[key].map { String(format: "%.2f", $0) } ?? "–")
            }
            rows.append(cells)
        }
        row("to /init", \.boot, "init")
        for workload in WorkloadProgram.Workload.allCases {
            row(workload.rawValue, { $0.workloads[workload.rawValue] }, workload.rawValue)
        }
        rows.append(
            ["instructions/s"]
                + names.map { name in
                    subjects[name]?.instructionsPerSecond.map { String(format: "%.0f M", $0 / 1e6) } ?? "–"
                } + names.dropFirst().map { _ in "" })
        let widths = (0..<rows[0].count).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let fill = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + fill : fill + cell
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

extension Report.Machine {
    static var current: Report.Machine {
        // Systems without this file have no name for the processor.
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        return Report.Machine(
            processor: model?.split(separator: ":").last.map {
                $0.trimmingCharacters(in: .whitespaces)
            } ?? "unknown",
            processors: ProcessInfo.processInfo.activeProcessorCount,
            system: ProcessInfo.processInfo.operatingSystemVersionString)
    }
}
