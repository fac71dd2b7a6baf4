import Rollouts

/// A list of steps: what each of them comes to, in their order.
struct Ladder {
    private static let writtenMax = 200
    /// The steps so far are gone through at every event.
    private static let stepsMax = 400

    /// None where the list could not be read.
    let writtenCount: Int?
    private let rungs: [[StepDocument]]

    var steps: [StepDocument] { rungs.flatMap(\.self) }

    /// No list at all.
    init() {
        writtenCount = 0
        rungs = []
    }

    init(_ list: Field, _ dialect: Dialect, kinds: [StepKind] = StepKind.allCases) {
        let items = list.read(.items(max: Self.writtenMax))
        writtenCount = items?.count
        let rungs = (items ?? []).map { $0.read(.step(dialect, kinds)) ?? [] }
        let count = rungs.reduce(0) { $0 + $1.count }
        if count > Self.stepsMax {
            list.refuse("comes to \(count) steps; the limit is \(Self.stepsMax)")
        }
        self.rungs = count > Self.stepsMax ? [] : rungs
    }

    /// Where a step stands once those before it are written out. What is past the last one stays past it.
    func index(ofWritten step: Int) -> Int {
        let before = rungs.prefix(step).reduce(0) { $0 + $1.count }
        return before + max(0, step - rungs.count)
    }
}

// MARK: - Rules

extension Ladder {
    /// Argo wants every rule's name in `managedRoutes`; with us that list is for their order only.
    func checkRules(_ managed: [String]?, _ dialect: Dialect) {
        var known: Set<String> = []
        for step in steps {
            guard case .step(let deed) = step.deed else { continue }
            switch deed {
            case .setRule(let rule):
                known.insert(rule.name)
                if dialect == .argo { step.checkManaged(rule.name, managed ?? []) }
            case .removeRule(let name): step.checkRemoval(of: name, known, dialect)
            default: break
            }
        }
    }
}

extension StepDocument {
    fileprivate func checkManaged(_ name: String, _ managed: [String]) {
        guard !managed.contains(name) else { return }
        field.refuse(
            unknown("rule", quoted(name), name, managed)
                + "; Argo wants its name in `trafficRouting.managedRoutes`")
    }

    fileprivate func checkRemoval(of name: String, _ known: Set<String>, _ dialect: Dialect) {
        guard !known.contains(name) else { return }
        let message =
            "there is no rule \(quoted(name)) to remove: no step before sets it; a rule needs `match`"
        dialect == .argo ? field.warn(message) : field.refuse(message)
    }
}
