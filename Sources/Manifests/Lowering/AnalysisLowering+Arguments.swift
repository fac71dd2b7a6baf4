import Analysis

extension AnalysisLowering {
    /// What the arguments of an analysis come to.
    struct Values {
        var texts: [String: String] = [:]
        /// What the tokens in those texts stand for.
        var secrets: [String: SecretReference] = [:]
    }

    /// The text of every argument that the templates ask for. Nil, reported, when one of them has none.
    func values(for analysis: AnalysisDocument, _ templates: [TemplateDocument]) -> Values? {
        guard let declared = merged(templates, in: analysis) else { return nil }
        let given = Dictionary(analysis.arguments.map { ($0.name, $0) }) { first, _ in first }
        reportSurplus(analysis.arguments, declared)
        var values = Values()
        for (name, declaration) in declared.sorted(by: { $0.key < $1.key }) {
            let argument = given[name] ?? declaration
            values.texts[name] = text(of: argument, declaration, in: analysis)
            if case .secret(let secret) = argument.value { values.secrets[argument.secretLabel] = secret }
        }
        return values.texts.count == declared.count ? values : nil
    }

    /// One declaration for each name: the one with a value, where several templates ask for the same.
    private func merged(
        _ templates: [TemplateDocument], in analysis: AnalysisDocument
    ) -> [String: Argument]? {
        var merged: [String: Argument] = [:]
        var isWhole = true
        for argument in templates.flatMap(\.arguments) {
            guard let other = merged[argument.name], let value = other.value else {
                merged[argument.name] = argument
                continue
            }
            guard argument.value == nil || argument.value == value else {
                isWhole = false
                analysis.field.refuse(
                    "args.\(argument.name) has different values at \(other.field.node.mark.text) and \(argument.field.node.mark.text)"
                )
                continue
            }
        }
        return isWhole ? merged : nil
    }

    private func reportSurplus(_ given: [Argument], _ declared: [String: Argument]) {
        for argument in given where declared[argument.name] == nil {
            let message = unknown("argument", quoted(argument.name), argument.name, declared.keys.sorted())
            if rollout.dialect == .argo {
                argument.field.warn("\(message); ignored")
            } else {
                argument.field.refuse(message)
            }
        }
    }

    private func text(
        of argument: Argument, _ declaration: Argument, in analysis: AnalysisDocument
    ) -> String? {
        switch argument.value {
        case .text(let text): return text
        case .placeholder(let placeholder): return placeholder.token
        case .secret: return argument.secretToken
        case .variant(let variant): return variant.text(in: rollout.metadata?.name ?? "")
        case .reference(let reference):
            if let text = reference.resolve(in: rollout.root.node) { return text }
            let field = argument.isOf(rollout) ? argument.field : analysis.field
            field.refuse("args.\(argument.name): \(reference.text) leads to no value in this manifest")
            return nil
        case nil:
            analysis.field.refuse(
                "args.\(argument.name) was not resolved: give it in args; asked for at \(declaration.field.node.mark.text)"
            )
            return nil
        }
    }
}

extension Argument {
    var secretToken: String { SecretReference.token(secretLabel) }

    fileprivate var secretLabel: String { "args." + name }

    /// Whether it stands in the rollout's document, and not in a template.
    fileprivate func isOf(_ rollout: RolloutDocument) -> Bool {
        field.diagnostics === rollout.diagnostics
    }
}
