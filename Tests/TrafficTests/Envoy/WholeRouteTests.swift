import Engine
import Foundation
import Rollouts
import Testing
import Transport

@testable import Traffic

/// Against a real Envoy: rules and stickiness are proved and observed like weights.
@Suite(.serialized, .timeLimit(.minutes(1))) struct WholeRouteTests {
    @Test func theWholeRouteIsReadBackAndSaidInWords() async throws {
        let mesh = try await Mesh()
        let match = RequestMatch(
            headers: [FieldMatch(name: "x", value: .exact("a\"\\%\u{e9}"))],
            cookies: [FieldMatch(name: "c", value: .regex("1|2"))],
            query: [FieldMatch(name: "q", value: .prefix(""))], path: .exact("/p"), method: .exact("GET"),
            host: .regex("[a-z.]+"))
        let rules = [
            send("beta", match, match, to: .c), try mirror("some", match, percent: 5, to: .b),
            try mirror("all", percent: 50, to: .c),
        ]
        let wanted = try route([.b: 20, .c: 70], rules: rules, stickyBy: "user")
        let evidence = try await mesh.apply(wanted, places: 3)
        #expect(
            evidence.text.hasSuffix(
                """
                 (web-a 10%, web-b 20%, web-c 70%; everything is copied: 50% to web-c; users stay by cookie user; \
                rule beta sends to web-c; rule some copies 5% to web-b)
                """))
        #expect(try await mesh.observe(places: 3)?.route == wanted)
    }

    /// The version, the marks and the weights are as they were.
    @Test func anEditOfARuleIsDriftJustAsOneOfAWeight() async throws {
        let mesh = try await Mesh()
        let match = RequestMatch(headers: [FieldMatch(name: "x-beta", value: .exact("inside"))])
        let wanted = try route([.b: 20], rules: [send("beta", match)])
        try await mesh.apply(wanted)
        let path = "\(mesh.envoy.routes)/web.json"
        let good = try String(contentsOfFile: path, encoding: .utf8)
        let edited = good.replacing(#""exact" : "inside""#, with: #""exact" : "public""#)
        try edited.write(toFile: path, atomically: true, encoding: .utf8)
        var disturbances = mesh.router.disturbances().makeAsyncIterator()
        #expect(await disturbances.next() == RolloutName("web"))
        while try await mesh.get("/", ["x-beta": "public"]).place != "b" {}
        #expect(try await mesh.observe()?.route == nil)
        // The file is put back, and Envoy still has the edited one: it overlooks a file that is written in place.
        try good.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try await mesh.observe()?.route == nil)
        try await mesh.apply(wanted)
        #expect(try await mesh.observe()?.route == wanted)
    }
}
