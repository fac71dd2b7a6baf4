package import Logging
package import Transport

/// The client of one API server.
package actor KubernetesClient: KubernetesAPI {
    private let access: ClusterAccess
    private let identity: Identity
    private let sender: any HTTPSender
    private let pace: Pace
    private let log: Logger
    private let settings: Settings
    private var watches: [ObjectQuery: SharedWatch] = [:]
    /// Requests sent so far, by verb.
    package private(set) var counts: [String: Int] = [:]

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

// MARK: - What others ask

extension KubernetesClient {
    package func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try await send(.reading(object), urgency)
    }

    package func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try await send(.writing(write), urgency)
    }

    package func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList {
        do throws(KubernetesError) {
            return try await pages(of: query, urgency)
        } catch {
            // The list outlived the version that its pages stood at: once more from the start.
            guard error.kind == .expired else { throw error }
            return try await pages(of: query, urgency)
        }
    }

    private func pages(of query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList
    {
        var items: [JSON] = []
        var token: String?
        while true {
            let page = try await send(
                .listing(query, limit: settings.pageSize, continue: token), urgency)
            items += (page["items"]?.array ?? []).map { $0.named(query.kind) }
            let metadata = page["metadata"]
            token = metadata["continue"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            if token == nil {
                return ObjectList(items: items, resourceVersion: metadata["resourceVersion"]?.string ?? "")
            }
        }
    }

    /// Whether the server serves the kind: it may lack the CRD, or have it in other versions.
    package func serves(_ kind: ResourceKind) async throws(KubernetesError) -> Bool {
        let root = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.group)/\(kind.version)"
        do throws(KubernetesError) {
            let found = try await ask(root)["resources"]?.array ?? []
            return found.contains { $0["name"]?.string == kind.plural }
        } catch {
            if error.kind == .missing { return false }
            throw error
        }
    }

    /// The first of several versions of a kind that the server serves; none where it serves none.
    package func served(among kinds: [ResourceKind]) async throws(KubernetesError) -> ResourceKind? {
        for kind in kinds where try await serves(kind) { return kind }
        return nil
    }

    /// What discovery and other plain paths answer.
    package func ask(_ path: String) async throws(KubernetesError) -> JSON {
        let kind = ResourceKind("", "v1", path, plural: path, isNamespaced: false)
        return try await exchange(APIRequest(.get, kind, in: nil), at: path, .ordinary)
    }

    nonisolated package func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> {
        let (stream, reader) = AsyncStream<ObjectEvent>.makeStream()
        Task { await self.shared(query).add(reader, by: self) }
        return stream
    }

    private func shared(_ query: ObjectQuery) -> SharedWatch {
        let watch = watches[query] ?? SharedWatch(query, seconds: settings.watchSeconds)
        watches[query] = watch
        return watch
    }
}

// MARK: - Watches

extension KubernetesClient {
    /// The pieces of a watch. Its head must come in time; a silence longer than the watch itself is its end.
    func stream(_ request: APIRequest) async throws(KubernetesError) -> HTTPStream {
        count(request)
        var asked = try await put(request, at: request.target)
        asked.silenceMax = .seconds(settings.watchSeconds + 30)
        let stream: HTTPStream
        do throws(TransportError) {
            stream = try await sender.stream(asked)
        } catch {
            throw request.error(error)
        }
        guard !stream.isSuccess else { return stream }
        let body: [UInt8]
        do throws(TransportError) {
            body = try await stream.body.collect(bytesMax: 1 << 20)
        } catch {
            throw request.error(error)
        }
        if stream.status == 401 { await identity.renew() }
        let response = HTTPResponse(status: stream.status, headers: stream.headers, body: body)
        _ = try request.answer(in: response)
        throw KubernetesError(.unavailable(retryAfter: nil), "\(request.subject): no stream came")
    }
}

// MARK: - One request

extension KubernetesClient {
    private func send(_ request: APIRequest, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try await exchange(request, at: request.target, urgency)
    }

    private func exchange(
        _ request: APIRequest, at target: String, _ urgency: Urgency
    ) async throws(KubernetesError) -> JSON {
        guard urgency == .ordinary else { return try await attempt(request, at: target) }
        do {
            try await pace.enter()
        } catch {
            throw KubernetesError(.cancelled, "\(request.subject): cancelled")
        }
        do throws(KubernetesError) {
            let answer = try await attempt(request, at: target)
            await pace.leave()
            return answer
        } catch {
            await pace.leave()
            if case .unavailable(let wait?) = error.kind { await pace.close(for: wait) }
            throw error
        }
    }

    /// Credentials that rotate are refused once before anybody here knows: so once more with new ones.
    private func attempt(_ request: APIRequest, at target: String) async throws(KubernetesError) -> JSON {
        do throws(KubernetesError) {
            return try await once(request, at: target)
        } catch {
            guard error.kind == .unauthenticated, await identity.renew() else { throw error }
            return try await once(request, at: target)
        }
    }

    private func once(_ request: APIRequest, at target: String) async throws(KubernetesError) -> JSON {
        count(request)
        let asked = try await put(request, at: target)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await sender.send(asked)
        } catch {
            throw request.error(error)
        }
        for warning in response.headers.values("Warning") {
            log.warning("\(request.subject): the API server warns: \(warning.prefix(500))")
        }
        return try request.answer(in: response)
    }

    private func put(_ request: APIRequest, at target: String) async throws(KubernetesError) -> HTTPRequest {
        if let flaw = request.flaw {
            throw KubernetesError(.invalid, "\(request.verb.rawValue) \(request.kind.kind): \(flaw)")
        }
        let papers = try await identity.papers()
        var connection = access.connection
        if let certificate = papers.certificate { connection.clientCertificate = certificate }
        var headers: HTTPHeaders = ["Accept": "application/json", "User-Agent": "headgate"]
        if let authorization = papers.authorization { headers["Authorization"] = authorization }
        headers["Content-Type"] = request.contentType
        return HTTPRequest(
            request.method, access.server + target, headers: headers, body: request.body?.bytes,
            timeout: settings.timeout, responseBytesMax: 64 << 20, connection: connection)
    }

    private func count(_ request: APIRequest) { counts[request.verb.rawValue, default: 0] += 1 }
}

extension JSON {
    /// The items of a list don't say what they are; whoever reads them alone wants to know.
    fileprivate func named(_ kind: ResourceKind) -> JSON {
        guard self["kind"] == nil else { return self }
        var object = self
        object["apiVersion"] = .string(kind.apiVersion)
        object["kind"] = .string(kind.kind)
        return object
    }
}
