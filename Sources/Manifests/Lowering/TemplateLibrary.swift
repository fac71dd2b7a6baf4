/// The analysis templates of a set of files, by what rollouts call them.
struct TemplateLibrary {
    private struct Key: Hashable {
        let scope: TemplateScope
        let name: String
    }

    private let templates: [Key: TemplateDocument]
    let openSLO: OpenSLOLibrary

    /// Reports templates that share a name, at each of them.
    init(_ documents: [TemplateDocument], _ openSLO: OpenSLOLibrary) {
        self.openSLO = openSLO
        let groups = Dictionary(grouping: documents) { Key(scope: $0.scope, name: $0.name) }
        for (key, group) in groups { refuseDuplicates(group.map(\.metadata), "\(key.scope.rawValue)s") }
        templates = groups.compactMapValues(\.first)
    }

    /// Checks what can be checked without a rollout: each template by itself, and whether those it names exist.
    func check() {
        for template in templates.values {
            template.check()
            for reference in template.templates where find(reference) == nil {
                reference.field.refuse(missing(reference))
            }
        }
    }

    private func find(_ reference: TemplateReference) -> TemplateDocument? {
        templates[Key(scope: reference.scope, name: reference.name)]
    }

    /// The templates that a list of references comes to, each once, with those that they name themselves. Nil,
    /// reported, when one of them is missing or broken.
    func resolve(_ references: [TemplateReference]) -> [Resolved]? {
        var resolved: [Resolved] = []
        var seen: Set<Key> = []
        var isWhole = true
        for reference in references {
            var pending = [reference]
            while let next = pending.popLast() {
                guard seen.insert(Key(scope: next.scope, name: next.name)).inserted else { continue }
                guard let template = usable(next, at: reference.field) else {
                    isWhole = false
                    continue
                }
                resolved.append(Resolved(template: template, field: reference.field))
                pending += template.templates.reversed()
            }
        }
        return isWhole ? resolved : nil
    }

    /// A template, and where the rollout asks for it.
    struct Resolved {
        let template: TemplateDocument
        let field: Field
    }

    private func usable(_ reference: TemplateReference, at field: Field) -> TemplateDocument? {
        guard let template = find(reference) else {
            field.refuse(missing(reference))
            return nil
        }
        guard !template.isBroken else {
            field.refuse("\(template.title) has errors; see \(template.file)")
            return nil
        }
        return template
    }

    private func missing(_ reference: TemplateReference) -> String {
        let names = templates.keys.filter { $0.scope == reference.scope }.map(\.name).sorted()
        let isElsewhere = templates.keys.contains { $0.name == reference.name && $0.scope != reference.scope }
        let hint =
            isElsewhere
            ? "; there is one of that name with clusterScope: \(reference.scope == .ordinary)" : ""
        return unknown(reference.scope.rawValue, quoted(reference.name), reference.name, names) + hint
    }
}

/// Reports documents that share a name, at each of them, with the place of another.
func refuseDuplicates(_ group: [Metadata], _ plural: String) {
    guard group.count > 1 else { return }
    for (index, metadata) in group.enumerated() {
        let other = group[index == 0 ? 1 : 0].field.node.mark.text
        metadata.field.refuse(
            "two \(plural) are named \(quoted(metadata.name)); the other is at \(other)")
    }
}

extension YAMLMark {
    /// `rollouts/checkout.yaml:14:9`.
    var text: String { isInText ? "\(file):\(line):\(column)" : file }
}
