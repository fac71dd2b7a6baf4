import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Traffic

/// What is said of an Istio before a release is moved.
@Suite(.cluster([.virtualService, .destinationRule, .peerAuthentication]), .timeLimit(.minutes(1)))
struct IstioPreflightTests {
    private let cluster = testCluster()

    private func findings(
        by api: (any KubernetesAPI)? = nil, isStart: Bool = false, startsInstances: Bool = false,
        prometheus: (any HTTPSender)? = nil
    ) async throws -> [Finding] {
        var settings = IstioSettings(namespace: "shop")
        if prometheus != nil { settings.prometheus = "http://prometheus:9090" }
        let router = IstioRouter(settings, api: api ?? cluster, sender: prometheus ?? NobodyToAsk())
        let inspection = Inspection(
            target: try istioTarget(), stable: "a", canaries: ["b"], isStart: isStart,
            startsInstances: startsInstances)
        let findings = try await router.inspect(inspection, of: RolloutName("web"))
        await router.close()
        return findings
    }

    private func found(_ check: String, in findings: [Finding]) -> [String] {
        findings.filter { $0.check == check }.map { "\($0.severity.rawValue) \($0.subject): \($0.what)" }
    }

    /// A whole mesh, with nothing wrong in it.
    private func furnish() {
        cluster.put(webService, virtualService())
        cluster.put(
            webRule,
            [
                "metadata": ["namespace": "shop"],
                "spec": [
                    "host": "web.shop.svc.cluster.local",
                    "trafficPolicy": ["outlierDetection": [:], "connectionPool": [:]],
                    "subsets": [
                        ["name": "a", "labels": ["slot": "a"]], ["name": "b", "labels": ["slot": "b"]],
                    ],
                ],
            ])
        cluster.put(
            ObjectReference(.service, "web", in: "shop"),
            [
                "metadata": ["namespace": "shop"],
                "spec": [
                    "selector": ["app": "web"],
                    "ports": [["name": "http-web", "port": 80, "targetPort": 8080]],
                ],
            ])
        pod("web-a-1", slot: "a")
        pod("web-b-1", slot: "b")
        peers("default", "STRICT")
    }

    private func pod(
        _ name: String, slot: String, isReady: Bool = true, hasProxy: Bool = true, account: String = "web"
    ) {
        var containers: [JSON] = [["name": "app", "image": "web:1"]]
        if hasProxy { containers.append(["name": "istio-proxy", "image": "proxy:1"]) }
        let reference = ObjectReference(.pod, name, in: "shop")
        cluster.put(
            reference,
            [
                "metadata": ["namespace": "shop", "labels": ["app": "web", "slot": .string(slot)]],
                "spec": ["containers": .array(containers), "serviceAccountName": .string(account)],
            ])
        cluster.server.edit(reference, "status", as: "kubelet") {
            $0["status"] = ["conditions": [["type": "Ready", "status": isReady ? "True" : "False"]]]
        }
    }

    private func peers(_ name: String, _ mode: String) {
        cluster.put(
            ObjectReference(.peerAuthentication, name, in: "shop"),
            ["metadata": ["namespace": "shop"], "spec": ["mtls": ["mode": .string(mode)]]])
    }

