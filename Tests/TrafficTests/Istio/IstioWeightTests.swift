import Engine
import Kubernetes
import Rollouts
import Testing
import Transport

@testable import Traffic

@Suite struct IstioWeightTests {
    @Test func aPatchChangesTheWeightsAndTheMarkAndNothingElse() throws {
        let write = istioWrite(try split(20), try istioTarget(), since: 12)
        let plan = try TrafficTests.plan(write, on: virtualService())
        let patch = try #require(plan.writes.first)
        let mark =
            #"{"backends":["web/a","web/b"],"before":[[100,0]],"journal":"north","#
            + #""shares":{"a":800000,"b":200000},"since":12}"#
        #expect(plan.isLast && plan.pause == .none && plan.writes.count == 1)
        #expect(patch.object == webService && patch.manager == "headgate-patch")
        #expect(
            patch.deed
                == .patch([
                    .version("7"), .add("/metadata/annotations", ["headgate.dev/web": .string(mark)]),
                    .replace("/spec/http/1/route/0/weight", 8_000),
                    .replace("/spec/http/1/route/1/weight", 2_000),
                ]))
    }

    @Test func aShareThatIsFinerThanTheUnitIsWrittenInMillionths() throws {
        let route = Route(giving: [(.b, try #require(Weight(checking: 1)))], rest: .a)
        let object = try routed(istioWrite(route, istioTarget()), on: virtualService())
        #expect(object.weights() == [999_999, 1])
    }

    @Test func weightsThatMeanTheSameStayAsTheyAreSpelled() throws {
        let object = try routed(istioWrite(split(0), istioTarget()), on: virtualService())
        #expect(object.weights() == [100, 0])
    }

    @Test func atRestTheUsersSpellingComesBackWhereThatIsWished() throws {
        let target = try istioTarget { $0.restores = true }
        let climbing = try routed(istioWrite(split(20), target), on: virtualService())
        let rested = try routed(istioWrite(split(0), target, since: 2), on: climbing)
        #expect(rested["spec"] == virtualService()["spec"])
        // Where the user's weights mean another split, they are not put back.
        let promoted = try routed(istioWrite(split(100), target, since: 2), on: climbing)
        #expect(promoted.weights() == [0, 10_000])
    }

    @Test func hostsAreSplitToo() throws {
        let target = try istioTarget(["web-stable", "web-canary"]) { $0.split = .hosts }
        var object = virtualService()
        object["spec"]["http"] = [
            [
                "route": [
                    ["destination": ["host": "web-stable.shop.svc.cluster.local"], "weight": 100],
                    ["destination": ["host": "web-canary"], "weight": 0],
                ]
            ]
        ]
        let routed = try routed(istioWrite(split(25), target), on: object)
        #expect(routed.http[0]["route"]?.array?.map { $0["weight"] } == [7_500, 2_500])
    }

    @Test func tlsAndTcpRoutesAreSplitByPortAndName() throws {
        let target = try istioTarget {
            $0.virtualServices[0].tlsRoutes = [.init(port: 443, sniHosts: ["web"])]
            $0.virtualServices[0].tcpRoutes = [.init(port: 3306)]
        }
        let items = virtualService().http[1]["route"] ?? []
        var object = virtualService()
        object["spec"]["tls"] = [
            ["match": [["port": 443, "sniHosts": ["other"]]], "route": items],
            ["match": [["port": 443, "sniHosts": ["web"]]], "route": items],
        ]
        object["spec"]["tcp"] = [["match": [["port": 3306]], "route": items]]
        let routed = try routed(istioWrite(split(10), target), on: object)
        let weights = { (route: JSON?) in route["route"]?.array?.map { $0["weight"]?.integer } }
        #expect(weights(routed["spec"]["tls"][0]) == [100, 0])
        #expect(weights(routed["spec"]["tls"][1]) == [9_000, 1_000])
        #expect(weights(routed["spec"]["tcp"][0]) == [9_000, 1_000])
        #expect(routed.weights() == [100, 0], "the HTTP route was not named")
    }

    @Test func aRuleOnARouteThatCannotBeLookedIntoIsRefused() throws {
        let target = try istioTarget { $0.virtualServices[0].tcpRoutes = [.init(port: 1)] }
        var object = virtualService()
        object["spec"]["tcp"] = [["match": [["port": 1]], "route": object.http[1]["route"] ?? []]]
        let route = try split(5, rules: [istioSend("beta", betaHeader)])
        let failure = failure { _ = try plan(istioWrite(route, target), on: object) }
        #expect(failure?.kind == .rejected)
        #expect(failure?.message.contains("rule beta needs an HTTP route") == true)
    }

    @Test func whatIsNoSplitIsRefusedInWords() throws {
        let write = istioWrite(try split(5), try istioTarget(["a", "c"]))
        #expect(message(write, virtualService())?.contains("web has no route to a, c") == true)
        let named = istioWrite(
            try split(5), try istioTarget { $0.virtualServices[0].routes = ["secondary"] })
        #expect(
            message(named, virtualService())
                == #"istio: web has 0 http routes "secondary"; its routes: health, primary, rest"#)
        let rest = istioWrite(try split(5), try istioTarget { $0.virtualServices[0].routes = ["rest"] })
        #expect(message(rest, virtualService())?.contains("does not lead to a; add a destination") == true)
        var twice = virtualService()
        twice["spec"]["http"] = .array(twice.http + [virtualService().http[1]])
        #expect(
            message(istioWrite(try split(5), try istioTarget()), twice)?.contains("2 http routes") == true)
        let third = virtualService(["a", "b", "z"], weights: [50, 0, 50])
        #expect(
            message(istioWrite(try split(5), try istioTarget()), third)?
                .contains("also gives weight to web/z") == true)
    }

    @Test func anOwnedListIsAppliedAsAWhole() throws {
        let base: JSON = ["http": [virtualService().http[1]]]
        let target = try istioTarget {
            $0.ownership = .own
            $0.virtualServices[0].base = base
        }
        var object = virtualService()
        object["spec"] = ["hosts": ["web"]]
        let plan = try TrafficTests.plan(istioWrite(split(30), target), on: object)
        guard case .apply(let body, let isForced) = try #require(plan.writes.first).deed else {
            Issue.record("an owned list is applied")
            return
        }
        #expect(plan.writes[0].manager == "headgate" && !isForced)
        #expect(body["spec"]?.object?.keys.sorted() == ["http"], "hosts stay with git")
        #expect(body["metadata"]["resourceVersion"] == "7")
        let after = object.merged(body)
        #expect(after.weights() == [7_000, 3_000])
        #expect(try TrafficTests.plan(istioWrite(split(30), target), on: after).writes.isEmpty)
    }

    private func message(_ write: RouteWrite, _ object: JSON) -> String? {
        failure { _ = try plan(write, on: object) }?.message
    }
}
