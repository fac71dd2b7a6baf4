import Kubernetes
import TestCluster
import TestServer
import Testing
import Transport

@Suite struct ClusterFaultTests {
    private let list = "/api/v1/namespaces/default/configmaps"

    @Test func aFaultStrikesTheRequestsItIsMeantFor() async throws {
        try await withClusterAndClient { beside in
            beside.cluster.inject(ClusterFault(.inner, verbs: [.list], .configMap, times: 2))
            try await beside.expect(200, .get, "/api/v1/namespaces/default/secrets")
            try await beside.expect(500, .get, list)
            let second = try await beside.send(.get, list)
            #expect(second.reason == "InternalError")
            try await beside.expect(200, .get, list)
        }
    }

    @Test func aServerInTroubleSaysSo() async throws {
        try await withClusterAndClient { beside in
            beside.cluster.inject(ClusterFault(.throttled(retryAfterSeconds: 3)))
            let throttled = try await beside.send(.get, list)
            #expect(throttled.status == 429)
            #expect(throttled.headers["Retry-After"] == "3")
            beside.cluster.inject(ClusterFault(.unavailable))
            let unavailable = try await beside.send(.get, list)
            #expect(unavailable.status == 503)
            #expect(unavailable.reason == "ServiceUnavailable")
            beside.cluster.inject(ClusterFault(.conflict, named: "web"))
            let conflict = try await beside.send(.delete, list + "/web")
            #expect(conflict.status == 409)
        }
    }

    @Test func aBrokenConnectionCarriesNothingOutALostAnswerDoes() async throws {
        try await withClusterAndClient { beside in
            beside.cluster.inject(ClusterFault(.broken))
            await #expect(throws: TransportError.self) { try await beside.send(.post, list, configMap("a")) }
            #expect(beside.cluster.object(ObjectReference(.configMap, "a", in: "default")) == nil)
            beside.cluster.inject(ClusterFault(.answerLost))
            await #expect(throws: TransportError.self) { try await beside.send(.post, list, configMap("b")) }
            #expect(beside.cluster.object(ObjectReference(.configMap, "b", in: "default")) != nil)
        }
    }

    @Test func whoHangsEndsWithTheCluster() async throws {
        try await withClusterAndClient { beside in
            beside.cluster.inject(ClusterFault(.hang))
            await #expect(throws: TransportError.self) {
                try await beside.send(.get, list, timeout: .milliseconds(200))
            }
            beside.cluster.inject(ClusterFault(.late(.milliseconds(50))))
            try await beside.expect(200, .get, list)
        }
    }

    @Test func watchesAreDroppedAndExpire() async throws {
        try await withClusterAndClient { beside in
            let watch = list + "?watch=true&resourceVersion=\(beside.cluster.revision)"
            async let dropped = beside.send(.get, watch)
            #expect(await eventually { beside.cluster.watchCount == 1 }, "the watch never began")
            beside.cluster.dropWatches()
            let nothing = try await dropped
            #expect(nothing.text.isEmpty)

            async let expired = beside.send(.get, watch)
            #expect(await eventually { beside.cluster.watchCount == 1 }, "the watch never began")
            beside.cluster.expireWatches()
            let error = try await expired
            #expect(error.json["object"]?["code"] == 410)
            let late = try await beside.send(.get, watch)
            #expect(late.json["object"]?["reason"] == "Expired")
        }
    }

    @Test func aShortMemoryExpiresByItself() async throws {
        try await withClusterAndClient(historyMax: 2) { beside in
            let start = beside.cluster.revision
            for name in ["a", "b", "c"] { beside.cluster.create(configMap(name), .configMap) }
            let watch = try await beside.send(.get, list + "?watch=true&resourceVersion=\(start)")
            #expect(watch.json["object"]?["code"] == 410)
        }
    }

    @Test func bookmarksComeWhenTheyAreSent() async throws {
        try await withClusterAndClient { beside in
            let path =
                list + "?watch=true&allowWatchBookmarks=true&resourceVersion=\(beside.cluster.revision)"
            async let watch = beside.send(.get, path)
            #expect(await eventually { beside.cluster.watchCount == 1 }, "the watch never began")
            beside.cluster.create(configMap("a"), .secret)
            beside.cluster.sendBookmarks()
            beside.cluster.dropWatches()
            let event = try await watch.json
            #expect(event["type"] == "BOOKMARK")
            #expect(event["object"]?["metadata"]?["resourceVersion"] == JSON(String(beside.cluster.revision)))
        }
    }

    @Test func warningsAndTheLogTellWhatWasSaidAndAsked() async throws {
        try await withClusterAndClient { beside in
            beside.cluster.warn(["this kind is going away"], about: .configMap)
            let reply = try await beside.send(.post, list + "?fieldManager=me", configMap("a"))
            #expect(reply.headers["Warning"] == "299 - \"this kind is going away\"")
            let entry = try #require(beside.cluster.log.last)
            #expect(entry.verb == .create)
            #expect(entry.plural == "configmaps")
            #expect(entry.manager == "me")
            #expect(entry.userAgent == "tests/1.0")
        }
    }
}

extension ResourceKind {
    static let configMap = ResourceKind("", "v1", "ConfigMap", plural: "configmaps")
}
