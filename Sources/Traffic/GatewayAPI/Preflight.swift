import Kubernetes
import Rollouts
import Transport

/// Looks whether what a route leads to is there, once for each route as it is.
///
/// What can't be asked is no reason against a route: it is said, and the data plane has the last word.
actor Preflight {
    private let api: any KubernetesAPI
    private var passed: Set<Look> = []

    /// What was looked at.
    private struct Look: Hashable {
        let route: ObjectReference
        let items: [JSON]
        let parents: JSON?
    }

    init(_ api: any KubernetesAPI) {
        self.api = api
    }

    /// Throws `rejected` with what to do.
    func check(_ object: GatewayObject, _ implementations: [Implementation]) async throws(RouteFailure) {
        let items = object.splits.flatMap { object.base[$0].backendRefs }.map(\.withoutWeight)
        let look = Look(
            route: object.reference, items: items, parents: object.object["spec"]["parentRefs"])
        guard !passed.contains(look) else { return }
        for item in items where object.backends.index(of: item) != nil {
            try await check(item, of: object)
        }
        if implementations.contains(where: { $0.profile?.name == GatewayProfile.linkerd.name }) {
            try await checkParents(of: object)
        }
        passed.insert(look)
    }

    /// Whether the API server keeps what a session is said in: it prunes fields that its definition lacks, and says nothing.
    func checkSessions(of object: GatewayObject) async throws(RouteFailure) {
        let kind = object.reference.kind
        let definition: JSON
        do throws(KubernetesError) {
            definition = try await api.read(
                ObjectReference(.definition, "\(kind.plural).\(kind.group)", in: nil), .ordinary)
        } catch {
            // Who may not look finds out by reading back what was written.
            return
        }
        guard !definition.definesSessions(kind.version) else { return }
        throw RouteFailure(
            .rejected,
            "\(object.reference): this cluster's \(kind.kind) has no sessionPersistence; install the experimental "
                + "channel of the Gateway API, or take `sessions` out")
    }

    /// The Service, and the port that is asked of it.
    private func check(_ item: JSON, of object: GatewayObject) async throws(RouteFailure) {
        let name = (item["name"] ?? item["service"])?.string ?? "?"
        let reference = ObjectReference(.service, name, in: object.reference.namespace)
        guard let service = try await read(reference, neededBy: object) else { return }
        let ports = (service["spec"]["ports"]?.array ?? []).compactMap { $0["port"]?.integer }
        guard let port = item["port"]?.integer, !ports.contains(port) else { return }
        throw RouteFailure(
            .rejected,
            "\(object.reference) leads to port \(port) of \(reference), which has "
                + (ports.isEmpty ? "none" : ports.map(String.init).joined(separator: ", ")))
    }

    /// None where it is not known.
    private func read(
        _ reference: ObjectReference, neededBy object: GatewayObject
    ) async throws(RouteFailure) -> JSON? {
        do throws(KubernetesError) {
            return try await api.read(reference, .ordinary)
        } catch {
            guard error.kind == .missing else { return nil }
            throw RouteFailure(
                .rejected, "\(object.reference) leads to \(reference), which is not there; create it first")
        }
    }

    /// What Linkerd goes by instead of a route.
    private func checkParents(of object: GatewayObject) async throws(RouteFailure) {
        for parent in object.parentServices {
            let namespace = parent.namespace ?? object.reference.namespace ?? "default"
            let service = ObjectReference(.service, parent.name, in: namespace)
            if let found = try await read(service, neededBy: object), found["spec"]["clusterIP"] == "None" {
                throw RouteFailure(
                    .rejected,
                    "\(object.reference) hangs on \(service), which is headless; Linkerd takes a Service with a "
                        + "cluster IP")
            }
            guard object.route.kind != .trafficSplit else { continue }
            let profile = ObjectReference(
                .serviceProfile, "\(parent.name).\(namespace).svc.cluster.local", in: namespace)
            do throws(KubernetesError) {
                _ = try await api.read(profile, .ordinary)
            } catch {
                // Not there, or nobody may look.
                continue
            }
            throw RouteFailure(
                .rejected,
                "\(profile) overrides every route of \(service): Linkerd would never look at the weights; delete it, "
                    + "and restart the callers that know it")
        }
    }
}

extension GatewayObject {
    /// The Services that callers ask for.
    fileprivate var parentServices: [ParentReference] {
        if route.kind == .trafficSplit {
            return [ParentReference(["kind": "Service", "name": object["spec"]["service"] ?? "?"])]
        }
        return RouteStatus(object).parents.filter { $0.kind == "Service" }
    }
}

extension JSON {
    fileprivate var withoutWeight: JSON {
        var item = self
        item["weight"] = nil
        return item
    }
}
