import Transport

/// The objects of the stories.
func virtualService(_ name: String, _ spec: JSON, _ metadata: JSON = [:]) -> JSON {
    var metadata = metadata
    metadata["name"] = JSON(name)
    return [
        "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": metadata, "spec": spec,
    ]
}

/// One rule that splits between stable and canary.
func split(_ stable: Int, _ canary: Int) -> JSON {
    [
        [
            "name": "primary",
            "route": [
                ["destination": ["host": "web", "subset": "stable"], "weight": JSON(stable)],
                ["destination": ["host": "web", "subset": "canary"], "weight": JSON(canary)],
            ],
        ]
    ]
}

func httpRoute(_ name: String, rules: JSON? = nil) -> JSON {
    var spec: JSON = ["parentRefs": [["group": "", "kind": "Service", "name": "web", "port": 80]]]
    spec["rules"] = rules
    return [
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": ["name": JSON(name)],
        "spec": spec,
    ]
}

func replicaSet(_ name: String, replicas: Int = 1, containers: JSON = container("web:1")) -> JSON {
    [
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": ["name": JSON(name)],
        "spec": [
            "replicas": JSON(replicas), "selector": ["matchLabels": ["app": "web"]],
            "template": ["metadata": ["labels": ["app": "web"]], "spec": ["containers": containers]],
        ],
    ]
}

func container(_ image: String) -> JSON { [["name": "web", "image": JSON(image)]] }

func rollout(_ name: String, replicas: Int = 2) -> JSON {
    [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": JSON(name)],
        "spec": [
            "replicas": JSON(replicas), "selector": ["matchLabels": ["app": "web"]],
            "template": [
                "metadata": ["labels": ["app": "web"]],
                "spec": [
                    "containers": [["name": "web", "image": "web:1", "ports": [["containerPort": 80]]]]
                ],
            ],
        ],
        "status": ["phase": "Dreamt"],
    ]
}

func configMap(_ name: String, labels: JSON = [:]) -> JSON {
    ["metadata": ["name": JSON(name), "labels": labels], "data": ["key": "value"]]
}
