package import Transport

/// A Service, and the pods that it reaches now.
package struct ServiceSight: Hashable, Sendable {
    package let name: String
    package let version: String
    package let selector: [String: String]
    /// The rollout that has pointed it, as its objects are filed.
    package let claimedBy: String?
    /// Of the order that has pointed it last.
    package let mark: ScaleMark
    /// The names of its ready pods.
    package let endpoints: Set<String>

    package init(_ service: JSON, slices: [JSON]) {
        name = service["metadata"]["name"]?.string ?? ""
        version = service["metadata"]["resourceVersion"]?.string ?? ""
        selector = service["spec"]["selector"]?.object?.compactMapValues(\.string) ?? [:]
        claimedBy = service["metadata"]["annotations"][Mark.service]?.string
        mark = ScaleMark(service["metadata"]["annotations"])
        let endpoints = slices.flatMap { $0["endpoints"]?.array ?? [] }
        self.endpoints = Set(
            endpoints.filter { $0["conditions"]["ready"]?.bool ?? true }
                .compactMap { $0["targetRef"]["name"]?.string })
    }
}

extension ScaleMark {
    init(_ annotations: JSON?) {
        since = annotations[Mark.since]?.string.flatMap { UInt64($0) } ?? 0
        journal = annotations[Mark.journal]?.string
        epoch = annotations[Mark.epoch]?.string.flatMap { Int($0) }
    }
}

/// The Deployment that a release is made from.
package struct DeploymentSight: Hashable, Sendable {
    package let name: String
    package let version: String
    package let replicas: Int
    package let template: JSON
    package let selector: [String: String]

    package init(_ deployment: JSON) {
        name = deployment["metadata"]["name"]?.string ?? ""
        version = deployment["metadata"]["resourceVersion"]?.string ?? ""
        replicas = deployment["spec"]["replicas"]?.integer ?? 1
        template = deployment["spec"]["template"] ?? .object([:])
        selector = deployment["spec"]["selector"]["matchLabels"]?.object?.compactMapValues(\.string) ?? [:]
    }
}
