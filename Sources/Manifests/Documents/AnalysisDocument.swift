/// An `analysis` of a rollout: the templates that it is made of, and what fills them.
struct AnalysisDocument {
    let field: Field
    let templates: [TemplateReference]
    let arguments: [Argument]
    let dryRun: [DryRunRule]
    let retention: [RetentionRule]

    /// One that is made of a single template.
    init(_ template: TemplateReference, _ arguments: [Argument], at field: Field) {
        self.field = field
        templates = [template]
        self.arguments = arguments
        (dryRun, retention) = ([], [])
    }

    /// The keys that every analysis has; whoever calls refuses what is left.
    init(_ fields: inout Fields, _ dialect: Dialect) {
        field = fields.field
        templates = fields.required("templates", .list(of: .templateReference).noting(.items(from: 1))) ?? []
        arguments = fields.optional("args", in: dialect, Argument.given(dialect)) ?? []
        dryRun = fields.optional("dryRun", in: dialect, .list(of: .dryRunRule)) ?? []
        retention = fields.optional("measurementRetention", in: dialect, .list(of: .retentionRule)) ?? []
        if fields.field.node["templates"]?.sequence?.isEmpty == true {
            field.refuse("needs at least one template")
        }
        if dialect == .argo { fields.warnOfRunKeys() }
    }
}

/// `{templateName: success-rate, clusterScope: false}`.
struct TemplateReference {
    let name: String
    let scope: TemplateScope
    /// Where the name stands.
    let field: Field
}

/// Metrics that are measured and shown, never counted.
struct DryRunRule {
    let pattern: NamePattern
    let field: Field
}

/// How many measurements of some metrics are kept.
struct RetentionRule {
    let pattern: NamePattern
    let limit: Int
}

extension Shape where Output == RetentionRule {
    /// More than a log should have to bear.
    private static var limitMax: Int { 100 }

    static var retentionRule: Shape {
        .object { fields in
            let pattern = fields.required("metricName", .namePattern)
            let limit = fields.required("limit", .int(in: 1...limitMax))
            guard let pattern, let limit else { return nil }
            return RetentionRule(pattern: pattern, limit: limit)
        }
    }
}

extension Shape where Output == TemplateReference {
    static var templateReference: Shape {
        .object { fields in
            let name: (String, Field)? = fields.required("templateName") { field in
                field.read(.nonEmptyString).map { ($0, field) }
            }
            let isCluster = fields.optional("clusterScope", .bool) ?? false
            return name.map { name, field in
                TemplateReference(name: name, scope: isCluster ? .cluster : .ordinary, field: field)
            }
        }
    }
}

extension Shape where Output == DryRunRule {
    static var dryRunRule: Shape {
        .object { fields in
            fields.required("metricName") { field in
                field.read(.namePattern).map { DryRunRule(pattern: $0, field: field) }
            }
        }
    }
}

extension Fields {
    /// What Argo says about the AnalysisRun objects of a cluster, of which there are none here.
    mutating func warnOfRunKeys() {
        ignore("analysisRunMetadata")
        for entry in field.node.mapping ?? [] where entry.key.text == "analysisRunMetadata" {
            field.warn(at: entry.key.mark, "`\(entry.key.text)` is read and not acted on")
        }
    }
}
