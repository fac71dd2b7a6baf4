import Transport

/// One watch, and all who read it: one connection however many they are. It knows what is there, so that who joins
/// later is told at once.
actor SharedWatch {
    private let query: ObjectQuery
    private let seconds: Int
    private var readers: [Int: WatchReader] = [:]
    private var last = 0
    /// What is there, by namespace and name; none before the first list.
    private var objects: [String: JSON]?
    /// How far it has come; none before the first list, and after a gap.
    private var version: String?
    private var backoff: WatchBackoff
    private var task: Task<Void, Never>?

    init(_ query: ObjectQuery, seconds: Int) {
        self.query = query
        self.seconds = seconds
        backoff = WatchBackoff(query)
    }

    /// Takes a reader in, and gives the number to remove it by. Who adds must remove, or the watch never ends.
    func add(_ reader: WatchReader, by client: KubernetesClient) -> Int {
        last += 1
        readers[last] = reader
        if let all { readers[last]?.tell(all) }
        if task == nil { task = Task { await run(by: client) } }
        return last
    }

    /// With its last reader the connection goes, too.
    func remove(_ number: Int) {
        readers[number] = nil
        guard readers.isEmpty else { return }
        task?.cancel()
        (task, objects, version) = (nil, nil, nil)
    }

    /// Until nobody reads any more. Another run may have begun by then: what comes after a wait looks first
    /// whether it is still meant.
    private func run(by client: KubernetesClient) async {
        while !Task.isCancelled {
            var trouble: KubernetesError?
            do throws(KubernetesError) {
                try await follow(by: client)
            } catch {
                trouble = error
            }
            if Task.isCancelled { return }
            if trouble?.kind == .expired { version = nil }
            if let trouble { tell(.interrupted(trouble)) }
            // Also where the server ended it in good order: one that ends all at once must not be stormed.
            // Cut short means that the loop ends.
            try? await Task.sleep(for: backoff.next(after: trouble))
        }
    }

    private func follow(by client: KubernetesClient) async throws(KubernetesError) {
        if version == nil {
            let list = try await client.list(query, .ordinary)
            if Task.isCancelled { return }
            begin(with: list)
        }
        let stream = try await client.stream(.watching(query, from: version ?? "", seconds: seconds))
        let start = ContinuousClock.now
        var (lines, pieces) = (WatchLines(), stream.body.makeAsyncIterator())
        while let piece = try await next(&pieces) {
            for line in try lines.take(piece) {
                let news = try WatchNews(line, of: query)
                if Task.isCancelled { return }
                take(news)
            }
        }
        // Nothing happened for so long that its end is none too early.
        if !Task.isCancelled, start.duration(to: .now) > .seconds(5) { backoff.succeed() }
    }

    private func next(_ pieces: inout HTTPBody.Iterator) async throws(KubernetesError) -> [UInt8]? {
        do throws(TransportError) {
            return try await pieces.next()
        } catch {
            throw APIRequest.watching(query, from: "", seconds: seconds).error(error)
        }
    }
}

// MARK: - What is there

extension SharedWatch {
    private var all: ObjectEvent? {
        objects.map { .listed($0.sorted { $0.key < $1.key }.map(\.value)) }
    }

    private func begin(with list: ObjectList) {
        version = list.resourceVersion
        // Of a name that stands there twice, the last is as good as any.
        objects = Dictionary(list.items.map { ($0.place, $0) }) { _, last in last }
        all.map(tell)
    }

    private func take(_ news: WatchNews) {
        backoff.succeed()
        switch news {
        case .bookmark(let version): self.version = version ?? self.version
        case .event(let event, let version):
            self.version = version ?? self.version
            note(event)
            tell(event)
        }
    }

    private func note(_ event: ObjectEvent) {
        switch event {
        case .added(let object), .modified(let object): objects?[object.place] = object
        case .deleted(let object): objects?[object.place] = nil
        case .listed, .interrupted: break
        }
    }

    private func tell(_ event: ObjectEvent) {
        for number in readers.keys {
            if readers[number]?.tell(event) == .missed, let all { readers[number]?.tell(all) }
        }
    }
}

extension JSON {
    /// Where an object is among those of its kind.
    fileprivate var place: String {
        let metadata = self["metadata"]
        return "\(metadata["namespace"]?.string ?? "")/\(metadata["name"]?.string ?? "")"
    }
}
