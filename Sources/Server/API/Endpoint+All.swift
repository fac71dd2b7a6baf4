import Hummingbird

extension Endpoint {
    /// The whole interface, and who may use what.
    static func all(of house: APIServer.House, _ counts: RequestCounts, _ limits: APILimits) -> [Endpoint] {
        let health = HealthAnswers(house: house, counts: counts)
        let rollouts = RolloutAnswers(house: house)
        let commands = CommandAnswers(house: house)
        let tokens = TokenAnswers(tokens: house.tokens)
        let hooks = HookAnswers(house: house)
        let endpoints = [
            Endpoint(.get, "/healthz", .open, answer: health.lives),
            Endpoint(.get, "/readyz", .open, answer: health.isReady),
            Endpoint(.get, "/metrics", .open, answer: health.metrics),

            Endpoint(.get, "/v1/rollouts", .role(.viewer), answer: rollouts.list),
            Endpoint(.get, "/v1/rollouts/{name}", .role(.viewer), answer: rollouts.status),
            Endpoint(.get, "/v1/rollouts/{name}/history", .role(.viewer), answer: rollouts.history),
            Endpoint(.get, "/v1/rollouts/{name}/explain", .role(.viewer), answer: rollouts.explanation),
            Endpoint(.get, "/v1/rollouts/{name}/preflight", .role(.viewer), answer: rollouts.preflight),
            Endpoint(.get, "/v1/manifests", .role(.viewer), answer: rollouts.manifests),

            Endpoint(.post, "/v1/rollouts/{name}/start", .role(.operator), answer: commands.start),
            Endpoint(.post, "/v1/rollouts/{name}/promote", .role(.operator), answer: commands.promote),
            Endpoint(.post, "/v1/rollouts/{name}/pause", .role(.operator), answer: commands.pause),
            Endpoint(.post, "/v1/rollouts/{name}/resume", .role(.operator), answer: commands.resume),
            Endpoint(.post, "/v1/rollouts/{name}/abort", .role(.operator), answer: commands.abort),
            Endpoint(.post, "/v1/rollouts/{name}/retry", .role(.operator), answer: commands.retry),
            Endpoint(.post, "/v1/rollouts/{name}/keep", .role(.operator), answer: commands.keep),
            Endpoint(.post, "/v1/rollouts/{name}/unqueue", .role(.operator), answer: commands.unqueue),
            Endpoint(.post, "/v1/rollouts/{name}/undo", .role(.operator), answer: commands.undo),
            Endpoint(.post, "/v1/rollouts/{name}/override", .role(.operator), answer: commands.override),

            Endpoint(.get, "/v1/tokens", .role(.admin), answer: tokens.list),
            Endpoint(.post, "/v1/tokens", .role(.admin), answer: tokens.issue),
            Endpoint(.delete, "/v1/tokens/{name}", .role(.admin), answer: tokens.revoke),

            Endpoint(.post, "/v1/hooks/ci/{name}", .signed, answer: hooks.announce),
        ]
        return endpoints.map { $0.answering(within: limits.answerDeadline) }
    }
}

extension Endpoint {
    /// Answers in time, if only that it did not.
    fileprivate func answering(within limit: Duration) -> Endpoint {
        Endpoint(method, path, access) { [answer] call in
            try await inTime(limit) { try await answer(call) }
        }
    }
}

/// A wish that was handed in can't be taken back, so the work goes on beside the answer that it is late: tasks of
/// their own, and the first to end says what happened.
private func inTime(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Response
) async throws -> Response {
    let (results, first) = AsyncStream<Result<Response, any Error>>.makeStream(
        bufferingPolicy: .bufferingOldest(1))
    let worker = Task {
        do { first.yield(.success(try await work())) } catch { first.yield(.failure(error)) }
    }
    let timer = Task {
        // Cancelled means that the work was done first.
        guard (try? await Task.sleep(for: limit)) != nil else { return }
        first.yield(.failure(APIError.slowAnswer))
        worker.cancel()
    }
    defer { timer.cancel() }
    return try await withTaskCancellationHandler {
        for await result in results { return try result.get() }
        throw APIError.slowAnswer
    } onCancel: {
        worker.cancel()
    }
}
