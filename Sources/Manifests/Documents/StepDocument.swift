import Rollouts

/// One step, as it was written or as it follows from what was written, and where.
struct StepDocument {
    enum Deed {
        case step(Step)
        /// Where it must settle, its metrics have to end by themselves.
        case analysis(AnalysisDocument, mustSettle: Bool)
        case experiment(ExperimentDocument)
    }

    let deed: Deed
    let field: Field
    /// Whether it follows from the strategy where its pods are run here, and is none elsewhere.
    let isOfPods: Bool

    init(_ deed: Deed, at field: Field, isOfPods: Bool = false) {
        self.deed = deed
        self.field = field
        self.isOfPods = isOfPods
    }
}

/// What an item of `steps` may do, by its key.
enum StepKind: String, CaseIterable {
    case setWeight, linear, exponential, setHeaderRoute, setMirrorRoute, setCanaryScale, pause, analysis,
        gate,
        experiment

    /// Whether only our own kind has it.
    var isOurs: Bool { [.linear, .exponential, .gate].contains(self) }

    static let ofSwitch: [StepKind] = [.setWeight, .linear, .exponential, .pause]
}

extension Shape where Output == [StepDocument] {
    static func step(_ dialect: Dialect, _ kinds: [StepKind]) -> Shape {
        .object { fields in
            let names = kinds.filter { dialect == .headgate || !$0.isOurs }.map(\.rawValue)
            for name in names { _ = fields.field(name) }
            let hasUnsupported = fields.refuseUnsupported(unsupportedSteps)
            guard !hasUnsupported, !fields.isElse(than: names), let name = fields.exactlyOne(of: names),
                let kind = StepKind(rawValue: name), let field = fields.field(name)
            else { return nil }
            return read(field, kind, dialect)?.map { StepDocument($0, at: field) }
        }
    }

    private static func read(
        _ field: Field, _ kind: StepKind, _ dialect: Dialect
    ) -> [StepDocument.Deed]? {
        switch kind {
        case .setWeight: field.read(.weight(dialect)).map { [.step(.setWeight($0))] }
        case .linear: field.read(.linear)?.map { .step($0) }
        case .exponential: field.read(.exponential)?.map { .step($0) }
        case .setHeaderRoute: field.read(.headerRoute(dialect)).map { [.step($0)] }
        case .setMirrorRoute: field.read(.mirrorRoute(dialect)).map { [.step($0)] }
        case .setCanaryScale: field.read(.canaryScale(dialect)).map { [.step(.setScale($0))] }
        case .pause: field.read(.pause(dialect)).map { [.step(.pause($0))] }
        case .gate: field.read(.gate).map { [.step(.gate($0))] }
        case .experiment: field.read(.experiment(dialect)).map { [.experiment($0)] }
        case .analysis:
            field.read(.object { [.analysis(AnalysisDocument(&$0, dialect), mustSettle: false)] })
        }
    }

    private static var unsupportedSteps: KeyValuePairs<String, String> {
        [
            "plugin": "steps are built in",
            "replicaProgressThreshold": "pods are left to whoever deploys them",
        ]
    }
}

extension Shape where Output == Weight {
    /// Argo's weights are whole percents; our own go down to 0.01.
    static func weight(_ dialect: Dialect) -> Shape {
        switch dialect {
        case .argo: Shape { $0.read(.int(in: 0...100)).flatMap(Weight.init(percent:)) }
        case .headgate:
            Shape { $0.read(.hundredths(in: 0...10_000)).flatMap(Weight.init(hundredthsOfPercent:)) }
        }
    }
}

extension Shape where Output == ReleaseScale {
    /// `{replicas: 3}`, `{weight: 25}` or `{matchTrafficWeight: true}`.
    fileprivate static func canaryScale(_ dialect: Dialect) -> Shape {
        .object { fields in
            let replicas = fields.optional("replicas", in: dialect, .int(in: 0...100_000))
            let weight = fields.optional("weight", in: dialect, .weight(dialect))
            let matches = fields.optional("matchTrafficWeight", in: dialect, .bool)
            guard fields.exactlyOne(of: ["replicas", "weight", "matchTrafficWeight"]) != nil else {
                return nil
            }
            if matches == false {
                fields.field.refuse("matchTrafficWeight: false says nothing; write replicas or weight")
            }
            return replicas.map { .instances($0) } ?? weight.map { .share($0) } ?? .traffic
        }
    }
}

extension Shape where Output == Duration? {
    /// `{duration: 30s}`, or `{}` for a pause that a person ends.
    fileprivate static func pause(_ dialect: Dialect) -> Shape {
        let shape: Shape<Duration> = dialect == .argo ? .durationOrSeconds : .spanOrSeconds
        return .object { fields in .some(fields.optional("duration", in: dialect, shape)) }
    }
}
