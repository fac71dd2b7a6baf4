import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// An HTTP server from its start to its end.
///
/// The library underneath stops the whole process when a server is told to end before it has opened its port (NIO:
/// "Deinited NIOAsyncWriter without calling finish()"), and when a connection is broken off in a write. So an end is
/// told once the port is open, and cancellation is an end like any other: what is under way is answered.
struct Opening: Sendable {
    private let group: ServiceGroup
    private let opened: Gate

    /// - Parameters:
    ///   - deadline: for the requests that are under way at the end; none: as long as they take.
    ///   - application: made with what it has to call when its port is open.
    init(
        log: Logger, deadline: Duration? = nil,
        _ application: (_ onOpen: @escaping @Sendable () async -> Void) -> any Service
    ) {
        let opened = Gate()
        var configuration = ServiceGroupConfiguration(
            services: [application { await opened.open() }], logger: log)
        configuration.maximumGracefulShutdownDuration = deadline
        group = ServiceGroup(configuration: configuration)
        self.opened = opened
    }

    /// Serves until `stop` or cancellation. Throws when the address can't be had.
    func run() async throws {
        let serving = Task {
            do { try await group.run() } catch {
                await opened.open()
                throw error
            }
        }
        try await withTaskCancellationHandler {
            try await serving.value
        } onCancel: {
            Task { await stop() }
        }
    }

    /// Takes no more connections; `run` returns when the requests under way have their answers.
    func stop() async {
        await opened.wait()
        await group.triggerGracefulShutdown()
    }
}

/// Closed at first; once open it stays open.
private actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func wait() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
