import Engine
import Kubernetes
import Logging
import Rollouts
import TestCluster
import TestServer
import Testing
import Transport

@testable import Workloads

/// A namespace of an API server with pods in it, and a controller that runs releases there.
struct Yard: Ordered {
    static let keeper = PodKeeper(fates: [
        "web:bad": .imagePullBackOff, "web:slow": .ready(after: .seconds(600)),
    ])

    let server: APIServer
    let namespace: String
    let api: MortalAPI
    let workloads: KubernetesWorkloads

    init(
        _ server: APIServer, _ namespace: String, writes: Int = .max, token: String = APIServer.token
    ) {
        self.server = server
        self.namespace = namespace
        api = MortalAPI(server.client(token: token), writes: writes)
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        workloads = KubernetesWorkloads(api, pace: .init(look: .milliseconds(50)), log: log)
    }

    /// Runs the body in a namespace of its own, and closes the watches after it.
    static func open(
        token: String = APIServer.token, _ body: (Yard) async throws -> Void
    ) async throws {
        let server = try #require(APIServer.shared, "the suite needs the trait .apiServer")
        let yard = Yard(server, try await server.makeNamespace(), token: token)
        do {
            try await Sketch.$namespace.withValue(yard.namespace) { try await body(yard) }
            await yard.workloads.close()
        } catch {
            await yard.workloads.close()
            throw error
        }
    }
}

// MARK: - What is there

extension Yard {
    private var replicaSets: [JSON] {
        get async throws { try await server.objects(.replicaSet, in: namespace) }
    }

    /// The instances of each release, by the image that it is made from.
    var sizes: [String: Int] {
        get async throws {
            Dictionary(
                try await replicaSets.map { ($0.image, $0["spec"]["replicas"]?.integer ?? 0) }
            ) { $0 + $1 }
        }
    }

    func pods(_ image: String) async throws -> [JSON] {
        try await server.objects(.pod, in: namespace)
            .filter { $0["spec"]["containers"]?[0]["image"]?.string == image }
    }

    func selected(by service: String) async throws -> String? {
        let object = try await server.object(ObjectReference(.service, service, in: namespace))
        return object?["spec"]["selector"]["rollouts-pod-template-hash"]?.string
    }

    func makeService(_ name: String) async throws {
        let service: JSON = [
            "metadata": ["name": .string(name)],
            "spec": ["selector": ["app": "web"], "ports": [["port": 80]]],
        ]
        try await server.create(service, .service, in: namespace)
    }
}

extension JSON {
    fileprivate var image: String {
        self["spec"]["template"]["spec"]["containers"]?[0]["image"]?.string ?? ""
    }
}
