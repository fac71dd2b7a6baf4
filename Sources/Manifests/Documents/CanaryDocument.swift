import Rollouts

extension StrategyDocument {
    /// `strategy.canary`: the steps, and what is watched meanwhile.
    static func canary(_ fields: inout Fields, _ dialect: Dialect, _ name: String) -> StrategyDocument {
        let isArgo = dialect == .argo
        let namesServices = isArgo || fields.has("stableService") || fields.has("canaryService")
        let services =
            namesServices ? Services(&fields, stable: "stableService", canary: "canaryService") : nil
        if isArgo {
            Pods.ignore(&fields, of: "canary")
            fields.refuseCanaryUnsupported()
        }
        let traits = PodTraits(&fields, dialect)
        let frame = StrategyFrame(&fields, dialect, name, services: services)
        let written = fields.field("steps", in: dialect)
        let ladder = written.map { Ladder($0, dialect) } ?? Ladder()
        ladder.checkRules(frame.ruleOrder, dialect)
        let background = fields.optional("analysis", in: dialect, .background(dialect, ladder))
        fields.field.note(.requires("steps"))
        written?.note(.items(from: 1))
        if !isArgo, ladder.writtenCount == 0 {
            fields.field.refuse(
                "a canary without steps would send everything at once; write steps, such as `- setWeight: 5`")
        }
        return StrategyDocument(
            frame: frame, steps: ladder.steps, background: background, traits: traits, services: services,
            division: .instances(canSurge: traits.canSurge))
    }
}

/// The background analysis, and the step that it begins with.
struct BackgroundDocument {
    let analysis: AnalysisDocument
    let startingStep: Int
}

extension Shape where Output == BackgroundDocument {
    static func background(_ dialect: Dialect, _ ladder: Ladder) -> Shape {
        .object { fields in
            let analysis = AnalysisDocument(&fields, dialect)
            let start = fields.field("startingStep", in: dialect).flatMap { field in
                startingStep(field, dialect, ladder)
            }
            return BackgroundDocument(analysis: analysis, startingStep: start ?? 0)
        }
    }

    /// Counts the steps as they are written, and answers the one that they come to.
    private static func startingStep(_ field: Field, _ dialect: Dialect, _ ladder: Ladder) -> Int? {
        guard let step = field.read(.int(in: 0...Int(Int32.max))) else { return nil }
        if step > 0, let count = ladder.writtenCount, step >= count {
            let message = "there is no step \(step), so this analysis would never begin; steps count from 0"
            dialect == .argo ? field.warn(message) : field.refuse(message)
        }
        return ladder.index(ofWritten: step)
    }
}

extension Fields {
    fileprivate mutating func refuseCanaryUnsupported() {
        refuseUnsupported(["pingPong": "services are not re-pointed"])
        // Written out as `false` it asks for nothing.
        if let field = field("dynamicStableScale", in: .argo), field.read(.bool) == true {
            field.refuse("`dynamicStableScale` is not supported yet: pods are left to whoever deploys them")
        }
    }
}
