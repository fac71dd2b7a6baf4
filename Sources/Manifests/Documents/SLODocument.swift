import Analysis

/// One of `slos`: an objective, where its numbers come from, and what it is to hold or abort.
struct SLODocument {
    enum Source {
        case inline(objective: Double, window: Duration, SLOIndicator)
        /// An OpenSLO document of this name; of several objectives the one that is called so.
        case openSLO(name: String, objective: String?)
        case sloth(id: String, window: Duration)
        case pyrra(name: String, namespace: String?, window: Duration)
    }

    let field: Field
    let name: String
    let source: Source
    /// Where it is asked; the text is not known yet.
    let query: Query
    let interval: Duration
    let gate: SLOGate
    let abort: SLOAbort
    let arms: SLOArms?
}

/// What is to be so before anything advances.
struct SLOGate {
    var minRemaining: Double? = 0.1
    var blockOn: [SLO.Severity] = [.page]
}

/// What a release is taken back for.
struct SLOAbort {
    var onFastBurn = true
    var blastRadius: Double?
}

/// How the counters tell the releases apart.
struct SLOArms {
    let label: String
    /// Whether the label has the mesh's name of a place, and not the release's.
    let isByBackend: Bool
    let instance: String?
}

extension Shape where Output == [Field] {
    /// Objectives, not yet read. A sketch is told now what they look like.
    static var slos: Shape {
        Shape { field in
            field.note(.key("name"))
            let items = field.read(.items(max: 10))
            if field.sketch != nil { items?.forEach { _ = $0.read(.slo) } }
            return items
        }
    }
}

extension Shape where Output == SLODocument {
    /// Nil without a report where a value is still open.
    static var slo: Shape {
        .object { fields in
            let name = fields.required("name", Shape<String>.nonEmptyString.unlessOpen)
            let source = SLODocument.Source.read(&fields)
            let interval = fields.optional("interval", .lookInterval.unlessOpen)
            let provider = fields.optional("provider", .sloProvider)
            let gate = fields.optional("gate", .sloGate) ?? SLOGate()
            let abort = fields.optional("abort", .sloAbort) ?? SLOAbort()
            let arms = fields.optional("arms", .sloArms)
            fields.checkEffect(gate, abort, hasArms: arms != nil)
            guard let name, let source else { return nil }
            return SLODocument(
                field: fields.field, name: name, source: source,
                query: provider ?? Query(provider: "prometheus", text: ""),
                interval: interval ?? SLO.interval,
                gate: gate, abort: abort, arms: arms)
        }
    }
}

extension Fields {
    fileprivate func checkEffect(_ gate: SLOGate, _ abort: SLOAbort, hasArms: Bool) {
        guard field.sketch == nil else { return }
        if abort.blastRadius != nil, !hasArms, !has("arms") {
            field.refuse(
                "blastRadius counts what the release does by itself; say by which label, such as "
                    + "`arms: {label: release}`")
        }
        let isIdle = gate.minRemaining == nil && gate.blockOn.isEmpty && !abort.onFastBurn
        if isIdle, abort.blastRadius == nil {
            field.refuse("holds nothing and aborts nothing; leave it out, or write a gate")
        }
    }
}

extension SLODocument.Source {
    /// Nil, reported, when there is none, or nil without a report where a value is open.
    fileprivate static func read(_ fields: inout Fields) -> Self? {
        let inline = fields.optional("inline", .inlineSLO)
        let openSLO = fields.optional("openslo", .openSLOReference)
        let sloth = fields.optional("sloth", .slothReference)
        let pyrra = fields.optional("pyrra", .pyrraReference)
        _ = fields.exactlyOne(of: ["inline", "openslo", "sloth", "pyrra"])
        return inline ?? openSLO ?? sloth ?? pyrra
    }
}

// MARK: - Where its numbers come from

extension Shape where Output == SLODocument.Source {
    fileprivate static var inlineSLO: Shape {
        .object { fields in
            let objective = fields.required("objective", .objective.unlessOpen)
            let window = fields.required("window", .sloWindow.unlessOpen)
            let bad = fields.optional("bad", .windowedQuery)
            let total = fields.optional("total", .windowedQuery)
            let ratio = fields.optional("ratio", .windowedQuery)
            fields.field.note(.exactlyOne("bad", "ratio"), .needs("bad", "total"), .needs("total", "bad"))
            fields.checkIndicator()
            guard let objective, let window else { return nil }
            if let ratio { return .inline(objective: objective, window: window, .share(ratio)) }
            guard let bad, let total else { return nil }
            return .inline(objective: objective, window: window, .counts(bad: bad, total: total))
        }
    }

