import Analysis
package import Engine
import Hummingbird
import HummingbirdCore
package import Intake
package import Journal
package import Logging
import NIOCore

/// The HTTP interface.
///
/// It speaks plain HTTP/1.1: bind it to the loopback address, or put a proxy that speaks TLS in front of it.
/// It is up before the journal is read, and says so at `/readyz`; see `Readiness`.
package struct APIServer: Sendable {
    package struct Address: Hashable, Sendable {
        package var host: String
        /// Zero takes a free one.
        package var port: Int

        package init(host: String = "127.0.0.1", port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// What the endpoints speak about.
    package struct House: Sendable {
        package var loop: ControlLoop
        package var journal: EventJournal
        package var tokens: Tokens
        package var hook: CIHook
        /// None where no manifests are watched.
        package var manifests: ManifestWatcher?
        package var readiness: Readiness
        /// For `headgate_build_info`.
        package var version: String

        package init(
            loop: ControlLoop, journal: EventJournal, tokens: Tokens, hook: CIHook,
            manifests: ManifestWatcher?,
            readiness: Readiness, version: String
        ) {
            self.loop = loop
            self.journal = journal
            self.tokens = tokens
            self.hook = hook
            self.manifests = manifests
            self.readiness = readiness
            self.version = version
        }
    }

    private let opening: Opening

    /// - Parameter onRunning: told the port when connections are taken.
    package init(
        _ house: House, at address: Address, limits: APILimits = APILimits(), log: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        _ = ProcessVitals.startSeconds
        let counts = RequestCounts()
        let responder = Responder(
            endpoints: Endpoint.all(of: house, counts, limits), tokens: house.tokens,
            readiness: house.readiness,
            counts: counts, limits: limits)
        opening = Opening(log: log, deadline: limits.stopDeadline) { onOpen in
            Application(
                responder: responder, server: .http1(configuration: .bounded(by: limits)),
                configuration: ApplicationConfiguration(
                    address: .hostname(address.host, port: address.port)),
                onServerRunning: { channel in
                    await onRunning(channel.localAddress?.port ?? address.port)
                    await onOpen()
                },
                logger: log)
        }
    }

    /// Serves until `stop` or cancellation. Throws when the address can't be had.
    package func run() async throws {
        try await opening.run()
    }

    /// Takes no more connections and lets the requests under way end, for `APILimits.stopDeadline` at the most.
    /// Returns before they have; `run` returns when it is done.
    package func stop() async {
        await opening.stop()
    }
}

extension HTTP1Channel.Configuration {
    fileprivate static func bounded(by limits: APILimits) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            idleTimeout: .nanoseconds(limits.idleTimeout.wholeMicroseconds * 1_000),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100))
    }
}
