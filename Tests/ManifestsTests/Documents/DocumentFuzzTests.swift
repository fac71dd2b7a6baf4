import Analysis
import Manifests
import Rollouts
import Testing

/// Whatever is done to a manifest, it is declared or refused, and what is declared can be described.
///
/// Method: good manifests are mutated by a seeded generator with words that mean something in them, and read
/// together, as a folder would be.
struct DocumentFuzzTests {
    @Test(arguments: 0..<4 as Range<UInt64>)
    func mutatedManifestsNeverTrap(seed: UInt64) {
        var random = Dice(state: seed)
        for _ in 0..<60 {
            let files = Self.seeds.enumerated().map { index, text in
                ManifestFile(path: "\(index)", bytes: mutated(text, &random))
            }
            let set = ManifestSet.load(files)
            for declaration in set.declarations {
                let now = Moment(microseconds: Int64.random(in: .min ... .max, using: &random))
                #expect(!describe(declaration, freezes: set.freezes, at: now).text.isEmpty)
                _ = set.freezes.freeze(of: declaration, at: now)
            }
            #expect(set.declarations.allSatisfy { !set.refused.contains($0.name) })
        }
    }

    @Test func theSeedsAreGood() {
        let files = Self.seeds.enumerated().map { ManifestFile(path: "\($0)", bytes: Array($1.utf8)) }
        #expect(ManifestSet.load(files).errors == [])
    }

    private func mutated(_ text: String, _ random: inout Dice) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0..<3, using: &random) {
            let from = Int.random(in: 0..<bytes.count, using: &random)
            let to = min(bytes.count, from + Int.random(in: 0..<8, using: &random))
            let word = Self.words[Int.random(in: Self.words.indices, using: &random)]
            bytes.replaceSubrange(from..<to, with: Array(word.utf8))
        }
        return bytes
    }

    private static let words = [
        "{{", "}}", "{{args.service}}", "-1", "99999999999999999999", "''", "[]", "{}", "null", ":", "\n  - ",
        "&a ",
        "*a", "0.001", "result", "Latest", "!!str ", "2562047h", "(", "*", "100", "0", "2d", "/",
    ]

    private static func shop(_ strategy: String, name: String) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata: {name: \(name)}
        spec:
          strategy: {\(strategy)}
        """
    }

    private static let seeds = [
        native(
            """
            trafficRouting: {envoy: {clusters: [a, b], route: web, domains: ["*"], prefix: /}},
            analysis: {templates: [{templateName: plain}], startingStep: 1, dryRun: []},
            steps: [
            {setWeight: 0.5}, {pause: {duration: 30s}},
            {analysis: {templates: [{templateName: filled}], args: [{name: service, valueFrom: {release: canary}}]}},
            {setWeight: 50}, {pause: {}},
            ]
            """),
        native(
            """
            trafficRouting: {managedRoutes: [{name: r}]}, stickiness: {maxAge: 7d}, bake: {duration: 30m},
            steps: [
            {linear: {from: 5, to: 50, by: 5, every: 2m}}, {exponential: {from: 64, to: 1, by: 2, every: 5m}},
            {setHeaderRoute: {name: r, match: [{headers: {x: {regex: "^[a-z]{2,5}(a|b)*$"}}, host: {prefix: h}}]}},
            {setMirrorRoute: {name: m, percentage: 50, match: [{path: /, query: {a: b}, cookies: {c: d}}]}},
            {gate: {name: qa, url: "https://qa.example", deadline: 1h, whenOverdue: abort}},
            ]
            """, name: "series"),
        shop(
            "blueGreen: {previewRoute: {match: [{host: p}]}, switch: [{setWeight: 50}], autoPromotionSeconds: 5}",
            name: "blue"),
        shop(
            "abTest: {arms: [{name: a}, {name: b, share: 20}], duration: 2d, then: promote, stickiness: {cookie: c}}",
            name: "test"),
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Freeze
        metadata: {name: f}
        spec:
          reason: r
          timeZone: Europe/Berlin
          scope: {names: [s*, blue]}
          windows:
          - {from: "2026-12-23", to: "2027-01-02T18:00"}
          - {cron: "*/5 9-17 1,15 jan-mar fri", duration: 62h}
        """,
        argo("steps: [{setWeight: 5}, {analysis: {templates: [{templateName: wide, clusterScope: true}]}}]"),
        templates,
    ]
}

/// Falls the same way for the same seed, so that a failure can be seen again.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
    }
}
