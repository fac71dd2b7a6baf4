import Analysis
import Manifests
import Rollouts
import Testing

/// `slos`: where the numbers come from, and what they are asked by.
@Suite struct SLODocumentTests {
    private func rollout(_ slos: String) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata: {name: checkout}
        spec:
          slos:
        \(slos.indented(2))
          strategy:
            canary:
              steps: [{setWeight: 5}, {pause: {}}]
        """
    }

    private func slos(_ files: KeyValuePairs<String, String>) throws -> [Metric] {
        let set = load(files)
        #expect(set.diagnostics.isEmpty, "\(set.diagnostics)")
        return try #require(set.declarations.first?.plan.slos)
    }

    private func slo(_ text: String, _ other: String = "") throws -> Metric {
        try slos(["r.yaml": rollout(text), "o.yaml": other])[0]
    }

    private func complaints(_ text: String, _ other: String = "") -> [String] {
        load(["r.yaml": rollout(text), "o.yaml": other]).diagnostics.map { "\($0)" }
    }

    private func texts(_ metric: Metric) -> [String] { metric.query.slo?.parts.map(\.text) ?? [] }

    private let inline = """
        - name: checkout
          inline:
            objective: 99.9%
            window: 30d
            bad: http_requests_total{job="web",code=~"5.."}
            total: http_requests_total{job="web"}
        """

    // MARK: - Inline

    @Test func whatIsNotSaidIsWhatMostPeopleNeed() throws {
        let metric = try slo(inline)
        #expect(metric.interval == .seconds(60))
        let limits = SLO.BurnLimit.standard(window: .days(30)).prefix(2)
        #expect(metric.slo == SLO(objective: 0.999, window: .days(30), limits: Array(limits)))
        #expect(
            metric.query.text
                == #"99.9 % within 30d: bad are http_requests_total{job="web",code=~"5.."} of http_requests_total{job="web"}"#
        )
        #expect(metric.query.counters == nil)
        #expect(
            texts(metric).suffix(2) == [
                #"sum(increase(http_requests_total{job="web",code=~"5.."}[30d]))"#,
                #"sum(increase(http_requests_total{job="web"}[30d]))"#,
            ])
        #expect(texts(metric).count == 10, "both counters in five windows")
    }

    @Test func everythingCanBeSaid() throws {
        let metric = try slo(
            inline
                + """

