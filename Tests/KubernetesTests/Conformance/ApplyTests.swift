import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Apply {
        @Test func anApplyOwnsWhatItSays() async throws {
            let scene = try await Scene()
            let object = virtualService("web", ["hosts": ["web"], "http": split(100, 0)])
            let first = try await scene.apply(scene.virtualServices("/web"), object, by: "gitops")
            #expect(first.status == 201)
            #expect(first.generation == 1)
            #expect(first.owners == ["gitops Apply": ["f:spec": ["f:hosts": [:], "f:http": [:]]]])

            let again = try await scene.apply(scene.virtualServices("/web"), object, by: "gitops")
            #expect(again.status == 200)
            #expect(again.version == first.version, "the same again changes nothing")
        }

        @Test func aListIsOwnedAsAWhole() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            let whole = virtualService("web", ["hosts": ["web"], "http": split(100, 0)])
            _ = try await scene.apply(path, whole, by: "gitops")
            let shift = virtualService("web", ["http": split(90, 10)])

            let refused = try await scene.apply(path, shift, by: "pd")
            #expect(refused.status == 409)
            #expect(refused.reason == "Conflict")
            #expect(refused.message == "Apply failed with 1 conflict: conflict with \"gitops\": .spec.http")
            #expect(
                refused.json["details"] == [
                    "causes": [
                        [
                            "reason": "FieldManagerConflict", "message": "conflict with \"gitops\"",
                            "field": ".spec.http",
                        ]
                    ]
                ])

            let forced = try await scene.apply(path, shift, by: "pd", force: true)
            #expect(forced.generation == 2)
            #expect(
                forced.owners == [
                    "gitops Apply": ["f:spec": ["f:hosts": [:]]], "pd Apply": ["f:spec": ["f:http": [:]]],
                ])
            #expect(forced.json["spec"]?["http"] == split(90, 10))

            let back = try await scene.apply(path, whole, by: "gitops")
            #expect(back.message == "Apply failed with 1 conflict: conflict with \"pd\": .spec.http")
        }

        @Test func whoLeavesAFieldOutLeavesItToItsOwner() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            let hosts = virtualService("web", ["hosts": ["web"]])
            _ = try await scene.apply(path, hosts, by: "gitops")
            let shifted = try await scene.apply(
                path, virtualService("web", ["http": split(90, 10)]), by: "pd")
            #expect(shifted.status == 200)
            let synced = try await scene.apply(path, hosts, by: "gitops")
            #expect(synced.version == shifted.version)
            #expect(synced.json["spec"]?["http"] == split(90, 10))
        }

        @Test func aFieldGoesWithItsOnlyOwner() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            let whole = virtualService(
                "web", ["hosts": ["web"], "http": split(1, 1)], ["labels": ["a": "1"]])
            _ = try await scene.apply(path, whole, by: "gitops")
            _ = try await scene.apply(path, virtualService("web", ["hosts": ["web"]]), by: "other")
            let left = try await scene.apply(path, virtualService("web", [:]), by: "gitops")
            #expect(left.json["spec"] == ["hosts": ["web"]])
            #expect(left.json["metadata"]?["labels"] == nil)
            #expect(
                left.owners == [
                    "gitops Apply": ["f:spec": [:]], "other Apply": ["f:spec": ["f:hosts": [:]]],
                ])
        }

        @Test func conflictsWithSeveralOwnersAreGrouped() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            _ = try await scene.apply(path, virtualService("web", ["hosts": ["web"]]), by: "gitops")
            _ = try await scene.apply(path, virtualService("web", ["http": split(9, 1)]), by: "pd")
            let other = virtualService("web", ["hosts": ["other"], "http": split(1, 9)])
            let refused = try await scene.apply(path, other, by: "third")
            #expect(
                refused.message == """
                    Apply failed with 2 conflicts: conflicts with "gitops":
                    - .spec.hosts
                    conflicts with "pd":
                    - .spec.http
                    """)
            #expect(refused.causes.sorted() == [".spec.hosts", ".spec.http"])
        }

        @Test func whoPatchesTakesWhatItChanges() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            _ = try await scene.apply(path, virtualService("web", ["http": split(100, 0)]), by: "pd")
            let patched = try await scene.patch(
                path, [["op": "replace", "path": "/spec/http/0/route/0/weight", "value": 80]])
            #expect(patched.owners == ["x-patch Update": ["f:spec": ["f:http": [:]]]])
            let refused = try await scene.apply(path, virtualService("web", ["http": split(1, 1)]), by: "pd")
            let owner = "\"x-patch\" using networking.istio.io/v1"
            #expect(refused.message == "Apply failed with 1 conflict: conflict with \(owner): .spec.http")
        }

        @Test func aNameThatPatchesAndAppliesIsInConflictWithItself() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            _ = try await scene.apply(path, virtualService("web", ["http": split(100, 0)]), by: "pd")
            _ = try await scene.patch(
                path, [["op": "replace", "path": "/spec/http/0/route/0/weight", "value": 80]], by: "pd")
            let refused = try await scene.apply(path, virtualService("web", ["http": split(1, 1)]), by: "pd")
            #expect(refused.status == 409)
            #expect(refused.message.contains("conflict with \"pd\" using networking.istio.io/v1: .spec.http"))
        }

        @Test func whatTheServerFillsInBelongsToNobody() async throws {
            let scene = try await Scene()
            let made = try await scene.apply(scene.httpRoutes("/web"), httpRoute("web"), by: "gitops")
            #expect(
                made.json["spec"]?["rules"] == [
                    ["matches": [["path": ["type": "PathPrefix", "value": "/"]]]]
                ])
            #expect(made.owners == ["gitops Apply": ["f:spec": ["f:parentRefs": [:]]]])
            let rules: JSON = [["backendRefs": [["name": "web-stable", "port": 80]]]]
            var ours = httpRoute("web", rules: rules)
            ours["spec"]?["parentRefs"] = nil
            let shifted = try await scene.apply(scene.httpRoutes("/web"), ours, by: "pd")
            #expect(shifted.status == 200, "nobody owned the default, so there is no conflict")
        }

        @Test func itemsOfAMapAreOwnedOneByOne() async throws {
            let scene = try await Scene()
            let path = scene.replicaSets("/web")
            let one = replicaSet(
                "web",
                containers: [["name": "web", "image": "web:1", "env": [["name": "A", "value": "1"]]]])
            _ = try await scene.apply(path, one, by: "one")
            let refused = try await scene.apply(
                path, replicaSet("web", containers: container("web:2")), by: "two")
            #expect(
                refused.message
                    == "Apply failed with 1 conflict: conflict with \"one\": "
                    + ".spec.template.spec.containers[name=\"web\"].image")

            let env: JSON = [["name": "web", "env": [["name": "B", "value": "2"]]]]
            let addition: JSON = [
                "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": ["name": "web"],
                "spec": ["template": ["spec": ["containers": env]]],
            ]
            let added = try await scene.apply(path, addition, by: "two")
            let container = added.json["spec"]?["template"]?["spec"]?["containers"]?[0]
            #expect(container?["env"] == [["name": "A", "value": "1"], ["name": "B", "value": "2"]])
            #expect(container?["image"] == "web:1")

            var nothing = addition
            nothing["spec"] = [:]
            let left = try await scene.apply(path, nothing, by: "two")
            let rest = left.json["spec"]?["template"]?["spec"]?["containers"]?[0]
            #expect(rest?["env"] == [["name": "A", "value": "1"]], "only the item that was ours goes")
            #expect(left.owners["two Apply"] == ["f:spec": [:]])
        }

        @Test func theStatusIsAppliedOnItsOwn() async throws {
            let scene = try await Scene()
            _ = try await scene.ask(.post, scene.rollouts(), rollout("web"))
            let object: JSON = [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "web"],
                "status": ["phase": "Healthy"],
            ]
            let applied = try await scene.apply(scene.rollouts("/web/status"), object, by: "pd")
            #expect(applied.json["status"] == ["phase": "Healthy"])
            #expect(applied.owners["pd Apply status"] == ["f:status": ["f:phase": [:]]])
            #expect(applied.generation == 1)
            let missing = try await scene.apply(scene.rollouts("/nope/status"), object, by: "pd")
            #expect(missing.status == 404)
        }

        @Test func whatCantBeAppliedIsRefused() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            let place =
                "failed to create typed patch object (/web; networking.istio.io/v1, Kind=VirtualService)"
            let unknown = try await scene.apply(path, virtualService("web", ["hostz": ["web"]]), by: "pd")
            #expect(unknown.status == 500)
            #expect(unknown.message == "\(place): .spec.hostz: field not declared in schema")

            let inner = try await scene.apply(
                path, virtualService("web", ["http": [["hostz": 1]]]), by: "pd")
            #expect(inner.message == "\(place): .spec.http[0].hostz: field not declared in schema")

            let shape = try await scene.apply(path, virtualService("web", ["hosts": "web"]), by: "pd")
            #expect(shape.message == "\(place): .spec.hosts: expected list, got &{web}")

            let nobody = try await scene.ask(.patch, path, virtualService("web", [:]), as: .apply)
            #expect(nobody.status == 422)
            #expect(
                nobody.message == "PatchOptions.meta.k8s.io \"\" is invalid: "
                    + "fieldManager: Required value: is required for apply patch")

            let other = try await scene.apply(path, virtualService("other", [:]), by: "pd")
            #expect(
                other.message == "the name of the object (other) does not match the name on the URL (web)")
        }

        @Test func aVersionThatHasPassedIsAConflict() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            _ = try await scene.apply(path, virtualService("web", ["hosts": ["web"]]), by: "pd")
            let stale = virtualService("web", ["hosts": ["other"]], ["resourceVersion": "1"])
            let refused = try await scene.apply(path, stale, by: "pd")
            #expect(refused.status == 409)
            #expect(refused.message.contains("the object has been modified"))
            #expect(refused.json["details"]?["name"] == "web", "which tells it from an ownership conflict")
        }
    }
}
