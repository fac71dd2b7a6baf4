import Kubernetes
import Testing
import Transport

@testable import Resources

/// Which rollouts are read again after which news.
@Suite struct ShelfTests {
    private let settings = ResourceSettings(groups: [.headgate, .argo])

    private func object(
        _ kind: ResourceKind, _ name: String, in namespace: String = "shop", version: Int = 1,
        spec: JSON = [:],
        status: JSON? = nil
    ) -> JSON {
        var object: JSON = [
            "apiVersion": JSON(kind.apiVersion), "kind": JSON(kind.kind),
            "metadata": [
                "name": JSON(name), "uid": JSON("uid-\(name)"), "resourceVersion": JSON("\(version)"),
            ],
            "spec": spec,
        ]
        if kind.isNamespaced { object["metadata"]["namespace"] = JSON(namespace) }
        object["status"] = status
        return object
    }

    private func key(_ name: String, in namespace: String = "shop") -> RolloutKey {
        RolloutKey(group: .headgate, namespace: namespace, name: name)
    }

    /// With two rollouts, in two namespaces, that were read.
    private func shelf() -> Shelf {
        var shelf = Shelf(settings)
        let kind = ResourceGroup.headgate.rollouts
        for query in settings.queries {
            let objects = query.kind == kind ? [object(kind, "web"), object(kind, "api", in: "back")] : []
            _ = shelf.take(.listed(objects), query)
        }
        #expect(shelf.takeStale() == [key("web"), key("api", in: "back")])
        return shelf
    }

    private func query(_ kind: ResourceKind) -> ObjectQuery { ObjectQuery(kind, in: nil) }

    @Test func nothingIsReadBeforeEverythingWasListed() {
        var shelf = Shelf(settings)
        let kind = ResourceGroup.headgate.rollouts
        _ = shelf.take(.listed([object(kind, "web")]), query(kind))
        #expect(!shelf.isWhole && shelf.takeStale().isEmpty)
    }

    @Test func aKindThatTheClusterDoesNotHaveIsNotWaitedFor() {
        var shelf = Shelf(settings)
        let kind = ResourceGroup.headgate.rollouts
        for query in settings.queries {
            let event: ObjectEvent =
                query.kind == kind
                ? .listed([object(kind, "web")]) : .interrupted(KubernetesError(.missing, "no such kind"))
            _ = shelf.take(event, query)
        }
        #expect(shelf.takeStale() == [key("web")])
    }

    @Test func aChangedSpecIsReadAndAChangedStatusIsNot() {
        var shelf = shelf()
        let kind = ResourceGroup.headgate.rollouts
        _ = shelf.take(.modified(object(kind, "web", version: 2, status: ["phase": "Healthy"])), query(kind))
        #expect(shelf.takeStale().isEmpty)
        _ = shelf.take(.modified(object(kind, "web", version: 3, spec: ["paused": true])), query(kind))
        #expect(shelf.takeStale() == [key("web")])
    }

    @Test func anEchoOfTheLastWriteIsNoNews() {
        var shelf = shelf()
        let kind = ResourceGroup.headgate.rollouts
        shelf.noteOwn(object(kind, "web", version: 5, status: ["abort": true]), key("web"))
        let old = object(kind, "web", version: 4, spec: ["paused": true], status: ["abort": false])
        #expect(shelf.take(.modified(old), query(kind)).isEmpty)
        #expect(shelf.takeStale().isEmpty)
        let own = object(kind, "web", version: 5, status: ["abort": true])
        #expect(shelf.take(.modified(own), query(kind)).isEmpty)
        let others = object(kind, "web", version: 6, status: ["abort": false])
        #expect(shelf.take(.modified(others), query(kind)).map(\.key) == [key("web")])
    }

    @Test func aTemplateTouchesTheRolloutsOfItsNamespace() {
        var shelf = shelf()
        let kind = ResourceGroup.argo.templates
        _ = shelf.take(.added(object(kind, "errors", in: "back")), query(kind))
        #expect(shelf.takeStale() == [key("api", in: "back")])
        _ = shelf.take(.deleted(object(kind, "errors", in: "back")), query(kind))
        #expect(shelf.takeStale() == [key("api", in: "back")])
        let everywhere = ResourceGroup.headgate.clusterTemplates
        _ = shelf.take(.added(object(everywhere, "errors")), query(everywhere))
        #expect(shelf.takeStale() == [key("web"), key("api", in: "back")])
    }

    @Test func whatAListDoesNotHaveAnyMoreIsGone() {
        var shelf = shelf()
        let kind = ResourceGroup.headgate.rollouts
        _ = shelf.take(.listed([object(kind, "web")]), query(kind))
        #expect(shelf.takeStale() == [key("api", in: "back")])
        #expect(shelf.rollouts[key("api", in: "back")] == nil)
    }
}
