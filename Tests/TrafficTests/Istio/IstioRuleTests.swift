import Kubernetes
import Rollouts
import Testing
import Transport

@testable import Traffic

@Suite struct IstioRuleTests {
    @Test func aRuleStandsBeforeTheSplitAndKeepsItsTimeout() throws {
        let object = try routed([istioSend("beta", betaHeader)])
        #expect(object.names == ["health", "headgate-web-beta", "primary", "rest"])
        #expect(
            object.route(named: "headgate-web-beta") == [
                "name": "headgate-web-beta", "timeout": "2s",
                "match": [["headers": ["x-beta": ["exact": "1"]]]],
                "route": [["destination": ["host": "web", "subset": "b"]]],
            ])
    }

    @Test func managedRoutesKeepTheirNames() throws {
        let target = try istioTarget { $0.managedRoutes = ["beta"] }
        let route = try split(5, rules: [istioSend("beta", betaHeader)])
        let object = try TrafficTests.routed(istioWrite(route, target), on: virtualService())
        #expect(object.names == ["health", "beta", "primary", "rest"])
        let without = try TrafficTests.routed(istioWrite(split(5), target, since: 2), on: object)
        #expect(without.names == ["health", "primary", "rest"])
    }

    @Test func rulesThatAreNoLongerWantedGoWhereverTheyWereMoved() throws {
        let two = [istioSend("one", betaHeader), istioSend("two", RequestMatch(method: .exact("PUT")))]
        var object = try routed(two)
        #expect(object.names == ["health", "headgate-web-one", "headgate-web-two", "primary", "rest"])
        object["spec"]["http"] = .array(object.http.reversed())
        let write = istioWrite(try split(5, rules: [two[1]]), try istioTarget(), since: 2)
        let after = try TrafficTests.routed(write, on: object)
        #expect(after.names == ["rest", "headgate-web-two", "primary", "health"])
    }

    @Test func aRolloutOfALongerNameKeepsItsRules() throws {
        var object = virtualService()
        let other = ObjectMark(
            rollout: RolloutName("web-x"), since: 1, journal: "north", route: .all(to: .a),
            inserted: ["headgate-web-x-beta"])
        object["metadata"]["annotations"][ObjectMark.key(of: other.rollout)] = .string(other.text)
        object["spec"]["http"] = .array([["name": "headgate-web-x-beta"]] + object.http)
        let after = try TrafficTests.routed(istioWrite(split(5), istioTarget()), on: object)
        #expect(after.names.first == "headgate-web-x-beta")
    }

    @Test func aRuleHoldsWithinItsSplitOnly() throws {
        let match: JSON = [["uri": ["prefix": "/api"], "port": 80], ["uri": ["exact": "/"]]]
        let rule = istioSend(
            "v2", RequestMatch(path: .prefix("/api/v2")), RequestMatch(method: .exact("PUT")))
        let write = istioWrite(try split(5, rules: [rule]), try istioTarget())
        let object = try TrafficTests.routed(write, on: virtualService(match: match))
        #expect(
            object.route(named: "headgate-web-v2")["match"] == [
                ["uri": ["prefix": "/api/v2"], "port": 80],
                ["uri": ["prefix": "/api"], "port": 80, "method": ["exact": "PUT"]],
                ["uri": ["exact": "/"], "method": ["exact": "PUT"]],
            ])
    }

    @Test func whatIstioCannotSayIsRefused() throws {
        let pattern: JSON = [["uri": ["regex": "/a.*"]]]
        #expect(
            refusal([istioSend("r", RequestMatch(path: .prefix("/b")))], pattern)?.contains(
                "both ask for uri") == true)
        let prefix: JSON = [["uri": ["prefix": "/a"]]]
        #expect(
            refusal([istioSend("r", RequestMatch(path: .exact("/b")))], prefix)
                == "istio: rule r matches no request of the route primary")
        let twice = RequestMatch(headers: [
            FieldMatch(name: "x", value: .exact("1")), FieldMatch(name: "X", value: .exact("2")),
        ])
        #expect(refusal([istioSend("r", twice)])?.contains("asks twice for the header x") == true)
        let overlooked = RequestMatch(headers: [FieldMatch(name: "URI", value: .exact("1"))])
        #expect(refusal([istioSend("r", overlooked)])?.contains("which Istio overlooks") == true)
    }

    @Test func everyKindOfMatchHasItsForm() throws {
        let match = RequestMatch(
            headers: [
                FieldMatch(name: "A", value: .prefix("")), FieldMatch(name: "b", value: .regex("x|y")),
                FieldMatch(name: "c", value: .exact("")),
            ],
            cookies: [FieldMatch(name: "user", value: .exact("7"))],
            query: [FieldMatch(name: "q", value: .prefix("a.b"))], path: .prefix("/p"), method: .exact("GET"),
            host: .exact("web.example"))
        #expect(
            try IstioMatch(match, of: "r").document == [
                "headers": [
                    "a": [:], "b": ["regex": "x|y"], "c": ["regex": "^$"],
                    "cookie": ["regex": #"(?:.*;[ \t]*)?user="?7"?[ \t]*(?:;.*)?"#],
                ],
                "queryParams": ["q": ["regex": #"a\.b.*"#]], "uri": ["prefix": "/p"],
                "method": ["exact": "GET"],
                "authority": ["regex": #"(?i)web\.example(?::[0-9]+)?"#],
            ])
    }

    @Test(arguments: [
        ("a=1; b=2", true), ("b=2;a=1", true), ("x=0; b=2; y=0; a=1; z", true), ("a=1", false),
        ("a=1; b=22", false), ("xa=1; b=2", false), ("a=\"1\"; b=2", true),
    ]) func severalCookiesAreFoundInAnyOrder(header: String, isMatch: Bool) throws {
        let cookies = [FieldMatch(name: "a", value: .exact("1")), FieldMatch(name: "b", value: .exact("2"))]
        let pattern = try #require(try cookiePattern(cookies, of: "r"))
        #expect((try Regex(pattern).wholeMatch(in: header) != nil) == isMatch)
    }

    @Test func aMirrorCopiesFromTheSplitsOwnShares() throws {
        let rules = [try istioMirror("some", betaHeader, percent: 5), try istioMirror("all", percent: 50)]
        let object = try routed(rules)
        #expect(object.names == ["health", "headgate-web-some", "headgate-web-all", "primary", "rest"])
        #expect(object.weights(of: "headgate-web-some") == [9_500, 500])
        #expect(
            object.route(named: "headgate-web-all")["mirrors"] == [
                ["destination": ["host": "web", "subset": "b"], "percentage": ["value": 50.0]]
            ])
        #expect(object.route(named: "headgate-web-all")["match"] == nil)
        #expect(object.route(named: "primary")["mirrors"] == nil, "the user's route is not touched")
    }

    @Test func aMirrorOfTheUsersStaysBesideOurs() throws {
        var object = virtualService()
        object["spec"]["http"] = .array(
            object.http.map { route in
                var route = route
                if route["name"] == "primary" {
                    route["mirror"] = ["host": "audit"]
                    route["mirrorPercentage"] = ["value": 1]
                }
                return route
            })
        let route = try split(5, rules: [istioMirror("all", percent: 50)])
        let after = try TrafficTests.routed(istioWrite(route, istioTarget()), on: object)
        let copy = after.route(named: "headgate-web-all")
        #expect(copy["mirror"] == nil)
        #expect(
            copy["mirrors"]?.array?.first == ["destination": ["host": "audit"], "percentage": ["value": 1]])
    }

    @Test func usersStayByACookieThatNamesTheRelease() throws {
        let write = istioWrite(
            try split(20, stickyBy: "user"), try istioTarget(), occupants: [.a: "v1", .b: "v2"])
        let object = try TrafficTests.routed(write, on: virtualService())
        #expect(object.names == ["health", "headgate-web-stay-a", "headgate-web-stay-b", "primary", "rest"])
        let cookie = object.route(named: "primary")["route"][1]["headers"]["response"]["add"]["set-cookie"]?
            .string
        let value = "user=headgate-\(fingerprint(of: Array("v2".utf8)))"
        #expect(cookie == "\(value); Path=/; HttpOnly; SameSite=Lax")
        let pattern = object.route(named: "headgate-web-stay-b")["match"][0]["headers"]["cookie"]["regex"]?
            .string
        #expect(pattern?.contains(quoted(value).replacing("user=", with: "user=\"?")) == true)
        let bare = try TrafficTests.routed(istioWrite(split(0), istioTarget(), since: 2), on: object)
        #expect(bare["spec"]["http"][1]["route"][0]["headers"] == nil)
        #expect(bare.names == ["health", "primary", "rest"])
    }

    @Test func aCookieOfTheUsersIsNotOverwritten() throws {
        var object = virtualService()
        object = try object.patched([
            .add("/spec/http/1/route/0/headers", ["response": ["add": ["set-cookie": "mine=1"]]])
        ])
        let write = istioWrite(try split(20, stickyBy: "user"), try istioTarget())
        #expect(
            failure { _ = try plan(write, on: object) }?.message.contains("sets a cookie already") == true)
    }

    @Test func aShareOfNothingKeepsNobody() throws {
        let write = istioWrite(try split(100, stickyBy: "user"), try istioTarget())
        let object = try TrafficTests.routed(write, on: virtualService())
        #expect(object.names == ["health", "headgate-web-stay-b", "primary", "rest"])
    }

    private func routed(_ rules: [RouteRule]) throws -> JSON {
        try TrafficTests.routed(istioWrite(split(5, rules: rules), istioTarget()), on: virtualService())
    }

    private func refusal(_ rules: [RouteRule], _ match: JSON? = nil) -> String? {
        failure {
            _ = try plan(istioWrite(split(5, rules: rules), istioTarget()), on: virtualService(match: match))
        }?.message
    }
}
