import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Owners {
        @Test func aBuiltInKindsStructuresBelongToNobody() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(.post, scene.replicaSets(), replicaSet("web"))
            let spec = made.owners["tests Update"]?["f:spec"]
            #expect(spec?["."] == nil)
            #expect(spec?["f:replicas"] == [:])
            #expect(spec?["f:selector"] == [:], "a selector is owned as a whole")
            #expect(spec?["f:template"]?["f:metadata"] == ["f:labels": [".": [:], "f:app": [:]]])
            let item = spec?["f:template"]?["f:spec"]?["f:containers"]?["k:{\"name\":\"web\"}"]
            #expect(item?["."] == [:])
            #expect(item?["f:image"] == [:])
        }

        @Test func metadataIsOwnedByItsParts() async throws {
            let scene = try await Scene()
            _ = try await scene.ask(.post, scene.configMaps(), configMap("a"))
            let change: JSON = [
                "labels": ["x": "1"], "annotations": ["a/b": "c"],
                "ownerReferences": [["apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "u1"]],
                "finalizers": ["headgate.test/hold"],
            ]
            let changed = try await scene.merge(scene.configMaps("/a"), ["metadata": change])
            #expect(
                changed.owners["x-merge Update"] == [
                    "f:metadata": [
                        "f:labels": [".": [:], "f:x": [:]], "f:annotations": [".": [:], "f:a/b": [:]],
                        "f:ownerReferences": [".": [:], "k:{\"uid\":\"u1\"}": [:]],
                        "f:finalizers": [".": [:], "v:\"headgate.test/hold\"": [:]],
                    ]
                ])
        }

        @Test func oneEmptyEntryMakesTheServerForget() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(
                .post, scene.virtualServices(), virtualService("web", ["hosts": ["web"]]))
            var object = made.json
            object["metadata"]?["managedFields"] = [[:]]
            let forgotten = try await scene.ask(.put, scene.virtualServices("/web"), object)
            #expect(forgotten.owners == [:])
            let applied = try await scene.apply(
                scene.virtualServices("/web"), virtualService("web", ["http": split(1, 1)]), by: "pd")
            #expect(
                applied.owners == [
                    "pd Apply": ["f:spec": ["f:http": [:]]],
                    "before-first-apply Update": ["f:spec": [".": [:], "f:hosts": [:]]],
                ])
        }
    }
}
