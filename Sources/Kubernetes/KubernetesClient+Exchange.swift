import Transport

// Nothing here runs on the actor: reading a large answer must not keep others from asking.

extension KubernetesClient {
    /// One request, once more where the credentials had rotated.
    nonisolated func exchange(
        _ request: APIRequest, _ urgency: Urgency
    ) async throws(KubernetesError) -> JSON {
        let request = request.at(home: access.namespace)
        return try await paced(urgency, request) { () async throws(KubernetesError) -> JSON in
            try await withPapers(request) { asked throws(KubernetesError) in
                try await send(asked, request)
            }
        }
    }

    /// The pieces of a watch. Its head must come in time; a silence longer than the watch itself is its end.
    nonisolated func stream(_ request: APIRequest) async throws(KubernetesError) -> HTTPStream {
        try await paced(.ordinary, request) { () async throws(KubernetesError) -> HTTPStream in
            try await withPapers(request) { asked throws(KubernetesError) in
                try await open(asked, request)
            }
        }
    }

    /// Taking traffic back waits for no turn.
    nonisolated private func paced<Answer: Sendable>(
        _ urgency: Urgency, _ request: APIRequest, _ ask: () async throws(KubernetesError) -> Answer
    ) async throws(KubernetesError) -> Answer {
        guard urgency == .ordinary else { return try await ask() }
        do throws(CancellationError) {
            try await pace.enter()
        } catch {
            throw KubernetesError(.cancelled, "\(request.words): cancelled")
        }
        do throws(KubernetesError) {
            let answer = try await ask()
            await pace.leave()
            return answer
        } catch {
            if case .unavailable(let wait?) = error.kind { await pace.close(for: wait) }
            await pace.leave()
            throw error
        }
    }

    nonisolated private func withPapers<Answer: Sendable>(
        _ request: APIRequest, _ ask: (HTTPRequest) async throws(KubernetesError) -> Answer
    ) async throws(KubernetesError) -> Answer {
        if let flaw = request.flaw { throw KubernetesError(.invalid, "\(request.words): \(flaw)") }
        let papers = try await identity.papers()
        do throws(KubernetesError) {
            return try await ask(written(request, papers))
        } catch {
            guard error.kind == .unauthenticated, let others = try await identity.others(than: papers) else {
                throw error
            }
            return try await ask(written(request, others))
        }
    }

    nonisolated private func send(
        _ asked: HTTPRequest, _ request: APIRequest
    ) async throws(KubernetesError) -> JSON {
        var asked = asked
        asked.reusesConnection = await begin(request)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await sender.send(asked)
        } catch {
            if error.kind == .timeout { await distrustConnections() }
            throw request.error(error)
        }
        await heed(response.headers.values("Warning"), about: request)
        return try request.answer(in: response)
    }

    nonisolated private func open(
        _ asked: HTTPRequest, _ request: APIRequest
    ) async throws(KubernetesError) -> HTTPStream {
        _ = await begin(request)
        var asked = asked
        asked.silenceMax = .seconds(settings.watchSeconds + 30)
        let stream: HTTPStream
        let body: [UInt8]
        do throws(TransportError) {
            stream = try await sender.stream(asked)
            if stream.isSuccess { return stream }
            body = try await stream.body.collect(bytesMax: 1 << 20)
        } catch {
            throw request.error(error)
        }
        throw request.error(
            Objection(HTTPResponse(status: stream.status, headers: stream.headers, body: body)))
    }

    nonisolated private func written(_ request: APIRequest, _ papers: Papers) -> HTTPRequest {
        var connection = access.connection
        if let certificate = papers.certificate { connection.clientCertificate = certificate }
        var headers: HTTPHeaders = ["Accept": "application/json", "User-Agent": "headgate"]
        headers["Authorization"] = papers.authorization
        headers["Content-Type"] = request.contentType
        return HTTPRequest(
            request.method, access.server + request.target, headers: headers, body: request.body?.bytes,
            timeout: settings.timeout, responseBytesMax: 64 << 20, connection: connection)
    }
}
