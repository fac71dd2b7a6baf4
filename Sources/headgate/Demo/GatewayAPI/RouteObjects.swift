import Kubernetes
import Lab
import TestCluster
import Transport

/// What the user of a Gateway or of Linkerd has before Headgate comes: a rule that is to be split, and much that is none
/// of Headgate's business.
struct RouteObjects {
    private let mesh: RouteMesh

    init(_ mesh: RouteMesh) { self.mesh = mesh }

    /// Returns the HTTPRoute as it is stored.
    func create(in cluster: Cluster) -> JSON {
        for name in [Installation.rollout] + Installation.backends {
            cluster.create(service(name), .service, in: demoNamespace)
        }
        if mesh == .gateway {
            cluster.create(gatewayClass, Self.gatewayClass)
            cluster.create(gateway, Self.gateway, in: demoNamespace)
        }
        return cluster.create(httpRoute, GatewayBridge.httpRoute, in: demoNamespace)
    }

    /// Without a selector: what answers here are processes, and no pods.
    private func service(_ name: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": JSON(name)],
            "spec": ["ports": [["port": 80, "protocol": "TCP"]]],
        ]
    }

    private static let gatewayClass = ResourceKind(
        "gateway.networking.k8s.io", "v1", "GatewayClass", plural: "gatewayclasses", isNamespaced: false)
    private static let gateway = ResourceKind(
        "gateway.networking.k8s.io", "v1", "Gateway", plural: "gateways")

    private var gatewayClass: JSON {
        [
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass",
            "metadata": ["name": "edge"], "spec": ["controllerName": JSON(mesh.controller)],
        ]
    }

    private var gateway: JSON {
        [
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": ["name": "edge"],
            "spec": [
                "gatewayClassName": "edge",
                "listeners": [["name": "http", "port": 80, "protocol": "HTTP"]],
            ],
        ]
    }

    private var httpRoute: JSON {
        [
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": [
                "name": JSON(Installation.rollout), "labels": ["team": "checkout"],
                "annotations": ["example.com/owner": "checkout@example.com"],
            ],
            "spec": ["parentRefs": [mesh.parent], "rules": [export, primary]],
        ]
    }

    private var export: JSON {
        [
            "matches": [
                [
                    "path": ["type": "PathPrefix", "value": "/export"],
                    "headers": [["name": "x-team", "value": "finance"]],
                ]
            ],
            "timeouts": ["request": "60s"],
            "backendRefs": [["name": JSON(Installation.backends[0]), "port": 80]],
        ]
    }

    private var primary: JSON {
        [
            "filters": [
                [
                    "type": "ResponseHeaderModifier",
                    "responseHeaderModifier": ["set": [["name": "x-served-by", "value": "route"]]],
                ]
            ],
            "timeouts": ["request": "10s"],
            "backendRefs": [
                ["name": JSON(Installation.backends[0]), "port": 80, "weight": 100],
                ["name": JSON(Installation.backends[1]), "port": 80, "weight": 0],
            ],
        ]
    }
}

extension SplitObject {
    static func httpRoute(_ original: JSON) -> SplitObject {
        SplitObject(
            reference: ObjectReference(GatewayBridge.httpRoute, Installation.rollout, in: demoNamespace),
            original: original,
            edit: { object, change in
                guard var spec = object["spec"] else { return }
                spec.edit("rules") { rule in
                    guard (rule["backendRefs"]?.array ?? []).count == Installation.backends.count else {
                        return
                    }
                    rule.edit("backendRefs", change)
                }
                object["spec"] = spec
            },
            backend: { $0["name"]?.string })
    }
}
