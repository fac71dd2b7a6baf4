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

extension SplitObject {
    static let virtualService = SplitObject(
        reference: ObjectReference(.virtualService, Installation.rollout, in: demoNamespace),
        original: IstioObjects.virtualService,
        edit: { object, change in
            guard var spec = object["spec"] else { return }
            spec.edit("http") { route in
                if route["name"] == "primary" { route.edit("route", change) }
            }
            object["spec"] = spec
        },
        backend: { $0["destination"]["subset"]?.string })
}
