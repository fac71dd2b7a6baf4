import Manifests
import Transport

extension YAMLNode {
    /// An object as the manifest reader takes it. It has no lines; what is wrong with it is told by its path.
    init(_ json: JSON, in source: String) {
        let mark = YAMLMark(in: source)
        let content: Content =
            switch json {
            case .null: .scalar(YAMLScalar("null"))
            case .bool(let value): .scalar(YAMLScalar("\(value)"))
            case .integer(let value): .scalar(YAMLScalar("\(value)"))
            case .number(let value): .scalar(YAMLScalar("\(value)"))
            case .string(let text): .scalar(YAMLScalar(text, style: .quoted))
            case .array(let items): .sequence(items.map { YAMLNode($0, in: source) })
            case .object(let members):
                .mapping(
                    members.sorted { $0.key < $1.key }.map { key, value in
                        YAMLEntry(key: YAMLKey(key, at: mark), value: YAMLNode(value, in: source))
                    })
            }
        self.init(content, at: mark)
    }
}
