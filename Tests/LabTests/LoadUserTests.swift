import Testing
import Transport

@testable import Lab

@Suite struct LoadUserTests {
    @Test func kindsAreMixedEvenlyByTheirShares() {
        var rota = KindRota([RequestKind("a"), RequestKind("b", share: 3)])
        #expect((1...8).map { _ in rota.next().name } == ["b", "a", "b", "b", "b", "a", "b", "b"])
    }

    @Test func aUserKeepsCookiesAndSendsThemBesideThoseOfItsKind() {
        var user = LoadUser()
        let kind = RequestKind("beta", headers: ["Cookie": "beta=1", "x-team": "red"], users: 1)
        _ = user.take([("Set-Cookie", "id=7; Path=/"), ("Set-Cookie", "z=a=b")].headers, from: "v1")
        _ = user.take([("set-cookie", "id=8")].headers, from: "v1")
        #expect(user.headers(of: kind).values("cookie") == ["beta=1; id=8; z=a=b"])
        #expect(user.headers(of: kind)["x-team"] == "red")
    }

    @Test func aUserWhoMovesTwiceIsOneUserWithTwoMoves() {
        var (kind, user) = (LoadResult.Kind(), LoadUser())
        for release in ["v1", "v1", nil, "v2", "v1"] {
            let move = user.take([:], from: release)
            kind.note(.answered(release: release, status: release == nil ? 503 : 200), move, by: &user)
        }
        #expect(kind.moves == [.init(from: "v1", to: "v2"): 1, .init(from: "v2", to: "v1"): 1])
        #expect(kind.movedUsers == 1)
        #expect(kind.requests == 5)
        #expect(kind.failed == 1)
        #expect(kind.byRelease == ["v1": 3, "v2": 1])
    }

    @Test func usersTakeTurnsAndNobodyAsksTwiceAtOnce() {
        var users = LoadUsers(2)
        var (first, second) = (users.take(), users.take())
        _ = first.take([:], from: "v1")
        _ = second.take([:], from: "v2")
        users.giveBack(second)
        users.giveBack(first)
        #expect(users.take().release == "v2")
        #expect(users.take().release == "v1")
        #expect(users.take().release == nil)
    }
}

extension [(String, String)] {
    fileprivate var headers: HTTPHeaders { HTTPHeaders(self) }
}
