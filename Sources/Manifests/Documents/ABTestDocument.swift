import Rollouts

extension StrategyDocument {
    /// `strategy.abTest`: several releases side by side, until the time is over or the numbers decide.
    static func abTest(_ fields: inout Fields, _ name: String) -> StrategyDocument {
        let frame = StrategyFrame(&fields, .headgate, name, services: nil)
        let arms = fields.required("arms", .arms) ?? []
        let analysis = fields.field("analysis")
        let end = fields.testEnd(analysis)
        let conclusion = fields.conclusion(arms)
        fields.checkArms(arms, frame)
        let hasShares = arms.contains { $0.share != nil }
        let background = end?.isSettled == true ? nil : analysis?.read(.background(.headgate, Ladder()))
        return StrategyDocument(
            frame: frame.keepingUsers(hasShares ? Stickiness.usual(name) : nil),
            steps: arms.exposing(at: fields.field) + [end?.step, conclusion].compactMap(\.self),
            background: background, arms: arms.dropFirst().map(\.name))
    }
}

/// One release of a test; the first one is the stable one.
struct ArmDocument {
    let name: String
    let share: Weight?
    let matches: [RequestMatch]?
    let field: Field
}

extension Shape where Output == [ArmDocument] {
    fileprivate static var arms: Shape {
        Shape { field in
            let few = "needs two arms at least: the stable release first, then what it is compared with"
            guard let items = field.read(.items(2...Place.allCases.count, tooFew: few)) else { return nil }
            let arms = items.enumerated().compactMap { index, item in
                item.read(.arm(isControl: index == 0))
            }
            var seen: Set<String> = []
            for arm in arms where !seen.insert(arm.name).inserted {
                arm.field.refuse("a second arm \(quoted(arm.name)) in the same test")
            }
            return arms.count == items.count ? arms : nil
        }
    }
}

extension Shape where Output == ArmDocument {
    fileprivate static func arm(isControl: Bool) -> Shape {
        .object { fields in
            let name = fields.required("name", .armName)
            let share = fields.optional("share", .share)
            let matches = fields.optional("match", .matches(.headgate))
            fields.field.note(.atMostOne("share", "match"))
            if isControl, fields.has("share") || fields.has("match") {
                fields.field.refuse(
                    "the first arm is the stable release; it gets what the others leave, so it has no share "
                        + "and no match")
            }
            if !isControl { _ = fields.exactlyOne(of: ["share", "match"]) }
            return name.map {
                ArmDocument(name: $0, share: share, matches: matches, field: fields.field)
            }
        }
    }
}

extension Shape where Output == String {
    /// It is added to the release's name, so that each arm has one of its own.
    fileprivate static var armName: Shape {
        dnsName(lengthMax: 32).refusing {
            $0.contains(".") ? "\(quoted($0)) must be made of a-z, 0-9 and -" : nil
        }
    }
}

extension Shape where Output == Weight {
    fileprivate static var share: Shape {
        Shape { $0.read(.hundredths(in: 1...9_999)).flatMap(Weight.init(hundredthsOfPercent:)) }
    }
}

extension [ArmDocument] {
    /// A share each, then the rules: from the first step on everybody stays where they are put.
    fileprivate func exposing(at field: Field) -> [StepDocument] {
        let others = dropFirst()
        let shares = others.map { $0.share ?? .none }
        let hasShares = shares.contains { $0 > .none }
        let rules = others.enumerated().compactMap { index, arm in
            arm.matches.map { PlannedRule(name: arm.name, matches: $0, deed: .send, arm: index) }
        }
        return ((hasShares ? [.setShares(shares)] : []) + rules.map(Step.setRule))
            .map { StepDocument(.step($0), at: field) }
    }
}

extension StrategyFrame {
    /// Where a test divides its users by share, they have to stay.
    fileprivate func keepingUsers(_ usual: Stickiness?) -> StrategyFrame {
        var frame = self
        frame.stickiness = stickiness ?? usual
        return frame
    }
}

// MARK: - How it ends

/// The step that a test ends by.
private struct TestEnd {
    let step: StepDocument?
    let isSettled: Bool
}

extension Fields {
    fileprivate mutating func testEnd(_ analysis: Field?) -> TestEnd? {
        let duration = optional("duration", .positiveSpan)
        let until = optional("until", .oneOf(["settled": true]))
        field.note(.needs("until", "analysis"), .excludes("until", "analysis", "startingStep"))
        guard exactlyOne(of: ["duration", "until"]) != nil else { return nil }
        if until != nil { return TestEnd(step: settling(analysis), isSettled: true) }
        let pause = duration.map { StepDocument(.step(.pause($0)), at: field) }
        return TestEnd(step: pause, isSettled: false)
    }

    private func settling(_ analysis: Field?) -> StepDocument? {
        guard let analysis else {
            field.refuse("`until: settled` needs an `analysis` that settles it")
            return nil
        }
        return analysis.read(
            .object { fields in
                StepDocument(.analysis(AnalysisDocument(&fields, .headgate), mustSettle: true), at: analysis)
            })
    }

    fileprivate mutating func conclusion(_ arms: [ArmDocument]) -> StepDocument? {
        let then = field("then")
        let conclusion = then?.read(.name(of: Conclusion.self)) ?? .ask
        if let then, conclusion == .promote, arms.count > 2 {
            then.refuse(
                "which of \(arms.count - 1) arms wins needs a comparison; write `then: ask`, and choose with "
                    + "`headgate promote --full --arm NAME`")
        }
        return StepDocument(.step(.conclude(conclusion)), at: then ?? field)
    }

    fileprivate func checkArms(_ arms: [ArmDocument], _ frame: StrategyFrame) {
        let given = arms.compactMap(\.share).reduce(0) { $0 + $1.millionths }
        if given >= Weight.all.millionths {
            field.refuse("the shares of the arms leave nothing for \(quoted(arms[0].name)); it needs some")
        }
        if let places = frame.traffic?.backends.names.count, arms.count > places {
            field.refuse(
                "has \(arms.count) arms and \(places) clusters; each arm needs its own in trafficRouting")
        }
        if frame.stickiness != nil, !arms.isEmpty, !arms.contains(where: { $0.share != nil }) {
            field.refuse("has stickiness and no arm with a share; users who match a rule stay in it anyway")
        }
    }
}
