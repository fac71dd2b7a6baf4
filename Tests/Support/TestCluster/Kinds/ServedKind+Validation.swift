import Transport

extension ServedKind {
    /// What is wrong with an object of a built-in kind; of each kind, the mistakes that are easily made.
    func faults(in object: JSON, over live: JSON?) -> [Fault] {
        switch id {
        case .replicaSets, .deployments: workloadFaults(object, live)
        case .jobs:
            containerFaults(object["spec"]?["template"]?["spec"], "spec.template.spec")
                + restartFaults(object)
        case .pods: containerFaults(object["spec"], "spec")
        case .services: portFaults(object)
        case KindID(group: "coordination.k8s.io", plural: "leases"): leaseFaults(object)
        case KindID(group: "", plural: "events"): coreEventFaults(object)
        case KindID(group: "events.k8s.io", plural: "events"): eventFaults(object)
        case .endpointSlices: object["addressType"] == nil ? [.required("addressType")] : []
        case KindID(group: "autoscaling", plural: "horizontalpodautoscalers"): autoscalerFaults(object)
        default: []
        }
    }

    private func workloadFaults(_ object: JSON, _ live: JSON?) -> [Fault] {
        let spec = object["spec"]
        let selector = spec?["selector"] ?? [:]
        let labels = spec?["template"]?["metadata"]?["labels"]
        var faults: [Fault] = []
        if let live, live["spec"]?["selector"] != spec?["selector"] {
            faults.append(.invalid("spec.selector", selector, "field is immutable"))
        }
        if let replicas = spec?["replicas"]?.integer, replicas < 0 {
            faults.append(.invalid("spec.replicas", JSON(replicas), "must be greater than or equal to 0"))
        }
        if selector == [:] { faults.append(.required("spec.selector")) }
        let present = (labels?.object ?? [:]).compactMapValues(\.string)
        let isMatched = selector != [:] && LabelRequirement.read(selector).allSatisfy { $0.matches(present) }
        if !isMatched {
            faults.append(
                .invalid(
                    "spec.template.metadata.labels", labels ?? .null,
                    "`selector` does not match template `labels`"))
        }
        return faults + containerFaults(spec?["template"]?["spec"], "spec.template.spec")
    }

    private func containerFaults(_ spec: JSON?, _ place: String) -> [Fault] {
        let containers = spec?["containers"]?.array ?? []
        if containers.isEmpty { return [.required("\(place).containers")] }
        return containers.enumerated().flatMap { index, container in
            ["name", "image"].filter { (container[$0]?.string ?? "").isEmpty }
                .map { .required("\(place).containers[\(index)].\($0)") }
        }
    }

    private func restartFaults(_ job: JSON) -> [Fault] {
        let policy = job["spec"]?["template"]?["spec"]?["restartPolicy"]?.string ?? ""
        guard !["OnFailure", "Never"].contains(policy) else { return [] }
        return [
            .required("spec.template.spec.restartPolicy", ": valid values: \"OnFailure\", \"Never\"")
        ]
    }

    private func portFaults(_ service: JSON) -> [Fault] {
        let ports = service["spec"]?["ports"]?.array ?? []
        let needsPorts = service["spec"]?["clusterIP"] != "None" && service["spec"]?["type"] != "ExternalName"
        if ports.isEmpty { return needsPorts ? [.required("spec.ports")] : [] }
        return ports.enumerated().flatMap { index, port -> [Fault] in
            let place = "spec.ports[\(index)]"
            let number = port["port"]?.integer ?? 0
            let isNamed = ports.count == 1 || !(port["name"]?.string ?? "").isEmpty
            let range = "must be between 1 and 65535, inclusive"
            return (isNamed ? [] : [.required("\(place).name")])
                + ((1...65535).contains(number) ? [] : [.invalid("\(place).port", JSON(number), range)])
        }
    }

    private func leaseFaults(_ lease: JSON) -> [Fault] {
        var faults: [Fault] = []
        if let seconds = lease["spec"]?["leaseDurationSeconds"]?.integer, seconds <= 0 {
            faults.append(.invalid("spec.leaseDurationSeconds", JSON(seconds), "must be greater than 0"))
        }
        if let count = lease["spec"]?["leaseTransitions"]?.integer, count < 0 {
            faults.append(
                .invalid("spec.leaseTransitions", JSON(count), "must be greater than or equal to 0"))
        }
        return faults
    }

    private func coreEventFaults(_ event: JSON) -> [Fault] {
        let namespace = event["involvedObject"]?["namespace"]?.string ?? ""
        // What happened to something without a namespace is told in `default`.
        let isRight = namespace == event.namespace || namespace.isEmpty && event.namespace == "default"
        if isRight { return [] }
        return [.invalid("involvedObject.namespace", JSON(namespace), "does not match event.namespace")]
    }

    private func eventFaults(_ event: JSON) -> [Fault] {
        if event["eventTime"] == nil { return [.required("eventTime")] }
        let missing = ["reportingController", "reportingInstance", "action", "reason"]
            .filter { (event[$0]?.string ?? "").isEmpty }.map { Fault.required($0) }
        let note = event["note"]?.string ?? ""
        let type = event["type"]?.string ?? ""
        return missing
            + (note.utf8.count > 1024 ? [.invalid("message", "", "can have at most 1024 characters")] : [])
            + (["Normal", "Warning"].contains(type)
                ? [] : [.invalid("type", "", "has invalid value: \(type)")])
    }

    private func autoscalerFaults(_ autoscaler: JSON) -> [Fault] {
        let least = autoscaler["spec"]?["minReplicas"]?.integer ?? 1
        let most = autoscaler["spec"]?["maxReplicas"]?.integer ?? 0
        if most >= least { return [] }
        return [
            .invalid("spec.maxReplicas", JSON(most), "must be greater than or equal to `minReplicas`")
        ]
    }
}

extension Fault {
    fileprivate static func required(_ path: String, _ hint: String = "") -> Fault {
        Fault(reason: .required, path: path, message: "Required value" + hint)
    }

    fileprivate static func invalid(_ path: String, _ value: JSON, _ why: String) -> Fault {
        Fault(reason: .invalid, path: path, message: "Invalid value: \(value.text): \(why)")
    }
}
