import Kubernetes
import TestCluster
import Transport

/// What the user of an Istio has before Headgate comes: a route that is to be split, and much that is none of
/// Headgate's business.
enum IstioObjects {
    static let destinationRule: JSON = [
        "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
        "metadata": ["name": JSON(Installation.rollout)],
        "spec": [
            "host": JSON(Installation.rollout),
            "subsets": .array(
                Installation.backends.map { ["name": JSON($0), "labels": ["slot": JSON($0)]] }),
        ],
    ]

    static let virtualService: JSON = [
        "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
        "metadata": [
            "name": JSON(Installation.rollout), "labels": ["team": "checkout"],
            "annotations": ["example.com/owner": "checkout@example.com"],
        ],
        "spec": [
            "hosts": [JSON(Installation.rollout)], "exportTo": ["."],
            "http": .array([health, export, primary]),
        ],
    ]

    private static let health: JSON = [
        "name": "health", "match": [["uri": ["exact": "/healthz"]]],
        "directResponse": ["status": 200, "body": ["string": "ok"]],
    ]

    private static let export: JSON = [
        "name": "export",
        "match": [["uri": ["prefix": "/export"], "headers": ["x-team": ["exact": "finance"]]]],
        "route": [destination(Installation.backends[0], nil)],
        "timeout": "60s",
        "corsPolicy": ["allowOrigins": [["exact": "https://example.com"]], "maxAge": "24h"],
    ]

    private static let primary: JSON = [
        "name": "primary",
        "route": [destination(Installation.backends[0], 100), destination(Installation.backends[1], 0)],
        "timeout": "10s", "retries": ["attempts": 0],
        "headers": ["response": ["set": ["x-served-by": "istio"]]],
    ]

    private static func destination(_ subset: String, _ weight: Int?) -> JSON {
        var item: JSON = ["destination": ["host": JSON(Installation.rollout), "subset": JSON(subset)]]
        item["weight"] = weight.map { JSON($0) }
        return item
    }
}

extension IstioStage {
    /// As somebody in a hurry does it, with `kubectl edit`.
    func editWeights(_ stable: Int, _ canary: Int) {
        cluster.edit(Self.virtualService, as: "kubectl-edit") { object in
            object.edit(route: "primary") { route in
                route["route"] = .array(
                    zip(route["route"]?.array ?? [], [stable, canary]).map { item, weight in
                        var item = item
                        item["weight"] = JSON(weight)
                        return item
                    })
            }
        }
    }

    /// By subset, as they are stored.
    var weights: [String: Int] {
        let routes = cluster.object(Self.virtualService)?["spec"]["http"]?.array ?? []
        let items = routes.first { $0["name"] == "primary" }?["route"]?.array ?? []
        return Dictionary(
            items.compactMap { item in
                item["destination"]["subset"]?.string.map { ($0, item["weight"]?.integer ?? 0) }
            }
        ) { _, last in last }
    }

    func claimForeignIsUntouched() -> DemoClaim {
        let found = cluster.object(Self.virtualService)?.withoutOurs
        return DemoClaim(
            "the rest of the VirtualService is as its owners wrote it",
            holds: found == IstioObjects.virtualService.withoutOurs)
    }
}

extension JSON {
    fileprivate mutating func edit(route name: JSON, _ change: (inout JSON) -> Void) {
        var routes = self["spec"]?["http"]?.array ?? []
        guard let index = routes.firstIndex(where: { $0["name"] == name }) else { return }
        change(&routes[index])
        self["spec"]["http"] = .array(routes)
    }

    /// Without Headgate's annotations and the weights of the split, and without what the API server adds.
    fileprivate var withoutOurs: JSON {
        var object: JSON = ["spec": self["spec"] ?? .null]
        object["labels"] = self["metadata"]["labels"]
        let annotations = self["metadata"]["annotations"]?.object ?? [:]
        object["annotations"] = .object(annotations.filter { !$0.key.hasPrefix("headgate.dev/") })
        object.edit(route: "primary") { route in
            route["route"] = .array(
                (route["route"]?.array ?? []).map { item in
                    var item = item
                    item["weight"] = nil
                    return item
                })
        }
        return object
    }
}
