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
        case .namespaces: ["spec": ["finalizers": ["kubernetes"]], "status": blankStatus ?? [:]]
        case KindID(group: "", plural: "events"): ["source": [:]]
        case KindID(group: "autoscaling", plural: "horizontalpodautoscalers"):
            ["spec": ["scaleTargetRef": [:]], "status": [:]]
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

    /// Writes what a server fills in beside the defaults of the schema.
    func complete(_ object: inout JSON) {
        switch id {
        case .namespaces: completeNamespace(&object)
        case .services: completePorts(&object)
        case KindID(group: "", plural: "secrets"): completeSecret(&object)
        case .pods: completeContainers(&object, at: ["spec", "containers"])
        case .replicaSets, .deployments, .jobs:
            completeContainers(&object, at: ["spec", "template", "spec", "containers"])
        default: break
        }
    }

    /// Writes what a new object gets that nobody owns.
    func allot(_ object: inout JSON, count: Int) {
        if let blankStatus { object["status"] = blankStatus }
        guard id == .services, object["spec"]?["clusterIP"] == nil, object["spec"]?["type"] != "ExternalName"
        else { return }
        object["spec"]?["clusterIP"] = JSON("10.96.\(count / 250 % 250).\(count % 250 + 1)")
    }

    private func completeNamespace(_ object: inout JSON) {
        var labels = object["metadata"]?["labels"] ?? [:]
        labels["kubernetes.io/metadata.name"] = object["metadata"]?["name"]
        object["metadata"]?["labels"] = labels
        object["spec"] = ["finalizers": ["kubernetes"]]
    }

    private func completePorts(_ object: inout JSON) {
        guard let ports = object["spec"]?["ports"]?.array else { return }
        object["spec"]?["ports"] = .array(
            ports.map { port in
                var port = port
                port["targetPort"] = port["targetPort"] ?? port["port"]
                return port
            })
    }

    /// What has no tag is pulled anew each time.
    private func completeContainers(_ object: inout JSON, at path: [String]) {
        guard let containers = object[path: path]?.array else { return }
        object[path: path] = .array(
            containers.map { container in
                var container = container
                let tag = container["image"]?.string?.split(separator: "/").last?.split(separator: ":")
                    .dropFirst().last
                let policy: JSON = tag == nil || tag == "latest" ? "Always" : "IfNotPresent"
                container["imagePullPolicy"] = container["imagePullPolicy"] ?? policy
                return container
            })
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
