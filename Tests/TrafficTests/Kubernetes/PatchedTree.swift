import Kubernetes
import Transport

// What an API server makes of a patch, for tests of plans that ask none.

extension JSON {
    /// The lists of an applied object take the place of those that are there.
    func merged(_ other: JSON) -> JSON {
        guard case .object(var members) = self, case .object(let others) = other else { return other }
        for (key, value) in others { members[key] = members[key]?.merged(value) ?? value }
        return .object(members)
    }

    func patched(_ operations: [PatchOperation]) throws(KubernetesError) -> JSON {
        var result = self
        for operation in operations { result = try result.patched(operation) }
        return result
    }

    func patched(_ operation: PatchOperation) throws(KubernetesError) -> JSON {
        switch operation {
        case .add(let path, let value): try changed(steps(path)) { _ in value }
        case .replace(let path, let value):
            try changed(steps(path), mustExist: true) { _ in value }
        case .remove(let path): try changed(steps(path), mustExist: true) { _ in nil }
        case .test: throw KubernetesError(.unsupported, "no tests here")
        }
    }

    private func changed(
        _ path: [String], mustExist: Bool = false, _ change: (JSON?) -> JSON?
    ) throws(KubernetesError) -> JSON {
        guard let step = path.first else { return change(self) ?? .null }
        let rest = Array(path.dropFirst())
        if var items = array {
            guard let index = Int(step), index <= items.count else { throw missing(step) }
            if rest.isEmpty {
                guard !mustExist || index < items.count else { throw missing(step) }
                if mustExist { items.remove(at: index) }
                if let value = change(nil) { items.insert(value, at: index) }
            } else {
                guard index < items.count else { throw missing(step) }
                items[index] = try items[index].changed(rest, mustExist: mustExist, change)
            }
            return .array(items)
        }
        guard var members = object else { throw missing(step) }
        if rest.isEmpty {
            guard !mustExist || members[step] != nil else { throw missing(step) }
            members[step] = change(members[step])
        } else {
            guard let member = members[step] else { throw missing(step) }
            members[step] = try member.changed(rest, mustExist: mustExist, change)
        }
        return .object(members)
    }
}

private func missing(_ step: String) -> KubernetesError { KubernetesError(.invalid, "there is no \(step)") }

private func steps(_ pointer: String) -> [String] {
    pointer.split(separator: "/").map { String($0).replacing("~1", with: "/").replacing("~0", with: "~") }
}
