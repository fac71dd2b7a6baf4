import Transport

/// One watch, and all who read it: one connection however many they are.
///
/// It keeps no objects. Who joins later makes it list again, for everybody: readers must be ready for `listed` at any
/// time anyway.
actor SharedWatch {
    private let query: ObjectQuery
    private let seconds: Int
    private var readers: [Int: AsyncStream<ObjectEvent>.Continuation] = [:]
    private var last = 0
    /// How far it has come; none before the first list, and after a gap.
    private var version: String?
    private var backoff: WatchBackoff
    private var task: Task<Void, Never>?

    init(_ query: ObjectQuery, seconds: Int) {
        self.query = query
        self.seconds = seconds
        backoff = WatchBackoff(query)
    }

    func add(_ reader: AsyncStream<ObjectEvent>.Continuation, by client: KubernetesClient) {
        last += 1
        let number = last
        readers[number] = reader
        reader.onTermination = { _ in Task { await self.remove(number) } }
        task?.cancel()
        version = nil
        task = Task { await self.run(by: client) }
    }

    private func remove(_ number: Int) {
        readers[number] = nil
        guard readers.isEmpty else { return }
        task?.cancel()
        task = nil
    }

    /// Until nobody reads any more.
    private func run(by client: KubernetesClient) async {
        while !Task.isCancelled {
            do throws(KubernetesError) {
                try await follow(by: client)
                backoff.succeed()
            } catch {
                if Task.isCancelled { return }
                if error.kind == .expired { version = nil }
                tell(.interrupted(error))
                // Cut short means that the loop ends.
                try? await Task.sleep(for: backoff.next(after: error))
            }
        }
    }

    private func follow(by client: KubernetesClient) async throws(KubernetesError) {
        if version == nil {
            let list = try await client.list(query, .ordinary)
            if Task.isCancelled { return }
            version = list.resourceVersion
            tell(.listed(list.items))
        }
        let stream = try await client.stream(.watching(query, from: version ?? "", seconds: seconds))
        var (lines, pieces) = (WatchLines(), stream.body.makeAsyncIterator())
        while let piece = try await next(&pieces) {
            for line in try lines.take(piece) {
                let news = try WatchNews(line, of: query)
                // Another loop has taken over while this one waited.
                if Task.isCancelled { return }
                take(news)
            }
        }
    }

    private func next(_ pieces: inout HTTPBody.Iterator) async throws(KubernetesError) -> [UInt8]? {
        do throws(TransportError) {
            return try await pieces.next()
        } catch {
            throw APIRequest.watching(query, from: "", seconds: seconds).error(error)
        }
    }

    private func take(_ news: WatchNews) {
        backoff.succeed()
        switch news {
        case .bookmark(let version): self.version = version
        case .event(let event, let version):
            if let version { self.version = version }
            tell(event)
        }
    }

    private func tell(_ event: ObjectEvent) {
        for (number, reader) in readers.sorted(by: { $0.key < $1.key }) {
            if case .terminated = reader.yield(event) { remove(number) }
        }
    }
}
