extension DefinedKind {
    /// The whole object as an OpenAPI schema: what the decoder takes, and what an API server and a controller add.
    package var schema: YAMLTree {
        let sketch = sketch
        var schema = sketch.schema(at: rawValue)
        // An API server has its own idea of these; a definition may only narrow the name.
        schema[path: ["properties", "apiVersion"]] = ["type": "string"]
        schema[path: ["properties", "kind"]] = ["type": "string"]
        schema[path: ["properties", "metadata"]] = [
            "type": "object",
            "properties": ["name": sketch.member("metadata").member("name").schema(at: "")],
        ]
        schema[path: ["properties", "status"]] = status
        schema["required"] = ["spec"]
        return schema
    }

    private var status: YAMLTree {
        var properties = self == .rollout ? statusOfRollouts : [:]
        properties["conditions"] = conditions
        properties["message"] = [
            "type": "string", "description": "What is waited for, or what is wrong, in a sentence.",
        ]
        properties["observedGeneration"] = ["type": "integer", "format": "int64"]
        return [
            "type": "object",
            "description": "Written by the controller.",
            "properties": .mapping(properties),
            "x-kubernetes-preserve-unknown-fields": true,
        ]
    }
}

extension YAMLTree {
    fileprivate subscript(path path: ArraySlice<String>) -> YAMLTree? {
        get { path.reduce(Optional(self)) { $0?[$1] } }
        set {
            guard let first = path.first else { return }
            if path.count == 1 { return self[first] = newValue }
            var below = self[first] ?? [:]
            below[path: path.dropFirst()] = newValue
            self[first] = below
        }
    }
}

/// As Kubernetes has them: a list in which each type is there once.
private let conditions: YAMLTree = [
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["type"],
    "items": [
        "type": "object",
        "required": ["type", "status"],
        "properties": [
            "type": ["type": "string"],
            "status": ["type": "string", "enum": ["True", "False", "Unknown"]],
            "reason": ["type": "string"],
            "message": ["type": "string"],
            "observedGeneration": ["type": "integer", "format": "int64"],
            "lastTransitionTime": ["type": "string", "format": "date-time"],
            "lastUpdateTime": ["type": "string", "format": "date-time"],
        ],
    ],
]

/// By Argo Rollouts' names, which dashboards and health checks read.
private let statusOfRollouts: [String: YAMLTree] = [
    "phase": ["type": "string", "description": "Pending, Progressing, Paused, Healthy or Degraded."],
    "currentStepIndex": ["type": "integer", "description": "The step that is next, from 0."],
    "abort": ["type": "boolean", "description": "Whether the last release was taken back."],
    "abortedAt": ["type": "string", "format": "date-time"],
    "controllerPause": ["type": "boolean"],
    "promoteFull": ["type": "boolean"],
    "pauseConditions": [
        "type": "array",
        "items": [
            "type": "object",
            "required": ["reason"],
            "properties": [
                "reason": ["type": "string"], "startTime": ["type": "string", "format": "date-time"],
            ],
        ],
    ],
    "release": ["type": "string", "description": "The release that is wanted."],
    "step": ["type": "string", "description": "The step and how many there are: 3/8."],
    "share": [
        "type": "string", "description": "The exact share of the traffic, where a release is under way.",
    ],
    "evidence": ["type": "string", "description": "What shows that the data plane has the route."],
    "queued": ["type": "string", "description": "The release that waits for the end of the one under way."],
    "currentPodHash": ["type": "string", "description": "As release."],
    "stableRS": ["type": "string", "description": "The release that everybody gets where nothing moves."],
    "selector": ["type": "string", "description": "The pods of all releases, for an autoscaler."],
    "replicas": ["type": "integer"],
    "updatedReplicas": ["type": "integer"],
    "readyReplicas": ["type": "integer"],
    "availableReplicas": ["type": "integer"],
    "HPAReplicas": ["type": "integer", "description": "The pods that an autoscaler counts."],
    "canary": [
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": true,
        "properties": [
            "weights": [
                "type": "object",
                "x-kubernetes-preserve-unknown-fields": true,
                "properties": ["canary": weighted, "stable": weighted],
            ]
        ],
    ],
]

private let weighted: YAMLTree = [
    "type": "object",
    "x-kubernetes-preserve-unknown-fields": true,
    "properties": ["weight": ["type": "integer", "description": "In whole percents."]],
]
