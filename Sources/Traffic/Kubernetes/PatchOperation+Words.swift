import Kubernetes
import Transport

extension PatchOperation {
    /// What would have to be done, below `spec`: `spec.http[1].route[0].weight should be 9000`.
    var words: String { words(below: "spec") }

    /// Below anything, or nothing: `Splits[1].Weight should be 20`.
    func words(below root: String) -> String {
        let dotted = { (pointer: String) in Self.dotted(pointer, root) }
        return switch self {
        case .add(let path, let value): "\(dotted(path)) is missing (\(Self.short(value)))"
        case .replace(let path, let value): "\(dotted(path)) should be \(Self.short(value))"
        case .remove(let path): "\(dotted(path)) was added"
        case .test(let path, let value): "\(dotted(path)) must be \(Self.short(value))"
        }
    }

    private static func dotted(_ pointer: String, _ root: String) -> String {
        pointer.split(separator: "/").reduce(root) { path, step -> String in
            let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
            if Int(name) != nil { return "\(path)[\(name)]" }
            return path.isEmpty ? String(name) : "\(path).\(name)"
        }
    }

    private static func short(_ value: JSON) -> String {
        let text = value.text
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}
