import Transport

/// What a route hangs on: a Gateway, or a Service in a mesh.
struct ParentReference: Hashable, Sendable, CustomStringConvertible {
    let kind: String
    let name: String
    let namespace: String?
    let section: String?
    let port: Int?

    init(_ reference: JSON) {
        kind = reference["kind"]?.string ?? "Gateway"
        name = reference["name"]?.string ?? "?"
        namespace = reference["namespace"]?.string
        section = reference["sectionName"]?.string
        port = reference["port"]?.integer
    }

    /// A status may say a namespace that the route leaves out.
    func isSame(as other: ParentReference) -> Bool {
        kind == other.kind && name == other.name && section == other.section && port == other.port
            && (namespace == nil || other.namespace == nil || namespace == other.namespace)
    }

    var description: String { "\(kind) \(name)" + (section.map { "/\($0)" } ?? "") }
}

/// What those who carry a route out say of it.
struct RouteStatus: Hashable, Sendable {
    let parents: [ParentReference]
    let entries: [Entry]
    let generation: Int?

    struct Entry: Hashable, Sendable {
        let parent: ParentReference
        let controller: String
        let conditions: [Condition]
    }

    struct Condition: Hashable, Sendable {
        let type: String
        let isTrue: Bool
        let text: String
        /// Which one of the object it is about; none where that is not said.
        let generation: Int?
    }

    init(_ object: JSON) {
        parents = (object["spec"]["parentRefs"]?.array ?? []).map(ParentReference.init)
        entries = (object["status"]["parents"]?.array ?? []).map(Entry.init)
        generation = object["metadata"]["generation"]?.integer
    }

    func controllers(for parent: ParentReference) -> [String] {
        entries.filter { $0.parent.isSame(as: parent) }.map(\.controller)
    }
}

extension RouteStatus {
    enum Verdict: Hashable {
        /// By whom, and which generation: `istio.io/mesh-controller for Service web`.
        case accepted([String])
        /// Refused in words; and whether it is this very version that is refused.
        case refused(String, isCurrent: Bool)
        /// Who has not spoken of this version yet, and whether it is known that they will.
        case awaited([String], isSure: Bool)
        /// Nobody speaks against it, and who accepted it does not say which version.
        case undated([String])
    }

    /// - Parameter expected: whether it is known who carries the route out, so that something will be said.
    func verdict(expected: Bool) -> Verdict {
        var (accepted, awaited, undated): ([String], [String], [String]) = ([], [], [])
        var isSure = true
        for parent in parents {
            let entries = entries.filter { $0.parent.isSame(as: parent) }
            if entries.isEmpty {
                awaited.append("\(parent)")
                isSure = isSure && expected
            }
            for entry in entries {
                let name = "\(entry.controller) for \(parent)"
                switch standing(of: entry) {
                case .refused(let text, let isCurrent):
                    return .refused("\(name): \(text)", isCurrent: isCurrent)
                case .current: accepted.append(name)
                case .undated: undated.append(name)
                case .late: awaited.append(name)
                }
            }
        }
        if !awaited.isEmpty { return .awaited(awaited, isSure: isSure) }
        return undated.isEmpty ? .accepted(accepted) : .undated(undated)
    }

    private enum Standing {
        case current, late, undated
        case refused(String, isCurrent: Bool)
    }

    private func standing(of entry: Entry) -> Standing {
        for condition in entry.conditions where condition.isAgainst {
            if isLate(condition) { return .late }
            return .refused(condition.text, isCurrent: condition.generation != nil)
        }
        guard let accepted = entry.conditions.first(where: { $0.type == "Accepted" }) else { return .late }
        guard accepted.generation != nil else { return .undated }
        return entry.conditions.filter(\.isOfRoute).contains(where: isLate) ? .late : .current
    }

    private func isLate(_ condition: Condition) -> Bool {
        guard let about = condition.generation, let generation else { return false }
        return about < generation
    }
}

extension RouteStatus.Condition {
    fileprivate var isOfRoute: Bool { ["Accepted", "ResolvedRefs"].contains(type) }

    /// `PartiallyInvalid` is true where rules were left out.
    fileprivate var isAgainst: Bool { isOfRoute ? !isTrue : type == "PartiallyInvalid" && isTrue }

    fileprivate init(_ document: JSON) {
        type = document["type"]?.string ?? "?"
        isTrue = document["status"]?.string == "True"
        generation = document["observedGeneration"]?.integer
        let reason = document["reason"]?.string ?? ""
        let message = document["message"]?.string.map { ": \($0)" } ?? ""
        text = "\(type) is \(document["status"]?.string ?? "?"), \(reason)\(message)"
    }
}

extension RouteStatus.Entry {
    fileprivate init(_ document: JSON) {
        parent = ParentReference(document["parentRef"] ?? [:])
        controller = document["controllerName"]?.string ?? "?"
        conditions = (document["conditions"]?.array ?? []).map(RouteStatus.Condition.init)
    }
}
