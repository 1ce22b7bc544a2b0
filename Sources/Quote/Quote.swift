// SPDX-License-Identifier: Apache-2.0

/// The formats of TDX attestation: quotes, event logs and the table that points to one. Bytes to values and back,
/// nothing else: whether a quote is to be believed is for `QuoteVerification`.
///
/// A quote says what a TD is (`QuoteBody`) and proves it (`QuoteSignature`). Versions 4 and 5 differ in that version 5
/// declares which of three bodies it has.
///
/// ```swift
/// let quote = try Quote(bytes)
/// print(quote.body.report.mrTD)
/// ```
public struct Quote: Hashable, Sendable {
    public var header: QuoteHeader
    /// Version 4 can carry only `td10`.
    public var body: QuoteBody
    public var signature: QuoteSignature
    /// What follows the declared end. Platforms hand out whole buffers; no signature covers these bytes.
    public var trailingBytes: [UInt8]

    public init(
        header: QuoteHeader, body: QuoteBody, signature: QuoteSignature, trailingBytes: [UInt8] = []
    ) {
        self.header = header
        self.body = body
        self.signature = signature
        self.trailingBytes = trailingBytes
    }
}

extension Quote {
    /// Reads a quote from bytes that anybody may have made.
    ///
    /// Every declared size must be that of its content. What follows the end is kept in `trailingBytes`.
    public init(_ bytes: [UInt8]) throws(QuoteFormatError) {
        self = try reading(bytes) { span throws(QuoteFormatError) in
            let header = try QuoteHeader(&span)
            return Quote(
                header: header,
                body: header.version == 4
                    ? .td10(try TDReportBody(&span)) : try QuoteBody(described: &span),
                signature: try QuoteSignature(&span), trailingBytes: span.takeRest())
        }
    }

    /// What the attestation key signs: the header and the body, with its descriptor in version 5.
    ///
    /// Every byte of both is a field, so these are the bytes that were read.
    public var signedBytes: [UInt8] {
        Quote.signedBytes(header: header, body: body)
    }

    /// What has to be signed for a quote of this header and body.
    public static func signedBytes(header: QuoteHeader, body: QuoteBody) -> [UInt8] {
        header.bytes + (header.version == 4 ? body.bytes : body.describedBytes)
    }

    /// The quote as it is sent.
    public var bytes: [UInt8] {
        var bytes = signedBytes
        signature.write(to: &bytes)
        return bytes + trailingBytes
    }
}
