import Foundation
import Kubernetes
import Rollouts
import TestCluster
import TestServer
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// The custom resources of consul-k8s before a start, and what the server may do to them.
@Suite(.cluster(CustomKinds.consul), .timeLimit(.minutes(1))) struct ConsulResourceLookTests {
    private let cluster = testCluster()

    private func findings(_ change: (inout ConsulTarget) -> Void = { _ in }) async throws -> [String] {
        let router = resourceRouter(cluster) {}
        let inspection = Inspection(
            target: try resourceTarget(on: cluster, change), stable: "web-a", canaries: ["web-b"],
            isStart: true)
        let findings = try await router.inspect(inspection, of: RolloutName("web"))
        await router.close()
        return findings.map { "\($0.severity.rawValue) \($0.subject): \($0.what)" }
    }

    @Test func aMissingResolverAnObjectionAndAnOwnerAreFound() async throws {
        cluster.put(webSplitter, splitterObject(["web-a": 100, "web-b": 0]))
        cluster.server.edit(webSplitter, "status", as: "consul-k8s") {
            $0["status"] = unsynced("500 (no)", at: "2026-11-25T10:00:00Z")
        }
        let seen = try await findings { ($0.filters, $0.proto) = ([], nil) }
        #expect(seen.contains("error ServiceSplitter shop/web: Synced is False (ConsulAgentError): 500 (no)"))
        #expect(seen.contains { $0.hasPrefix("error ServiceResolver shop/web: is not there") })
        #expect(
            seen.contains {
                $0.hasPrefix("note ServiceSplitter shop/web: spec.splits was last written by test")
            })
        #expect(seen.contains { $0.hasPrefix("warning Consul: was not looked at") }, "\(seen)")
    }

    /// An entry that consul-k8s has not made, a token that may not read, and a Consul that knows no partitions.
    @Test func whatIsInConsulBesideItIsFoundToo() async throws {
        cluster.put(webSplitter, splitterObject(["web-a": 100, "web-b": 0]))
        cluster.server.edit(webSplitter, "status", as: "consul-k8s") {
            $0["status"] = synced(at: "2026-11-25T10:00:00Z")
        }
        let entry: JSON = ["Kind": "service-splitter", "Name": "web", "Meta": ["owner": "somebody"]]
        let consul = ScriptedConsul { request in
            if request.url.contains("/v1/config/service-splitter/web") { return .consul(200, entry.text) }
            if request.url.contains("/v1/config/service-resolver/web") {
                return .consul(403, "Permission denied")
            }
            if request.url.hasSuffix("/v1/agent/self") {
                return .consul(200, #"{"Config":{"Version":"1.17.0"}}"#)
            }
            if request.url.contains("/v1/health/") { return .consul(200, "[{}]") }
            return request.url.contains("/v1/c") || request.url.contains("/v1/discovery")
                ? .consul(200, "{}") : nil
        }
        let router = ConsulRouter(
            ConsulSettings(address: "http://consul:8500"), sender: consul, cluster: cluster)
        let inspect = { (target: TrafficTarget) async throws(RouteFailure) -> [Finding] in
            let inspection = Inspection(target: target, stable: "web-a", canaries: ["web-b"], isStart: true)
            return try await router.inspect(inspection, of: RolloutName("web"))
        }
        let seen = try await inspect(resourceTarget(on: cluster) { $0.proto = nil })
        let stranger = seen.first { $0.check == "owner" && $0.severity == .error }
        #expect(
            stranger?.sentence.hasPrefix("service-splitter web: was not made by consul-k8s; ") == true,
            "\(seen)")
        let unread = seen.first { $0.check == "reach" }
        #expect(unread?.what.contains("service \"web\" { policy = \"read\" }") == true, "\(seen)")
        let elsewhere = try resourceTarget(on: cluster) { $0.scope.partition = "eu" }
        let failure = await #expect(throws: RouteFailure.self) { try await inspect(elsewhere) }
        #expect(
            failure?.kind == .rejected && failure?.message.contains("things of Consul Enterprise") == true)
        await router.close()
    }

    /// Those of `deploy/kubernetes` are enough for all that is done to them, and no others are taken up.
    @Test func theRulesThatAreDeployedAreEnough() async throws {
        let path = URL(filePath: #filePath).pathComponents.dropLast(5).joined(separator: "/").dropFirst()
        let text = try String(contentsOfFile: "\(path)/deploy/kubernetes/base/rbac.yaml", encoding: .utf8)
        let rules = try Definitions.json(yaml: text).flatMap { ($0["rules"]?.array ?? []) }.map { rule in
            let texts = { (key: String) in Set((rule[key]?.array ?? []).compactMap(\.string)) }
            return AccessRule(texts("verbs"), groups: texts("apiGroups"), texts("resources"))
        }
        let account = { (rules: [AccessRule]) in
            Access.accounts([
                "deployed": Account("headgate", rules),
                "controller": Account("consul-k8s", [AccessRule(["*"], groups: ["*"], ["*"])]),
            ])
        }
        let http = CurlClient()
        let server = APIServer(cluster.server, http)
        let (client, controller) = (server.client(token: "deployed"), server.client(token: "controller"))
        let router = resourceRouter(client) {
            for kind in EntryName.Kind.allCases { try await speak(of: kind, by: controller) }
        }
        cluster.server.ensureNamespace("shop")
        cluster.server.setAccess(account(rules))
        _ = try await router.write(
            consulWrite(try split(20, rules: [staff]), try resourceTarget(on: cluster), since: 1))
        _ = try await router.write(
            consulWrite(.all(to: .a), try resourceTarget(on: cluster), since: 2, isRollback: true))
        cluster.server.setAccess(account(rules.filter { !$0.resources.contains("servicesplitters") }))
        let write = consulWrite(try split(30), try resourceTarget(on: cluster), since: 3)
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(
            failure?.message.contains("apiGroups: [\"consul.hashicorp.com\"]") == true,
            "\(failure?.message ?? "")")
        await router.close()
        await http.shutdown()
    }
}