    fileprivate static var openSLOReference: Shape {
        .object { fields in
            let name = fields.required("name", Shape<String>.nonEmptyString.unlessOpen)
            let objective = fields.optional("objective", Shape<String>.nonEmptyString.unlessOpen)
            return name.map { .openSLO(name: $0, objective: objective) }
        }
    }

    fileprivate static var slothReference: Shape {
        .object { fields in
            let id = fields.required("id", Shape<String>.nonEmptyString.unlessOpen)
            let window = fields.optional("window", .sloWindow.unlessOpen) ?? .days(30)
            return id.map { .sloth(id: $0, window: window) }
        }
    }

    fileprivate static var pyrraReference: Shape {
        .object { fields in
            let name = fields.required("name", Shape<String>.nonEmptyString.unlessOpen)
            let namespace = fields.optional("namespace", Shape<String>.nonEmptyString.unlessOpen)
            let window = fields.optional("window", .sloWindow.unlessOpen) ?? .days(28)
            return name.map { .pyrra(name: $0, namespace: namespace, window: window) }
        }
    }
}

extension Fields {
    fileprivate func checkIndicator() {
        guard field.sketch == nil else { return }
        if has("ratio"), has("bad") || has("total") {
            field.refuse("has ratio and counters; only one of them can be meant")
        } else if !has("ratio"), !has("bad") || !has("total") {
            field.refuse("needs `bad` and `total`, or a `ratio` of bad requests")
        }
    }
}

// MARK: - What it does

extension Shape where Output == Query {
    fileprivate static var sloProvider: Shape {
        .object { fields in fields.required("prometheus", .prometheus(.headgate, isCompared: true)) }
    }
}

extension Shape where Output == SLOGate {
    /// `{minRemaining: 10%, blockOn: [page]}`, or `false`.
    fileprivate static var sloGate: Shape {
        let none = SLOGate(minRemaining: nil, blockOn: [])
        return .scalar(
            Shape<Bool>.bool.map { $0 ? SLOGate() : none },
            orElse: .object { fields in
                var gate = SLOGate()
                gate.minRemaining =
                    fields.optional("minRemaining", .share.unlessOpen) ?? gate.minRemaining
                gate.blockOn = fields.optional("blockOn", .severities) ?? gate.blockOn
                if gate.minRemaining == 0 { gate.minRemaining = nil }
                return gate
            })
    }
}

extension Shape where Output == [SLO.Severity] {
    fileprivate static var severities: Shape {
        Shape.list(of: Shape<SLO.Severity>.name(of: SLO.Severity.self)).upTo(2)
    }
}

extension Shape where Output == SLOAbort {
    /// `{on: fastBurn, blastRadius: 1%}`, or `false`.
    fileprivate static var sloAbort: Shape {
        .scalar(
            Shape<Bool>.bool.map { SLOAbort(onFastBurn: $0) },
            orElse: .object { fields in
                var abort = SLOAbort()
                abort.onFastBurn =
                    fields.optional("on", .oneOf(["fastBurn": true, "nothing": false])) ?? true
                abort.blastRadius = fields.optional("blastRadius", .risk.unlessOpen)
                return abort
            })
    }
}

extension Shape where Output == SLOArms {
    fileprivate static var sloArms: Shape {
        .object { fields in
            let label = fields.required("label", .labelName.unlessOpen)
            let isByBackend = fields.optional("by", .oneOf(["release": false, "backend": true])) ?? false
            let instance = fields.optional("instance", .labelName.unlessOpen)
            return label.map { SLOArms(label: $0, isByBackend: isByBackend, instance: instance) }
        }
    }
}

extension Shape where Output == Duration {
    /// What looks at thirty days costs a store something.
    fileprivate static var lookInterval: Shape {
        duration.refusing { $0 < .seconds(1) ? "\($0.text) is less than 1s" : nil }
    }

    /// In less than a week an hour is no small part.
    fileprivate static var sloWindow: Shape {
        span.refusing { sloWindowFlaw($0) }
    }
}

func sloWindowFlaw(_ window: Duration) -> String? {
    window < .days(7) || window > .days(366)
        ? "must be from 7d to 366d: burns are reckoned for windows of about a month" : nil
}

extension Shape where Output == Double {
    fileprivate static var objective: Shape {
        percentage.refusing { objectiveFlaw($0) }
    }

    fileprivate static var share: Shape {
        percentage.refusing { $0 <= 1 ? nil : "must be at most 100%" }
    }
}

func objectiveFlaw(_ objective: Double) -> String? {
    objective > 0 && objective < 1 ? nil : "must be more than 0% and less than 100%, which leaves no budget"
}
