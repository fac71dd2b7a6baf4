import Analysis
import Manifests
import Rollouts
import Testing

/// A Rollout around its steps: names, traffic, pods, keys.
struct RolloutTests {
    private func target(_ routing: String) throws -> TrafficTarget {
        let set = load(native("trafficRouting: \(routing),\nsteps: [{setWeight: 5}]"))
        #expect(set.errors == [])
        return try #require(set.declarations.first).traffic
    }

    @Test func aTargetIsNamedAfterTheRolloutUnlessItSaysMore() throws {
        let plain = TrafficTarget(router: "envoy", backends: .init(a: "checkout-a", b: "checkout-b"))
        #expect(try target("{envoy: {}}") == plain)
        #expect(
            try target(
                "{envoy: {clusters: [x, y], route: web, domains: [a.example, b.example], prefix: /api}}")
                == TrafficTarget(
                    router: "envoy", backends: .init(a: "x", b: "y"),
                    settings: ["route": "web", "domains": "a.example,b.example", "prefix": "/api"]))
    }

    @Test func aDeclarationSaysWhereItStandsAndWhetherItIsPaused() throws {
        let text = native(steps: "{setWeight: 5}").replacing("spec:", with: "spec:\n  paused: true")
        let declaration = try #require(load(["rollouts/c.yaml": text]).declarations.first)
        #expect(declaration.source == "rollouts/c.yaml")
        #expect(declaration.isPaused)
        #expect(declaration.plan.judgement == .safe)
    }

    @Test(arguments: [
        ("{envoy: {clusters: [a]}}", "envoy.clusters: needs a name for each place, two to 6; found 1"),
        (
            "{envoy: {clusters: [a, a]}}",
            #"envoy.clusters: "a" is there twice; each place needs its own"#
        ),
        ("{envoy: {prefix: api}}", #"envoy.prefix: "api" must start with /"#),
        ("{envoy: {domains: []}}", #"envoy.domains: needs at least one domain, such as "*""#),
        ("{envoy: {domains: ['a,b']}}", #"envoy.domains[0]: "a,b" is no domain"#),
        ("{envoy: {route: ../x}}", "can't be a file's name; use at most 200 letters, digits, . _ and -"),
        ("{}", "trafficRouting: needs one of: envoy, istio, gatewayAPI, linkerd, consul, plugins"),
        (
            "{nginx: {}}",
            "`nginx` is not supported yet: the routers that work are envoy, istio, gatewayAPI, linkerd and consul"
        ),
        ("{linkerd: {services: [a, b]}}", "linkerd: names no route; write `httpRoute: web`"),
        (
            "{gatewayAPI: {httpRoute: web}}",
            "gatewayAPI: names no places; write `services: [web-a, web-b]`, or `stableService`"
        ),
        (
            "{gatewayAPI: {httpRoutes: [{name: web, rule: []}], services: [a, b]}}",
            "gatewayAPI.httpRoutes[0]: unknown key `rule`; did you mean `rules`?"
        ),
        (
            "{gatewayAPI: {httpRoute: web, services: [a, b], implementation: nginxx}}",
            #"unknown name "nginxx"; did you mean `nginx`?"#
        ),
        ("{consul: {}, envoy: {}}", "moved by one router, and consul is named beside it"),
        ("{consul: {filters: [a, b], releaseMeta: r}}", "both say which instances a subset has"),
        ("{consul: {filters: [a, b, c]}}", "has 3 filters for 2 subsets"),
        ("{consul: {releaseMeta: a.b}}", "can't stand in a filter; use letters, digits and _"),
        (
            "{istio: {virtualService: {name: web}}}",
            "istio: names no places; write `subsets: [web-a, web-b]`, `hosts: [web-a, web-b]`, or a destinationRule"
        ),
        (
            "{istio: {subsets: [a, b]}}", "istio: missing `virtualService`"
        ),
        (
            "{istio: {virtualService: {name: w}, destinationRule: {name: w, stableSubsetName: s}}}",
            "istio.destinationRule: stableSubsetName and canarySubsetName go together"
        ),
        (
            "{istio: {virtualService: {name: w, rotes: []}, subsets: [a, b]}}",
            "virtualService: unknown key `rotes`; did you mean `routes`?"
        ),
        (
            "{envoi: {}}",
            "trafficRouting: unknown key `envoi`; did you mean `envoy`? known: consul, envoy, gatewayAPI, istio, linkerd, managedRoutes, plugins"
        ),
    ])
    func anImpossibleTargetIsRefused(routing: String, message: String) {
        let complaints = complaints(native("trafficRouting: \(routing),\nsteps: [{setWeight: 5}]"))
        #expect(complaints.count == 1)
        #expect(complaints[0].contains(message), "\(complaints)")
    }

    @Test(arguments: [
        ("Checkout", #""Checkout" must be made of"#), ("''", "is empty"), ("-a", "must be made of"),
        ("../etc", "must be made of"), (String(repeating: "a", count: 64), "is longer than 63 characters"),
        ("a..b", "must be made of"), ("5", "expected a string, found the number 5; put it in quotes"),
    ])
    func aNameThatCannotNameAFileIsRefused(name: String, message: String) {
        let complaints = complaints(native("steps: [{setWeight: 5}]", name: name))
        #expect(complaints.count == 1)
        #expect(
            complaints[0].hasPrefix("3:18: metadata.name: ") && complaints[0].contains(message),
            "\(complaints)")
    }

    @Test func everyErrorOfADocumentIsSaidAtOnce() {
        let text = """
            apiVersion: headgate.dev/v1alpha1
            kind: Rollout
            metadata: {name: C}
            specs: {}
            spec:
              replicas: 3
              paused: maybe
              strategy:
                canary:
                  steps:
                  - setWeight: 120
                  - pause: {duraton: 3}
                  - analysis: {templates: [{templateName: gone}]}
            """
        let complaints = complaints(text)
        let places = [
            "3:18: metadata.name", "4:1: unknown key", "6:3: spec", "7:11: spec.paused", "11:20: ",
            "12:17: ", "13:47: ",
        ]
        #expect(complaints.count == places.count, "\(complaints)")
        for (complaint, place) in zip(complaints, places) { #expect(complaint.hasPrefix(place)) }
    }

    @Test(arguments: [
        ("", "spec.strategy: needs one of: canary, blueGreen"),
        (
            "canary: {}, blueGreen: {}",
            "spec.strategy: has canary and blueGreen; only one of them can be meant"
        ),
        (
            "canari: {}",
            "spec.strategy: unknown key `canari`; did you mean `canary`? known: blueGreen, canary"
        ),
        ("abTest: {}", "spec.strategy: unknown key `abTest`; known: blueGreen, canary"),
    ])
    func aStrategyThatIsNoneIsRefused(strategy: String, message: String) {
        let text = """
            {apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: a}, spec: {strategy: {\(strategy)}}}
            """
        #expect(complaints(text).contains { $0.contains(message) })
    }
}

/// What `kubectl get -o yaml` prints can be read again.
struct ReadBackTests {
    private static let added = """
        creationTimestamp: "2026-11-25T17:35:33Z", finalizers: [headgate.dev/traffic], generation: 2, uid: u,
        managedFields: [{manager: kubectl, operation: Apply}], resourceVersion: "264", selfLink: /x,
        annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}
        """

    @Test(arguments: [
        ("headgate.dev/v1alpha1", "Rollout", "strategy: {canary: {steps: [{setWeight: 5}]}}"),
        ("argoproj.io/v1alpha1", "Rollout", "strategy: {canary: {steps: [{setWeight: 5}]}}"),
        (
            "headgate.dev/v1alpha1", "AnalysisTemplate",
            "metrics: [{name: m, successCondition: 'true', provider: {prometheus: {query: up}}}]"
        ),
        ("headgate.dev/v1alpha1", "Freeze", "reason: no releases"),
    ])
    func whatAnAPIServerAddsIsItsOwnAffair(version: String, kind: String, spec: String) {
        let text = """
            apiVersion: \(version)
            kind: \(kind)
            metadata: {name: a, namespace: shop, \(Self.added)}
            spec: {\(spec)}
            status: {phase: Healthy}
            """
        #expect(complaints(text).filter { $0.contains("unknown") } == [])
    }
}

/// What only Argo's documents have.
struct ArgoRolloutTests {
    @Test func podsAreReadAndNotActedOnWithOneWarning() {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: a, uid: x, creationTimestamp: null}
            spec:
              replicas: 3
              template: {spec: {containers: [{resources: {requests: {cpu: 100m, memory: 1.5Gi}, limits: {cpu: 1}}}]}}
              strategy:
                canary: {maxSurge: 25%, maxUnavailable: 0, steps: [{setWeight: 5}]}
            status: {phase: Healthy}
            """
        #expect(
            complaints(text) == [
                "5:3: warning: spec: pods are left to whoever deploys them: `replicas`, `template`, `maxSurge`, "
                    + "`maxUnavailable` are read and not acted on"
            ])
        #expect(load(text).declarations.count == 1)
    }

    @Test(arguments: ["invalid", "1Kib", "", "-", "1.2.3", "1e", "0x10", "١"])
    func aMalformedQuantityIsRefused(quantity: String) {
        let template = "{spec: {initContainers: [{resources: {limits: {cpu: \"\(quantity)\"}}}]}}"
        let text = argo("steps: []").replacing("spec:\n", with: "spec:\n  template: \(template)\n")
        let error = complaints(text).first { $0.contains("no quantity") }
        #expect(error?.contains("spec.template.spec.initContainers[0].resources.limits.cpu: ") == true)
    }

    @Test(arguments: ["1", "0.5", "100m", "64Mi", "1e3", "1E", "+5", ".5", "5.", "-1k"])
    func aQuantityOfKubernetesIsNotRefused(quantity: String) {
        let template = "{spec: {containers: [{resources: {limits: {cpu: \"\(quantity)\"}}}]}}"
        let text = argo("steps: []").replacing("spec:\n", with: "spec:\n  template: \(template)\n")
        #expect(!load(text).hasErrors)
    }

    @Test func servicesNameTheTwoPlaces() throws {
        let set = load(argo("stableService: s, canaryService: c, steps: []"))
        #expect(set.declarations.first?.traffic.backends == .init(a: "s", b: "c"))
        #expect(
            load(argo("")).declarations.first?.traffic.backends == .init(a: "guestbook-a", b: "guestbook-b"))
        #expect(
            complaints(argo("stableService: s, canaryService: s")).first?.contains("they must differ") == true
        )
    }

    @Test(arguments: [
        ("trafficRouting: {linkerd: {}}", "`linkerd`"), ("trafficRouting: {nginx: {}}", "`nginx`"),
        ("trafficRouting: {alb: {}}", "`alb`"),
        ("dynamicStableScale: true", "`dynamicStableScale`"), ("pingPong: {}", "`pingPong`"),
    ])
    func whatIsStillToComeIsRefusedByName(canary: String, name: String) {
        let complaints = complaints(argo(canary))
        #expect(complaints.count == 1)
        #expect(complaints[0].contains("\(name) is not supported yet: "), "\(complaints)")
    }

    @Test(arguments: ["restartAt: x"])
    func whatTheSpecHasStillToComeIsRefusedByName(line: String) {
        let complaints = complaints(argo("").replacing("spec:\n", with: "spec:\n  \(line)\n"))
        #expect(complaints.count == 1)
        #expect(complaints[0].contains("` is not supported yet: "))
    }

    @Test func whatIsWrittenOutAsOffAsksForNothing() {
        #expect(complaints(argo("dynamicStableScale: false, trafficRouting: null, steps: null")).isEmpty)
    }

    @Test func aKeyThatArgoDoesNotHaveIsRefused() {
        let complaints = complaints(argo("canaryServce: x"))
        #expect(complaints.count == 1)
        #expect(complaints[0].contains("unknown key `canaryServce`; did you mean `canaryService`?"))
    }
}
