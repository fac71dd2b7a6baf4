import Engine
import Kubernetes
import Rollouts
import Testing
import Transport

@testable import Traffic

extension MeshGround {
    init(_ stage: RouterStage) {
        name = stage.name
        takesRules = stage.takesRules
        resolution = 0
        play = { claim in
            let cluster = testCluster()
            let router = stage.set(on: cluster)
            try await stage.play(on: cluster, by: router, claim)
            await router.close()
        }
    }
}

extension RouterStage {
    /// Opens what `router` is.
    fileprivate func play(
        on cluster: WitnessedCluster, by router: some StagedRouter,
        _ claim: (any RoutedMesh) async throws -> Void
    ) async throws {
        try await claim(ClusterMesh(router: router, stage: self, cluster: cluster))
    }
}

/// An object of an API server.
private struct ClusterMesh<Router: StagedRouter>: RoutedMesh {
    let router: Router
    let stage: RouterStage
    let cluster: WitnessedCluster

    var target: TrafficTarget { stage.target }

    func weights() -> [Int] { stage.weights(cluster[stage.reference]) }
    func version() -> String { cluster.version(of: stage.reference) }
    func rest() throws -> JSON { try stage.rest(cluster[stage.reference]) }

    func meddle() {
        cluster.edit(stage.reference) { object in
            object = (try? object.patched(.replace("\(stage.split)/1/weight", 4_000))) ?? object
        }
    }

    func bookmark() -> PutBack {
        let (cluster, stage, weights) = (cluster, stage, weights())
        return {
            cluster.edit(stage.reference) { object in
                for (index, weight) in weights.enumerated() {
                    let pointer = "\(stage.split)/\(index)/weight"
                    object = (try? object.patched(.replace(pointer, JSON(weight)))) ?? object
                }
            }
        }
    }

    func close() async { await router.close() }
}
