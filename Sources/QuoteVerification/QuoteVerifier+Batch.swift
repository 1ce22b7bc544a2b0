// SPDX-License-Identifier: Apache-2.0

public import Collateral
public import Quote

extension QuoteVerifier {
    /// How many quotes a task takes at once: so many that handing them out costs nothing, so few that all cores have some.
    private static let batch = 16

    /// Reads and verifies many quotes on all cores.
    ///
    /// - Returns: For each quote, in the order of `quotes`, the report that `verify(_:at:)` gives, or why it is no quote.
    public func verify(
        contentsOf quotes: [[UInt8]], at time: Timestamp
    ) async -> [Result<VerificationReport, QuoteFormatError>] {
        await inBatches(quotes) { bytes in
            Result { () throws(QuoteFormatError) in verify(try Quote(bytes), at: time) }
        }
    }

    /// Verifies many quotes on all cores; the reports are in their order.
    public func verify(contentsOf quotes: [Quote], at time: Timestamp) async -> [VerificationReport] {
        await inBatches(quotes) { verify($0, at: time) }
    }

    private func inBatches<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ body: @escaping @Sendable (Input) -> Output
    ) async -> [Output] {
        await withTaskGroup(of: (start: Int, outputs: [Output]).self) { group in
            for start in stride(from: 0, to: inputs.count, by: Self.batch) {
                let end = min(start + Self.batch, inputs.count)
                group.addTask { (start, inputs[start..<end].map(body)) }
            }
            var finished: [(start: Int, outputs: [Output])] = []
            for await batch in group { finished.append(batch) }
            return finished.sorted { $0.start < $1.start }.flatMap(\.outputs)
        }
    }
}
