// SPDX-License-Identifier: Apache-2.0

import Collateral
import Foundation
import Quote
import QuoteVerification
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Gets the collateral of a quote from a PCS or a PCCS, and keeps it until the first of its documents is over.
struct CollateralClient {
    let address: String

    /// Collateral that was kept is used when it is valid at `time`; a service is asked otherwise.
    func collateral(for quote: Quote, at time: Timestamp) throws -> Collateral {
        guard address.hasPrefix("http://") || address.hasPrefix("https://"),
            let host = URL(string: address)?.host
        else { throw QuoteCommandError.badAddress(address) }
        guard case .pckChain(let bytes) = quote.signature.certification.certification,
            let chain = try? AttestationCertificate.chain(bytes, document: "PCK certificate chain"),
            let leaf = chain.first(where: { $0.commonName.contains("PCK Certificate") })
        else { throw QuoteCommandError.noChain }
        let fmspc = try SGXExtension(of: leaf).fmspc.description
        let ca =
            leaf.issuerCommonName.contains("Processor") ? "processor" : "platform"

        let cache = Cache()
        let name = "collateral/\(host)-\(fmspc)-\(ca).json"
        let kept = cache.directory.appendingPathComponent(name)
        // A service on this machine is somebody's own: what it says changes, and costs nothing to ask for.
        let isLocal = ["localhost", "127.0.0.1", "::1"].contains(host)
        // What is not there or cannot be read is fetched.
        if !isLocal, let bytes = try? Data(contentsOf: kept),
            let collateral = try? Collateral(json: Array(bytes)),
            collateral.isWithinDates(time)
        {
            return collateral
        }
        let bundle = try fetch(fmspc: fmspc, ca: ca, root: chain.first(where: \.isSelfIssued))
        let collateral = try Collateral(bundle)
        guard !isLocal else { return collateral }
        try cache.withWorkDirectory { work in
            let file = work.appendingPathComponent("collateral.json")
            try Data(bundle.json.indented.utf8).write(to: file)
            _ = try cache.install(file, as: name)
        }
        return collateral
    }

    private func fetch(fmspc: String, ca: String, root: AttestationCertificate?) throws -> CollateralBundle {
        let base = address.hasSuffix("/") ? String(address.dropLast()) : address
        let crl = try get("\(base)/sgx/certification/v4/pckcrl?ca=\(ca)&encoding=der")
        let info = try get("\(base)/tdx/certification/v4/tcb?fmspc=\(fmspc)")
        let identity = try get("\(base)/tdx/certification/v4/qe/identity")
        var files = [
            "pck_crl": crl.body, "pck_crl_issuer_chain": try crl.chain("SGX-PCK-CRL-Issuer-Chain"),
            "tcb_info.json": info.body, "tcb_info_issuer_chain": try info.chain("TCB-Info-Issuer-Chain"),
            "qe_identity.json": identity.body,
            "qe_identity_issuer_chain": try identity.chain("SGX-Enclave-Identity-Issuer-Chain"),
        ]
        do {
            files["root_ca_crl"] = try get("\(base)/sgx/certification/v4/rootcacrl").body
        } catch {
            // The vendor's own service has the list elsewhere: where the root certificate says.
            guard let point = root?.distributionPoint else { throw error }
            files["root_ca_crl"] = try get(point).body
        }
        return try CollateralBundle(files: files)
    }

    private struct Response {
        let address: String
        let body: [UInt8]
        let headers: [String: String]

        /// A chain from a header, in which it is percent-encoded.
        func chain(_ name: String) throws -> [UInt8] {
            guard let value = headers[name.lowercased()], let text = value.removingPercentEncoding else {
                throw QuoteCommandError.requestFailed(
                    address: address, reason: "the answer lacks the header \(name)")
            }
            return Array(text.utf8)
        }
    }

    /// Documents of this PKI are small: more than this is none of them.
    private static let maximumSize = 4 << 20

    private func get(_ address: String) throws -> Response {
        guard let url = URL(string: address) else { throw QuoteCommandError.badAddress(address) }
        let outcome = Mutex<Result<Response, QuoteCommandError>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let task = URLSession.shared.dataTask(with: URLRequest(url: url, timeoutInterval: 30)) {
            data, response, error in
            let result: Result<Response, QuoteCommandError>
            func fail(_ reason: String) -> Result<Response, QuoteCommandError> {
                .failure(.requestFailed(address: address, reason: reason))
            }
            if let data, let response = response as? HTTPURLResponse {
                var headers: [String: String] = [:]
                for (name, value) in response.allHeaderFields { headers["\(name)".lowercased()] = "\(value)" }
                if response.statusCode != 200 {
                    result = fail("the answer has the status \(response.statusCode)")
                } else if data.count > CollateralClient.maximumSize {
                    result = fail("the answer has \(data.count) bytes")
                } else {
                    result = .success(Response(address: address, body: Array(data), headers: headers))
                }
            } else {
                result = fail(error?.localizedDescription ?? "there is no answer")
            }
            outcome.withLock { $0 = result }
            done.signal()
        }
        task.resume()
        done.wait()
        guard let result = outcome.withLock({ $0 }) else {
            throw QuoteCommandError.requestFailed(address: address, reason: "there is no answer")
        }
        return try result.get()
    }
}

extension Collateral {
    fileprivate func isWithinDates(_ time: Timestamp) -> Bool {
        let ends = [
            rootCACRL.nextUpdate, pckCRL.nextUpdate, tcbInfo.content.nextUpdate,
            qeIdentity.content.nextUpdate,
        ]
        let starts = [
            rootCACRL.thisUpdate, pckCRL.thisUpdate, tcbInfo.content.issueDate, qeIdentity.content.issueDate,
        ]
        return ends.allSatisfy { time <= $0 } && starts.allSatisfy { time >= $0 }
    }
}
