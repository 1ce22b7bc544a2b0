// SPDX-License-Identifier: Apache-2.0

import Collateral
import CollateralServer
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
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

@Suite("Collateral server", .timeLimit(.minutes(2)))
struct CollateralServerTests {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Connects; the future has what the server sent until it closed, or the first `wanted` bytes.
    private func connect(port: Int, wanted: Int? = nil) throws -> (
        channel: any Channel, end: EventLoopFuture<[UInt8]>
    ) {
        let promise = Self.group.next().makePromise(of: [UInt8].self)
        let connected = ClientBootstrap(group: Self.group).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Collector(promise, wanted: wanted))
            }
        }.connectTimeout(.seconds(60)).connect(host: "127.0.0.1", port: port)
        // Who does not get through gets nothing.
        connected.whenFailure { promise.fail($0) }
        return (try connected.wait(), promise.futureResult)
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
        let client = try connect(port: port)
        let request = "GET \(Self.target) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        send(request + request, to: client.channel)
        let other = try connect(port: port, wanted: 15)
        send(Self.request, to: other.channel)
        _ = try other.end.wait()
        try server.stop()
        let answers = String(decoding: try client.end.wait(), as: UTF8.self)
        #expect(answers.components(of: "HTTP/1.1 200 OK") == 2)
        #expect(throws: (any Error).self) { _ = try connect(port: port) }
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
