// SPDX-License-Identifier: Apache-2.0

/// The shared pages of `TDG.VP.VMCALL<GetQuote>`: a header of 24 bytes, then what is to be quoted, then the quote in its place.
///
/// The guest can change all of it at any time. Each part is read once, and what was read is what counts.
///
/// - SeeAlso: GHCI Specification, "TDG.VP.VMCALL<GetQuote>".
struct QuoteBuffer {
    /// Without the bit that says that it is shared.
    let gpa: UInt64
    let size: UInt64

    /// In `R10`: the call itself is wrong, and nothing was written.
    static let invalid: UInt64 = 0x8000_0000_0000_0000
    private static let pageSize: UInt64 = 4096
    private static let headerSize = 24
    /// More than any kernel asks with.
    private static let largest: UInt64 = 1 << 24

    /// In the header.
    private enum Status {
        static let success: UInt64 = 0
        static let error: UInt64 = 0x8000_0000_0000_0000
        static let unavailable: UInt64 = 0x8000_0000_0000_0001
    }

    /// Has a quote made of what the buffer has, and puts it there; the status last, after which the buffer is the guest's.
    ///
    /// The call returns when all is done, so that no guest sees a buffer in flight.
    ///
    /// - Parameters:
    ///   - read: so many bytes of the guest's memory; nil where it has none.
    ///   - make: nil when there is no service.
    /// - Returns: `R10`
    func answer(
        read: (UInt64, Int) -> [UInt8]?, write: (UInt64, [UInt8]) -> Void, make: (([UInt8]) -> [UInt8]?)?
    ) -> UInt64 {
        guard gpa % QuoteBuffer.pageSize == 0, size > 0, size % QuoteBuffer.pageSize == 0,
            size <= QuoteBuffer.largest, var data = read(gpa, Int(size))
        else { return QuoteBuffer.invalid }
        var header = KVMBlock(QuoteBuffer.headerSize)
        header.bytes = Array(data.prefix(QuoteBuffer.headerSize))
        data.removeFirst(QuoteBuffer.headerSize)
        let length = Int(header.get(16, as: UInt32.self))
        guard header.get(0, as: UInt64.self) == 1, length <= data.count else { return QuoteBuffer.invalid }
        var status = Status.unavailable
        var quote: [UInt8] = []
        if let make {
            status = Status.error
            if let made = make(Array(data.prefix(length))), made.count <= data.count {
                (status, quote) = (Status.success, made)
            }
        }
        var result = KVMBlock(8)
        result.put(0, UInt32(length))
        result.put(4, UInt32(quote.count))
        write(gpa + UInt64(QuoteBuffer.headerSize), quote)
        write(gpa + 16, result.bytes)
        header.put(8, status)
        write(gpa + 8, Array(header.bytes[8..<16]))
        return 0
    }
}
