package import Logging
package import Transport

/// The client of one API server.
package actor KubernetesClient: KubernetesAPI {
    package struct Settings: Sendable {
        package var pace: PaceLimits
        /// For one request.
        package var timeout: Duration
        /// Objects per page of a list.
        package var pageSize: Int
        /// How long a watch lasts before it is taken up anew.
        package var watchSeconds: Int

        package init(
            pace: PaceLimits = PaceLimits(), timeout: Duration = .seconds(10), pageSize: Int = 500,
            watchSeconds: Int = 290
        ) {
            self.pace = pace
            self.timeout = timeout
            self.pageSize = pageSize
            self.watchSeconds = watchSeconds
        }
    }

    let access: ClusterAccess
    let identity: Identity
    let sender: any HTTPSender
    let pace: Pace
    let log: Logger
    let settings: Settings
    /// Requests sent so far, by verb.
    package private(set) var counts: [String: Int] = [:]
    private var watches: [ObjectQuery: (watch: SharedWatch, readers: Int)] = [:]
    /// Which plurals a group's version has, for the versions that were found to be served.
    private var discovered: [String: Set<String>] = [:]
    private var warnings: Set<String> = []
    private var distrustsConnectionsUntil: ContinuousClock.Instant?

    package init(
        _ access: ClusterAccess, sender: any HTTPSender, settings: Settings = Settings(), log: Logger
    ) {
        self.access = access
        self.sender = sender
        self.settings = settings
        self.log = log
        identity = Identity(access.credentials)
        pace = Pace(settings.pace)
    }
}

// MARK: - Objects

extension KubernetesClient {
    nonisolated package func read(
        _ object: ObjectReference, _ urgency: Urgency
    ) async throws(KubernetesError) -> JSON {
        try await exchange(.reading(object), urgency)
    }

    nonisolated package func write(
        _ write: ObjectWrite, _ urgency: Urgency
    ) async throws(KubernetesError) -> JSON {
        try await exchange(.writing(write), urgency)
    }

    nonisolated package func list(
        _ query: ObjectQuery, _ urgency: Urgency
    ) async throws(KubernetesError) -> ObjectList {
        do throws(KubernetesError) {
            return try await pages(of: query, size: settings.pageSize, urgency)
        } catch {
            // The list outlived the version that its pages stood at. All at once can't.
            guard error.kind == .expired else { throw error }
            return try await pages(of: query, size: nil, urgency)
        }
    }

    nonisolated private func pages(
        of query: ObjectQuery, size: Int?, _ urgency: Urgency
    ) async throws(KubernetesError) -> ObjectList {
        var items: [JSON] = []
        var token: String?
        while true {
            let request = APIRequest.listing(query, limit: size, continue: token)
            let page = try request.page(in: try await exchange(request, urgency))
            items += page.items
            guard let next = page.next else { return ObjectList(items: items, resourceVersion: page.version) }
            guard next != token else {
                throw KubernetesError(
                    .unavailable(retryAfter: nil), "\(request.words): the pages go round in a circle")
            }
            token = next
        }
    }

    /// What discovery and other plain paths answer.
    nonisolated package func ask(_ path: String) async throws(KubernetesError) -> JSON {
        try await exchange(.asking(path), .ordinary)
    }
}

// MARK: - Discovery

extension KubernetesClient {
    /// Whether the server serves the kind: it may lack the CRD, or have it in other versions. A yes is remembered,
    /// until somebody asks `anew`; a no may turn at any time.
    package func serves(_ kind: ResourceKind, anew: Bool = false) async throws(KubernetesError) -> Bool {
        if !anew, discovered[kind.root]?.contains(kind.plural) == true { return true }
        do throws(KubernetesError) {
            let found = try await ask(kind.root)["resources"]?.array ?? []
            discovered[kind.root] = Set(found.compactMap { $0["name"]?.string })
        } catch {
            guard error.kind == .missing else { throw error }
            discovered[kind.root] = nil
        }
        return discovered[kind.root]?.contains(kind.plural) == true
    }

    /// The first of several versions of a kind that the server serves; none where it serves none.
    package func served(among kinds: [ResourceKind]) async throws(KubernetesError) -> ResourceKind? {
        for kind in kinds where try await serves(kind) { return kind }
        return nil
    }
}

// MARK: - Watches

extension KubernetesClient {
    nonisolated package func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> {
        let (stream, reader) = AsyncStream<ObjectEvent>.makeStream(bufferingPolicy: WatchReader.buffering)
        let (presence, end) = AsyncStream<Never>.makeStream()
        reader.onTermination = { _ in end.finish() }
        // Lives as long as the reader, who ends it by going.
        Task {
            let watch = await join(query)
            let number = await watch.add(WatchReader(reader), by: self)
            for await _ in presence {}
            await watch.remove(number)
            await leave(query)
        }
        return stream
    }

    private func join(_ query: ObjectQuery) -> SharedWatch {
        let (watch, readers) = watches[query] ?? (SharedWatch(query, seconds: settings.watchSeconds), 0)
        watches[query] = (watch, readers + 1)
        return watch
    }

    private func leave(_ query: ObjectQuery) {
        guard let (watch, readers) = watches[query] else { return }
        watches[query] = readers > 1 ? (watch, readers - 1) : nil
    }

    /// How many queries are being watched.
    package var watchCount: Int { watches.count }

    /// How many read those watches.
    package var readerCount: Int { watches.values.map(\.readers).reduce(0, +) }
}

// MARK: - What it remembers of its exchanges

extension KubernetesClient {
    /// Counts a request that is about to be sent. Whether an open connection will do for it: a peer that has hung
    /// takes its connection with it, and whoever joins it waits in vain, too.
    func begin(_ request: APIRequest) -> Bool {
        counts[request.verb.rawValue, default: 0] += 1
        return distrustsConnectionsUntil.map { $0 < .now } ?? true
    }

    func distrustConnections() { distrustsConnectionsUntil = .now + .seconds(60) }

    /// The same words come with every answer: they are logged once.
    func heed(_ texts: [String], about request: APIRequest) {
        for text in texts where warnings.count < 1_000 && warnings.insert(text).inserted {
            log.warning("\(request.subject): the API server warns: \(text.prefix(500))")
        }
    }
}
