import Foundation
import Kubernetes
import Lab
import TestCluster
import Transport

/// Two servers of one configuration, of which one leads at a time, by a Lease in an API server. Each is a process of its
/// own; they share the journal.
struct Pair: Sendable {
    let servers: [Daemon]
    private let urls: [String]
    private let cluster: Cluster
    private let http: any HTTPSender

    static let lease = ObjectReference(.lease, "headgate", in: "headgate")

    /// - Parameter terms: of the election, as the configuration has them; empty: the usual ones.
    init(_ cluster: Cluster, _ rig: Rig, program: String, terms: String = "") throws {
        cluster.ensureNamespace("headgate")
        self.cluster = cluster
        http = rig.http
        try FileManager.default.createDirectory(
            atPath: "\(rig.folder)/rollouts", withIntermediateDirectories: true)
        try Self.write(Self.kubeconfig(cluster.url), "\(rig.folder)/kubeconfig.yaml")
        let ports = try [FreePort.take(), FreePort.take()]
        urls = ports.map { "http://127.0.0.1:\($0)" }
        servers = try ports.enumerated().map { number, port in
            let path = "\(rig.folder)/headgate-\(number).yaml"
            try Self.write(Self.configuration(port, terms), path)
            return Daemon(
                "headgate-\(number)",
                .init(program, ["serve", "--config", path], log: "\(rig.folder)/headgate-\(number).log"),
                readyURL: "http://127.0.0.1:\(port)/healthz", http: rig.http)
        }
    }

    /// Which of them is ready, as soon as one is. Throws when none becomes so.
    func leader(within limit: Duration = .seconds(60)) async throws -> Int {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            for number in servers.indices where try await readiness(of: number).isReady { return number }
            try await Task.sleep(for: .milliseconds(20))
        }
        let logs = servers.map { "\($0.name):\n\($0.log.tail())" }.joined(separator: "\n")
        throw CommandError(
            "neither of the two servers leads after \(limit); the ends of their logs:\n\(logs)")
    }

    /// What `/readyz` says; a server that doesn't answer is not ready.
    func readiness(of number: Int) async throws -> (isReady: Bool, text: String) {
        do throws(TransportError) {
            let answer = try await http.send(
                HTTPRequest(.get, "\(urls[number])/readyz", timeout: .seconds(2)))
            return (answer.status == 200, String(decoding: answer.body, as: UTF8.self))
        } catch {
            return (false, "\(error)")
        }
    }

    var holder: String { spec["holderIdentity"]?.string ?? "" }

    var epoch: Int { spec["leaseTransitions"]?.integer ?? 0 }

    private var spec: JSON { cluster.object(Self.lease)?["spec"] ?? [:] }

    private static func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func configuration(_ port: UInt16, _ terms: String) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Configuration
        listen: 127.0.0.1:\(port)
        journal: journal.sqlite
        manifests: [rollouts]
        kubernetes:
          kubeconfig: kubeconfig.yaml
          namespace: headgate
          leaderElection: {\(terms)}

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
