import Transport

extension Schema {
    /// The schema of `metadata`, which is the same for all kinds.
    static let objectMeta: JSON = {
        var members: [String: JSON] = [:]
        for name in [
            "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "creationTimestamp",
            "deletionTimestamp",
        ] { members[name] = ["type": "string"] }
        for name in ["generation", "deletionGracePeriodSeconds"] { members[name] = ["type": "integer"] }
        for name in ["labels", "annotations"] {
            members[name] = ["type": "object", "additionalProperties": ["type": "string"]]
        }
        members["finalizers"] = [
            "type": "array", "x-kubernetes-list-type": "set", "items": ["type": "string"],
        ]
        members["ownerReferences"] = [
            "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["uid"],
            "items": ownerReference,
        ]
        members["managedFields"] = [
            "type": "array", "items": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
        ]
        return ["type": "object", "properties": .object(members)]
    }()

    private static let ownerReference: JSON = [
        "type": "object", "x-kubernetes-map-type": "atomic",
        "properties": [
            "apiVersion": ["type": "string"], "kind": ["type": "string"], "name": ["type": "string"],
            "uid": ["type": "string"], "controller": ["type": "boolean"],
            "blockOwnerDeletion": ["type": "boolean"],
        ],
    ]

    /// The schema of a whole object, given that of its own part.
    static func object(_ own: JSON) -> Schema {
        var whole = own
        whole[path: ["properties", "apiVersion"]] = ["type": "string"]
        whole[path: ["properties", "kind"]] = ["type": "string"]
        whole[path: ["properties", "metadata"]] = objectMeta
        return Schema(whole)
    }
}
