import Foundation
import TestCluster
import Testing
import Transport

/// The Helm chart says what the kustomize base says, and what it makes is what Kubernetes takes.
@Suite(.timeLimit(.minutes(3))) struct ChartTests {
    /// The base is what `DeployTests` runs the server with.
    @Test func withoutValuesItMakesWhatTheBaseIs() async throws {
        let chart = try await Chart("headgate", in: "headgate")
        let base = try Deployed.base().filter { $0["kind"] != "Namespace" }
        #expect(base.count == chart.objects.count)
        for object in base {
            let kind = try #require(object["kind"]?.string)
            let name = try #require(object["metadata"]["name"]?.string)
            let made = try #require(chart.object(kind, name), "the chart has no \(kind) \(name)")
            #expect(try bare(made) == bare(object), "\(kind) \(name)")
        }
    }

    @Test(arguments: [
        [:],
        ["serviceMonitor.enabled": "true", "networkPolicy.from[0].namespaceSelector.matchLabels.a": "b"],
        [
            "replicas": "2", "journal.accessModes[0]": "ReadWriteMany", "journal.storageClass": "shared",
            "imagePullSecrets[0].name": "pull", "image.pullPolicy": "Always", "tolerations[0].key": "k",
            "nodeSelector.disk": "fast", "podAnnotations.a": "b", "serviceAccount.annotations.a": "b",
        ],
        ["journal.existingClaim": "mine", "networkPolicy.enabled": "false", "secrets.name": ""],
    ])
    func kubernetesTakesWhatItMakes(values: [String: String]) async throws {
        let chart = try await Chart("shop", in: "delivery", values)
        let path = NSTemporaryDirectory() + "headgate-chart-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        // The kind of the Prometheus operator is not Kubernetes' own.
        let own = chart.text.components(separatedBy: "\n---\n").filter {
            !$0.contains("monitoring.coreos.com")
        }
        try own.joined(separator: "\n---\n").write(toFile: path, atomically: true, encoding: .utf8)
        let run = try await Deployed.run("kubernetes-validate", ["--strict", path])
        #expect(run.isSuccess, "\(run.output)\(run.errors)")
    }

    @Test func theBaseIsTakenToo() async throws {
        for file in ["storage", "rbac", "configuration", "deployment", "service", "network-policy"] {
            let path = Deployed.path("deploy/kubernetes/base/\(file).yaml")
            let run = try await Deployed.run("kubernetes-validate", ["--strict", path])
            #expect(run.isSuccess, "\(run.output)\(run.errors)")
        }
    }

    @Test func helmHasNothingToSayAgainstIt() async throws {
        let run = try await Deployed.run("helm", ["lint", "--strict", Chart.folder])
        #expect(run.isSuccess, "\(run.output)\(run.errors)")
    }

    @Test func itBringsTheDefinitionsAlong() async throws {
        let run = try await Deployed.run("helm", ["show", "crds", Chart.folder])
        let theirs = try Definitions.json(yaml: run.output)
        #expect(try theirs == Definitions.json(yaml: Deployed.text("deploy/kubernetes/crds.yaml")))
    }

    @Test func twoReleasesShareNoName() async throws {
        let one = try await Chart("one", in: "delivery").objects
        let other = try await Chart("other", in: "delivery").objects
        let elsewhere = try await Chart("one", in: "staging").objects.filter {
            $0["metadata"]["namespace"] == nil
        }
        #expect(Set(one.map(label)).isDisjoint(with: other.map(label)))
        #expect(!elsewhere.isEmpty && Set(one.map(label)).isDisjoint(with: elsewhere.map(label)))
    }

    /// A new configuration is read at the start, so it has to make a new pod.
    @Test func anotherConfigurationIsAnotherPod() async throws {
        func annotations(_ values: [String: String]) async throws -> JSON? {
            try await Chart("headgate", in: "headgate", values).object("Deployment", "headgate")?["spec"][
                "template"]["metadata"]["annotations"]
        }
        let first = try await annotations([:])
        #expect(first != nil)
        #expect(try await annotations(["service.port": "80"]) == first)
        #expect(try await annotations(["configuration.prometheus.address": "http://p:9090"]) != first)
    }

    @Test func theLeaderIsElectedWhereTheReleaseIs() async throws {
        let chart = try await Chart("shop", in: "delivery", ["configuration.kubernetes.runsPods": "false"])
        let map = try #require(chart.object("ConfigMap", "shop-headgate"))
        let kubernetes = try configuration(map)["kubernetes"]
        #expect(kubernetes["leaderElection"] == ["namespace": "delivery", "name": "shop-headgate"])
        #expect(kubernetes["runsPods"] == false)
    }

    @Test(arguments: [
        ["journal.syze": "1Gi"], ["configuration.listen": "0.0.0.0:1"], ["replicas": "many"],
        ["replicas": "2", "configuration.kubernetes.leaderElection": "null"],
    ])
    func whatCannotBeMeantIsRefused(values: [String: String]) async throws {
        await #expect(throws: ChartError.self) { try await Chart("headgate", in: "headgate", values) }
    }

    /// Without what helm adds of its own.
    private func bare(_ object: JSON) throws -> JSON {
        var object = object
        for key in ["labels", "annotations"] { object["metadata"][key] = nil }
        if object["kind"] == "Deployment" {
            object["spec"]["template"]["metadata"] = ["labels": ["app": "headgate"]]
        }
        if object["kind"] == "ConfigMap", object["data"]["headgate.yaml"] != nil {
            object["data"]["headgate.yaml"] = try configuration(object)
        }
        return object
    }

    private func configuration(_ map: JSON) throws -> JSON {
        try Definitions.json(yaml: map["data"]["headgate.yaml"]?.string ?? "")[0]
    }

    private func label(_ object: JSON) -> String {
        "\(object["kind"]?.string ?? "") \(object["metadata"]["name"]?.string ?? "")"
    }
}
