import Rollouts

/// One of `steps`.
enum StepDocument {
    case setWeight(Weight)
    case pause(Duration?)
    case analysis(AnalysisDocument)
}

extension Shape where Output == StepDocument {
    static func step(_ dialect: Dialect) -> Shape {
        .object { fields in
            let kinds = ["setWeight", "pause", "analysis"]
            fields.ignore("setWeight", "pause", "analysis")
            let hasUnsupported = unsupportedSteps.contains { fields.has($0.key) }
            fields.refuseUnsupported(unsupportedSteps)
            let isElse = fields.field.node.mapping?.isEmpty == false && !kinds.contains { fields.has($0) }
            guard !hasUnsupported, !isElse, let kind = fields.exactlyOne(of: kinds) else { return nil }
            return fields.field(kind).flatMap { read($0, kind, dialect) }
        }
    }

    private static func read(_ field: Field, _ kind: String, _ dialect: Dialect) -> StepDocument? {
        switch kind {
        case "setWeight": field.read(.weight(dialect)).map { .setWeight($0) }
        case "pause": field.read(.pause(dialect)).map { .pause($0) }
        default: field.read(.object { .analysis(AnalysisDocument(&$0, dialect)) })
        }
    }

    private static var unsupportedSteps: KeyValuePairs<String, String> {
        [
            "experiment": "only the canary itself is run",
            "plugin": "steps are built in",
            "replicaProgressThreshold": "pods are left to whoever deploys them",
            "setCanaryScale": "pods are left to whoever deploys them",
            "setHeaderRoute": "traffic is split by weight only",
            "setMirrorRoute": "traffic is split by weight only",
        ]
    }
}

extension Shape where Output == Weight {
    /// Argo's weights are whole percents; our own go down to 0.01.
    fileprivate static func weight(_ dialect: Dialect) -> Shape {
        switch dialect {
        case .argo: Shape { $0.read(.int(in: 0...100)).flatMap(Weight.init(percent:)) }
        case .headgate:
            Shape { $0.read(.hundredths(in: 0...10_000)).flatMap(Weight.init(hundredthsOfPercent:)) }
        }
    }
}

extension Shape where Output == Duration? {
    /// `{duration: 30s}`, or `{}` for a pause that a person ends.
    fileprivate static func pause(_ dialect: Dialect) -> Shape {
        .object { fields in .some(fields.optional("duration", in: dialect, .durationOrSeconds)) }
    }
}
