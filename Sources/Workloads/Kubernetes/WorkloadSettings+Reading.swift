import Analysis
import Foundation
package import Rollouts
import Transport

extension WorkloadSettings {
    /// Throws `rejected` with what to change.
    package init(_ rollout: RolloutName, _ target: WorkloadTarget) throws(WorkloadFailure) {
        guard let text = target.settings[Self.key] else {
            throw WorkloadFailure(.rejected, "\(rollout): the target has no setting `\(Self.key)`")
        }
        let document: JSON
        do throws(JSON.SyntaxError) {
            document = try JSON(parsing: text)
        } catch {
            throw WorkloadFailure(.rejected, "\(rollout): \(Self.key): \(error)")
        }
        var members = try Members(document, at: "\(rollout): \(Self.key)")
        try self.init(&members, rollout)
        try members.refuseUnknown()
    }

    private init(_ members: inout Members, _ rollout: RolloutName) throws(WorkloadFailure) {
        name = try members.string("name") ?? rollout.text
        namespace = try members.required("namespace")
        owner = try members.object("owner").map(Owner.init)
        source = try Source(&members)
        selector = try members.strings("selector")
        hashLabel = try members.string("hashLabel") ?? "rollouts-pod-template-hash"
        minReadySeconds = try members.integer("minReadySeconds") ?? 0
        revisionHistoryLimit = try members.integer("revisionHistoryLimit") ?? 10
        services = try members.object("services").map(serviceNames) ?? []
        stableMetadata = try members.object("stableMetadata").map(RoleMetadata.init) ?? RoleMetadata()
        canaryMetadata = try members.object("canaryMetadata").map(RoleMetadata.init) ?? RoleMetadata()
        antiAffinity = try members.object("antiAffinity").map(AntiAffinity.init)
        restartAt = try members.moment("restartAt")
        maxSurge = try members.count("maxSurge") ?? .percent(25)
        maxUnavailable = try members.count("maxUnavailable") ?? .percent(25)
        try checkName(members)
    }

    /// The name becomes the value of a label, and the beginning of names.
    private func checkName(_ members: Members) throws(WorkloadFailure) {
        let isPlain = name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-.".utf8.contains($0) }
        let ends = [name.first, name.last].compactMap(\.self)
        guard isPlain, ends.count == 2, ends.allSatisfy({ $0 != "-" && $0 != "." }), name.utf8.count <= 52
        else {
            throw members.flaw(
                "name",
                "\"\(name)\" must be made of at most 52 of a-z, 0-9, - and ., and begin and end with none of - ."
            )
        }
    }
}

extension WorkloadSettings.Owner {
    fileprivate init(_ members: Members) throws(WorkloadFailure) {
        var members = members
        apiVersion = try members.required("apiVersion")
        kind = try members.required("kind")
        name = try members.required("name")
        uid = try members.required("uid")
        try members.refuseUnknown()
    }
}

extension WorkloadSettings.Source {
    fileprivate init(_ members: inout Members) throws(WorkloadFailure) {
        let template = members.tree("template")
        guard var reference = try members.object("workloadRef") else {
            guard let template else { throw members.flaw("template", "is missing, and so is workloadRef") }
            self = .template(template)
            return
        }
        guard template == nil else { throw members.flaw("template", "is one too many beside workloadRef") }
        let name = try reference.required("name")
        let scaleDown = try reference.string("scaleDown") ?? "never"
        guard let known = WorkloadSettings.ScaleDown(rawValue: scaleDown) else {
            let names = WorkloadSettings.ScaleDown.allCases.map(\.rawValue).joined(separator: ", ")
            throw reference.flaw("scaleDown", "\"\(scaleDown)\" is unknown; known: \(names)")
        }
        try reference.refuseUnknown()
        self = .deployment(name: name, scaleDown: known)
    }
}

private func serviceNames(_ given: Members) throws(WorkloadFailure) -> [ServiceName] {
    var members = given
    let roles: [(key: String, role: ServiceName.Role)] = [
        ("stable", .stable), ("active", .stable), ("canary", .canary), ("preview", .canary),
        ("ping", .place(.a)), ("pong", .place(.b)),
    ]
    var names: [ServiceName] = []
    for (key, role) in roles {
        if let name = try members.string(key) { names.append(ServiceName(name: name, role: role)) }
    }
    for (key, name) in try members.strings("places").sorted(by: { $0.key < $1.key }) {
        guard let place = Place(rawValue: key) else {
            throw members.flaw("places", "\"\(key)\" is no place; places are a to f")
        }
        names.append(ServiceName(name: name, role: .place(place)))
    }
    try members.refuseUnknown()
    guard Set(names.map(\.name)).count == names.count else {
        throw WorkloadFailure(.rejected, "\(members.path): each Service can stand for one thing only")
    }
    return names
}

extension RoleMetadata {
    fileprivate init(_ members: Members) throws(WorkloadFailure) {
        var members = members
        labels = try members.strings("labels")
        annotations = try members.strings("annotations")
        try members.refuseUnknown()
    }
}

extension WorkloadSettings.AntiAffinity {
    fileprivate init(_ members: Members) throws(WorkloadFailure) {
        var members = members
        let (isRequired, weight) = (members.tree("required") != nil, try members.integer("preferred"))
        try members.refuseUnknown()
        switch (isRequired, weight) {
        case (true, nil): self = .required
        case (false, let weight?) where (1...100).contains(weight): self = .preferred(weight: weight)
        default: throw members.flaw("preferred", "write either `required`, or `preferred` with 1 to 100")
        }
    }
}
