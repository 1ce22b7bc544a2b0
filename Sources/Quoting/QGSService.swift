// SPDX-License-Identifier: Apache-2.0

import Collateral
import Quote

/// The quote generation service of a platform: answers messages, whatever carried them.
public struct QGSService: Sendable {
    /// The quoting enclave of TDs, as requests name it.
    public static let enclaveID: [UInt8] = [
        0xE8, 0x6C, 0x04, 0x6E, 0x8C, 0xC4, 0x4D, 0x95, 0x81, 0x73, 0xFC, 0x43, 0xC1, 0xFA, 0x4F, 0x3F,
    ]

    private let authority: PlatformAuthority
    private let enclave: QuotingEnclave
    private let collateral: Collateral

    /// - Parameter enclave: the quoting enclave of the authority's platform.
    public init(authority: PlatformAuthority, enclave: QuotingEnclave) throws {
        self.authority = authority
        self.enclave = enclave
        collateral = try authority.collateral()
    }

    /// A bare quote of a bare report; nil when there is none.
    public func quote(for report: [UInt8]) -> [UInt8]? {
        // Why not is for the platform's own log; the protocol has no place for it.
        (try? enclave.quote(for: report))?.bytes
    }

    /// The answer to a message; nil for one of no known type, after which the connection is closed.
    public func answer(_ message: [UInt8]) -> [UInt8]? {
        guard let type = QGSRequest.type(of: message),
            [.quoteRequest, .collateralRequest, .platformRequest].contains(type)
        else { return nil }
        var response = QGSResponse(
            type: QGSMessageType(rawValue: type.rawValue + 1),
            minor: message.number(at: 2) as UInt16 == 0 ? 0 : 1)
        do {
            switch try QGSRequest(message) {
            case .quote(let report, let enclaves): try answer(report, enclaves, &response)
            case .collateral(let fmspc, let ca): try answer(fmspc: fmspc, ca: ca, &response)
            case .platformInformation: answerPlatform(&response)
            }
            return response.bytes
        } catch {
            return response.failure(error)
        }
    }

    private func answer(
        _ report: [UInt8], _ enclaves: [UInt8], _ response: inout QGSResponse
    ) throws(QGSError) {
        guard enclaves.count % 16 == 0 else { throw .invalidParameter }
        let isNamed = stride(from: 0, to: enclaves.count, by: 16).contains {
            Array(enclaves[$0..<$0 + 16]) == QGSService.enclaveID
        }
        guard enclaves.isEmpty || isNamed else { throw .invalidParameter }
        guard let quote = quote(for: report) else { throw .unexpected }
        let selected = isNamed ? QGSService.enclaveID : []
        response.put(UInt32(selected.count))
        response.put(UInt32(quote.count))
        response.fields += selected + quote
    }

    private func answer(fmspc: [UInt8], ca: [UInt8], _ response: inout QGSResponse) throws(QGSError) {
        guard fmspc == authority.platform.processor.fmspc.bytes, ca.elementsEqual("platform".utf8) else {
            throw .unexpected
        }
        func chain(_ certificates: [AttestationCertificate]) -> [UInt8] {
            Array(AttestationCertificate.text(of: certificates).utf8) + [0]
        }
        // Version 3.1: lists are DER, texts end with a NUL that their sizes count.
        response.put(UInt16(3))
        response.put(UInt16(1))
        let documents = [
            chain(collateral.pckCRLIssuerChain), collateral.rootCACRL.bytes, collateral.pckCRL.bytes,
            chain(collateral.tcbInfoIssuerChain), collateral.tcbInfo.body + [0],
            chain(collateral.qeIdentityIssuerChain), collateral.qeIdentity.body + [0],
        ]
        for document in documents { response.put(UInt32(document.count)) }
        for document in documents { response.fields += document }
        // Older clients count four bytes more.
        if response.minor == 0 { response.fields += [0, 0, 0, 0] }
    }

    private func answerPlatform(_ response: inout QGSResponse) {
        let platform = authority.platform
        response.put(platform.quotingEnclave.svn)
        response.put(platform.processor.pceSVN)
        response.put(UInt32(platform.quotingEnclave.id.bytes.count))
        response.put(UInt32(platform.processor.cpuSVN.bytes.count))
        response.fields += platform.quotingEnclave.id.bytes + platform.processor.cpuSVN.bytes
    }
}

/// One connection to the service: a request arrives in pieces, one answer goes back, and that is all.
///
/// A request is a message behind its size, four bytes with the highest first, or a bare `TDREPORT`, whose first byte no
/// size can have.
public struct QGSConnection {
    /// More than any request needs.
    static let largestMessage = 4096
    private static let reportSize = 1024
    private var received: [UInt8] = []

    public enum Step: Hashable, Sendable {
        /// The request is not complete.
        case wait
        /// Send this, then close.
        case answer([UInt8])
        /// Close: this is no request.
        case close
    }

    public init() {}

    public mutating func receive(_ bytes: some Sequence<UInt8>, for service: QGSService) -> Step {
        received += bytes
        guard received.count >= 4 else { return .wait }
        let size = received[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard size <= QGSConnection.largestMessage else {
            guard received.count <= QGSConnection.reportSize else { return .close }
            guard received.count == QGSConnection.reportSize else { return .wait }
            return service.quote(for: received).map { .answer($0) } ?? .close
        }
        guard received.count <= 4 + size else { return .close }
        guard received.count == 4 + size else { return .wait }
        return service.answer(Array(received[4...])).map { .answer(QGSConnection.framed($0)) } ?? .close
    }

    /// A message behind its size.
    static func framed(_ message: [UInt8]) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) } + message
    }
}

extension QGSService {
    /// The answer to what a TD put into the buffer of `TDG.VP.VMCALL<GetQuote>`, for the same buffer; nil when there is none.
    ///
    /// Linux puts a bare report there and takes a bare quote. Older guests put a message there as a connection would carry it.
    public func answer(getQuote input: [UInt8]) -> [UInt8]? {
        var connection = QGSConnection()
        guard case .answer(let output) = connection.receive(input, for: self) else { return nil }
        return output
    }
}
