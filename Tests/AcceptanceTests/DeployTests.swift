import Foundation
import Kubernetes
import Lab
import Server
import TestCluster
import Testing
import Transport

@testable import headgate

/// What `deploy/kubernetes` promises.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DeployTests {
    private static let api = ObjectReference(
        ResourceKind("headgate.dev", "v1alpha1", "Rollout", plural: "rollouts"), "api",
        in: PodServer.namespace)
    private static let options =
        "resources: {groups: [headgate.dev, argoproj.io]}, leaderElection: {namespace: headgate}"

    /// A canary by a manifest, and one by an object of the cluster: pods, Services, traffic, status and lease.
    @Test func theRulesAreEnoughForAllThatTheServerDoes() async throws {
        let rules = try rules(in: "deploy/kubernetes/base/rbac.yaml")
        let definitions = Definitions(try text(of: "deploy/kubernetes/crds.yaml"))
        try await PodServer.run(kubernetes: Self.options) { cluster in
            cluster.install(definitions)
            for kind in CustomKinds.argo { cluster.install(kind) }
            cluster.ensureNamespace("headgate")
            let account = Account("system:serviceaccount:headgate:headgate", rules)
            cluster.setAccess(.accounts([PodServer.token: account]))
        } _: { server in
            try server.commit("web:1", steps: ["setWeight: 50"])
            try await server.wait(for: "web:1") { server.sizes["web:1"] == 4 }
            _ = try await server.wait(for: "web:1 to rest") { $0.phase == .healthy }
            server.cluster.setAccess(.open)
            server.cluster.create(Self.rollout("api:1"), Self.api.kind, in: PodServer.namespace)
            let account = Account("system:serviceaccount:headgate:headgate", rules)
            server.cluster.setAccess(.accounts([PodServer.token: account]))
            try server.commit("web:2", steps: ["setWeight: 50"])
            _ = try await server.wait(for: "web:2 to rest") {
                $0.phase == .healthy && $0.history.count == 1
            }
            try await server.wait(for: "the object's status") {
                server.cluster.object(Self.api)?["status"]["phase"] == "Healthy"
            }
            #expect(server.sizes["api:1"] == 2)
            #expect(!server.daemon.log.tail(bytesMax: 1 << 20).contains("is forbidden"))
        }
    }

    /// A ClusterRole without a rule that the server needs is found out: the test before can fail.
    @Test func withoutARuleTheServerSaysWhichOneToAdd() async throws {
        let rules = try rules(in: "deploy/kubernetes/base/rbac.yaml").filter {
            !$0.resources.contains("replicasets")
        }
        try await PodServer.run { cluster in
            cluster.setAccess(.accounts([PodServer.token: Account("headgate", rules)]))
        } _: { server in
            try server.commit("web:1", steps: ["setWeight: 50"])
            let status = try await server.wait(for: "a complaint") { $0.instances?.lastFailure != nil }
            let failure = try #require(status.instances?.lastFailure)
            #expect(
                failure.contains("replicasets") && failure.contains("apiGroups: [\"apps\"]"), "\(failure)")
        }
    }

    /// The base has no right to a Secret, and the component to no more than reading those that it names.
    @Test func secretsAreReadWhereSomebodySaysSo() throws {
        let base = try rules(in: "deploy/kubernetes/base/rbac.yaml")
        #expect(!base.contains { $0.resources.contains("secrets") })
        let component = try rules(in: "deploy/kubernetes/secrets/rbac.yaml")
        #expect(component.map(\.verbs) == [["get"]] && component.map(\.resources) == [["secrets"]])
        #expect(component.allSatisfy { $0.names?.isEmpty == false && $0.namespace != nil })
    }

    /// With the component for Jobs, a metric may be one. Its pod reads the Secret, and not the server.
    @Test func theComponentForJobsIsEnoughToRunThem() async throws {
        let rules = try ["base", "jobs"].flatMap { try self.rules(in: "deploy/kubernetes/\($0)/rbac.yaml") }
        try await PodServer.run(jobsTake: .milliseconds(200)) { cluster in
            cluster.setAccess(.accounts([PodServer.token: Account("headgate", rules)]))
        } _: { server in
            try server.commit(Self.template, named: "smoke")
            try server.commit("web:1", steps: ["setWeight: 50"])
            _ = try await server.wait(for: "web:1 to rest") { $0.phase == .healthy }
            let analysis = "analysis: {templates: [{templateName: smoke}]}"
            try server.commit("web:2", steps: ["setWeight: 50", analysis])
            _ = try await server.wait(for: "web:2 to rest") {
                $0.phase == .healthy && $0.history.count == 1
            }
            let job = try #require(server.cluster.objects(.job, in: PodServer.namespace).first)
            let variable = job["spec"]["template"]["spec"]["containers"]?[0]?["env"]?[0]
            #expect(variable?["valueFrom"]["secretKeyRef"]["name"] == "prometheus")
            #expect(!server.daemon.log.tail(bytesMax: 1 << 20).contains("is forbidden"))
        }
    }

    private static let template = """
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: smoke, namespace: shop}
        spec:
          args: [{name: token, valueFrom: {secretKeyRef: {name: prometheus, key: token}}}]
          metrics:
          - name: smoke
            provider:
              job:
                spec:
                  activeDeadlineSeconds: 60
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [{name: smoke, image: "smoke:1", env: [{name: TOKEN, value: "{{args.token}}"}]}]

        """

    private static func rollout(_ image: String) -> JSON {
        let template: JSON = [
            "metadata": ["labels": ["app": "api"]],
            "spec": ["containers": [["name": "app", "image": JSON(image)]]],
        ]
        return [
            "apiVersion": "headgate.dev/v1alpha1", "kind": "Rollout", "metadata": ["name": "api"],
            "spec": [
                "replicas": 2, "selector": ["matchLabels": ["app": "api"]], "template": template,
                "strategy": ["canary": ["steps": [["setWeight": 50]]]],
            ],
        ]
    }

    /// Of all Roles and ClusterRoles in a file.
    private func rules(in path: String) throws -> [AccessRule] {
        try Definitions.json(yaml: text(of: path)).flatMap { role in
            (role["rules"]?.array ?? []).map { rule in
                func texts(_ key: String) -> Set<String> {
                    Set((rule[key]?.array ?? []).compactMap(\.string))
                }
                return AccessRule(
                    texts("verbs"), groups: texts("apiGroups"), texts("resources"),
                    names: rule["resourceNames"] == nil ? nil : texts("resourceNames"),
                    in: role["kind"] == "Role" ? role["metadata"]["namespace"]?.string : nil)
            }
        }
    }

    private func text(of path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
