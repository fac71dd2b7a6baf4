import Rollouts
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// What needs no Consul.
@Suite struct ConsulReadingTests {
    @Test func aMarkStandsInPiecesAndComesBackWhole() throws {
        let text = String(repeating: "größer ", count: 300)
        let meta = try MetaPieces.replacing("headgate.dev/web", with: text, in: ["team": "shop"])
        #expect(meta.values.allSatisfy { $0.utf8.count <= 512 } && meta["team"] == "shop")
        #expect(MetaPieces.joined(meta) == ["headgate.dev/web": text])
        // A shorter one leaves no pieces of the longer behind.
        let later = try MetaPieces.replacing("headgate.dev/web", with: "short", in: meta)
        #expect(later == ["team": "shop", "headgate.dev/web": "short"])
    }

    @Test func aMarkThatIsTooLongIsDeclined() {
        #expect(throws: RouteFailure.self) {
            try MetaPieces.replacing("headgate.dev/web", with: String(repeating: "x", count: 40_000), in: [:])
        }
    }

    @Test func sharesMakeUpTheWholeInHundredthsAndTheRestIsTheStableReleases() throws {
        let backends = try #require(Backends(names: ["a", "b", "c"]))
        let third = try #require(Weight(checking: 333_333))
        let route = Route(giving: [(.b, third), (.c, third)], rest: .a)
        let shares = try SubsetShares(route, backends, refuge: .a)
        #expect(shares.units == ["a": 3_334, "b": 3_333, "c": 3_333])
    }

    @Test func everyShareOfConsulsIsWrittenAndReadAsTheSame() throws {
        for units in 0...10_000 {
            let read = try JSON(parsing: Hundredths.weight(units).bytes)
            guard Hundredths.units(of: read) != units else { continue }
            Issue.record("\(units) came back as \(read.text)")
        }
    }

    @Test func aShareThatConsulWouldStoreAsNoneIsDeclined() throws {
        let backends = try #require(Backends(names: ["a", "b"]))
        let route = Route(giving: [(.b, try #require(Weight(checking: 99)))], rest: .a)
        let failure = #expect(throws: RouteFailure.self) { try SubsetShares(route, backends, refuge: .a) }
        #expect(failure?.message.contains("0.0099% for b is less than 0.01%") == true)
    }

    @Test func copiesAreDeclinedBeforeAnythingIsWritten() throws {
        let rule = try mirror("copies", percent: 50)
        let target = try consulTarget()
        let route = ConsulRoute(
            try split(20, rules: [rule]), try ConsulTarget(target), target.backends, refuge: .a,
            occupants: [:])
        #expect(throws: RouteFailure.self) { try route.check() }
    }

    @Test func theQuestionAboutChangesFollowsConsulsRules() {
        var question = BlockingQuestion()
        #expect(question.take(7) == false && question.index == 7)
        // Counted anew: asked from the beginning.
        #expect(question.take(3) == true && question.index == 0)
        // 0 would be answered at once, for ever.
        #expect(question.take(0) == false && question.index == 1)
        let pauses = (1...12).map { _ in question.fail() }
        #expect(pauses == pauses.sorted() && pauses.last == .seconds(30))
        _ = question.take(9)
        #expect(question.fail() == .milliseconds(500))
    }

    @Test func theStableReleaseIsWhereEverythingWasBeforeTheNextOneCame() throws {
        let mark = { (route: Route) in
            ObjectMark(
                rollout: RolloutName("web"), since: 1, journal: "north", epoch: nil, route: route,
                backends: ["web-a", "web-b"])
        }
        let (allA, half, allB) = (Route.all(to: .a), try split(50), Route(giving: [(.b, .all)], rest: .a))
        let next = Route(giving: [(.a, try #require(Weight(percent: 5)))], rest: .b)
        let refuge = { (route: Route, isRollback: Bool, mark: ObjectMark?, known: Place?) in
            ConsulRoute.refuge(of: route, isRollback: isRollback, after: mark, known)
        }
        #expect(refuge(allA, true, nil, nil) == .a)
        #expect(refuge(half, false, mark(allA), .a) == .a)
        #expect(refuge(allB, false, mark(half), .a) == .a, "it is not promoted yet")
        #expect(refuge(allA, true, mark(allB), .a) == .a, "it was taken back")
        #expect(refuge(next, false, mark(allB), .a) == .b, "it was promoted")
        #expect(refuge(allA, false, mark(allB), .a) == .b, "the next one got everything at once")
        #expect(refuge(allB, true, mark(allA), .b) == .b, "and was taken back")
        #expect(refuge(allB, false, mark(allB), .a) == .a, "the same once more")
    }

    @Test func aRuleHoldsAmongTheRequestsOfTheUsersRoute() throws {
        let rule = try ConsulMatch(
            RequestMatch(headers: [FieldMatch(name: "x", value: .exact("1"))], path: .prefix("/api/v2")),
            of: "staff")
        let api = ConsulMatch(document: ["HTTP": ["PathPrefix": "/api", "Methods": ["GET"]]])
        let both = try rule.and(api, of: "staff")
        #expect(both?.document["HTTP"]["PathPrefix"] == "/api/v2")
        #expect(both?.document["HTTP"]["Methods"] == ["GET"])
        let other = ConsulMatch(document: ["HTTP": ["PathExact": "/login"]])
        #expect(try rule.and(other, of: "staff") == nil)
        let pattern = ConsulMatch(document: ["HTTP": ["PathRegex": "/a.*"]])
        #expect(throws: RouteFailure.self) { try rule.and(pattern, of: "staff") }
    }

    @Test(arguments: [
        (500, "No cluster leader", RouteFailure.Kind.unavailable),
        (500, "rpc error making call: EOF", .unavailable),
        (503, "no healthy server", .unavailable), (429, "slow down", .unavailable),
        (500, "the sum of all split weights must be 100, not 99.000000", .rejected),
        (500, #"service "web" does not have a subset named "v9""#, .rejected),
        (400, #"invalid config key "Splits[0].ResponseHeaders""#, .rejected),
        (403, "Permission denied", .unavailable), (403, "ACL not found", .unavailable),
    ]) func whatConsulAnswersIsTakenForWhatItIs(_ status: Int, _ words: String, _ kind: RouteFailure.Kind) {
        let response = HTTPResponse(status: status, body: Array(words.utf8))
        let failure = RouteFailure(ConsulError(response, "write service-splitter web", policy: "P"))
        #expect(failure.kind == kind)
        #expect(failure.message.contains(words))
        #expect(failure.message.contains("policy: P") == (words == "Permission denied"))
    }

    @Test func theTargetsTextIsReadAsItWasWritten() throws {
        let target = try consulTarget {
            $0.failsOver = false
            $0.scope = ConsulScope(namespace: "shop", partition: "eu")
        }
        #expect(try ConsulTarget(target).settings == target.settings)
        var wrong = target
        wrong.settings["consul"] = #"{"service": "web", "filter": "x"}"#
        let failure = #expect(throws: RouteFailure.self) { try ConsulTarget(wrong) }
        #expect(failure?.message.contains("unknown key \"filter\"; known: ") == true)
    }
}
