/// Fills `{{args.name}}` in the texts of a template.
///
/// A class, because all texts of a template draw on one budget: a few short texts that each name a long argument
/// a thousand times would otherwise become gigabytes.
final class Substitution {
    /// Which arguments may stay as they are, because nobody has given them yet.
    enum Open {
        case none
        case these(Set<String>)
        case any
    }

    private let values: [String: String]
    private let open: Open
    private var bytesLeft = bytesMax
    private static let bytesMax = 1 << 20

    init(_ values: [String: String], open: Open = .none) {
        self.values = values
        self.open = open
    }

    /// The text with its arguments filled in. What is not known is reported at `field` and stays.
    func fill(_ text: String, at field: Field) -> String {
        var filled = ""
        var rest = text[...]
        while let start = rest.firstPair("{") {
            guard let end = rest[start.upperBound...].firstPair("}") else {
                field.refuse("`{{` without `}}`")
                return text
            }
            let value = value(of: rest[start.upperBound..<end.lowerBound], at: field)
            guard take(value, at: field) else { return "" }
            filled += rest[..<start.lowerBound]
            filled += value
            rest = rest[end.upperBound...]
        }
        return filled + rest
    }

    private func take(_ value: String, at field: Field) -> Bool {
        bytesLeft -= value.utf8.count
        if bytesLeft < 0 { field.refuse("the arguments fill in more than \(Self.bytesMax >> 20) MiB") }
        return bytesLeft >= 0
    }

    private func value(of tag: Substring, at field: Field) -> String {
        let name = tag.filter { !" \t\n".contains($0) }
        guard name.hasPrefix(Self.prefix) else {
            field.refuse("`{{\(name.shown)}}` is unknown; arguments are written `{{args.name}}`")
            return "{{\(name)}}"
        }
        let argument = String(name.dropFirst(Self.prefix.count))
        if let value = values[argument] { return value }
        if !isOpen(argument) { field.refuse(unknown("argument", quoted(argument), argument, known)) }
        return "{{\(name)}}"
    }

    fileprivate static let prefix = "args."

    private func isOpen(_ name: String) -> Bool {
        switch open {
        case .none: false
        case .these(let names): names.contains(name)
        case .any: true
        }
    }

    private var known: [String] {
        guard case .these(let names) = open else { return values.keys.sorted() }
        return names.union(values.keys).sorted()
    }
}

extension Substring {
    /// Where two of these bytes stand side by side. Every text of every template is looked through for them, and
    /// searching bytes is many times faster than searching characters.
    fileprivate func firstPair(_ character: Unicode.Scalar) -> Range<Index>? {
        let byte = UInt8(ascii: character)
        var rest = utf8[...]
        while let first = rest.firstIndex(of: byte) {
            let second = utf8.index(after: first)
            guard second < utf8.endIndex else { return nil }
            if utf8[second] == byte { return first..<utf8.index(after: second) }
            rest = utf8[second...]
        }
        return nil
    }
}

extension Field {
    /// Whether an argument in this text is still to be given.
    var isOpen: Bool {
        guard let text = node.scalar?.text, let tag = text[...].firstPair("{") else { return false }
        return text[tag.lowerBound...].contains("{{" + Substitution.prefix)
    }

    /// This value with the arguments in all of its texts filled in, at the places of the old ones.
    func filled(by substitution: Substitution) -> Field {
        Field(node(filledBy: substitution), at: path, diagnostics)
    }

    private func node(filledBy substitution: Substitution) -> YAMLNode {
        switch node.content {
        case .scalar(let scalar):
            guard scalar.text[...].firstPair("{") != nil else { return node }
            let text = substitution.fill(scalar.text, at: self)
            return YAMLNode(.scalar(YAMLScalar(text, style: .quoted)), at: node.mark)
        case .sequence(let items):
            let filled = items.enumerated().map { index, item in
                Field(item, at: path.appending(index: index), diagnostics).node(filledBy: substitution)
            }
            return YAMLNode(.sequence(filled), at: node.mark)
        case .mapping(let entries):
            let filled = entries.map { entry in
                let value = Field(entry.value, at: path.appending(key: entry.key.text), diagnostics)
                return YAMLEntry(key: entry.key, value: value.node(filledBy: substitution))
            }
            return YAMLNode(.mapping(filled), at: node.mark)
        }
    }

    /// The same value, reporting to somebody else.
    func reporting(to diagnostics: Diagnostics) -> Field {
        Field(node, at: path, diagnostics)
    }
}
