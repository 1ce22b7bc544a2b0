// SPDX-License-Identifier: Apache-2.0

import Collateral
import CollateralServer
import Foundation
import NIOCore
import NIOPosix
import Quoting
import Synchronization
import Testing

/// A client that sends bytes and keeps what comes back until the end.
private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let done: EventLoopPromise<[UInt8]>
    private let wanted: Int?
    private var bytes: [UInt8] = []

    /// - Parameter wanted: done after as many bytes; nil waits for the end.
    init(_ done: EventLoopPromise<[UInt8]>, wanted: Int?) {
        self.done = done
        self.wanted = wanted
    }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        if let wanted, bytes.count >= wanted { done.succeed(bytes) }
    }
    func channelInactive(context: ChannelHandlerContext) { done.succeed(bytes) }
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Whoever closed its own half has all when the other half is closed.
        if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
    }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

@Suite("Collateral server", .timeLimit(.minutes(2)))
struct CollateralServerTests {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Connects; the future has what the server sent until it closed, or the first `wanted` bytes.
    private func connect(
        port: Int, wanted: Int? = nil, closesHalf: Bool = false, reads: Bool = true
    ) throws -> (channel: any Channel, end: EventLoopFuture<[UInt8]>) {
        let promise = Self.group.next().makePromise(of: [UInt8].self)
        let connected = bootstrap(promise, wanted: wanted, closesHalf: closesHalf)
            .channelOption(.autoRead, value: reads).connect(host: "127.0.0.1", port: port)
        // Who does not get through gets nothing, and nobody waits for ever.
        connected.whenFailure { promise.fail($0) }
        Self.group.next().scheduleTask(in: .seconds(90)) {
            promise.fail(ChannelError.connectTimeout(.seconds(90)))
        }
        return (try connected.wait(), promise.futureResult)
    }

