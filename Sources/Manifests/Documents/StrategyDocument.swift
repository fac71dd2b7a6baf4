import Rollouts

/// `strategy`: whichever was written, as the steps that it is a spelling of.
struct StrategyDocument {
    let frame: StrategyFrame
    let steps: [StepDocument]
    let background: BackgroundDocument?
    /// The arms beside the stable release, where the manifest names them.
    let arms: [String]?
    /// What it says of pods.
    let traits: PodTraits
    let services: Services?
    /// What divides the traffic where no mesh is named; none: nothing can.
    let division: Division?

    init(
        frame: StrategyFrame, steps: [StepDocument], background: BackgroundDocument? = nil,
        arms: [String]? = nil, traits: PodTraits = PodTraits(), services: Services? = nil,
        division: Division? = nil
    ) {
        self.frame = frame
        self.steps = steps
        self.background = background
        self.arms = arms
        self.traits = traits
        self.services = services
        self.division = division
    }

    /// The one strategy of a rollout. Nil, reported, when there is none or more than one.
    static func read(_ fields: inout Fields, _ dialect: Dialect, _ name: String) -> StrategyDocument? {
        let kinds = dialect == .argo ? ["canary", "blueGreen"] : ["canary", "blueGreen", "abTest"]
        let present = kinds.filter { fields.field($0, in: dialect) != nil }
        // Of several the others may be null, which is none in Argo's documents.
        let isOne = fields.field.sketch == nil && present.count == 1
        guard !fields.isElse(than: kinds), let kind = isOne ? present[0] : fields.exactlyOne(of: kinds)
        else { return nil }
        return fields.field(kind)?.read(shape(kind, dialect, name))
    }

    private static func shape(
        _ kind: String, _ dialect: Dialect, _ name: String
    ) -> Shape<StrategyDocument> {
        switch kind {
        case "canary": .object { canary(&$0, dialect, name) }
        case "blueGreen": .object { blueGreen(&$0, dialect, name) }
        default: .object { abTest(&$0, name) }
        }
    }
}

/// What every strategy says beside its own: where the traffic flows, and what follows when all has moved.
struct StrategyFrame {
    /// None: reported.
    let traffic: TrafficTarget?
    /// What the router can't do.
    let limits: RouterLimits
    /// Whether the manifest names what moves the traffic.
    let isRouted: Bool
    /// The names of `managedRoutes`.
    let ruleOrder: [String]?
    var stickiness: Stickiness?
    let bake: BakeDocument?
    let scaleDownDelay: Duration?
    let abortScaleDownDelay: Duration?

    /// The services are those by which Argo's documents name the places.
    init(_ fields: inout Fields, _ dialect: Dialect, _ name: String, services: Services?) {
        let routing = TrafficRouting(name: name, services: services)
        let written = fields.field("trafficRouting", in: dialect)
        let routed = written.map { $0.read(routing.shape(dialect)) } ?? TrafficRouting.Routed(routing.target)
        traffic = routed?.target
        limits = routed?.limits ?? RouterLimits()
        isRouted = written != nil
        if let names = traffic?.backends.names, Set(names).count < names.count {
            fields.field.refuse("both places are called \(quoted(names[0])); name each of them")
        }
        ruleOrder = routed?.ruleOrder
        let isOurs = dialect == .headgate
        stickiness = isOurs ? fields.optional("stickiness", .stickiness(rollout: name)) : nil
        bake = isOurs ? fields.optional("bake", .bake(dialect)) : nil
        scaleDownDelay = fields.delay("scaleDownDelay", dialect)
        abortScaleDownDelay = fields.delay("abortScaleDownDelay", dialect, zeroIsForEver: true)
    }
}

/// Watches the release for a while after it has all traffic.
struct BakeDocument {
    let duration: Duration
    /// None: what was watched in the background goes on.
    let analysis: AnalysisDocument?
}

extension Shape where Output == BakeDocument {
    fileprivate static func bake(_ dialect: Dialect) -> Shape {
        .object { fields in
            let duration = fields.required("duration", .positiveSpan)
            let analysis = fields.optional("analysis", .object { AnalysisDocument(&$0, dialect) })
            return duration.map { BakeDocument(duration: $0, analysis: analysis) }
        }
    }
}

extension Fields {
    /// `scaleDownDelay: 30s`, or Argo's `scaleDownDelaySeconds: 30`, whose zero keeps Argo's meaning.
    fileprivate mutating func delay(
        _ key: String, _ dialect: Dialect, zeroIsForEver: Bool = false
    ) -> Duration? {
        let seconds = optional(key + "Seconds", in: dialect, .int(in: 0...Int(Int32.max)))
        let ours: Duration? = dialect == .headgate ? optional(key, .span) : nil
        field.note(.atMostOne(key, key + "Seconds"))
        if ours != nil, seconds != nil {
            field.refuse("has \(key) and \(key)Seconds; only one of them can be meant")
        }
        return ours ?? seconds.map { $0 == 0 && zeroIsForEver ? .forEver : .seconds($0) }
    }
}

extension Duration {
    /// Longer than anybody waits, and short enough to be added up.
    static var forEver: Duration { .seconds(100 * 366 * 86_400) }
}
