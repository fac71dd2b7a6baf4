import Analysis
import Rollouts

/// An `experiment` of a rollout: releases that run beside its own pods for a while, and what looks at them.
struct ExperimentDocument {
    let field: Field
    let variants: [VariantDocument]
    let duration: Duration?
    let analyses: [ExperimentAnalysis]
    let dryRun: [DryRunRule]
}

/// One of its `templates`.
struct VariantDocument {
    let name: String
    let release: Placeholder
    let replicas: Int
    let labels: [String: String]
    let annotations: [String: String]
    let field: Field
}

struct ExperimentAnalysis {
    let name: String
    let analysis: AnalysisDocument
    /// Whether the experiment waits for its end.
    let isRequired: Bool
}

/// What an experiment calls one of its variants: `{{templates.canary.podTemplateHash}}`.
///
/// Both are known before there is a pod: they are made of the release's name and the variant's.
struct VariantName: Hashable {
    private let name: String
    private let isHash: Bool

    init?(_ field: Field) {
        guard let text = field.node.scalar?.text,
            let match = text.wholeMatch(
                of: /\{\{\s*templates\.([a-z0-9-]+)\.(podTemplateHash|replicaset\.name)\s*\}\}/)
        else { return nil }
        (name, isHash) = (String(match.1), match.2 == "podTemplateHash")
    }

    func text(in rollout: String) -> String {
        (isHash ? "" : rollout + "-") + Self.hash(of: name)
    }

    /// The value of the label that tells the variant's pods from all others.
    static func hash(of variant: String) -> String { "\(Placeholder.canaryRelease.token)-\(variant)" }
}

// MARK: - Reading

extension Shape where Output == ExperimentDocument {
    static func experiment(_ dialect: Dialect) -> Shape {
        .object { fields in
            let templates: Shape<[VariantDocument]> = .list(of: .variant(dialect))
            let variants = fields.required(
                "templates", templates.upTo(10).noting(.key("name"), .items(from: 1)))
            let span: Shape<Duration> = dialect == .argo ? .durationOrSeconds : .positiveSpan
            let duration = fields.optional("duration", in: dialect, span)
            let looks: Shape<[ExperimentAnalysis]> = .list(of: .experimentAnalysis(dialect))
            let analyses = fields.optional("analyses", in: dialect, looks.upTo(10)) ?? []
            let dryRun = fields.optional("dryRun", in: dialect, .list(of: .dryRunRule)) ?? []
            if dialect == .argo { fields.warnOfExperimentKeys() }
            guard let variants else { return nil }
            if fields.field.node["templates"]?.sequence?.isEmpty == true {
                fields.field.refuse("needs at least one template")
            }
            refuseDuplicates(variants)
            if duration == nil, !analyses.contains(where: \.isRequired) {
                fields.field.refuse(
                    "would never end; give it a duration, or an analysis with `requiredForCompletion: true`")
            }
            return ExperimentDocument(
                field: fields.field, variants: variants, duration: duration, analyses: analyses,
                dryRun: dryRun)
        }
    }

    private static func refuseDuplicates(_ variants: [VariantDocument]) {
        var seen: Set<String> = []
        for variant in variants where !seen.insert(variant.name).inserted {
            variant.field.refuse("a second template \(quoted(variant.name)) in the same experiment")
        }
    }
}

extension Shape where Output == VariantDocument {
    /// More than anybody runs beside what serves.
    private static var replicasMax: Int { 10_000 }

    fileprivate static func variant(_ dialect: Dialect) -> Shape {
        .object { fields in
            let name = fields.required("name", .dnsName(lengthMax: 30))
            let release = fields.required(
                "specRef", .oneOf(["canary": Placeholder.canaryRelease, "stable": .stableRelease]))
            let replicas = fields.optional("replicas", in: dialect, .int(in: 1...replicasMax)) ?? 1
            let metadata = fields.optional("metadata", in: dialect, .podMetadata(dialect)) ?? PodMetadata()
            fields.refuseUnsupported([
                "service": "whoever asks the variants finds them by their labels",
                "weight":
                    "what is tried out gets no share of the traffic; a step `setWeight` gives it to the release",
            ])
            // Its pods are told from others by a label of their own.
            if dialect == .argo { fields.ignore("selector") }
            guard let name, let release else { return nil }
            return VariantDocument(
                name: name, release: release, replicas: replicas, labels: metadata.labels,
                annotations: metadata.annotations,
                field: fields.field)
        }
    }
}

/// What the pods of a variant bear beside what their template says.
private struct PodMetadata {
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]
}

extension Shape where Output == PodMetadata {
    fileprivate static func podMetadata(_ dialect: Dialect) -> Shape {
        .object { fields in
            var metadata = PodMetadata()
            metadata.labels = fields.optional("labels", in: dialect, .dictionary(of: .string)) ?? [:]
            metadata.annotations =
                fields.optional("annotations", in: dialect, .dictionary(of: .string)) ?? [:]
            return metadata
        }
    }
}

extension Shape where Output == ExperimentAnalysis {
    fileprivate static func experimentAnalysis(_ dialect: Dialect) -> Shape {
        .object { fields in
            let name = fields.required("name", .nonEmptyString)
            let template: (String, Field)? = fields.required("templateName") { field in
                field.read(.nonEmptyString).map { ($0, field) }
            }
            let isCluster = fields.optional("clusterScope", in: dialect, .bool) ?? false
            let arguments = fields.optional("args", in: dialect, Argument.ofExperiment(dialect)) ?? []
            let isRequired = fields.optional("requiredForCompletion", in: dialect, .bool) ?? false
            guard let name, let template else { return nil }
            let reference = TemplateReference(
                name: template.0, scope: isCluster ? .cluster : .ordinary, field: template.1)
            return ExperimentAnalysis(
                name: name, analysis: AnalysisDocument(reference, arguments, at: fields.field),
                isRequired: isRequired)
        }
    }
}

extension Fields {
    fileprivate mutating func warnOfExperimentKeys() {
        ignore("analysisRunMetadata", "scaleDownDelaySeconds")
        for entry in field.node.mapping ?? []
        where ["analysisRunMetadata", "scaleDownDelaySeconds"].contains(entry.key.text) {
            field.warn(at: entry.key.mark, "`\(entry.key.text)` is read and not acted on")
        }
    }
}
