import Rollouts

extension StrategyDocument {
    /// `strategy.blueGreen`: seen by few or nobody, then by everybody.
    static func blueGreen(_ fields: inout Fields, _ dialect: Dialect, _ name: String) -> StrategyDocument {
        let isArgo = dialect == .argo
        if isArgo { Pods.ignore(&fields, of: "blueGreen") }
        let services = Services(&fields, stable: "activeService", canary: "previewService")
        let traits = PodTraits(&fields, dialect)
        let few = fields.optional("previewReplicaCount", in: dialect, .int(in: 1...100_000))
        fields.checkPlaces(services, isArgo)
        let frame = StrategyFrame(&fields, dialect, name, services: services)
        let preview = isArgo ? nil : fields.previewRule()
        let before = fields.analysisStep("prePromotionAnalysis", dialect)
        let wait = fields.promotionWait(dialect)
        let change = isArgo ? [] : fields.switchSteps()
        let after = fields.analysisStep("postPromotionAnalysis", dialect)
        let all = StepDocument(.step(.setWeight(.all)), at: fields.field)
        let rest = change + (change.last?.isAll == true ? [] : [all])
        let steps = [preview, before, wait].compactMap(\.self) + few.whole(fields.field) + rest
        return StrategyDocument(
            frame: frame, steps: few.first(fields.field) + steps + [after].compactMap(\.self),
            traits: traits,
            services: services, division: .names)
    }
}

extension Int? {
    /// The release has its instances before anybody looks at it: so many, or all.
    fileprivate func first(_ field: Field) -> [StepDocument] {
        let scale = map { ReleaseScale.instances($0) } ?? .share(.all)
        return [StepDocument(.step(.setScale(scale)), at: field, isOfPods: true)]
    }

    /// And all of them before everybody does.
    fileprivate func whole(_ field: Field) -> [StepDocument] {
        self == nil ? [] : [StepDocument(.step(.setScale(.share(.all))), at: field, isOfPods: true)]
    }
}

extension StepDocument {
    fileprivate var isAll: Bool {
        if case .step(.setWeight(.all)) = deed { true } else { false }
    }
}

extension Fields {
    fileprivate mutating func checkPlaces(_ services: Services, _ isArgo: Bool) {
        if isArgo, services.stable == nil { field.refuse("missing `activeService`") }
        if !isArgo, services.isNamed, has("trafficRouting") {
            field.refuse("has trafficRouting and Argo's services; name the places in one of them")
        }
    }

    fileprivate mutating func analysisStep(_ key: String, _ dialect: Dialect) -> StepDocument? {
        guard let field = field(key, in: dialect) else { return nil }
        return field.read(
            .object { StepDocument(.analysis(AnalysisDocument(&$0, dialect), mustSettle: false), at: field) })
    }

    /// Who sees the release before everybody does.
    fileprivate mutating func previewRule() -> StepDocument? {
        guard let field = field("previewRoute") else { return nil }
        return field.read(
            .object { fields in
                guard let matches = fields.required("match", .matches(.headgate)) else { return nil }
                let rule = PlannedRule(name: "preview", matches: matches, deed: .send)
                return StepDocument(.step(.setRule(rule)), at: field)
            })
    }

    /// What is waited for before the switch; none where it comes by itself.
    fileprivate mutating func promotionWait(_ dialect: Dialect) -> StepDocument? {
        let isAutomatic = optional("autoPromotionEnabled", in: dialect, .bool) ?? true
        let seconds = optional("autoPromotionSeconds", in: dialect, .int(in: 0...Int(Int32.max))) ?? 0
        if !isAutomatic, seconds > 0 {
            let message = "autoPromotionSeconds counts for nothing where autoPromotionEnabled is false"
            dialect == .argo ? field.warn(message) : field.refuse(message)
        }
        if !isAutomatic { return StepDocument(.step(.pause(nil)), at: field) }
        return seconds > 0 ? StepDocument(.step(.reachAge(.seconds(seconds))), at: field) : nil
    }

    /// The switch in several weights, where it is not to happen at once.
    fileprivate mutating func switchSteps() -> [StepDocument] {
        guard let list = field("switch") else { return [] }
        list.note(.items(from: 1))
        if list.node.sequence?.isEmpty == true { list.refuse("is empty; leave it out to switch at once") }
        return Ladder(list, .headgate, kinds: StepKind.ofSwitch).steps
    }
}
