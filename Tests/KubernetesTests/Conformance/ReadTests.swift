import Foundation
import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Read {
        @Test func whatIsNotThereIsNotFound() async throws {
            let scene = try await Scene()
            let service = try await scene.ask(.get, scene.services("/web"))
            #expect(
                service.json == [
                    "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
                    "message": "services \"web\" not found", "reason": "NotFound",
                    "details": ["name": "web", "kind": "services"], "code": 404,
                ])
            let route = try await scene.ask(.get, scene.virtualServices("/web"))
            #expect(route.message == "virtualservices.networking.istio.io \"web\" not found")
        }

        @Test func aKindThatIsNotServedIsNotFound() async throws {
            let scene = try await Scene()
            let core = try await scene.ask(.get, "/api/v1/wheels")
            #expect(core.status == 404)
            #expect(core.message == "the server could not find the requested resource")
            for path in [
                "/apis/wheels.test/v1", "/apis/wheels.test/v1/wheels",
                scene.path("networking.istio.io/v1", "wheels"),
            ] {
                let page = try await scene.ask(.get, path)
                #expect(page.status == 404)
                #expect(page.text == "404 page not found\n")
            }
        }

        @Test func strangersGetNothing() async throws {
            let scene = try await Scene()
            let reply = try await scene.server.ask(.get, scene.services(), token: "stranger")
            #expect(reply.status == 401)
            #expect(
                reply.json == [
                    "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
                    "message": "Unauthorized", "reason": "Unauthorized", "code": 401,
                ])
        }

        @Test func someThingsCantBeDone() async throws {
            let scene = try await Scene()
            let reply = try await scene.ask(.post, scene.services("/web"), [:])
            #expect(reply.status == 405)
            #expect(reply.message == "the server does not allow this method on the requested resource")
        }

        @Test func otherVersionsShowTheSameObject() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(
                .post, scene.virtualServices(), virtualService("web", ["hosts": ["web"]]))
            let older = try await scene.ask(
                .get, scene.path("networking.istio.io/v1beta1", "virtualservices", "/web"))
            #expect(older.json["apiVersion"] == "networking.istio.io/v1beta1")
            #expect(older.version == made.version)
            #expect(older.json["spec"] == made.json["spec"])
        }

        @Test func theServerTellsWhatItServes() async throws {
            let server = try #require(APIServer.shared)
            let groups = try await server.ask(.get, "/apis").json["groups"]?.array ?? []
            let gateway = groups.first { $0["name"] == "gateway.networking.k8s.io" }
            #expect(gateway?["preferredVersion"]?["version"] == "v1")
            let istio = try await server.ask(.get, "/apis/networking.istio.io")
            #expect(
                istio.json["versions"]?.array?.compactMap { $0["version"]?.string } == [
                    "v1", "v1beta1", "v1alpha3",
                ])
            let resources = try await server.ask(.get, "/apis/networking.istio.io/v1").json["resources"]?
                .array
            let routes = resources?.first { $0["name"] == "virtualservices" }
            #expect(routes?["kind"] == "VirtualService")
            #expect(routes?["namespaced"] == true)
            #expect(resources?.contains { $0["name"] == "virtualservices/status" } == true)
            let version = try await server.ask(.get, "/version")
            #expect(version.json["major"] == "1")
        }
    }

    @Suite struct List {
        private func sceneWithMaps() async throws -> Scene {
            let scene = try await Scene()
            for (index, name) in ["a", "b", "c", "d", "e"].enumerated() {
                let labels: JSON = ["app": JSON(name), "tier": index < 2 ? "1" : "2"]
                _ = try await scene.ask(.post, scene.configMaps(), configMap(name, labels: labels))
            }
            return scene
        }

        @Test func aListHasAVersionAndItsItemsInOrder() async throws {
            let scene = try await sceneWithMaps()
            let list = try await scene.ask(.get, scene.configMaps())
            #expect(list.json["kind"] == "ConfigMapList")
            #expect(Int(list.version) != nil)
            #expect(list.names == ["a", "b", "c", "d", "e"])
            #expect(list.json["items"]?[0]?["kind"] == nil, "items of built-in kinds don't say what they are")
            _ = try await scene.ask(.post, scene.virtualServices(), virtualService("web", [:]))
            let routes = try await scene.ask(.get, scene.virtualServices())
            #expect(routes.json["items"]?[0]?["kind"] == "VirtualService", "those of custom kinds do")
        }

        @Test(arguments: Self.selections.keys.sorted())
        func labelsSelect(_ selector: String) async throws {
            let scene = try await sceneWithMaps()
            let escaped = try #require(selector.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            let list = try await scene.ask(.get, scene.configMaps("?labelSelector=\(escaped)"))
            #expect(list.names == Self.selections[selector])
        }

        private static let selections: [String: [String]] = [
            "app=a": ["a"], "app==a": ["a"], "app!=a": ["b", "c", "d", "e"],
            "app in (a,b),tier!=2": ["a", "b"],
            "app notin (a,b)": ["c", "d", "e"], "app": ["a", "b", "c", "d", "e"], "!app": [],
            "tier=2,app in (c, e)": ["c", "e"],
        ]

        @Test func someFieldsSelect() async throws {
            let scene = try await sceneWithMaps()
            let one = try await scene.ask(.get, scene.configMaps("?fieldSelector=metadata.name%3Db"))
            #expect(one.names == ["b"])
            let others = try await scene.ask(.get, scene.configMaps("?fieldSelector=metadata.name%21%3Db"))
            #expect(others.names == ["a", "c", "d", "e"])
            let unknown = try await scene.ask(.get, scene.virtualServices("?fieldSelector=spec.hosts%3Da"))
            #expect(unknown.status == 400)
            #expect(unknown.message == "field label not supported: spec.hosts")
            let nonsense = try await scene.ask(.get, scene.configMaps("?labelSelector=a%20b%20c"))
            #expect(nonsense.status == 400)
        }

        @Test func aLongListComesInPages() async throws {
            let scene = try await sceneWithMaps()
            let first = try await scene.ask(.get, scene.configMaps("?limit=2"))
            #expect(first.names == ["a", "b"])
            #expect(first.json["metadata"]?["remainingItemCount"] == 3)
            _ = try await scene.ask(.post, scene.configMaps(), configMap("bb"))
            let second = try await scene.ask(.get, scene.configMaps("?limit=2&continue=\(first.next)"))
            #expect(second.names == ["c", "d"], "pages show what was there at the first")
            #expect(second.version == first.version)
            let last = try await scene.ask(.get, scene.configMaps("?limit=2&continue=\(second.next)"))
            #expect(last.names == ["e"])
            #expect(last.next.isEmpty)
        }

        @Test func aListOfAllNamespacesHasThemAll() async throws {
            let one = try await sceneWithMaps()
            let other = try await sceneWithMaps()
            let list = try await one.ask(.get, "/api/v1/configmaps?labelSelector=app%3Da")
            let namespaces = Set(
                list.json["items"]?.array?.compactMap { $0["metadata"]?["namespace"]?.string } ?? [])
            #expect(namespaces.isSuperset(of: [one.namespace, other.namespace]))
        }
    }
}

extension APIServer.Reply {
    var names: [String] {
        json["items"]?.array?.compactMap { $0["metadata"]?["name"]?.string } ?? []
    }

    fileprivate var next: String { json["metadata"]?["continue"]?.string ?? "" }
}
