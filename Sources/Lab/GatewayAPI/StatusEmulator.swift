package import Kubernetes
import Transport

/// Says of HTTPRoutes what a controller would say: at once, late, never, or that it refuses them.
package struct StatusEmulator: Sendable {
    package enum Mood: Sendable, Hashable {
        case prompt
        case late(Duration)
        case silent
        /// With this reason, in `ResolvedRefs`.
        case refusing(String)
    }

    let controller: String
    let namespace: String
    let mood: Mood
    /// Whether its conditions say which generation they are about; Linkerd's don't.
    let tellsGeneration: Bool
    let api: any KubernetesAPI

    package init(
        _ controller: String, in namespace: String, mood: Mood = .prompt, tellsGeneration: Bool = true,
        api: any KubernetesAPI
    ) {
        self.controller = controller
        self.namespace = namespace
        self.mood = mood
        self.tellsGeneration = tellsGeneration
        self.api = api
    }

    /// Until the task is cancelled.
    package func run() async {
        guard mood != .silent else { return }
        for await event in api.watch(ObjectQuery(GatewayBridge.httpRoute, in: namespace)) {
            switch event {
            case .listed(let objects): for object in objects { await speak(of: object) }
            case .added(let object), .modified(let object): await speak(of: object)
            case .deleted, .interrupted: break
            }
        }
    }

    /// Once for each version: a status is a change too.
    private func speak(of object: JSON) async {
        let status = status(of: object)
        guard object["status"] != status, let name = object["metadata"]["name"]?.string else { return }
        if case .late(let delay) = mood {
            // Ends with the task: then nobody listens any more.
            try? await Task.sleep(for: delay)
        }
        let reference = ObjectReference(GatewayBridge.httpRoute, name, in: namespace)
        let write = ObjectWrite(
            reference, .merge(["status": status]), manager: "controller", subresource: "status")
        // A lost race comes back as the next event.
        _ = try? await api.write(write, .ordinary)
    }

    private func status(of object: JSON) -> JSON {
        let parents = (object["spec"]["parentRefs"]?.array ?? []).map { parent -> JSON in
            [
                "parentRef": parent, "controllerName": JSON(controller),
                "conditions": [
                    condition("Accepted", nil, object), condition("ResolvedRefs", refusal, object),
                ],
            ]
        }
        return ["parents": .array(parents)]
    }

    private var refusal: String? {
        if case .refusing(let reason) = mood { reason } else { nil }
    }

    private func condition(_ type: String, _ refusal: String?, _ object: JSON) -> JSON {
        var condition: JSON = [
            "type": JSON(type), "status": refusal == nil ? "True" : "False", "reason": JSON(refusal ?? type),
            "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z",
        ]
        if tellsGeneration { condition["observedGeneration"] = object["metadata"]["generation"] }
        return condition
    }
}
