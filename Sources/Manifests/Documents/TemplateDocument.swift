import Analysis

/// An AnalysisTemplate or a ClusterAnalysisTemplate.
///
/// Its metrics stay as they were written until the arguments of a rollout are filled in: a count, too, may be
/// `"{{args.count}}"`.
struct TemplateDocument {
    let metadata: Metadata
    let scope: TemplateScope
    let dialect: Dialect
    let arguments: [Argument]
    let metrics: [Field]
    let dryRun: [DryRunRule]
    let retention: [RetentionRule]
    let templates: [TemplateReference]
    /// How often all comparisons of a release together may take a good one back.
    let falseRollback: Double?
    /// Objectives that hold the whole flight of whoever names the template.
    let slos: [Field]
    let diagnostics: Diagnostics
    /// Whether the file was read without an error; half of a file is not what its writer meant.
    let isFileWhole: Bool

    var name: String { metadata.name }
    var file: String { metadata.field.node.mark.file }
    var isBroken: Bool { !isFileWhole || diagnostics.hasErrors }
    /// `AnalysisTemplate "success-rate"`.
    var title: String { "\(scope.rawValue) \(quoted(name))" }
}

extension TemplateDocument {
    /// The longest name of an object in Kubernetes.
    private static let nameLengthMax = 253

    /// Nil, reported, when it has no name by which anybody could refer to it.
    static func read(
        _ document: inout Fields, _ dialect: Dialect, _ scope: TemplateScope, isFileWhole: Bool
    ) -> TemplateDocument? {
        let metadata = Metadata.read(&document, dialect, lengthMax: nameLengthMax)
        document.ignore("status")
        let spec: Spec? = document.required("spec", .object { Spec(&$0, dialect) })
        document.refuseUnknown()
        guard let metadata else { return nil }
        return TemplateDocument(
            metadata: metadata, scope: scope, dialect: dialect, arguments: spec?.arguments ?? [],
            metrics: spec?.metrics ?? [], dryRun: spec?.dryRun ?? [],
            retention: spec?.retention ?? [], templates: spec?.templates ?? [],
            falseRollback: spec?.falseRollback, slos: spec?.slos ?? [],
            diagnostics: document.field.diagnostics, isFileWhole: isFileWhole)
    }

    private struct Spec {
        let arguments: [Argument]
        let metrics: [Field]
        let dryRun: [DryRunRule]
        let retention: [RetentionRule]
        let templates: [TemplateReference]
        let falseRollback: Double?
        let slos: [Field]

        init(_ fields: inout Fields, _ dialect: Dialect) {
            arguments = fields.optional("args", in: dialect, Argument.declared(dialect)) ?? []
            metrics = fields.optional("metrics", in: dialect, .metrics(dialect)) ?? []
            dryRun = fields.optional("dryRun", in: dialect, .list(of: .dryRunRule)) ?? []
            retention = fields.optional("measurementRetention", in: dialect, .list(of: .retentionRule)) ?? []
            templates = fields.optional("templates", in: dialect, .list(of: .templateReference)) ?? []
            falseRollback = dialect == .headgate ? fields.optional("falseRollback", .risk) : nil
            slos = dialect == .headgate ? fields.optional("slos", .slos) ?? [] : []
            if dialect == .argo { fields.warnOfRunKeys() }
            let contents = ["metrics", "templates"] + (dialect == .headgate ? ["slos"] : [])
            fields.field.note(.rule(.atLeastOne(contents)))
            let isEmpty = contents.allSatisfy {
                fields.field.node[$0]?.sequence?.isEmpty ?? true
            }
            if isEmpty { fields.field.refuse("needs at least one metric") }
        }
    }

    /// Reads the metrics with what is known of the arguments, to find what is wrong whoever uses the template.
    func check() {
        let fixed = arguments.compactMap { argument in
            argument.textNow.map { (argument.name, $0) }
        }
        let open: Substitution.Open = dialect == .argo ? .any : .these(Set(arguments.map(\.name)))
        let substitution = Substitution(Dictionary(fixed) { first, _ in first }, open: open)
        let names = metrics.compactMap { $0.filled(by: substitution).read(.metric(dialect))?.name }
        refuseDuplicates(names)
        for slo in slos { _ = slo.filled(by: substitution).read(.slo) }
    }

    private func refuseDuplicates(_ names: [String]) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            metadata.field.refuse("two metrics of this template are named \(quoted(name))")
        }
    }
}

extension Argument {
    /// What is known of it before anybody uses the template.
    fileprivate var textNow: String? {
        switch value {
        case .text(let text): text
        case .secret: secretToken
        case .placeholder, .reference, .variant, nil: nil
        }
    }
}

extension Shape where Output == [Field] {
    /// The metrics, not yet read. A sketch is told now what they look like.
    fileprivate static func metrics(_ dialect: Dialect) -> Shape {
        Shape { field in
            field.note(.key("name"))
            let items = field.read(.items(max: 50))
            if field.sketch != nil { items?.forEach { _ = $0.read(.metric(dialect)) } }
            return items
        }
    }
}
