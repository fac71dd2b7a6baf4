import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Watch {
        private func told(_ events: [JSON]) -> [String] {
            events.map { "\($0["type"]?.string ?? "") \($0["object"]?["metadata"]?["name"]?.string ?? "")" }
        }

        /// A map is made, changed twice and deleted, and another one made.
        private func history() async throws -> (Scene, start: String) {
            let scene = try await Scene()
            let start = try await scene.ask(.get, scene.configMaps()).version
            _ = try await scene.ask(.post, scene.configMaps(), configMap("one", labels: ["a": "1"]))
            _ = try await scene.merge(scene.configMaps("/one"), ["metadata": ["labels": ["a": "2"]]])
            _ = try await scene.merge(scene.configMaps("/one"), ["metadata": ["labels": ["a": "1"]]])
            _ = try await scene.ask(.delete, scene.configMaps("/one"))
            _ = try await scene.ask(.post, scene.configMaps(), configMap("two", labels: ["a": "1"]))
            return (scene, start)
        }

        @Test func aWatchTellsAllThatHappenedSince() async throws {
            let (scene, start) = try await history()
            let events = try await scene.server.watch(scene.configMaps(), "resourceVersion=\(start)")
            #expect(
                told(events) == ["ADDED one", "MODIFIED one", "MODIFIED one", "DELETED one", "ADDED two"])
            let versions = events.compactMap {
                $0["object"]?["metadata"]?["resourceVersion"]?.string.flatMap(Int.init)
            }
            #expect(versions.count == 5)
            #expect(versions == versions.sorted())
            #expect(
                events[0]["object"]?["kind"] == "ConfigMap", "events of all kinds say what they are about")
        }

        @Test func toLeaveTheSelectionIsToBeDeleted() async throws {
            let (scene, start) = try await history()
            let events = try await scene.server.watch(
                scene.configMaps("?labelSelector=a%3D1"), "resourceVersion=\(start)")
            #expect(told(events) == ["ADDED one", "DELETED one", "ADDED one", "DELETED one", "ADDED two"])
        }

        @Test func aWatchFromNowhereTellsWhatIsThere() async throws {
            let (scene, _) = try await history()
            let events = try await scene.server.watch(scene.configMaps(), "resourceVersion=0", seconds: 2)
            #expect(told(events) == ["ADDED two"])
        }

        @Test func aWatchIsToldWhatHappensWhileItLasts() async throws {
            let scene = try await Scene()
            let start = try await scene.ask(.get, scene.configMaps()).version
            async let events = scene.server.watch(scene.configMaps(), "resourceVersion=\(start)", seconds: 3)
            _ = try await scene.ask(.post, scene.configMaps(), configMap("one"))
            let seen = try await events
            #expect(told(seen) == ["ADDED one"])
        }

        @Test func aVersionOfLongAgoHasExpired() async throws {
            let scene = try await Scene()
            _ = try await scene.ask(.post, scene.virtualServices(), virtualService("web", [:]))
            let events = try await scene.server.watch(scene.virtualServices(), "resourceVersion=1")
            let event = try #require(events.first)
            #expect(event["type"] == "ERROR")
            #expect(event["object"]?["code"] == 410)
            #expect(event["object"]?["reason"] == "Expired")
            #expect(event["object"]?["message"]?.string?.hasPrefix("too old resource version: 1 (") == true)
        }
    }
}
