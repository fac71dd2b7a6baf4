import Kubernetes
import Synchronization
import Transport

/// An API server that keeps objects in memory and minds their versions, as far as an election needs it.
final class MemoryAPI: KubernetesAPI {
    enum Fault: Sendable {
        case fails(KubernetesError.Kind)
        /// Carried out, and never answered.
        case answerLost
        /// Nothing comes.
        case hangs
    }

    fileprivate struct State {
        var object: JSON?
        var version = 0
        var fault: Fault?
        var writes = 0
    }

    private let state = Mutex(State())

    var object: JSON? { state.withLock { $0.object } }
    var writes: Int { state.withLock { $0.writes } }

    func setFault(_ fault: Fault?) { state.withLock { $0.fault = fault } }

    /// As somebody else does it.
    func edit(_ change: (inout JSON?) -> Void) {
        state.withLock { state in
            change(&state.object)
            state.bump()
        }
    }

    func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try await meet { _ in }
        guard let found = self.object else { throw KubernetesError(.missing, "no lease") }
        return found
    }

    func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        let outcome = Mutex<Result<JSON, KubernetesError>?>(nil)
        try await meet { state in
            let result = state.take(write.deed)
            outcome.withLock { $0 = result }
        }
        guard let result = outcome.withLock({ $0 }) else { throw KubernetesError(.cancelled, "cancelled") }
        return try result.get()
    }

    func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList {
        throw KubernetesError(.unsupported, "not here")
    }

    func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> { AsyncStream { $0.finish() } }

    /// Carries out what is asked, unless a fault says otherwise.
    private func meet(_ deed: (inout State) -> Void) async throws(KubernetesError) {
        let fault = state.withLock { state in
            switch state.fault {
            case nil, .answerLost: deed(&state)
            case .fails, .hangs: break
            }
            return state.fault
        }
        switch fault {
        case nil: return
        case .fails(let kind): throw KubernetesError(kind, "it was written so")
        case .hangs, .answerLost:
            try? await Task.sleep(for: .seconds(600))
            throw KubernetesError(.cancelled, "cancelled")
        }
    }
}

extension MemoryAPI.State {
    fileprivate mutating func bump() {
        version += 1
        guard object != nil else { return }
        object["metadata"]["resourceVersion"] = .string("\(version)")
    }

    fileprivate mutating func take(_ deed: ObjectWrite.Deed) -> Result<JSON, KubernetesError> {
        switch deed {
        case .create(let new):
            guard object == nil else { return .failure(KubernetesError(.exists, "it exists")) }
            return keep(new)
        case .replace(let new):
            guard let object else { return .failure(KubernetesError(.missing, "no lease")) }
            guard new["metadata"]["resourceVersion"] == object["metadata"]["resourceVersion"] else {
                return .failure(KubernetesError(.stale, "it was changed"))
            }
            return keep(new)
        default: return .failure(KubernetesError(.unsupported, "not here"))
        }
    }

    private mutating func keep(_ new: JSON) -> Result<JSON, KubernetesError> {
        object = new
        writes += 1
        bump()
        return .success(object ?? new)
    }
}
