// SPDX-License-Identifier: Apache-2.0

#if GUIDED
    import Foundation

    /// The same targets under libFuzzer, which keeps what reaches new code and goes on from there.
    ///
    /// `Fuzz TARGET [libFuzzer's own arguments]`, as `-max_total_time=600 DIRECTORY`. Needs a build with coverage: `make
    /// fuzz-guided`.
    enum Guided {
        /// What the callbacks of libFuzzer, which take no context, are about. Set before the first and never again.
        nonisolated(unsafe) fileprivate static var target = Target.all[0]
        nonisolated(unsafe) fileprivate static var seeds: [Seed] = []

        static func run() throws {
            let arguments = CommandLine.arguments
            guard arguments.count > 1, let found = Target.all.first(where: { $0.name == arguments[1] }) else {
                print("There are \(Target.names).")
                exit(2)
            }
            unsafe target = found
            unsafe seeds = try found.seeds()
            let words = [arguments[0]] + arguments.dropFirst(2)
            // libFuzzer ends the process; its arguments live as long.
            var count = CInt(words.count)
            var list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
                capacity: words.count + 1)
            for (index, word) in words.enumerated() { unsafe list[index] = strdup(word) }
            unsafe list[words.count] = nil
            let status = unsafe runDriver(&count, &list, executeInput)
            exit(status)
        }
    }

    private func executeInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
        let input = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: size))
        _ = unsafe Guided.target.execute(input)
        return 0
    }

    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
        _ execute: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    @_silgen_name("LLVMFuzzerMutate")
    private func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ most: Int) -> Int

    /// A third of the time what libFuzzer does itself; else a change of ours to what is there, or to a seed.
    @_cdecl("LLVMFuzzerCustomMutator")
    public func customMutator(
        _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ most: Int, _ seed: UInt32
    ) -> Int {
        var mutator = Mutator(seed: UInt64(seed))
        let kind = mutator.below(6)
        if kind < 2 { return unsafe mutate(data, size, most) }
        let target = unsafe Guided.target
        let input = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
        let bytes: [UInt8]
        if kind == 2 {
            bytes = unsafe mutator.input(from: Guided.seeds, words: target.words)
        } else {
            bytes = mutator.input(from: [Seed(parsing: input)], words: target.words)
        }
        let count = min(bytes.count, most)
        for index in 0..<count { unsafe data[index] = bytes[index] }
        return count
    }
#endif