    @Test func whereNothingIsWrongNothingIsInTheWay() async throws {
        furnish()
        let findings = try await findings(isStart: true)
        #expect(findings.errors == [] && findings.warnings == [], "\(findings)")
        #expect(
            found("mtls", in: findings) == [
                "note subset a of host web: takes mutual TLS only: PeerAuthentication shop/default says STRICT",
                "note subset b of host web: takes mutual TLS only: PeerAuthentication shop/default says STRICT",
            ])
    }

    @Test func withoutTheVirtualServiceNothingCanBeMoved() async throws {
        let findings = try await findings()
        #expect(findings.map(\.severity) == [.error] && findings.map(\.check) == ["objects"])
        #expect(findings[0].what.contains("virtualservices"), "\(findings)")
    }

    @Test func aSubsetThatTheRuleLacksIsAnError() async throws {
        furnish()
        cluster.edit(webRule) { $0["spec"]["subsets"] = [["name": "a", "labels": ["slot": "a"]]] }
        let findings = try await findings()
        #expect(found("subsets", in: findings) == ["error DestinationRule shop/web: has no subset b"])
    }

    /// Before its start the release may still be on its way.
    @Test func nobodyWhereTheReleaseGoesIsAnErrorAtTheStartOnly() async throws {
        furnish()
        cluster.remove(ObjectReference(.pod, "web-b-1", in: "shop"))
        let words = "subset b of host web: no pod has app=web,slot=b"
        #expect(found("endpoints", in: try await findings()) == ["warning \(words)"])
        #expect(found("endpoints", in: try await findings(isStart: true)) == ["error \(words)"])
        #expect(found("endpoints", in: try await findings(isStart: true, startsInstances: true)) == [])
    }

    @Test func podsThatAreNotReadyAreNobody() async throws {
        furnish()
        cluster.remove(ObjectReference(.pod, "web-b-1", in: "shop"))
        pod("web-b-2", slot: "b", isReady: false)
        #expect(
            found("endpoints", in: try await findings(isStart: true)) == [
                "error subset b of host web: none of 1 pods is ready with app=web,slot=b"
            ])
    }

    @Test func aPodInBothSubsetsIsSaid() async throws {
        furnish()
        cluster.edit(webRule) {
            $0["spec"]["subsets"] = [
                ["name": "a", "labels": ["app": "web"]], ["name": "b", "labels": ["slot": "b"]],
            ]
        }
        #expect(
            found("selectors", in: try await findings()) == [
                "warning subset a of host web and subset b of host web: pod web-b-1 is in both"
            ])
    }

    @Test func plainTextIsAWarningWithTheEvidence() async throws {
        furnish()
        cluster.remove(ObjectReference(.peerAuthentication, "default", in: "shop"))
        peers("web", "PERMISSIVE")
        #expect(
            found("mtls", in: try await findings()).first
                == "warning subset a of host web: takes plain text too: PeerAuthentication shop/web says PERMISSIVE"
        )
    }

    /// Policies say what should be; the proxies' counts say what is.
    @Test func plainTextThatWasCountedIsAWarningWhateverThePoliciesSay() async throws {
        furnish()
        let prometheus = ScriptedConsul { _ in
            .consul(
                200,
                #"{"status": "success", "data": {"result": ["#
                    + #"{"metric": {"connection_security_policy": "none"}, "value": [1, "7.2"]}, "#
                    + #"{"metric": {"connection_security_policy": "mutual_tls"}, "value": [1, "92"]}]}}"#)
        }
        let findings = try await findings(prometheus: prometheus)
        #expect(
            found("mtls", in: findings.warnings).first
                == "warning shop/web: its proxies counted 8 requests in plain text of 100 in the last 5m")
        let silent = try await self.findings(prometheus: ScriptedConsul { _ in nil })
        #expect(silent.warnings == [], "a Prometheus that can't be asked proves nothing: \(silent)")
        #expect(found("reach", in: silent).count == 1)
    }

    @Test func callersThatSpeakPlainTextToStrictPodsAreAnError() async throws {
        furnish()
        cluster.edit(webRule) { $0["spec"]["trafficPolicy"]["tls"] = ["mode": "DISABLE"] }
        let findings = try await findings()
        #expect(findings.errors.map(\.what) == ["makes callers use tls mode DISABLE"])
    }

    @Test func aPodWithoutAProxyIsSaid() async throws {
        furnish()
        pod("web-b-2", slot: "b", hasProxy: false)
        #expect(
            found("mtls", in: try await findings()).last
                == "warning subset b of host web: pod web-b-2 has no istio-proxy, and is in no ambient mesh")
    }

    @Test func twoThatClaimOneHostAreRivals() async throws {
        furnish()
        cluster.put(ObjectReference(.virtualService, "other", in: "shop"), virtualService())
        let findings = try await findings()
        #expect(
            found("rivals", in: findings) == [
                "warning VirtualService shop/other: claims a host of the mesh that is split here too"
            ])
    }

    @Test func whoWroteTheRoutesLastIsSaid() async throws {
        furnish()
        cluster.edit(webService, by: "argocd-controller") { object in
            var routes = object["spec"]["http"]?.array ?? []
            routes[1]["timeout"] = "3s"
            object["spec"]["http"] = .array(routes)
        }
        let owners = found("owner", in: try await findings())
        #expect(owners.count == 1)
        #expect(
            owners.first?.hasPrefix(
                "note VirtualService shop/web: spec.http was last written by argocd-controller") == true,
            "\(owners)")
    }

    @Test func aPortThatIsSaidToSpeakSomethingElseIsNotSplit() async throws {
        furnish()
        let service = ObjectReference(.service, "web", in: "shop")
        cluster.edit(service) { $0["spec"]["ports"] = [["name": "tcp-web", "port": 80]] }
        #expect(
            found("protocol", in: try await findings()) == [
                "warning Service shop/web, port 80: is said to speak tcp"
            ])
        cluster.edit(service) { $0["spec"]["ports"] = [["name": "web", "port": 80]] }
        #expect(
            found("protocol", in: try await findings()) == [
                "note Service shop/web, port 80: does not say what it speaks"
            ])
    }

    @Test func whatWouldSoftenAFailureIsNoted() async throws {
        furnish()
        cluster.edit(webRule) { $0["spec"]["trafficPolicy"] = nil }
        let findings = try await findings()
        #expect(findings.filter { ["retries", "outliers", "breakers"].contains($0.check) }.count == 3)
        #expect(findings.errors == [] && findings.warnings == [])
    }

    @Test func whatSoftensAFailureIsNamed() async throws {
        furnish()
        cluster.edit(webRule) {
            $0["spec"]["trafficPolicy"] = [
                "outlierDetection": ["consecutive5xxErrors": 5, "interval": "10s"],
                "connectionPool": ["http": ["http1MaxPendingRequests": 8], "tcp": ["maxConnections": 100]],
            ]
        }
        cluster.edit(webService) { object in
            var routes = object["spec"]["http"]?.array ?? []
            routes[1]["retries"] = ["attempts": 2, "retryOn": "5xx"]
            object["spec"]["http"] = .array(routes)
        }
        let findings = try await findings()
        #expect(
            ["timeouts", "retries", "outliers", "breakers"].flatMap { found($0, in: findings) } == [
                "note VirtualService shop/web: has a timeout: 2s",
                "note VirtualService shop/web: tries again: attempts 2, retryOn 5xx",
                "note DestinationRule shop/web: leaves out who fails: consecutive5xxErrors 5, interval 10s",
                "note DestinationRule shop/web: has limits: http.http1MaxPendingRequests 8, "
                    + "tcp.maxConnections 100",
            ])
    }

    @Test func aHashThatKeepsCallersOnAPodIsNotTakenForStickiness() async throws {
        furnish()
        cluster.edit(webRule) {
            $0["spec"]["trafficPolicy"]["loadBalancer"] = [
                "consistentHash": ["httpCookie": ["name": "shop", "ttl": "0s"]]
            ]
        }
        let findings = try await findings()
        #expect(
            found("sessions", in: findings) == [
                "note DestinationRule shop/web: keeps callers on a pod (httpCookie.name shop, httpCookie.ttl 0s), and in no "
                    + "release"
            ])
    }

    // MARK: - DestinationRules of other namespaces

    private func rule(in namespace: String, _ subsets: [String], exportTo: JSON? = nil) {
        var spec: JSON = [
            "host": "web.shop.svc.cluster.local",
            "subsets": .array(subsets.map { ["name": .string($0), "labels": ["slot": .string($0)]] }),
        ]
        spec["exportTo"] = exportTo
        cluster.put(
            ObjectReference(.destinationRule, "web", in: namespace),
            ["metadata": ["namespace": .string(namespace)], "spec": spec])
    }

    @Test func aRuleOfACallersNamespaceTakesThePlaceOfTheHosts() async throws {
        furnish()
        rule(in: "team", ["a"])
        #expect(
            found("subsets", in: try await findings()) == [
                "error DestinationRule team/web: has no subset b, and callers of team go by it alone"
            ])
        cluster.edit(webService) { $0["spec"]["exportTo"] = ["."] }
        #expect(found("subsets", in: try await findings()) == [], "the split does not reach them")
    }

    @Test func aRuleOfTheRootNamespaceCountsWhereThereIsNoCloserOne() async throws {
        furnish()
        cluster.remove(webRule)
        #expect(
            found("subsets", in: try await findings()).first
                == "warning DestinationRule for web: none of shop is for host web, which should have subset a"
        )
        rule(in: "istio-system", ["a", "b"])
        let findings = try await findings()
        #expect(found("subsets", in: findings) == [] && found("endpoints", in: findings) == [])
    }

    @Test func subsetsThatAreHiddenFromThoseWhoseTrafficIsSplitAreSaid() async throws {
        furnish()
        cluster.edit(webRule) { $0["spec"]["exportTo"] = ["."] }
        #expect(
            found("subsets", in: try await findings()) == [
                "warning DestinationRule shop/web: is not exported to other namespaces, and the VirtualService that "
                    + "uses its subsets is"
            ])
    }

    @Test func aRuleOfACallersNamespaceThatSwitchesMutualTLSOffIsSaid() async throws {
        furnish()
        rule(in: "team", ["a", "b"])
        cluster.edit(ObjectReference(.destinationRule, "web", in: "team")) {
            $0["spec"]["trafficPolicy"] = ["tls": ["mode": "DISABLE"]]
        }
        #expect(
            found("mtls", in: try await findings().errors).first
                == "error DestinationRule team/web: makes callers use tls mode DISABLE")
    }

    /// Rights for some namespaces are enough for those.
    @Test func whereOtherNamespacesMayNotBeReadThatIsSaid() async throws {
        furnish()
        let findings = try await findings(by: Blind(cluster: cluster, seesNamespaces: true))
        #expect(found("subsets", in: findings) == [])
        #expect(
            found("reach", in: findings) == [
                "note DestinationRules of other namespaces: could not be read: may not list destinationrules"
            ])
    }

    @Test func whatMayNotBeReadIsANoteAndMutualTLSUnproved() async throws {
        furnish()
        let findings = try await findings(by: Blind(cluster: cluster), isStart: true)
        #expect(findings.errors == [], "\(findings)")
        #expect(findings.warnings.map(\.check) == ["mtls"])
        #expect(findings.contains { $0.check == "reach" && $0.subject == "pods of shop" })
    }
}

