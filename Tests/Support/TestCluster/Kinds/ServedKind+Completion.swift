import Foundation
import Transport

extension ServedKind {
    /// What is there of an object before anybody has written anything: a built-in kind's structures always are,
    /// so that nobody comes to own them.
    var blank: JSON {
        switch id {
        case .pods: ["spec": ["containers": .null], "status": [:]]
        case .replicaSets, .deployments, .jobs:
            [
                "spec": ["template": ["metadata": [:], "spec": ["containers": .null]]],
                "status": blankStatus ?? [:],
            ]
        default: isCustom ? [:] : ["spec": [:], "status": blankStatus ?? [:]]
        }
    }

    private var blankStatus: JSON? {
        switch id {
        case .replicaSets: ["replicas": 0]
        case .namespaces: ["phase": "Active"]
        case .services: ["loadBalancer": [:]]
        case .pods: ["phase": "Pending"]
        case .deployments, .jobs, .disruptionBudgets: [:]
        default: nil
        }
    }

    /// Writes what the server fills in at a creation, beside the defaults of the schema.
    func complete(_ object: inout JSON, count: Int) {
        if let blankStatus { object["status"] = blankStatus }
        switch id {
        case .namespaces: completeNamespace(&object)
        case .services: completeService(&object, count)
        case KindID(group: "", plural: "secrets"): completeSecret(&object)
        default: break
        }
    }

    private func completeNamespace(_ object: inout JSON) {
        var labels = object["metadata"]?["labels"] ?? [:]
        labels["kubernetes.io/metadata.name"] = object["metadata"]?["name"]
        object["metadata"]?["labels"] = labels
        object["spec"] = ["finalizers": ["kubernetes"]]
    }

    private func completeService(_ object: inout JSON, _ count: Int) {
        var spec = object["spec"] ?? [:]
        let ports = (spec["ports"]?.array ?? []).map { port in
            var port = port
            port["targetPort"] = port["targetPort"] ?? port["port"]
            return port
        }
        if !ports.isEmpty { spec["ports"] = .array(ports) }
        if spec["clusterIP"] == nil, spec["type"] != "ExternalName" {
            spec["clusterIP"] = JSON("10.96.\(count / 250 % 250).\(count % 250 + 1)")
        }
        spec["internalTrafficPolicy"] = spec["internalTrafficPolicy"] ?? "Cluster"
        object["spec"] = spec
    }

    /// `stringData` is for writing; what is kept is `data`.
    private func completeSecret(_ object: inout JSON) {
        object["type"] = object["type"] ?? "Opaque"
        guard let texts = object["stringData"]?.object else { return }
        var data = object["data"] ?? [:]
        for (name, text) in texts {
            data[name] = JSON(Data((text.string ?? "").utf8).base64EncodedString())
        }
        object["data"] = data
        object["stringData"] = nil
    }
}
