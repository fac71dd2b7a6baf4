import Rollouts
import Testing
import Transport

@testable import Traffic

/// Against a real Envoy.
@Suite(.serialized, .timeLimit(.minutes(1))) struct StickinessTests {
    /// Envoy's tracer changes a request's id after the request has got its place.
    @Test(arguments: [false, true])
    func nobodyChangesSidesBetweenTheFirstRequestAndTheNext(isTracing: Bool) async throws {
        let mesh = try await Mesh(isTracing: isTracing)
        try await mesh.apply(route([.b: 30], stickyBy: "shop-user"))
        var changed = 0
        for user in try await newUsers(400, mesh) {
            if try await mesh.get("/", ["cookie": "z=1; \(user.cookie)"]) != (user.place, nil) {
                changed += 1
            }
        }
        #expect(changed == 0)
    }

    @Test func aGrowingShareOnlyAddsUsersAndVisitsDoNotWearItOut() async throws {
        let mesh = try await Mesh()
        try await mesh.apply(route([.b: 5], stickyBy: "user"))
        let users = try await newUsers(300, mesh).map(\.cookie)
        var before: Set<String> = []
        for (percent, expected) in [(5, 0...45), (20, 25...95), (60, 130...230), (100, 300...300)] {
            try await mesh.apply(route([.b: percent], stickyBy: "user"))
            let now = try await those(of: users, at: "b", mesh)
            #expect(expected.contains(now.count))
            #expect(now.isSuperset(of: before))
            for _ in 1...3 { #expect(try await those(of: users, at: "b", mesh) == now) }
            before = now
        }
    }

    @Test func withThreePlacesEachArmOnlyTakesUsersFromTheStableRelease() async throws {
        let mesh = try await Mesh()
        try await mesh.apply(route([.b: 5, .c: 5], stickyBy: "user"), places: 3)
        let users = try await newUsers(300, mesh).map(\.cookie)
        var (b, c): (Set<String>, Set<String>) = ([], [])
        for (percentOnB, percentOnC) in [(5, 5), (20, 10), (20, 30), (33, 33), (60, 33)] {
            try await mesh.apply(route([.b: percentOnB, .c: percentOnC], stickyBy: "user"), places: 3)
            let (nextB, nextC) =
                (try await those(of: users, at: "b", mesh), try await those(of: users, at: "c", mesh))
            #expect(nextB.isSuperset(of: b))
            #expect(nextC.isSuperset(of: c))
            #expect(abs(nextB.count - 3 * percentOnB) < 50)
            #expect(abs(nextC.count - 3 * percentOnC) < 50)
            (b, c) = (nextB, nextC)
        }
    }

    @Test func aUserOfAMirrorRuleStaysToo() async throws {
        let mesh = try await Mesh()
        let copies = try mirror("copies", RequestMatch(path: .prefix("/x")), percent: 10)
        try await mesh.apply(route([.b: 50], rules: [copies], stickyBy: "user"))
        for _ in 1...50 {
            let first = try await mesh.get("/x")
            let cookie = try #require(first.cookie)
            #expect(try await mesh.get("/y", ["cookie": cookie]) == (first.place, nil))
        }
    }

    @Test func anIdThatIsNoneOfEnvoysGetsNoCookieAndStaysInOnePlace() async throws {
        let mesh = try await Mesh()
        try await mesh.apply(route([.b: 50], stickyBy: "user"))
        let answer = try await mesh.get("/", ["x-request-id": "a; Domain=example"])
        #expect(answer.cookie == nil)
        #expect(try await mesh.get("/", ["x-request-id": "a; Domain=example"]).place == answer.place)
    }

    @Test func theCookieLivesAsLongAsItIsTold() async throws {
        let mesh = try await Mesh()
        let stickiness = Stickiness(cookie: "shop", maxAge: .seconds(3600))
        try await mesh.apply(Route(giving: [], rest: .a, stickiness: stickiness))
        let response = try await mesh.client.send(HTTPRequest(.get, "http://127.0.0.1:\(mesh.envoy.port)/"))
        let cookie = try #require(response.headers["set-cookie"])
        #expect(cookie.hasPrefix("shop="))
        #expect(cookie.hasSuffix("; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"))
    }
}

private func newUsers(_ count: Int, _ mesh: Mesh) async throws -> [(place: String, cookie: String)] {
    var users: [(place: String, cookie: String)] = []
    for _ in 1...count {
        let answer = try await mesh.get()
        users.append((answer.place, try #require(answer.cookie)))
    }
    return users
}

private func those(of users: [String], at place: String, _ mesh: Mesh) async throws -> Set<String> {
    var found: Set<String> = []
    for user in users where try await mesh.get("/", ["cookie": user]).place == place { found.insert(user) }
    return found
}