                  interval: 30s
                  provider: {prometheus: {address: "http://prometheus.example:9090"}}
                  gate: {minRemaining: 20%, blockOn: [page, ticket]}
                  abort: {on: nothing, blastRadius: 1%}
                  arms: {label: version, by: release, instance: pod}
                """.replacing("      ", with: "  "))
        let slo = try #require(metric.slo)
        #expect(slo.minRemaining == 0.2 && slo.blockOn == [.page, .ticket])
        #expect(!slo.abortsOnBurn && slo.blastRadius == 0.01 && slo.limits.count == 4)
        #expect(metric.query.address == "http://prometheus.example:9090" && metric.interval == .seconds(30))
        let counters = try #require(metric.query.counters)
        #expect(counters.label == "version" && counters.instance == "pod")
        #expect(counters.canary == Placeholder.canaryRelease.token)
        #expect(counters.selectors.map(\.role) == [.requests, .bad])
    }

    @Test func aQuerySaysWhereItsWindowStands() throws {
        let text = """
            - name: checkout
              gate: {blockOn: []}
              abort: false
              inline: {objective: 99%, window: 28d, ratio: 'my:ratio{w="$__window"} or avg(x[{{.window}}])'}
            """
        #expect(texts(try slo(text)) == [#"my:ratio{w="28d"} or avg(x[28d])"#])
        #expect(
            complaints(text.replacing("$__window", with: "w").replacing("{{.window}}", with: "5m")).contains {
                $0.contains("says for no window how it is asked")
            })
        #expect(
            complaints(
                inline.replacing("total: http", with: "total: sum(http").replacing(
                    "\"web\"}", with: "\"web\"})")
            )
            .contains { $0.contains("says for no window how it is asked") })
    }

    @Test(arguments: [
        ("objective: 99.9%", "objective: 100%", "must be more than 0% and less than 100%"),
        ("window: 30d", "window: 1d", "must be from 7d to 366d"),
        (
            "- name: checkout", "- name: checkout\n  gate: false\n  abort: false",
            "holds nothing and aborts nothing"
        ),
        ("- name: checkout", "- name: checkout\n  abort: {blastRadius: 1%}", "say by which label"),
        ("- name: checkout", "- name: checkout\n  sloth: {id: a}", "only one of them can be meant"),
        ("bad: ", "ratio: ", "has ratio and counters"),
    ])
    func whatCantBeMeantIsRefused(what: String, by other: String, because: String) {
        let complaints = complaints(inline.replacing(what, with: other))
        #expect(complaints.contains { $0.contains(because) }, "\(complaints)")
    }

    // MARK: - Somebody else's rules

    @Test func slothsRulesAreAskedByTheirNames() throws {
        let metric = try slo("- {name: a, sloth: {id: web-availability}}")
        #expect(metric.slo?.objective == nil)
        #expect(
            texts(metric) == [
                #"max(slo:sli_error:ratio_rate5m{sloth_id="web-availability"})"#,
                #"max(slo:sli_error:ratio_rate30m{sloth_id="web-availability"})"#,
                #"max(slo:sli_error:ratio_rate1h{sloth_id="web-availability"})"#,
                #"max(slo:sli_error:ratio_rate6h{sloth_id="web-availability"})"#,
                #"max(slo:error_budget:ratio{sloth_id="web-availability"})"#,
                #"min(slo:period_error_budget_remaining:ratio{sloth_id="web-availability"})"#,
            ])
    }

    @Test func pyrrasRulesAreAskedByTheirNames() throws {
        let metric = try slo("- {name: a, pyrra: {name: web, namespace: shop}}")
        let labels = #"slo="web",namespace=~"|shop""#
        #expect(metric.slo?.limits.map(\.factor) == [14, 7])
        #expect(texts(metric).first == #"max({__name__=~".+:burnrate5m",\#(labels)})"#)
        #expect(texts(metric).contains("1 - max(pyrra_objective{\(labels)})"))
    }

    // MARK: - OpenSLO

    private func openSLO(_ ratio: String, objectives: String = "[{target: 0.995}]") -> String {
        """
        apiVersion: openslo/v1
        kind: SLO
        metadata: {name: web}
        spec:
          description: The web is there.
          service: web
          indicator:
            metadata: {name: web-is-there}
            spec:
              ratioMetric:
        \(ratio.indented(8))
          timeWindow: [{duration: 4w, isRolling: true}]
          budgetingMethod: Occurrences
          objectives: \(objectives)
          alertPolicies: []
        ---
        apiVersion: openslo/v1
        kind: DataSource
        metadata: {name: metrics}
        spec: {type: Prometheus, connectionDetails: {url: "http://prometheus.example:9090"}}
        """
    }

    private let good = """
        counter: true
        good: {metricSource: {metricSourceRef: metrics, spec: {query: 'requests{code!~"5.."}'}}}
        total: {metricSource: {type: Prometheus, spec: {query: requests}}}
        """

    /// Where no request was good there is no series of good ones, and all of them were bad.
    @Test func openSLOCountsTheGoodOnes() throws {
        let metric = try slo("- {name: a, openslo: {name: web}}", openSLO(good))
        #expect(metric.slo?.objective == 0.995 && metric.slo?.window == .days(28))
        #expect(metric.query.address == "http://prometheus.example:9090")
        #expect(
            texts(metric).first
                == #"(sum(increase(requests[5m]))) - ((sum(increase(requests{code!~"5.."}[5m]))) or vector(0))"#
        )
    }

    @Test func openSLOMeasuresAShare() throws {
        let raw = "rawType: success\nraw: {metricSource: {type: prometheus, spec: {query: 'web_up'}}}"
        let metric = try slo("- {name: a, openslo: {name: web}}", openSLO(raw))
        #expect(texts(metric).first == "1 - (avg(avg_over_time(web_up[5m])))")
    }

    @Test func openSLOOfSeveralObjectivesSaysWhichOne() throws {
        let two = "[{displayName: gold, target: 0.999}, {displayName: iron, targetPercent: 99}]"
        let named = try slo(
            "- {name: a, openslo: {name: web, objective: iron}}", openSLO(good, objectives: two))
        #expect(named.slo?.objective == 0.99)
        #expect(
            complaints("- {name: a, openslo: {name: web}}", openSLO(good, objectives: two)).contains {
                $0.contains(
                    "has 2 objectives; say which one by `openslo.objective`, its displayName: gold, iron")
            })
    }

    @Test(arguments: [
        ("Occurrences", "Timeslices", "only Occurrences counts requests"),
        ("isRolling: true", "isRolling: false", "only rolling windows"),
        ("counter: true", "counter: false", "`counter: true` is not there"),
        ("type: Prometheus, spec", "type: Datadog, spec", "only Prometheus is asked here"),
        ("metricSourceRef: metrics", "metricSourceRef: metric", "DataSource of openslo/v1"),
        ("query: requests}", "query: sum(requests)}", "says for no window how it is asked"),
        ("{target: 0.995}", "{op: lte, value: 3, target: 0.9}", "is a threshold, which counts no requests"),
    ])
    func whatOpenSLOSaysOtherwiseIsRefusedWhereItIsNamed(what: String, by other: String, because: String) {
        let text = openSLO(good)
        #expect(text.contains(what))
        let complaints = complaints("- {name: a, openslo: {name: web}}", text.replacing(what, with: other))
        #expect(complaints.contains { $0.hasPrefix("r.yaml:6") && $0.contains(because) }, "\(complaints)")
    }

    @Test func openSLOThatNobodyNamesIsNobodysAffair() {
        #expect(
            load(["o.yaml": "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec: 3"]).diagnostics
                == [])
    }

    // MARK: - In templates

    @Test func aTemplateBringsItsObjectivesToWhoeverNamesIt() throws {
        let template = """
            apiVersion: headgate.dev/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: careful}
            spec:
              args: [{name: job}]
              slos:
              - name: "{{args.job}}"
                inline: {objective: 99%, window: 30d, bad: 'e{job="{{args.job}}"}', total: 'r{job="{{args.job}}"}'}
              metrics:
              - {name: up, provider: {prometheus: {query: up}}, successCondition: "result[0] > 0"}
            """
        let canary = """
            analysis: {templates: [{templateName: careful}], args: [{name: job, value: web}]},
            steps: [{setWeight: 5}, {analysis: {templates: [{templateName: careful}], args: [{name: job, value: web}]}}]
            """
        let metrics = try slos(["r.yaml": native(canary), "t.yaml": template])
        #expect(metrics.map(\.name) == ["web"], "the same one of two analyses counts once")
        #expect(texts(metrics[0]).last == #"sum(increase(r{job="web"}[30d]))"#)
    }

    /// A template of SLOs alone has nothing to watch, and a step of it nothing to wait for.
    @Test func aTemplateOfObjectivesAloneIsNoStep() throws {
        let template = """
            apiVersion: headgate.dev/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: careful}
            spec: {slos: [{name: web, sloth: {id: web}}]}
            """
        let named = "analysis: {templates: [{templateName: careful}]}"
        let beside = load(["r.yaml": native("\(named), steps: [{setWeight: 5}]"), "t.yaml": template])
        let plan = try #require(beside.declarations.first?.plan)
        #expect(plan.slos?.map(\.name) == ["web"] && plan.background == nil)
        let step = load(["r.yaml": native("steps: [{setWeight: 5}, {\(named)}]"), "t.yaml": template])
        #expect(step.errors.contains { "\($0)".contains("have SLOs and no metrics") }, "\(step.errors)")
    }

    /// Where the rollout is, as with the metrics of a template.
    @Test func aSecretIsReadInTheRolloutsNamespace() throws {
        let template = """
            apiVersion: headgate.dev/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: careful}
            spec:
              args: [{name: token, valueFrom: {secretKeyRef: {name: prometheus, key: token}}}]
              slos:
              - name: web
                inline: {objective: 99%, window: 30d, bad: errors, total: requests}
                provider: {prometheus: {headers: [{key: Authorization, value: "Bearer {{args.token}}"}]}}
            """
        let rollout = native("analysis: {templates: [{templateName: careful}]}, steps: [{setWeight: 5}]")
            .replacing("{name: checkout}", with: "{name: checkout, namespace: shop}")
        let query = try slos(["r.yaml": rollout, "t.yaml": template])[0].query
        #expect(query.headers?.map(\.value) == ["Bearer {{secret.args.token}}"])
        #expect(
            query.secrets
                == ["args.token": SecretReference(namespace: "shop", name: "prometheus", key: "token")])
    }

    @Test func thePlanSaysWhatHoldsAndWhatTakesBack() throws {
        let set = load(["r.yaml": rollout(inline)])
        let stops = describe(try #require(set.declarations.first)).stops
        #expect(
            stops.contains(
                "SLO checkout holds it while less than 10 % of the error budget is left or in a burn of severity "
                    + "page; takes the release back for a page that began under it"), "\(stops)")
    }
}
