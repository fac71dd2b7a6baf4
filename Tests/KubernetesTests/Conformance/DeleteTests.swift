import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Delete {
        @Test func aDeletionIsConfirmed() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(
                .post, scene.virtualServices(), virtualService("web", ["hosts": ["web"]]))
            let deleted = try await scene.ask(.delete, scene.virtualServices("/web"))
            #expect(
                deleted.json == [
                    "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
                    "details": [
                        "name": "web", "group": "networking.istio.io", "kind": "virtualservices",
                        "uid": made.json["metadata"]?["uid"] ?? .null,
                    ],
                ])
            let again = try await scene.ask(.delete, scene.virtualServices("/web"))
            #expect(again.status == 404)
        }

        @Test func onlyTheObjectThatIsMeantIsDeleted() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            let made = try await scene.ask(
                .post, scene.virtualServices(), virtualService("web", ["hosts": ["web"]]))
            let uid = made.json["metadata"]?["uid"]?.string ?? ""
            let stranger = try await scene.ask(.delete, path, ["preconditions": ["uid": "another"]])
            #expect(stranger.status == 409)
            #expect(
                stranger.message
                    == "Operation cannot be fulfilled on VirtualService.networking.istio.io \"web\": "
                    + "the UID in the precondition (another) does not match the UID in record (\(uid)). "
                    + "The object might have been deleted and then recreated")
            let stale = try await scene.ask(.delete, path, ["preconditions": ["resourceVersion": "1"]])
            #expect(stale.status == 409)
            let dry = try await scene.ask(.delete, path + "?dryRun=All")
            #expect(dry.status == 200)
            let right = try await scene.ask(.delete, path, ["preconditions": ["uid": JSON(uid)]])
            #expect(right.status == 200)
        }

        @Test func finalizersAreWaitedFor() async throws {
            let scene = try await Scene()
            let path = scene.virtualServices("/web")
            _ = try await scene.ask(
                .post, scene.virtualServices(),
                virtualService("web", ["hosts": ["web"]], ["finalizers": ["headgate.test/hold"]]))
            let marked = try await scene.ask(.delete, path)
            #expect(marked.status == 200)
            #expect(marked.json["kind"] == "VirtualService")
            #expect(marked.json["metadata"]?["deletionTimestamp"] != nil)
            #expect(marked.generation == 2)

            let more = try await scene.merge(
                path, ["metadata": ["finalizers": ["headgate.test/hold", "headgate.test/more"]]])
            #expect(more.status == 422)
            #expect(more.message.contains("no new finalizers can be added if the object is being deleted"))

            let released = try await scene.merge(path, ["metadata": ["finalizers": .null]])
            #expect(released.status == 200)
            let gone = try await scene.ask(.get, path)
            #expect(gone.status == 404)
        }

        @Test func someKindsAnswerWithTheLastState() async throws {
            let scene = try await Scene()
            _ = try await scene.ask(
                .post, scene.services(), ["metadata": ["name": "web"], "spec": ["ports": [["port": 80]]]])
            let service = try await scene.ask(.delete, scene.services("/web"))
            #expect(service.json["kind"] == "Service")
            _ = try await scene.ask(.post, scene.replicaSets(), replicaSet("web"))
            let replicaSet = try await scene.ask(.delete, scene.replicaSets("/web"))
            #expect(replicaSet.json["kind"] == "Status")
        }

        @Test func aSelectionIsDeletedAtOnce() async throws {
            let scene = try await Scene()
            _ = try await scene.ask(.post, scene.configMaps(), configMap("a", labels: ["x": "1"]))
            _ = try await scene.ask(.post, scene.configMaps(), configMap("b", labels: ["x": "2"]))
            let deleted = try await scene.ask(.delete, scene.configMaps("?labelSelector=x%3D1"))
            #expect(deleted.names == ["a"])
            let left = try await scene.ask(.get, scene.configMaps())
            #expect(left.names == ["b"])
        }

        @Test func aPolicyThatIsNoneIsRefused() async throws {
            let scene = try await Scene()
            let refused = try await scene.ask(.delete, scene.virtualServices("/web?propagationPolicy=Gently"))
            #expect(refused.status == 422)
            #expect(refused.causes == ["propagationPolicy"])
        }
    }
}
