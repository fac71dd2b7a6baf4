import Rollouts

/// A Rollout as it was written: decoded, not yet joined with its templates.
struct RolloutDocument {
    /// None: reported. The rest is looked at nevertheless, to say at once what is wrong with it.
    let metadata: Metadata?
    let dialect: Dialect
    /// The whole document: where arguments that refer to the manifest look.
    let root: Field
    let isPaused: Bool
    let inFlight: InFlightPolicy?
    let drift: DriftPolicy?
    let rollbackWindow: Int?
    let progressDeadline: ProgressDeadline?
    let preflight: Preflight?
    let slos: [Field]
    /// None: the pods are left to whoever deploys them.
    let workload: WorkloadDocument?
    /// None: reported.
    let strategy: StrategyDocument?
    let isFileWhole: Bool

    var file: String { root.node.mark.file }
    var diagnostics: Diagnostics { root.diagnostics }
    var isBroken: Bool { !isFileWhole || diagnostics.hasErrors }
}

extension RolloutDocument {
    /// The name becomes a file's name and a label's value.
    private static let nameLengthMax = 63

    /// Argo's documents always speak of pods, ours where they are run here; `runsPods` says whether they are.
    static func read(
        _ document: inout Fields, _ dialect: Dialect, isFileWhole: Bool, runsPods: Bool
    ) -> RolloutDocument {
        let metadata = Metadata.read(&document, dialect, lengthMax: nameLengthMax)
        document.ignore("status")
        let name = metadata?.name ?? "rollout"
        let spec: Spec? = document.required(
            "spec", .object { Spec(&$0, dialect, name, metadata?.namespace, runsPods: runsPods) })
        document.refuseUnknown()
        return RolloutDocument(
            metadata: metadata, dialect: dialect, root: document.field, isPaused: spec?.isPaused ?? false,
            inFlight: spec?.inFlight, drift: spec?.drift, rollbackWindow: spec?.rollbackWindow,
            progressDeadline: spec?.progressDeadline, preflight: spec?.preflight, slos: spec?.slos ?? [],
            workload: spec?.workload,
            strategy: spec?.strategy,
            isFileWhole: isFileWhole)
    }

    private struct Spec {
        let isPaused: Bool
        let inFlight: InFlightPolicy?
        let drift: DriftPolicy?
        let rollbackWindow: Int?
        let progressDeadline: ProgressDeadline?
        let preflight: Preflight?
        let slos: [Field]
        let workload: WorkloadDocument?
        let strategy: StrategyDocument?

        init(
            _ fields: inout Fields, _ dialect: Dialect, _ name: String, _ namespace: String?, runsPods: Bool
        ) {
            let isArgo = dialect == .argo
            isPaused = fields.optional("paused", in: dialect, .bool) ?? false
            if isArgo, !runsPods { Pods.read(&fields) }
            let speaksOfPods = WorkloadDocument.keys.contains { [fields] in fields.has($0) }
            workload =
                runsPods && (isArgo || speaksOfPods)
                ? WorkloadDocument(&fields, dialect, namespace: namespace) : nil
            if speaksOfPods, !runsPods, !isArgo { fields.refusePods() }
            inFlight = isArgo ? nil : fields.optional("inFlight", .name(of: InFlightPolicy.self))
            drift = isArgo ? nil : fields.optional("drift", .name(of: DriftPolicy.self))
            rollbackWindow = fields.optional("rollbackWindow", in: dialect, .rollbackWindow(dialect))
            progressDeadline =
                isArgo ? fields.argoDeadline() : fields.optional("progressDeadline", .progressDeadline)
            // Argo's documents start as with Argo, which looks at nothing.
            preflight = isArgo ? nil : fields.preflight()
            slos = isArgo ? [] : fields.optional("slos", .slos) ?? []
            let strategy: StrategyDocument?? = fields.required(
                "strategy", .object { .some(StrategyDocument.read(&$0, dialect, name)) })
            self.strategy = strategy ?? nil
            if runsPods, !isArgo, workload == nil, !speaksOfPods,
                self.strategy?.traits.members.isEmpty == false
            {
                fields.field.refuse("says how pods are to be, and has no `template` to make them from")
            }
        }
    }
}

/// What the look before a start may do.
private enum PreflightMode: String, CaseIterable {
    case enforce, warn, off
}

extension Fields {
    /// None: nothing is looked at.
    fileprivate mutating func preflight() -> Preflight? {
        let written = field("preflight")
        let mode = written?.read(.name(of: PreflightMode.self)) ?? .enforce
        let requiresMTLS = optional("requireMTLS", .strict) ?? false
        if requiresMTLS, mode != .enforce {
            written?.refuse(
                "`\(mode.rawValue)` refuses no start, and `requireMTLS: strict` would; take one of the two out"
            )
        }
        switch mode {
        case .enforce: return Preflight(requiresMTLS: requiresMTLS)
        case .warn: return Preflight(requiresMTLS: requiresMTLS, onlyWarns: true)
        case .off: return nil
        }
    }
}

extension Shape where Output == Bool {
    /// The one thing that can be required so far.
    fileprivate static var strict: Shape { .oneOf(["strict": true]) }
}

extension Shape where Output == Int {
    /// `{revisions: 3}`.
    fileprivate static func rollbackWindow(_ dialect: Dialect) -> Shape {
        let most = Rollout.historyMax
        return .object { fields in
            let shape: Shape<Int> = dialect == .argo ? .int(in: 0...Int(Int32.max)) : .int(in: 1...most)
            let revisions = fields.required("revisions", shape)
            if let revisions, revisions > most {
                fields.field.warn("only the last \(most) stable releases are remembered")
            }
            return revisions
        }
    }
}

extension Shape where Output == ProgressDeadline {
    fileprivate static var progressDeadline: Shape {
        .object { fields in
            let duration = fields.required("duration", .positiveSpan)
            let overdue = fields.optional("whenOverdue", .name(of: Overdue.self)) ?? .hold
            return duration.map { ProgressDeadline(duration: $0, whenOverdue: overdue) }
        }
    }
}

extension Fields {
    fileprivate mutating func refusePods() {
        for key in WorkloadDocument.keys {
            guard field(key) != nil, let written = field.node.mapping?.first(where: { $0.key.text == key })
            else { continue }
            field.refuse(
                at: written.key.mark,
                "`\(key)`: pods are run only by a server with `kubernetes: {runsPods: true}`; `headgate plan` "
                    + "and `validate` read it so with --run-pods")
        }
    }

    /// Argo only shows that a deadline has passed, unless it is told to abort.
    fileprivate mutating func argoDeadline() -> ProgressDeadline? {
        let written = field("progressDeadlineSeconds", in: .argo)
        let seconds = written?.read(.int(in: 1...Int(Int32.max)))
        let aborts = optional("progressDeadlineAbort", in: .argo, .bool) ?? false
        if aborts { return ProgressDeadline(duration: .seconds(seconds ?? 600), whenOverdue: .abort) }
        written?.warn("is read and not acted on without `progressDeadlineAbort: true`")
        return nil
    }
}
