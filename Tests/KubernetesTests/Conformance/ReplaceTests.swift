import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Replace {
        @Test func whoReadTheCurrentVersionMayReplaceIt() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(
                .post, scene.virtualServices(), virtualService("web", ["hosts": ["web"]]))
            var object = made.json
            object["spec"]?["http"] = split(50, 50)
            let path = scene.virtualServices("/web")
            let replaced = try await scene.ask(.put, path + "?fieldManager=put", object)
            #expect(replaced.status == 200)
            #expect(replaced.generation == 2)
            #expect(replaced.owners["put Update"] == ["f:spec": ["f:http": [:]]])

            let late = try await scene.ask(.put, path, object)
            #expect(late.status == 409)
            #expect(late.message.hasSuffix("please apply your changes to the latest version and try again"))

            let same = try await scene.ask(.put, path, replaced.json)
            #expect(same.version == replaced.version)
        }

        @Test func aReplaceMustSayWhichVersionItSaw() async throws {
            let scene = try await Scene()
            _ = try await scene.ask(.post, scene.virtualServices(), virtualService("web", ["hosts": ["web"]]))
            let blind = try await scene.ask(
                .put, scene.virtualServices("/web"), virtualService("web", ["hosts": ["other"]]))
            #expect(blind.status == 422)
            #expect(
                blind.message == "virtualservices.networking.istio.io \"web\" is invalid: "
                    + "metadata.resourceVersion: Invalid value: 0: must be specified for an update")
            let missing = try await scene.ask(
                .put, scene.virtualServices("/other"), virtualService("other", [:]))
            #expect(missing.status == 404)
        }

        @Test func identityCantBeReplaced() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(
                .post, scene.virtualServices(), virtualService("web", ["hosts": ["web"]]))
            var stranger = made.json
            stranger["metadata"]?["uid"] = "another"
            let refused = try await scene.ask(.put, scene.virtualServices("/web"), stranger)
            #expect(refused.status == 409)
            #expect(refused.message.contains("Precondition failed: UID in precondition: another"))

            var counted = made.json
            counted["metadata"]?["generation"] = 99
            let kept = try await scene.ask(.put, scene.virtualServices("/web"), counted)
            #expect(kept.json == made.json)
        }

        @Test func aLeaseIsTakenByWhoeverIsFirst() async throws {
            let scene = try await Scene()
            func lease(_ holder: JSON, _ version: JSON?) -> JSON {
                var lease: JSON = [
                    "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "leader"],
                    "spec": ["holderIdentity": holder, "leaseTransitions": 0],
                ]
                lease["metadata"]?["resourceVersion"] = version
                return lease
            }
            let path = scene.leases("/leader")
            let created = try await scene.ask(.put, path, lease("a", nil))
            #expect(created.status == 201, "a lease that is not there is made by the first")
            let blind = try await scene.ask(.put, path, lease("b", nil))
            #expect(blind.status == 422)
            let taken = try await scene.ask(.put, path, lease("b", JSON(created.version)))
            #expect(taken.status == 200)
            let lost = try await scene.ask(.put, path, lease("a", JSON(created.version)))
            #expect(lost.status == 409)
        }
    }
}
