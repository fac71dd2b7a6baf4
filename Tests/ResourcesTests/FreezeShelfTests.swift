import Analysis
import Kubernetes
import Rollouts
import Testing
import Transport

@testable import Resources

/// Which rollouts the Freeze objects of a cluster hold.
@Suite struct FreezeShelfTests {
    private let query = ObjectQuery(ResourceGroup.freezes, in: nil)

    private func shelf(_ objects: JSON...) -> FreezeShelf {
        var shelf = FreezeShelf(ResourceSettings())
        _ = shelf.take(.listed(objects), query)
        return shelf
    }

    private func freeze(_ name: String, in namespace: String = "shop", _ spec: JSON = ["reason": "holidays"])
        -> JSON
    {
        [
            "apiVersion": "headgate.dev/v1alpha1", "kind": "Freeze",
            "metadata": ["name": JSON(name), "namespace": JSON(namespace), "resourceVersion": "7"],
            "spec": spec,
        ]
    }

    private func holder(of name: String, in namespace: String = "shop", _ shelf: FreezeShelf) -> String? {
        let key = RolloutKey(group: .argo, namespace: namespace, name: name)
        let declaration = Declaration(
            name: key.rollout, traffic: TrafficTarget(router: "istio", backends: .init(a: "a", b: "b")),
            plan: Plan(steps: [], judgement: .safe), source: key.source)
        return shelf.freezes.freeze(of: declaration, at: Moment(microseconds: 0))?.name
    }

    @Test func aFreezeHoldsItsNamespaceAndNoOther() {
        let shelf = shelf(freeze("year-end"))
        #expect(holder(of: "web", shelf) == "year-end")
        #expect(holder(of: "web", in: "back", shelf) == nil)
    }

    @Test func rolloutsAreNamedAsTheyAreCalledThere() {
        let shelf = shelf(freeze("web-only", ["reason": "r", "scope": ["names": ["web"]]]))
        #expect(holder(of: "web", shelf) == "web-only")
        #expect(holder(of: "api", shelf) == nil)
    }

    @Test func whatADeletedFreezeHeldGoesOn() {
        var shelf = shelf(freeze("year-end"))
        let isNews = shelf.take(.deleted(freeze("year-end")), query)
        #expect(isNews)
        #expect(holder(of: "web", shelf) == nil)
    }

    @Test func aSlipOfTheKeyboardThawsNothing() {
        var shelf = shelf(freeze("year-end"))
        let isNews = shelf.take(.modified(freeze("year-end", ["reason": ""])), query)
        #expect(isNews)
        #expect(holder(of: "web", shelf) == "year-end")
        #expect(shelf.complaints.count == 1)
    }

    @Test func oneThatWasNeverRightHoldsItsNamespace() {
        let shelf = shelf(freeze("broken", ["windows": []]))
        #expect(holder(of: "web", shelf) == "unreadable-freeze")
        #expect(holder(of: "web", in: "back", shelf) == nil)
    }

    @Test func aClusterWithoutTheKindHasNone() {
        var shelf = FreezeShelf(ResourceSettings())
        #expect(!shelf.isWhole)
        let isNews = shelf.take(.interrupted(KubernetesError(.missing, "no such kind")), query)
        #expect(isNews)
        #expect(shelf.isWhole && holder(of: "web", shelf) == nil)
    }

    @Test func whatIsSaidAgainIsNoNews() {
        var shelf = shelf(freeze("year-end"))
        let news = [
            shelf.take(.modified(freeze("year-end")), query),
            shelf.take(.listed([freeze("year-end")]), query),
        ]
        #expect(news == [false, false])
    }

    /// Before anything is known, nothing of the cluster advances, and what files declare does.
    @Test func whatIsNotKnownYetHoldsWhatTheClusterHas() {
        let ours = Declaration(
            name: RolloutName("web"),
            traffic: TrafficTarget(router: "envoy", backends: .init(a: "a", b: "b")),
            plan: Plan(steps: [], judgement: .safe), source: "rollouts/web.yaml")
        var theirs = ours
        theirs.source = "cluster:shop/rollouts.argoproj.io/web"
        let now = Moment(microseconds: 0)
        #expect(UnknownFreezes().freeze(of: ours, at: now) == nil)
        #expect(UnknownFreezes().freeze(of: theirs, at: now) != nil)
    }
}