    private func bootstrap(
        _ promise: EventLoopPromise<[UInt8]>, wanted: Int?, closesHalf: Bool
    ) -> ClientBootstrap {
        ClientBootstrap(group: Self.group).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Collector(promise, wanted: wanted))
            }
        }.connectTimeout(.seconds(60)).channelOption(.allowRemoteHalfClosure, value: closesHalf)
    }

    private func send(_ text: String, to channel: any Channel) {
        channel.writeAndFlush(channel.allocator.buffer(string: text), promise: nil)
    }

    private func withServer(
        seconds: Int64 = 15, _ body: (_ port: Int, _ server: CollateralServer) throws -> Void
    ) throws {
        let service = try CollateralService(authority: CollateralServiceTests.authority())
        let server = CollateralServer(requestSeconds: seconds)
        let port = try server.listen(host: "127.0.0.1", port: 0) { service }
        do {
            try body(port, server)
        } catch {
            try server.stop()
            throw error
        }
        try server.stop()
    }

    private static let target = "/tdx/certification/v4/tcb?fmspc=90c06fab0000"
    private static let request = "GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    @Test("sends the document as it was signed, with its size and an id")
    func http() throws {
        let body = try CollateralServiceTests.authority().collateral().tcbInfo.body
        try withServer { port, _ in
            let client = try connect(port: port)
            send(Self.request, to: client.channel)
            let answer = try client.end.wait()
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(text.contains("Content-Length: \(body.count)\r\n"))
            #expect(text.contains("Request-ID: "))
            #expect(text.contains("TCB-Info-Issuer-Chain: -----BEGIN%20CERTIFICATE-----%0A"))
            #expect(answer.suffix(body.count).elementsEqual(body))
        }
    }

    @Test("holds a thousand connections, and serves the next one beside them")
    func thousand() throws {
        try withServer { port, _ in
            // A third says nothing, a third sends half a request, a third broke off.
            var clients: [(channel: any Channel, end: EventLoopFuture<[UInt8]>)] = []
            for index in 0..<1000 {
                let client = try connect(port: port)
                if index % 3 == 1 { send("GET /tdx/certification/v4/tc", to: client.channel) }
                if index % 3 == 2 { send("\u{0}\u{1}\u{2}\r\n\r\n", to: client.channel) }
                clients.append(client)
            }
            let client = try connect(port: port)
            send(Self.request, to: client.channel)
            #expect(try client.end.wait().starts(with: Array("HTTP/1.1 200 OK".utf8)))
            // Those with half a request get their answer when the rest comes.
            for index in stride(from: 1, to: 1000, by: 99) where index % 3 == 1 {
                send(
                    "b?fmspc=90c06fab0000 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                    to: clients[index].channel)
                #expect(try clients[index].end.wait().starts(with: Array("HTTP/1.1 200 OK".utf8)))
            }
            for client in clients { client.channel.close(promise: nil) }
        }
    }

    @Test("gives up on a client that is slow, however busily")
    func slow() throws {
        try withServer(seconds: 1) { port, _ in
            let silent = try connect(port: port)
            let trickling = try connect(port: port)
            let task = trickling.channel.eventLoop.scheduleRepeatedTask(
                initialDelay: .zero, delay: .milliseconds(100)
            ) { _ in
                trickling.channel.writeAndFlush(trickling.channel.allocator.buffer(string: "G"), promise: nil)
            }
            #expect(try silent.end.wait().isEmpty)
            let answer = try trickling.end.wait()
            #expect(answer.isEmpty || answer.starts(with: Array("HTTP/1.1 400".utf8)))
            task.cancel()
        }
    }

    @Test("keeps a connection for the next request, and closes all when it stops")
    func keepAlive() throws {
        let service = try CollateralService(authority: CollateralServiceTests.authority())
        let server = CollateralServer()
        let port = try server.listen(host: "127.0.0.1", port: 0) { service }
        let last = try connect(port: port)
        send(Self.request, to: last.channel)
        let size = try last.end.wait().count - "Connection: close\r\n".utf8.count
        let client = try connect(port: port, wanted: 2 * size)
        let request = "GET \(Self.target) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        send(request + request, to: client.channel)
        // Answered before the server stops, which then has a connection to close.
        let answers = String(decoding: try client.end.wait(), as: UTF8.self)
        #expect(answers.components(of: "HTTP/1.1 200 OK") == 2)
        #expect(client.channel.isActive)
        try server.stop()
        try client.channel.closeFuture.wait()
        #expect(throws: (any Error).self) { _ = try connect(port: port) }
    }

    @Test("answers requests that come at once in their order, and then a client that has said all")
    func pipelining() throws {
        let service = try CollateralService(authority: CollateralServiceTests.authority())
        let targets = (0..<120).map {
            ["\(Self.target)", "/tdx/certification/v4/qe/identity", "/sgx/certification/v4/crl", "/nothing"][
                $0 % 4]
        }
        let bodies = targets.map { service.answer(CollateralRequest(target: $0)).body }
        try withServer { port, _ in
            let client = try connect(port: port, closesHalf: true)
            send(targets.map { "GET \($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined(), to: client.channel)
            // The server reads an end, and not another request; what it has answered goes out.
            try client.channel.close(mode: .output).wait()
            var rest = try client.end.wait()[...]
            for (number, body) in bodies.enumerated() {
                guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else {
                    Issue.record("the answer to request \(number) is missing")
                    return
                }
                let answer = rest[end.upperBound...].prefix(body.count)
                #expect(answer.elementsEqual(body), "\(number)")
                rest = rest[answer.endIndex...]
            }
            #expect(rest.isEmpty)
        }
    }

    @Test(
        "refuses a request that is too large, and serves the next client",
        arguments: [
            "GET \(target) HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 200_000))\r\n\r\n",
            "GET /\(String(repeating: "x", count: 200_000)) HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET \(target) HTTP/1.1\r\n" + (0..<5000).map { "X-\($0): y\r\n" }.joined() + "\r\n",
            "GET \(target) HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\n"
                + String(repeating: "x", count: 200_000),
            "GET \(target) HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
            "GET \(target) HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "GET \(target) HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}",
        ])
    func tooLarge(request: String) throws {
        try withServer(seconds: 5) { port, _ in
            let client = try connect(port: port)
            send(request, to: client.channel)
            let answer = try client.end.wait()
            #expect(answer.isEmpty || !answer.starts(with: Array("HTTP/1.1 200".utf8)))
            let next = try connect(port: port)
            send(Self.request, to: next.channel)
            #expect(try next.end.wait().starts(with: Array("HTTP/1.1 200 OK".utf8)))
        }
    }

    @Test("gives up on a client that asks and asks, and does not read")
    func notReading() throws {
        try withServer(seconds: 1) { port, _ in
            let client = try connect(port: port, reads: false)
            let request = "GET \(Self.target) HTTP/1.1\r\nHost: localhost\r\n\r\n"
            // Far more than what lies between two programs can hold of the answers.
            send(String(repeating: request, count: 20_000), to: client.channel)
            Thread.sleep(forTimeInterval: 3)
            let next = try connect(port: port)
            send(Self.request, to: next.channel)
            #expect(try next.end.wait().starts(with: Array("HTTP/1.1 200 OK".utf8)))
            // A client that could not send all knows the end already.
            client.channel.setOption(.autoRead, value: true).whenComplete { _ in }
            let answers = String(decoding: try client.end.wait(), as: UTF8.self)
            #expect(answers.components(of: "HTTP/1.1 200 OK") < 20_000)
        }
    }

    @Test("answers a report on a Unix socket from a client that has closed its half")
    func quoteSocket() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "qgs-\(UUID().uuidString.prefix(8))"
        ).path
        let server = CollateralServer(threads: 1, requestSeconds: 2)
        let quoting = try Self.quoting()
        try server.listen(path: path) { quoting }
        defer { _ = unlink(path) }
        func ask(_ bytes: [UInt8], closes: Bool) throws -> [UInt8] {
            let promise = Self.group.next().makePromise(of: [UInt8].self)
            let channel = try bootstrap(promise, wanted: nil, closesHalf: true).connect(
                unixDomainSocketPath: path
            )
            .wait()
            channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
            // A server that is quick has ended the connection already.
            if closes { channel.close(mode: .output, promise: nil) }
            return try promise.futureResult.wait()
        }
        let request: [UInt8] = [0, 0, 0, 16, 1, 0, 1, 0, 4, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0]
        let answer = try ask(request, closes: true)
        #expect(answer.count == 4 + 28 + 32 && answer[8] == 5)
        #expect(try ask(request, closes: false) == answer)
        // Half a request, and one of a size that no request has.
        #expect(try ask(Array(request.prefix(10)), closes: true).isEmpty)
        #expect(try ask(Array(request.prefix(10)), closes: false).isEmpty)
        #expect(
            try ask([0x7F, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 1, count: 2000), closes: false).isEmpty)
        try server.stop()
    }

    @Test("answers a report over vsock, where a machine has it")
    func vsock() throws {
        let server = CollateralServer(threads: 1)
        let quoting = try Self.quoting()
        let port: UInt32 = 40_500 + UInt32.random(in: 0..<20_000)
        defer { #expect(throws: Never.self) { try server.stop() } }
        do {
            try server.listen(vsockPort: port) { quoting }
        } catch {
            print("Left out: this machine has no vsock (\(error)).")
            return
        }
        let promise = Self.group.next().makePromise(of: [UInt8].self)
        let channel: any Channel
        do {
            channel = try bootstrap(promise, wanted: nil, closesHalf: false).connectTimeout(.seconds(5))
                .connect(
                    to: VsockAddress(cid: VsockAddress.ContextID(rawValue: 1), port: .init(rawValue: port))
                ).wait()
        } catch {
            promise.fail(error)
            print("Left out: this machine's vsock has no loopback (\(error)).")
            return
        }
        let request: [UInt8] = [0, 0, 0, 16, 1, 0, 1, 0, 4, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0]
        channel.writeAndFlush(channel.allocator.buffer(bytes: request), promise: nil)
        #expect(try promise.futureResult.wait().count == 4 + 28 + 32)
    }

    private static func quoting() throws -> QGSService {
        let authority = try CollateralServiceTests.authority()
        return try QGSService(
            authority: authority, enclave: QuotingEnclave(authority: authority, isGenuine: { _ in false }))
    }
}

extension String {
    /// How often a text is in this one.
    fileprivate func components(of text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
