import Rollouts

/// `strategy.canary`: where the traffic flows, the steps, and what is watched meanwhile.
struct CanaryDocument {
    let traffic: TrafficTarget?
    let steps: [StepDocument]
    let background: BackgroundDocument?

    private static let stepsMax = 200

    init(_ fields: inout Fields, _ dialect: Dialect, _ name: String) {
        let services = dialect == .argo ? Services(&fields) : nil
        if dialect == .argo {
            Pods.ignore(&fields)
            fields.refuseCanaryUnsupported()
        }
        let routing = TrafficRouting(name: name, services: services)
        traffic =
            fields.field("trafficRouting", in: dialect).map { $0.read(routing.shape(dialect)) }
            ?? routing.target
        let list = fields.field("steps", in: dialect)
        let items = list?.read(.items(max: Self.stepsMax))
        let stepCount = list == nil ? 0 : items?.count
        steps = (items ?? []).compactMap { $0.read(.step(dialect)) }
        background = fields.optional("analysis", in: dialect, .background(dialect, stepCount: stepCount))
        if dialect == .headgate, stepCount == 0 {
            fields.field.refuse(
                "a canary without steps would send everything at once; write steps, such as `- setWeight: 5`")
        }
    }
}

/// The background analysis, and the step that it begins with.
struct BackgroundDocument {
    let analysis: AnalysisDocument
    let startingStep: Int
}

extension Shape where Output == BackgroundDocument {
    /// The count of steps is none where the steps could not be read.
    static func background(_ dialect: Dialect, stepCount: Int?) -> Shape {
        .object { fields in
            let analysis = AnalysisDocument(&fields, dialect)
            let start = fields.field("startingStep", in: dialect).flatMap { field in
                startingStep(field, dialect, stepCount)
            }
            return BackgroundDocument(analysis: analysis, startingStep: start ?? 0)
        }
    }

    private static func startingStep(_ field: Field, _ dialect: Dialect, _ stepCount: Int?) -> Int? {
        guard let step = field.read(.int(in: 0...Int(Int32.max))) else { return nil }
        if step > 0, let stepCount, step >= stepCount {
            let message = "there is no step \(step), so this analysis would never begin; steps count from 0"
            dialect == .argo ? field.warn(message) : field.refuse(message)
        }
        return step
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
