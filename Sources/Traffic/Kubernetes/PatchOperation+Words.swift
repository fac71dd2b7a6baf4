import Kubernetes
import Transport

extension PatchOperation {
    /// What would have to be done, below `spec`: `spec.http[1].route[0].weight should be 9000`.
    var words: String {
        switch self {
        case .add(let path, let value): "\(Self.dotted(path)) is missing (\(Self.short(value)))"
        case .replace(let path, let value): "\(Self.dotted(path)) should be \(Self.short(value))"
        case .remove(let path): "\(Self.dotted(path)) was added"
        case .test(let path, let value): "\(Self.dotted(path)) must be \(Self.short(value))"
        }
    }

    private static func dotted(_ pointer: String) -> String {
        pointer.split(separator: "/").reduce("spec") { path, step in
            let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
            return Int(name) == nil ? "\(path).\(name)" : "\(path)[\(name)]"
        }
    }

    private static func short(_ value: JSON) -> String {
        let text = value.text
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}
