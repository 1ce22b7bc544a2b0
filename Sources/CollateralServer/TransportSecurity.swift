// SPDX-License-Identifier: Apache-2.0

import NIOCore

#if HTTPS
    import NIOSSL

    /// TLS of a server: its certificate and key.
    public struct TransportSecurity: Sendable {
        private let context: NIOSSLContext

        /// Reads PEM files: the certificate, with those of its issuers behind it, and its key.
        public init(certificate: String, key: String) throws {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            context = try NIOSSLContext(configuration: configuration)
        }

        func handler() throws -> any ChannelHandler { NIOSSLServerHandler(context: context) }
    }
#else
    /// TLS of a server, which only a build with the package trait `HTTPS` has: it needs a second BoringSSL.
    public struct TransportSecurity: Sendable {
        public struct Unavailable: Error, CustomStringConvertible {
            public var description: String { "this build has no TLS; one with “--traits HTTPS” has" }
        }

        public init(certificate: String, key: String) throws { throw Unavailable() }

        func handler() throws -> any ChannelHandler { throw Unavailable() }
    }
#endif
