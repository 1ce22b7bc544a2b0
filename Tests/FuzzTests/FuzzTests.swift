// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ToolTesting

@testable import Fuzz

@Suite("Fuzzing")
struct FuzzTests {
    @Test("begins with inputs that are accepted, and makes some that are and some that are not")
    func inputs() throws {
        for target in Target.all {
            let seeds = try target.seeds()
            #expect(seeds.contains { target.execute($0.bytes) }, "\(target.name)")
            var accepted = 0
            for index in 0..<2000 as Range<UInt64> {
                let input = Mutator.input(of: target, from: seeds, seed: 3, index: index)
                #expect(input.count <= Mutator.largest)
                if target.execute(input) { accepted += 1 }
            }
            #expect(1..<2000 ~= accepted, "\(target.name)")
        }
    }

    @Test("gives an execution the same input each time, and another seed another")
    func reproducible() throws {
        for target in Target.all {
            let seeds = try target.seeds()
            func input(_ seed: UInt64, _ index: UInt64) -> [UInt8] {
                Mutator.input(of: target, from: seeds, seed: seed, index: index)
            }
            #expect((0..<50).allSatisfy { input(1, $0) == input(1, $0) }, "\(target.name)")
            #expect((0..<50).contains { input(1, $0) != input(2, $0) }, "\(target.name)")
        }
    }

    @Test("writes trees as they were read, and right lengths whatever becomes of their nodes")
    func trees() throws {
        var mutator = Mutator(seed: 5)
        var count = 0
        for seed in try Target.all.flatMap({ try $0.seeds() }) {
            guard case .tree(let tree) = seed, case .der = tree.form else { continue }
            count += 1
            let bytes = tree.encodedDER
            let again = try #require(Tree(der: bytes))
            #expect(again.encodedDER == bytes)
            // A subtree that is written twice, or not at all, leaves the rest readable.
            for _ in 0..<50 {
                var changed = again
                let index = mutator.below(changed.nodes.count)
                let range = changed.subtree(index)
                if mutator.below(2) == 0 {
                    changed.replace(range, with: [])
                } else {
                    let end = range.upperBound..<range.upperBound
                    changed.replace(end, with: Array(changed.nodes[range]), in: index)
                }
                let written = changed.encodedDER
                #expect(Tree(der: written)?.encodedDER == written)
            }
        }
        #expect(count > 5)
    }

    @Test("shares executions out, each to one worker", arguments: [(1, 7), (3, 10), (8, 3), (2, 10_000_000)])
    func shares(workers: Int, executions: UInt64) {
        let shares = Share(seed: 1, first: 5, end: 5 + executions).divided(by: workers)
        #expect(shares.first?.first == 5)
        #expect(shares.last?.end == 5 + executions)
        #expect(zip(shares, shares.dropFirst()).allSatisfy { $0.end == $1.first })
        #expect(shares.allSatisfy { $0.first < $0.end })
    }

    #if os(Linux)
        /// A process that another one started.
        private static func child(of parent: Int32) throws -> Int32? {
            for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
                // A process may end while it is looked at.
                guard let number = Int32(name),
                    let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8)
                else { continue }
                let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
                if fields.count > 2, Int32(fields[2]) == parent { return number }
            }
            return nil
        }

        @Test(
            "says of a worker that died at which execution it was, and keeps the input",
            .timeLimit(.minutes(1)))
        func death() throws {
            let program = URL(fileURLWithPath: Tool.path).deletingLastPathComponent().appendingPathComponent(
                "Fuzz")
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
                "fuzz-test-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }  // the system tidies what stays
            let child = try Child(
                "/bin/sh",
                [
                    "-c", "cd \"$0\" && exec \"$1\" ccel --workers 1 --seed 9 --executions 1000000000",
                    directory.path, program.path,
                ])
            var worker: Int32?
            while worker == nil {
                usleep(50_000)
                worker = try Self.child(of: child.process)
            }
            usleep(300_000)
            kill(try #require(worker), SIGKILL)
            #expect(try child.wait(seconds: 60) != 0)
            let text = child.errors.text
            #expect(text.contains("ccel ended by signal 9 at execution "), "\(text)")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            let name = try #require(names.first { $0.hasPrefix("fuzz-ccel-9-") })
            let index = try #require(UInt64(name.dropFirst("fuzz-ccel-9-".count)))
            let target = try #require(Target.all.first { $0.name == "ccel" })
            let input = Mutator.input(of: target, from: try target.seeds(), seed: 9, index: index)
            #expect(try Array(Data(contentsOf: directory.appendingPathComponent(name))) == input)
        }
    #endif
}
