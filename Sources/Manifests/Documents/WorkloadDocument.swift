import Analysis
import Rollouts

/// What a rollout says about its pods, where Headgate runs them: `template`, `replicas` and what goes with them, by
/// Argo Rollouts' names.
struct WorkloadDocument {
    let release: String
    let replicas: Int
    private let namespace: String?
    private let members: [(key: String, value: String)]

    /// The fields of `spec` that speak of pods.
    static let keys = [
        "replicas", "template", "workloadRef", "selector", "minReadySeconds", "revisionHistoryLimit",
        "restartAt",
    ]

    /// Reads what `spec` says of them. Nil, reported, when it can't be run as it is.
    init?(_ spec: inout Fields, _ dialect: Dialect, namespace: String?) {
        let replicas = spec.optional("replicas", in: dialect, .int(in: 0...100_000))
        let template = spec.field("template", in: dialect)
        let reference = spec.field("workloadRef", in: dialect)
        let selector = spec.optional("selector", in: dialect, .matchLabels)
        let ready = spec.optional("minReadySeconds", in: dialect, .int(in: 0...Int(Int32.max)))
        let history = spec.optional("revisionHistoryLimit", in: dialect, .int(in: 0...1_000))
        let restart = spec.optional("restartAt", in: dialect, .nonEmptyString)
        spec.ignore("analysis")
        spec.field.note(.needs("analysis", "template"))
        for key in Self.keys where key != "template" { spec.field.note(.needs(key, "template")) }
        reference?.note(.refused)
        reference?.refuse(
            "`workloadRef` is not supported yet: the template stands in a Deployment; write it here")
        guard let template else {
            if reference == nil { spec.field.refuse("missing `template`") }
            return nil
        }
        template.note(.kind(.object), .open)
        template.checkPodTemplate()
        guard template.node.mapping != nil else {
            template.refuse(expected: "a mapping")
            return nil
        }
        release = ReleaseHash(of: template.node.plainValue).text
        self.replicas = replicas ?? 1
        self.namespace = namespace
        let numbers = [("minReadySeconds", ready), ("revisionHistoryLimit", history)]
        members =
            [("template", template.node.jsonText)]
            + numbers.compactMap { key, value in value.map { (key, "\($0)") } }
            + [selector.map { ("selector", $0) }, restart.map { ("restartAt", JSONText.string($0)) }]
            .compactMap(\.self)
    }

    /// What runs the pods, with what the strategy says of them.
    ///
    /// - Parameter division: what divides the traffic; none: a mesh.
    func target(_ traits: PodTraits, _ services: Services?, _ division: Division?) -> WorkloadTarget {
        let names = services.map { [("stable", $0.stable), ("canary", $0.canary)] } ?? []
        let pointed = names.compactMap { key, name in name.map { (key, JSONText.string($0)) } }
        let all =
            members + traits.members + [("namespace", JSONText.string(namespace ?? "default"))]
            + (pointed.isEmpty ? [] : [("services", JSONText.object(pointed))])
        return WorkloadTarget(
            controller: "kubernetes", release: release, replicas: replicas,
            replicasMin: traits.replicasMin,
            settings: ["kubernetes": JSONText.object(all)], namesRoles: pointed.isEmpty ? nil : true,
            division: division)
    }
}

/// What a strategy says about pods.
struct PodTraits {
    var members: [(key: String, value: String)] = []
    var replicasMin: Int?
    /// Whether more than all instances are allowed for a while.
    var canSurge = true

    init() {}

    init(_ strategy: inout Fields, _ dialect: Dialect) {
        for (theirs, ours) in [
            ("canaryMetadata", "canaryMetadata"), ("stableMetadata", "stableMetadata"),
            ("previewMetadata", "canaryMetadata"), ("activeMetadata", "stableMetadata"),
        ] {
            if let field = strategy.field(theirs, in: dialect), field.read(.roleMetadata) != nil {
                members.append((ours, field.node.jsonText))
            }
        }
        if let rule = strategy.optional("antiAffinity", in: dialect, .antiAffinity(dialect)) {
            members.append(("antiAffinity", rule))
        }
        for key in ["maxSurge", "maxUnavailable"] {
            if let field = strategy.field(key, in: dialect), let count = field.read(.instanceCount) {
                members.append((key, field.node.jsonText))
                if key == "maxSurge", ["0", "0%"].contains(count) { canSurge = false }
            }
        }
        replicasMin = strategy.optional("minPodsPerReplicaSet", in: dialect, .int(in: 1...100_000))
        strategy.ignore("scaleDownDelayRevisionLimit")
    }
}

extension Shape where Output == String {
    /// `{matchLabels: {app: web}}`, as JSON of the labels.
    fileprivate static var matchLabels: Shape {
        .object { fields in
            fields.refuseUnsupported(["matchExpressions": "labels are matched one by one"])
            let labels = fields.required("matchLabels", .dictionary(of: .string))
            return labels.map { labels in
                JSONText.object(labels.map { ($0.key, JSONText.string($0.value)) })
            }
        }
    }

    fileprivate static func antiAffinity(_ dialect: Dialect) -> Shape {
        .object { fields in
            let required = fields.field("requiredDuringSchedulingIgnoredDuringExecution")
            required?.note(.anything)
            fields.field.note(
                .exactlyOne(
                    "preferredDuringSchedulingIgnoredDuringExecution",
                    "requiredDuringSchedulingIgnoredDuringExecution"))
            let preferred = fields.optional(
                "preferredDuringSchedulingIgnoredDuringExecution",
                Shape<Int>.object { $0.required("weight", .int(in: 1...100)) })
            // With Argo, `{}` asks for nothing.
            if dialect == .argo, fields.field.node.mapping?.isEmpty == true { return nil }
            switch (required != nil, preferred) {
            case (true, nil): return #"{"required":{}}"#
            case (false, let weight?): return #"{"preferred":\#(weight)}"#
            default:
                fields.field.refuse(
                    "needs one of: preferredDuringSchedulingIgnoredDuringExecution, "
                        + "requiredDuringSchedulingIgnoredDuringExecution")
                return nil
            }
        }
    }

    fileprivate static var roleMetadata: Shape {
        .object { fields in
            _ = fields.optional("labels", .dictionary(of: .string), nullIsAbsent: true)
            _ = fields.optional("annotations", .dictionary(of: .string), nullIsAbsent: true)
            return ""
        }
    }

    /// `2` or `25%`
    fileprivate static var instanceCount: Shape {
        Shape(noting: .whole(0 ... .max), .text, .pattern("^[0-9]+%?$")) { field in
            guard let text = field.read(.stringOrNumber) else { return nil }
            let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
            if let count = Int(digits), count >= 0 { return text }
            field.refuse("expected a number of pods, or a percentage such as 25%, found \(quoted(text))")
            return nil
        }
    }
}

extension YAMLNode {
    /// The value as the condition language has it.
    fileprivate var plainValue: Value {
        switch content {
        case .sequence(let items): .array(items.map(\.plainValue))
        case .mapping(let entries):
            .map(Dictionary(entries.map { ($0.key.text, $0.value.plainValue) }) { first, _ in first })
        case .scalar(let scalar):
            switch scalar.value {
            case .null: .none
            case .bool(let value): .bool(value)
            case .integer(let value): .int(Int64(value))
            case .hugeInteger: .string(scalar.text)
            case .float(let value): .float(value)
            case .string(let text): .string(text)
            }
        }
    }
}
