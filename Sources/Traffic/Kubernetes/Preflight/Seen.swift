import Kubernetes
import Transport

/// What came of a question that was asked before a start. Not to know is an answer too: a look that fails proves
/// nothing against a release.
enum Seen<Value: Sendable>: Sendable {
    case seen(Value)
    case missing
    /// Why, in words.
    case unknown(String)

    var value: Value? {
        if case .seen(let value) = self { value } else { nil }
    }

    var isMissing: Bool {
        if case .missing = self { true } else { false }
    }
}

extension Seen: Equatable where Value: Equatable {}

extension KubernetesAPI {
    func look(at reference: ObjectReference) async -> Seen<JSON> {
        do throws(KubernetesError) {
            return .seen(try await read(reference, .ordinary))
        } catch {
            return error.kind == .missing ? .missing : .unknown(error.message)
        }
    }

    /// Missing: nobody serves the kind.
    func look(for query: ObjectQuery) async -> Seen<[JSON]> {
        do throws(KubernetesError) {
            return .seen(try await list(query, .ordinary).items)
        } catch {
            return [.missing, .unsupported].contains(error.kind) ? .missing : .unknown(error.message)
        }
    }

    /// In several namespaces, as one list. Where one can't be read, none counts as read.
    func look(for kind: ResourceKind, in namespaces: [String]) async -> Seen<[JSON]> {
        var all: [JSON] = []
        for namespace in namespaces {
            switch await look(for: ObjectQuery(kind, in: namespace)) {
            case .seen(let objects): all += objects
            case .missing: return .missing
            case .unknown(let why): return .unknown(why)
            }
        }
        return .seen(all)
    }
}
