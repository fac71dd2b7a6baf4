import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Subresources {
        @Test func theStatusIsWrittenOnItsOwn() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(.post, scene.rollouts(), rollout("web"))
            #expect(made.json["status"] == nil, "nobody creates a status")
            let change: JSON = [
                "status": ["phase": "Paused", "selector": "app=web"], "spec": ["replicas": 9],
                "metadata": ["labels": ["a": "b"]],
            ]
            let status = try await scene.merge(scene.rollouts("/web/status"), change)
            #expect(status.json["status"] == ["phase": "Paused", "selector": "app=web"])
            #expect(status.json["spec"] == made.json["spec"])
            #expect(status.json["metadata"]?["labels"] == nil)
            #expect(status.generation == 1)
            #expect(
                status.owners["x-merge Update status"]
                    == ["f:status": [".": [:], "f:phase": [:], "f:selector": [:]]])

            let main = try await scene.merge(
                scene.rollouts("/web"), ["status": ["phase": "Healthy"], "metadata": ["labels": ["a": "b"]]])
            #expect(main.json["status"]?["phase"] == "Paused")
            #expect(main.json["metadata"]?["labels"] == ["a": "b"])
        }

        @Test func theScaleIsTheSameForAllKinds() async throws {
            let scene = try await Scene()
            _ = try await scene.ask(.post, scene.replicaSets(), replicaSet("web", replicas: 1))
            let read = try await scene.ask(.get, scene.replicaSets("/web/scale"))
            #expect(read.json["kind"] == "Scale")
            #expect(read.json["apiVersion"] == "autoscaling/v1")
            #expect(read.json["spec"] == ["replicas": 1])
            #expect(read.json["status"] == ["replicas": 0, "selector": "app=web"])

            let scaled = try await scene.merge(scene.replicaSets("/web/scale"), ["spec": ["replicas": 3]])
            #expect(scaled.json["spec"] == ["replicas": 3])
            let whole = try await scene.ask(.get, scene.replicaSets("/web"))
            #expect(whole.json["spec"]?["replicas"] == 3)
            #expect(whole.generation == 2)
            #expect(whole.owners["x-merge Update scale"] == ["f:spec": ["f:replicas": [:]]])

            _ = try await scene.ask(.post, scene.rollouts(), rollout("web", replicas: 2))
            let custom = try await scene.merge(scene.rollouts("/web/scale"), ["spec": ["replicas": 7]])
            #expect(custom.json["spec"] == ["replicas": 7])
        }

        @Test func aScaleIsReplacedLikeAnObject() async throws {
            let scene = try await Scene()
            let path = scene.replicaSets("/web/scale")
            _ = try await scene.ask(.post, scene.replicaSets(), replicaSet("web"))
            var scale = try await scene.ask(.get, path).json
            scale["spec"] = ["replicas": 5]
            let replaced = try await scene.ask(.put, path, scale)
            #expect(replaced.json["spec"] == ["replicas": 5])
            let late = try await scene.ask(.put, path, scale)
            #expect(late.status == 409)
            scale["metadata"]?["resourceVersion"] = nil
            scale["spec"] = ["replicas": -1]
            let negative = try await scene.ask(.put, path, scale)
            #expect(negative.status == 422)
            #expect(
                negative.message == "Scale.autoscaling \"web\" is invalid: spec.replicas: "
                    + "Invalid value: -1: must be greater than or equal to 0")
        }

        @Test func aPodIsEvicted() async throws {
            let scene = try await Scene()
            let pods = scene.path("v1", "pods")
            _ = try await scene.ask(
                .post, pods, ["metadata": ["name": "web"], "spec": ["containers": container("web:1")]])
            let eviction: JSON = [
                "apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "web"],
            ]
            let evicted = try await scene.ask(.post, pods + "/web/eviction", eviction)
            #expect(evicted.status == 201)
            #expect(evicted.json["status"] == "Success")
            let gone = try await scene.ask(.get, pods + "/web")
            #expect(gone.status == 404)
        }
    }
}
