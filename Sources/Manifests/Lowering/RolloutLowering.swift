import Analysis
import Rollouts

extension RolloutDocument {
    /// The declaration that this document comes to. Nil, reported, when anything in it is wrong.
    func declaration(_ library: TemplateLibrary) -> Declaration? {
        guard let strategy else { return nil }
        let plan = strategy.plan(AnalysisLowering(rollout: self, library: library))
        guard let metadata, let plan, var traffic = strategy.frame.traffic else { return nil }
        check(strategy.frame.limits)
        let division = strategy.frame.isRouted ? nil : strategy.division
        let target = workload?.target(strategy.traits, strategy.services, division)
        if target != nil { check(traffic) }
        if target == nil { refuseScale() }
        if target?.division != nil {
            checkDivision()
            traffic.router = "kubernetes"
        }
        guard !isBroken else { return nil }
        // Objects that name no namespace are where the rollout is.
        if traffic.isOnKubernetes || traffic.router == "consul" {
            traffic.settings["namespace"] = metadata.namespace
        }
        // The Services are pointed at releases then: so they stand for roles.
        if target != nil, division == nil, strategy.services?.names == traffic.backends.names {
            traffic.namesRoles = true
        }
        return Declaration(
            name: RolloutName(metadata.name), traffic: traffic, plan: plan, isPaused: isPaused, source: file,
            labels: metadata.labels, inFlight: inFlight, rollbackWindow: rollbackWindow,
            progressDeadline: progressDeadline, workload: target, drift: drift,
            showsRuns: showsRuns, preflight: preflight)
    }

    /// Tools look for AnalysisRuns beside Argo's Rollouts in a cluster, and nowhere else.
    private var showsRuns: Bool? { dialect == .argo && ClusterSource.isOne(file) ? true : nil }

    /// Pods that come and go by themselves need a mesh whose names can be pointed at them, or none.
    private func check(_ traffic: TrafficTarget) {
        guard let strategy, !traffic.isOnKubernetes,
            strategy.frame.isRouted || strategy.division == nil
        else {
            return
        }
        root.refuse(
            "its pods are run here, and nothing that moves traffic on Kubernetes is named; write "
                + "`trafficRouting.istio`, `.gatewayAPI` or `.linkerd`")
    }

    /// What needs a mesh.
    private func checkDivision() {
        guard let strategy, let division = strategy.division else { return }
        for step in strategy.steps where !step.isOfPods {
            guard case .step(let wanted) = step.deed, let flaw = division.flaw(of: wanted) else {
                continue
            }
            step.field.refuse(flaw)
        }
        if strategy.frame.stickiness != nil {
            root.refuse("`stickiness` needs a mesh, which reads cookies; write `trafficRouting`")
        }
        if division == .names, strategy.services?.stable == nil {
            root.refuse("names no `activeService`, which is what moves the traffic without a mesh")
        }
    }

    private func refuseScale() {
        for step in strategy?.steps ?? [] where !step.isOfPods {
            guard case .step(.setScale) = step.deed else { continue }
            step.field.refuse("`setCanaryScale` is not supported yet: pods are left to whoever deploys them")
        }
    }
}

extension TrafficTarget {
    /// Whether it moves traffic by objects there.
    fileprivate var isOnKubernetes: Bool { ["istio", "gatewayAPI", "linkerd"].contains(router) }
}

extension Division {
    /// Why a step can't be carried out; none where it can.
    fileprivate func flaw(of step: Step) -> String? {
        switch (self, step) {
        case (_, .setRule), (_, .removeRule), (_, .setShares):
            "needs a mesh, which looks at requests; write `trafficRouting`"
        case (.instances, .setScale):
            "needs a mesh: without one, the number of instances is what divides the traffic"
        case (.names, .setWeight(let weight)) where weight != .all:
            "\(weight) needs a mesh: a Service gives everything or nothing"
        default: nil
        }
    }
}

extension StrategyDocument {
    /// Looks at everything before it gives up on anything. Nil: reported.
    fileprivate func plan(_ lowering: AnalysisLowering) -> Plan? {
        let isRun = lowering.rollout.workload != nil
        let steps = self.steps.filter { isRun || !$0.isOfPods }.map { $0.lowered(by: lowering) }
        let background = self.background.map { $0.lowered(by: lowering) }
        let bake = frame.bake.map { $0.lowered(by: lowering) }
        let whole = steps.compactMap(\.self)
        guard let slos = lowering.slos(analyses), whole.count == steps.count else { return nil }
        return Plan(
            steps: whole, background: background ?? nil, judgement: lowering.rollout.dialect.judgement,
            arms: arms, stickiness: frame.stickiness, ruleOrder: frame.ruleOrder, bake: bake ?? nil,
            scaleDownDelay: frame.scaleDownDelay, abortScaleDownDelay: frame.abortScaleDownDelay,
            slos: slos.isEmpty ? nil : slos)
    }
}

extension StepDocument {
    fileprivate func lowered(by lowering: AnalysisLowering) -> Step? {
        switch deed {
        case .step(.gate(var gate)):
            gate.secrets = gate.secrets?.located(in: lowering.rollout.metadata?.namespace)
            return .gate(gate)
        case .step(let step): return step
        case .experiment(let experiment): return experiment.lowered(by: lowering).map(Step.analysis)
        case .analysis(let analysis, let mustSettle):
            let metrics = lowering.metrics(of: analysis)
            if metrics?.isEmpty == true, !analysis.templates.isEmpty {
                analysis.field.refuse(
                    "its templates have SLOs and no metrics, so that the step would judge nothing; name them in the "
                        + "`analysis` beside the steps")
            }
            for metric in metrics ?? [] where !metric.isDryRun && metric.isEndless {
                let start = "metric \(quoted(metric.name)) has an interval and no count"
                if mustSettle {
                    analysis.field.refuse("\(start), so that it never settles the test; give it a count")
                } else {
                    analysis.field.warn(
                        "\(start): this step ends by a person's promote or a bad verdict only")
                }
            }
            return metrics.map(Step.analysis)
        }
    }
}

extension BackgroundDocument {
    /// None for templates that have SLOs alone: those are looked at from the start on, by themselves.
    fileprivate func lowered(by lowering: AnalysisLowering) -> BackgroundAnalysis? {
        guard let metrics = lowering.metrics(of: analysis), !metrics.isEmpty else { return nil }
        return BackgroundAnalysis(metrics: lowering.watched(metrics), startingStep: startingStep)
    }
}

extension BakeDocument {
    /// Nil, reported, when its analysis does not fit.
    fileprivate func lowered(by lowering: AnalysisLowering) -> Bake? {
        guard let analysis else { return Bake(duration: duration) }
        let metrics = lowering.metrics(of: analysis)
        for metric in metrics ?? [] where metric.comparison != nil {
            analysis.field.refuse(
                "metric \(quoted(metric.name)) compares with the stable release, which has no traffic in a bake; "
                    + "give it a condition")
        }
        return metrics.map { Bake(duration: duration, metrics: $0.isEmpty ? nil : $0) }
    }
}
