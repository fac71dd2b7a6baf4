import Kubernetes
import Rollouts
import Transport

extension KubernetesAPI {
    /// Several objects at once, in the order of their references.
    func readAll(
        _ references: [ObjectReference], _ urgency: Urgency
    ) async throws(KubernetesError) -> [JSON] {
        let outcomes = await all(references) { reference async throws(KubernetesError) in
            try await read(reference, urgency)
        }
        var objects: [JSON] = []
        for outcome in outcomes { objects.append(try outcome.get()) }
        return objects
    }

    /// Carries out writes that don't wait for each other.
    func carryOut(_ writes: [ObjectWrite], _ urgency: Urgency) async -> WriteOutcomes {
        let outcomes = await all(writes) { one async throws(KubernetesError) in
            try await write(one, urgency)
        }
        return WriteOutcomes(writes: writes, outcomes: outcomes)
    }
}

/// What became of writes that were carried out at once.
struct WriteOutcomes: Sendable {
    let writes: [ObjectWrite]
    let outcomes: [Result<JSON, KubernetesError>]

    /// The objects as they are now.
    var objects: [JSON] { outcomes.compactMap { try? $0.get() } }

    /// What was in the way of the first that failed; one that only came too late stands behind all others.
    var failure: KubernetesError? {
        let failures = outcomes.compactMap { outcome in
            if case .failure(let error) = outcome { error } else { nil }
        }
        return failures.first { $0.kind != .stale } ?? failures.first
    }

    /// The failure in the engine's terms. Some written and some not is said: the next attempt writes the
    /// rest.
    func routeFailure(_ error: KubernetesError) -> RouteFailure {
        let failure = RouteFailure(error)
        guard writes.count > 1 else { return failure }
        let done = zip(writes, outcomes).compactMap { write, outcome in
            if case .success = outcome { "\(write.object)" } else { nil }
        }
        let names = done.isEmpty ? "" : " (\(done.joined(separator: ", ")))"
        return RouteFailure(
            failure.kind, "wrote \(done.count) of \(writes.count) objects\(names); then: \(failure.message)")
    }
}

/// Each in a task of its own; the results in order.
private func all<Item: Sendable, Value: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) async throws(KubernetesError) -> Value
) async -> [Result<Value, KubernetesError>] {
    await withTaskGroup(of: (Int, Result<Value, KubernetesError>).self) { group in
        for (index, item) in items.enumerated() {
            group.addTask {
                do throws(KubernetesError) {
                    return (index, .success(try await body(item)))
                } catch {
                    return (index, .failure(error))
                }
            }
        }
        let outcomes = await group.reduce(into: []) { $0.append($1) }
        return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
