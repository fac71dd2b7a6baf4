import Foundation
import Kubernetes
import Lab
import TestCluster
import Transport

/// What a Rollout of a cluster costs in memory: a server, as a process of its own, that follows so many objects and
/// has written the status of each. The API server lives in this process.
struct WatchBench {
    let sizes: [Int]

    func run() async throws -> [BenchReport.Watching] {
        let program = try Tools.thisProgram()
        let sizes = sizes.sorted()
        return try await withLab { rig in
            try await onCluster(CustomKinds.argo) { cluster in
                let server = try Self.server(cluster, rig, program)
                try await rig.start(server)
                let before = try await Self.residentBytes(of: server)
                var found: [BenchReport.Watching] = []
                for (size, former) in zip(sizes, [0] + sizes) {
                    for number in former..<size { Self.create(number, in: cluster) }
                    try await Self.wait(for: size, in: cluster)
                    let bytes = try await Self.residentBytes(of: server) - before
                    found.append(BenchReport.Watching(rollouts: size, bytesPerRollout: bytes / size))
                }
                await server.stop()
                return found
            }
        }
    }

    private static func server(_ cluster: Cluster, _ rig: Rig, _ program: String) throws -> Daemon {
        let port = try FreePort.take()
        try FileManager.default.createDirectory(
            atPath: "\(rig.folder)/rollouts", withIntermediateDirectories: true)
        try kubeconfig(cluster.url).write(
            toFile: "\(rig.folder)/kubeconfig.yaml", atomically: true, encoding: .utf8)
        let path = "\(rig.folder)/watching.yaml"
        try configuration(port).write(toFile: path, atomically: true, encoding: .utf8)
        return Daemon(
            "watching", .init(program, ["serve", "--config", path], log: "\(rig.folder)/watching.log"),
            readyURL: "http://127.0.0.1:\(port)/readyz", http: rig.http)
    }

    private static let kind = ResourceKind("argoproj.io", "v1alpha1", "Rollout", plural: "rollouts")

    private static func create(_ number: Int, in cluster: Cluster) {
        let name = "rollout-\(number)"
        let canary: JSON = [
            "stableService": JSON(name + "-stable"), "canaryService": JSON(name + "-canary"),
            "steps": [["setWeight": 5], ["pause": ["duration": "5m"]], ["setWeight": 50], ["pause": [:]]],
            "trafficRouting": ["istio": ["virtualService": ["name": JSON(name), "routes": ["primary"]]]],
        ]
        let template: JSON = [
            "metadata": ["labels": ["app": JSON(name)]],
            "spec": ["containers": [["name": "app", "image": JSON("registry.example/\(name):1.4.2")]]],
        ]
        let object: JSON = [
            "metadata": ["name": JSON(name)],
            "spec": [
                "replicas": 3, "selector": ["matchLabels": ["app": JSON(name)]], "template": template,
                "strategy": ["canary": canary],
            ],
        ]
        cluster.create(object, kind, in: "team-\(number % 20)")
    }

    /// Until each has a status, and two seconds more, in which the server comes to rest.
    private static func wait(for size: Int, in cluster: Cluster) async throws {
        for _ in 0..<3_000 {
            let written = cluster.objects(kind).count { $0["status"]?["phase"] != nil }
            if written == size { return try await Task.sleep(for: .seconds(2)) }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw CommandError("not every Rollout has a status after ten minutes")
    }

    private static func residentBytes(of server: Daemon) async throws -> Int {
        guard let pid = await server.pid else { throw CommandError("the server that was to watch is gone") }
        let statm = try String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)
        return (statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
    }

    private static func configuration(_ port: UInt16) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Configuration
        listen: 127.0.0.1:\(port)
        journal: journal.sqlite
        manifests: [rollouts]
        kubernetes: {kubeconfig: kubeconfig.yaml, namespace: headgate, resources: {groups: [argoproj.io]}}
        istio: {proof: accepted}

        """
    }

    private static func kubeconfig(_ url: String) -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: lab
        contexts: [{name: lab, context: {cluster: lab}}]
        clusters: [{name: lab, cluster: {server: "\(url)"}}]

        """
    }
}
