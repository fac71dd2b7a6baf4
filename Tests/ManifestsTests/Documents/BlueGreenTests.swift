import Analysis
import Manifests
import Rollouts
import Testing

/// `strategy.blueGreen` of our own kind and of Argo's.
struct BlueGreenTests {
    private func text(_ blueGreen: String, version: String = "headgate.dev") -> String {
        """
        apiVersion: \(version)/v1alpha1
        kind: Rollout
        metadata: {name: shop}
        spec:
          strategy: {blueGreen: {\(blueGreen)}}
        """
    }

    private func argos(_ blueGreen: String) -> String { text(blueGreen, version: "argoproj.io") }

    private func complaint(_ text: String) -> String {
        let all = complaints(text)
        return all.count == 1 ? all[0] : "\(all)"
    }

    @Test func everythingIsSwitchedAtOnceUnlessItSaysMore() throws {
        #expect(try steps(text("")) == [.setWeight(.all)])
        #expect(try steps(argos("activeService: a")) == [.setWeight(.all)])
    }

    @Test func theOrderIsPreviewThenProofThenWaitThenSwitchThenProof() throws {
        let steps = try steps(
            text(
                """
                previewRoute: {match: [{host: preview.shop.example}]}, autoPromotionEnabled: false,
                prePromotionAnalysis: {templates: [{templateName: plain}]},
                postPromotionAnalysis: {templates: [{templateName: wide, clusterScope: true}]}
                """))
        #expect(
            steps.prefix(1) == [
                .setRule(
                    PlannedRule(
                        name: "preview", matches: [RequestMatch(host: .exact("preview.shop.example"))],
                        deed: .send))
            ])
        #expect(steps.dropFirst().map(named) == ["plain", "pause", "all", "wide"])
    }

    private func named(_ step: Step) -> String {
        switch step {
        case .analysis(let metrics): metrics.map(\.name).joined()
        case .pause(nil): "pause"
        case .setWeight(.all): "all"
        default: "\(step)"
        }
    }

    @Test func autoPromotionSecondsCountFromTheStart() throws {
        #expect(try steps(text("autoPromotionSeconds: 30")) == [.reachAge(.seconds(30)), .setWeight(.all)])
        #expect(try steps(argos("activeService: a, autoPromotionSeconds: 30"))[0] == .reachAge(.seconds(30)))
        #expect(try steps(text("autoPromotionSeconds: 0, autoPromotionEnabled: true")) == [.setWeight(.all)])
    }

    @Test func aSwitchMayGoInWeights() throws {
        let switched = try steps(text("switch: [{setWeight: 50}, {pause: {duration: 1m}}]"))
        #expect(switched == [.setWeight(.percent(50)), .pause(.seconds(60)), .setWeight(.all)])
        #expect(try steps(text("switch: [{setWeight: 50}, {setWeight: 100}]")).count == 2)
        #expect(try steps(text("switch: [{linear: {from: 50, to: 100, by: 50, every: 1s}}]")).count == 5)
    }

    @Test func servicesNameTheTwoPlaces() throws {
        let both = text("activeService: a, previewService: p")
        #expect(load(both).declarations.first?.traffic.backends == Backends(a: "a", b: "p"))
        #expect(
            load(argos("activeService: a")).declarations.first?.traffic.backends
                == Backends(a: "a", b: "shop-b"))
        #expect(load(text("")).declarations.first?.traffic.backends == Backends(a: "shop-a", b: "shop-b"))
    }

    @Test func whatFollowsTheSwitchIsAsWithACanary() throws {
        let plan = try #require(
            load(text("bake: {duration: 1m}, scaleDownDelaySeconds: 10, stickiness: {}")).declarations.first
        ).plan
        #expect(plan.bake?.duration == .seconds(60) && plan.scaleDownDelay == .seconds(10))
        #expect(plan.stickiness != nil)
    }

    @Test func argosPodsAreReadAndNotActedOn() {
        let text = argos("activeService: a, previewReplicaCount: 1, antiAffinity: {}")
        #expect(
            complaints(text) == [
                "5:44: warning: spec: pods are left to whoever deploys them: `previewReplicaCount`, `antiAffinity` "
                    + "are read and not acted on"
            ])
    }

    @Test(arguments: [
        (
            "activeService: a, previewService: a",
            #"previewService and activeService are both "a"; they must differ"#
        ),
        ("activeService: shop-b", #"both places are called "shop-b""#),
        ("activeService: a, trafficRouting: {envoy: {}}", "has trafficRouting and Argo's services"),
        (
            "autoPromotionEnabled: false, autoPromotionSeconds: 5",
            "counts for nothing where autoPromotionEnabled is false"
        ),
        ("previewRoute: {}", "previewRoute: missing `match`"),
        ("switch: []", "switch: is empty; leave it out to switch at once"),
        (
            "switch: [{analysis: {templates: []}}]",
            "switch[0]: unknown key `analysis`; known: exponential, linear, pause, setWeight"
        ),
        ("steps: []", "unknown key `steps`"),
        ("autoPromotionSecond: 5", "did you mean `autoPromotionSeconds`?"),
    ])
    func whatCannotBeMeantIsRefused(blueGreen: String, message: String) {
        #expect(complaint(text(blueGreen)).contains(message), "\(complaint(text(blueGreen)))")
    }

    @Test func argoNeedsAnActiveService() {
        #expect(complaint(argos("previewService: p")).contains("missing `activeService`"))
        #expect(complaint(argos("activeService: a, switch: []")).contains("unknown key `switch`"))
    }
}
