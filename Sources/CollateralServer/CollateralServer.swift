// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOPosix
public import Quoting
import Synchronization

/// Serves a simulated vendor's collateral over HTTP, and quotes of a simulated platform on a Unix socket or over vsock.
///
/// Nobody's connection can hold it up: a request has a time in which it must be whole and answered, whatever the client does.
public final class CollateralServer: Sendable {
    /// How long a client has for a request, and to read the answer.
    public static let requestSeconds: Int64 = 15

    private let group: MultiThreadedEventLoopGroup
    private let listeners = Mutex<[any Channel]>([])
    private let deadline: TimeAmount

    /// - Parameter requestSeconds: how long a client has for a request, and to read the answer.
    public init(threads: Int = 2, requestSeconds: Int64 = CollateralServer.requestSeconds) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        deadline = .seconds(requestSeconds)
    }

    /// Serves HTTP.
    ///
    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - security: what is between the connection and HTTP; nil for nothing.
    ///   - service: what answers; asked for each request, so that it can change.
    /// - Returns: the port.
    public func listen(
        host: String, port: Int, security: TransportSecurity? = nil,
        service: @escaping @Sendable () throws -> CollateralService
    ) throws -> Int {
        let deadline = deadline
        let channel = try bootstrap.childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let security { try pipeline.addHandler(security.handler()) }
                // A client that asks and does not read gets no further requests read.
                try pipeline.addHandler(BackPressureHandler())
                try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                let guardian = ConnectionGuard(deadline)
                try pipeline.addHandlers(CollateralHandler(service: service, guardian: guardian), guardian)
            }
        }.serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1).bind(
            host: host, port: port
        )
        .wait()
        listeners.withLock { $0.append(channel) }
        return channel.localAddress?.port ?? port
    }

    /// Serves quotes on a Unix socket, which is made and must not be in use.
    public func listen(
        path: String, service: @escaping @Sendable () throws -> QGSService
    ) throws {
        let channel = try quoting(service).bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
            .wait()
        listeners.withLock { $0.append(channel) }
    }

    /// Serves quotes on a vsock port, to whoever reaches this machine by one: its guests, or itself.
    ///
    /// The messages and their framing are those of the Unix socket.
    public func listen(
        vsockPort port: UInt32, service: @escaping @Sendable () throws -> QGSService
    ) throws {
        let address = VsockAddress(cid: .any, port: .init(rawValue: port))
        let channel = try quoting(service).bind(to: address).wait()
        listeners.withLock { $0.append(channel) }
    }

    private func quoting(_ service: @escaping @Sendable () throws -> QGSService) -> ServerBootstrap {
        let deadline = deadline
        return bootstrap.childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers(
                    QGSHandler(service: service), ConnectionGuard(deadline))
            }
        }
    }

    private var bootstrap: ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 1024)
            .childChannelOption(ChannelOptions.maxMessagesPerRead, value: 1)
            // A client that has said all may close its half, and still gets its answer.
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
    }

    /// Closes every connection and ends the threads.
    public func stop() throws {
        for channel in listeners.withLock({ $0 }) { try channel.close().wait() }
        try group.syncShutdownGracefully()
    }
}

/// A connection's time for its next request, and its end when something is wrong with it; the last in its pipeline.
private final class ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let time: TimeAmount
    private var scheduled: Scheduled<Void>?

    init(_ time: TimeAmount) { self.time = time }

    /// The time begins anew.
    func restart(_ context: ChannelHandlerContext) {
        scheduled?.cancel()
        let channel = context.channel
        scheduled = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    func channelActive(context: ChannelHandlerContext) { restart(context) }

    func channelInactive(context: ChannelHandlerContext) {
        scheduled?.cancel()
        scheduled = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Nothing more comes; what was answered goes out, and then the connection ends.
        if event as? ChannelEvent == .inputClosed { context.close(mode: .output, promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The client broke the protocol or the connection; there is nobody to tell.
        context.close(promise: nil)
    }
}

/// One HTTP connection: request after request.
private final class CollateralHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let service: @Sendable () throws -> CollateralService
    private let guardian: ConnectionGuard
    private var head: HTTPRequestHead?
    private var bodySize = 0
    /// No request of this service has a body that matters.
    private static let largestBody = 1 << 16

    init(service: @escaping @Sendable () throws -> CollateralService, guardian: ConnectionGuard) {
        self.service = service
        self.guardian = guardian
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            bodySize = 0
        case .body(let part):
            bodySize += part.readableBytes
            if bodySize > CollateralHandler.largestBody { context.close(promise: nil) }
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context)
        }
    }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let response: CollateralResponse
        do {
            response = try service().answer(
                CollateralRequest(method: request.method.rawValue, target: request.uri))
        } catch {
            response = .failure(500, "The platform cannot be read.")
        }
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        headers.add(name: "Content-Length", value: String(response.body.count))
        headers.add(name: "Request-ID", value: CollateralHandler.requestID())
        if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: request.version, status: HTTPResponseStatus(statusCode: response.status),
            headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            let body = context.channel.allocator.buffer(bytes: response.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        let channel = context.channel
        let isLast = !request.isKeepAlive
        // The time for the next request begins now, and covers a client that does not read.
        guardian.restart(context)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if isLast { channel.close(promise: nil) }
        }
    }

    private static func requestID() -> String {
        var generator = SystemRandomNumberGenerator()
        let parts = [generator.next(), generator.next()].map { String($0, radix: 16) }
        return parts.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }
}

/// One connection for one quote.
private final class QGSHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let service: @Sendable () throws -> QGSService
    private var connection: QGSConnection? = QGSConnection()

    init(service: @escaping @Sendable () throws -> QGSService) { self.service = service }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes after a request is nobody's.
        guard connection != nil else { return }
        // A platform that cannot be read makes no quotes; the client sees that the connection ends.
        guard let service = try? service(),
            let step = connection?.receive(unwrapInboundIn(data).readableBytesView, for: service)
        else {
            connection = nil
            context.close(promise: nil)
            return
        }
        switch step {
        case .wait: break
        case .answer(let answer):
            connection = nil
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(channel.allocator.buffer(bytes: answer))).whenComplete {
                _ in channel.close(promise: nil)
            }
        case .close:
            connection = nil
            context.close(promise: nil)
        }
    }
}
