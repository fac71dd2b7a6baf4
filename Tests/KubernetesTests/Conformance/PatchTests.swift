import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Patch {
        private func sceneWithRoute() async throws -> (Scene, String) {
            let scene = try await Scene()
            let object = virtualService("web", ["hosts": ["web"], "http": split(100, 0)])
            _ = try await scene.ask(.post, scene.virtualServices(), object)
            return (scene, scene.virtualServices("/web"))
        }

        @Test func aLeafIsReplaced() async throws {
            let (scene, path) = try await sceneWithRoute()
            let before = try await scene.ask(.get, path)
            let patched = try await scene.patch(
                path,
                [
                    ["op": "replace", "path": "/metadata/resourceVersion", "value": JSON(before.version)],
                    ["op": "test", "path": "/spec/http/0/name", "value": "primary"],
                    ["op": "replace", "path": "/spec/http/0/route/0/weight", "value": 80],
                    ["op": "replace", "path": "/spec/http/0/route/1/weight", "value": 20],
                ])
            #expect(patched.status == 200)
            #expect(patched.json["spec"]?["http"] == split(80, 20))
            #expect(patched.generation == 2)
            #expect(patched.version != before.version)
        }

        @Test func aLostRaceIsAConflict() async throws {
            let (scene, path) = try await sceneWithRoute()
            let refused = try await scene.patch(
                path,
                [
                    ["op": "replace", "path": "/metadata/resourceVersion", "value": "1"],
                    ["op": "replace", "path": "/spec/http/0/route/0/weight", "value": 80],
                ])
            #expect(refused.status == 409)
            #expect(
                refused.message
                    == "Operation cannot be fulfilled on virtualservices.networking.istio.io \"web\": "
                    + "the object has been modified; please apply your changes to the latest version and try again"
            )
        }

        @Test(
            arguments: [
                [["op": "test", "path": "/spec/http/0/name", "value": "other"]],
                [["op": "replace", "path": "/spec/tcp/0/name", "value": 1]],
                [["op": "remove", "path": "/spec/tcp"]],
                [["op": "replace", "path": "/spec/http/9/name", "value": "x"]],
                [["op": "mend", "path": "/spec"]],
                [
                    ["op": "replace", "path": "/spec/http/0/name", "value": "x"],
                    ["op": "test", "path": "/spec/http/0/name", "value": "primary"],
                ],
            ] as [JSON])
        func aFailedTestLooksLikeABadPatch(_ operations: JSON) async throws {
            let (scene, path) = try await sceneWithRoute()
            let refused = try await scene.patch(path, operations)
            #expect(refused.status == 422)
            #expect(refused.reason == "Invalid")
            #expect(refused.message == "the server rejected our request due to an error in our request")
            let after = try await scene.ask(.get, path)
            #expect(after.json["spec"]?["http"] == split(100, 0), "all of a patch is done, or nothing")
        }

        @Test func itemsAreAddedAndRemoved() async throws {
            let (scene, path) = try await sceneWithRoute()
            let added = try await scene.patch(
                path, [["op": "add", "path": "/spec/http/0", "value": ["name": "pin"]]])
            #expect(added.json["spec"]?["http"]?.array?.count == 2)
            #expect(added.json["spec"]?["http"]?[0]?["name"] == "pin")
            let last = try await scene.patch(
                path, [["op": "add", "path": "/spec/http/-", "value": ["name": "last"]]])
            #expect(last.json["spec"]?["http"]?[2]?["name"] == "last")
            let removed = try await scene.patch(path, [["op": "remove", "path": "/spec/http/0"]])
            #expect(removed.json["spec"]?["http"]?[0]?["name"] == "primary")
        }

        @Test func aPatchThatChangesNothingWritesNothing() async throws {
            let (scene, path) = try await sceneWithRoute()
            let before = try await scene.ask(.get, path)
            let same = try await scene.patch(
                path, [["op": "replace", "path": "/spec/http/0/route/0/weight", "value": 100]])
            #expect(same.json == before.json)
            let merged = try await scene.merge(path, ["spec": ["hosts": ["web"]]])
            #expect(merged.version == before.version)
        }

        @Test func aPatchMustLeaveAValidObject() async throws {
            let (scene, path) = try await sceneWithRoute()
            let type = try await scene.patch(path, [["op": "replace", "path": "/spec/hosts", "value": 5]])
            #expect(type.status == 422)
            #expect(type.causes == ["spec.hosts"])
            let name = try await scene.patch(
                path, [["op": "replace", "path": "/metadata/name", "value": "b"]])
            #expect(name.status == 400)
            #expect(name.message == "the name of the object (b) does not match the name on the URL (web)")
            let unknown = try await scene.patch(path, [["op": "add", "path": "/spec/hostz", "value": 1]])
            #expect(unknown.status == 200, "what is unknown is dropped")
            #expect(unknown.generation == 1)
        }

        @Test func labelsChangeWithoutANewGeneration() async throws {
            let (scene, path) = try await sceneWithRoute()
            let labelled = try await scene.merge(path, ["metadata": ["labels": ["a": "1", "b": "2"]]])
            #expect(labelled.generation == 1)
            #expect(
                labelled.owners["x-merge Update"]
                    == ["f:metadata": ["f:labels": [".": [:], "f:a": [:], "f:b": [:]]]])
            let less = try await scene.merge(path, ["metadata": ["labels": ["a": .null]]])
            #expect(less.json["metadata"]?["labels"] == ["b": "2"])
        }

        @Test func aMergePatchReplacesWholeLists() async throws {
            let (scene, path) = try await sceneWithRoute()
            let merged = try await scene.merge(path, ["spec": ["http": [["name": "only"]]]])
            #expect(merged.json["spec"] == ["hosts": ["web"], "http": [["name": "only"]]])
            let stale = try await scene.merge(path, ["metadata": ["resourceVersion": "1"]])
            #expect(stale.status == 409)
        }

        @Test func otherKindsOfPatchesAreRefused() async throws {
            let (scene, path) = try await sceneWithRoute()
            let strategic = try await scene.ask(
                .patch, path, [:], as: "application/strategic-merge-patch+json")
            #expect(strategic.status == 415)
            #expect(
                strategic.message
                    == "the body of the request was in an unknown format - accepted media types "
                    + "include: application/json-patch+json, application/merge-patch+json, "
                    + "application/apply-patch+yaml")
            let forced = try await scene.ask(.patch, path + "?force=true", [], as: .jsonPatch)
            #expect(forced.status == 422)
            #expect(forced.causes == ["force"])
        }

        @Test func whatIsNotThereCantBePatched() async throws {
            let scene = try await Scene()
            let missing = try await scene.merge(scene.virtualServices("/web"), [:])
            #expect(missing.status == 404)
        }
    }
}