/// Somebody who may read single objects and watch, and list nothing, or nothing but what is in one namespace.
private struct Blind: KubernetesAPI {
    let cluster: WitnessedCluster
    var seesNamespaces = false

    func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try await cluster.read(object, urgency)
    }

    func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList {
        if seesNamespaces, query.namespace != nil { return try await cluster.list(query, urgency) }
        throw KubernetesError(.forbidden, "may not list \(query.kind.plural)")
    }

    func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try await cluster.write(write, urgency)
    }

    func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> { cluster.watch(query) }
}

/// Policies by identity, worked out without a cluster.
struct IstioIdentityTests {
    private func findings(_ action: String, _ principals: [JSON]) throws -> [Finding] {
        let inspection = Inspection(target: try istioTarget(), stable: "a", canaries: ["b"])
        var survey = IstioSurvey(
            inspection: inspection, target: try IstioTarget(inspection.target), namespace: "shop",
            rootNamespace: "istio-system")
        let traffic = try istioTarget()
        survey.objects = [
            try IstioObject(
                virtualService(), webService, survey.target.virtualServices[0], survey.target,
                IstioDestinations(survey.target, traffic), of: RolloutName("web"))
        ]
        survey.services = .seen([["metadata": ["name": "web"], "spec": ["selector": ["app": "web"]]]])
        survey.rules = .seen([
            [
                "metadata": ["name": "web", "namespace": "shop"],
                "spec": [
                    "host": "web",
                    "subsets": [
                        ["name": "a", "labels": ["slot": "a"]], ["name": "b", "labels": ["slot": "b"]],
                    ],
                ],
            ]
        ])
        survey.pods = .seen(
            ["a", "b"].map { slot in
                [
                    "metadata": [
                        "name": .string(slot), "namespace": "shop",
                        "labels": ["app": "web", "slot": .string(slot)],
                    ], "spec": ["serviceAccountName": .string("web-\(slot)")],
                ]
            })
        survey.authorizations = .seen([
            [
                "metadata": ["name": "db", "namespace": "shop"],
                "spec": [
                    "action": .string(action),
                    "rules": [["from": [["source": ["principals": .array(principals)]]]]],
                ],
            ]
        ])
        return survey.identityFindings
    }

    @Test func aPolicyThatAllowsTheStableReleaseOnlyIsSaid() throws {
        let found = try findings("ALLOW", ["cluster.local/ns/shop/sa/web-a"])
        #expect(found.map(\.subject) == ["AuthorizationPolicy shop/db"])
        #expect(found.first?.what.contains("not the release's cluster.local/ns/shop/sa/web-b") == true)
    }

    @Test func aPolicyThatAllowsBothIsNot() throws {
        #expect(try findings("ALLOW", ["cluster.local/ns/shop/sa/*"]) == [])
        #expect(try findings("ALLOW", ["*"]) == [])
        #expect(try findings("ALLOW", ["*/sa/other"]) == [])
    }

    @Test func aPolicyThatDeniesTheNewOneOnlyIsSaid() throws {
        #expect(try findings("DENY", ["*/sa/web-b"]).count == 1)
        #expect(try findings("DENY", ["*"]) == [])
    }
}
