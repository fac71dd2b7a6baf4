import Kubernetes
import Lab
import TestCluster
import Transport

@testable import headgate

/// Where stories are played: a server that follows the Rollouts of Argo's group, beside an API server with pods.
struct StoryStage: Sendable {
    private let server: PodServer

    static func open(_ body: @escaping @Sendable (StoryStage) async throws -> Void) async throws {
        let fates: [String: PodKeeper.Fate] = [
            "web:bad": .crashLoopBackOff, "web:worse": .crashLoopBackOff,
            "web:slow": .ready(after: .seconds(4)),
        ]
        try await PodServer.run(fates, kubernetes: "resources: {groups: [argoproj.io]}") { cluster in
            for kind in CustomKinds.argo { cluster.install(kind) }
        } _: { server in
            try await body(StoryStage(server: server))
        }
    }

    /// What a command that looks at something sees; none of one that does something.
    ///
    /// - Parameter expected: is waited for, for a while. None: what is there when everything has come to rest.
    func run(_ command: StoryCommand, expecting expected: String?) async throws -> String? {
        switch command.verb {
        case "see": return try await settled(expected) { try see(command.words) }
        case "await": try await wait(for: command.words)
        default: try act(command)
        }
        return nil
    }

    private func settled(_ expected: String?, _ look: () throws -> String) async throws -> String {
        for _ in 0..<500 {
            if expected == nil { break }
            let seen = try look()
            if seen == expected { return seen }
            try await Task.sleep(for: .milliseconds(20))
        }
        if expected == nil { try await Task.sleep(for: .seconds(3)) }
        return try look()
    }

    private func wait(for words: [String]) async throws {
        for _ in 0..<1_500 {
            if isTrue(words) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CommandError(
            "waited in vain for \(words.joined(separator: " ")); there is \(status.text); the end of the log:\n"
                + server.daemon.log.tail())
    }

    private func isTrue(_ words: [String]) -> Bool {
        guard status["observedGeneration"]?.string == generation else { return false }
        return words.first == "step"
            ? status["currentStepIndex"]?.integer == words.last.flatMap { Int($0) }
            : status["phase"]?.string == words.first
    }
}

// MARK: - Doing something

extension StoryStage {
    private static let web = ObjectReference(
        ResourceKind("argoproj.io", "v1alpha1", "Rollout", plural: "rollouts"), "web",
        in: PodServer.namespace)
    private static let templates = ResourceKind(
        "argoproj.io", "v1alpha1", "AnalysisTemplate", plural: "analysistemplates")

    private func act(_ command: StoryCommand) throws {
        let argument = command.words.first ?? ""
        switch command.verb {
        case "apply": try apply(Definitions.json(yaml: command.body).first ?? [:])
        case "patch":
            let change = try Definitions.json(yaml: command.body).first ?? [:]
            edit { $0["spec"] = $0["spec"].merged(with: change) }
        case "template":
            let spec = try Definitions.json(yaml: command.body).first ?? [:]
            let template: JSON = ["metadata": ["name": JSON(argument)], "spec": spec]
            server.cluster.create(template, Self.templates, in: PodServer.namespace)
        case "update": edit { $0["spec"]["template"]["metadata"]["annotations"] = ["rev": JSON(argument)] }
        case "image":
            edit {
                $0["spec"]["template"]["spec"]["containers"] = [["name": "app", "image": JSON(argument)]]
            }
        case "scale": edit { $0["spec"]["replicas"] = Int(argument).map { JSON($0) } }
        default: try wish(command)
        }
    }

    /// As `kubectl argo rollouts` does it.
    private func wish(_ command: StoryCommand) throws {
        let step = status["currentStepIndex"]?.integer ?? 0
        let isPaused = status["pauseConditions"]?.array?.isEmpty == false
        switch (command.verb, command.words.first) {
        case ("promote", "full"): editStatus { $0["promoteFull"] = true }
        case ("promote", _) where isPaused: editStatus { $0["pauseConditions"] = nil }
        case ("promote", _): editStatus { $0["currentStepIndex"] = JSON(step + 1) }
        case ("abort", _): editStatus { $0["abort"] = true }
        case ("retry", _): editStatus { $0["abort"] = false }
        default: throw CommandError("no story knows what `\(command.verb)` means")
        }
    }

    private func apply(_ spec: JSON) throws {
        let defaults: JSON = [
            "selector": ["matchLabels": ["app": "web"]],
            "template": [
                "metadata": ["labels": ["app": "web"]],
                "spec": ["containers": [["name": "app", "image": "web:1"]]],
            ],
        ]
        let object: JSON = ["metadata": ["name": "web"], "spec": defaults.merged(with: spec)]
        server.cluster.create(object, Self.web.kind, in: PodServer.namespace)
    }

    private func edit(_ change: (inout JSON) -> Void) { server.cluster.edit(Self.web, as: "kubectl", change) }

    private func editStatus(_ change: (inout JSON) -> Void) {
        server.cluster.edit(Self.web, "status", as: "kubectl-argo-rollouts") { object in
            var status = object["status"] ?? [:]
            change(&status)
            object["status"] = status
        }
    }
}

// MARK: - Looking

extension StoryStage {
    private var status: JSON { server.cluster.object(Self.web)?["status"] ?? [:] }

    private var generation: String? {
        server.cluster.object(Self.web)?["metadata"]["generation"]?.integer.map(String.init)
    }

    private func see(_ words: [String]) throws -> String {
        switch words.first {
        case "pods": return pods.map { "revision \($0.0): \($0.1)" }.joined(separator: ", ")
        case "labels": return labels.joined(separator: "\n")
        case "services": return services.joined(separator: ", ")
        case "routes": return routes.joined(separator: "\n")
        case "events": return events.joined(separator: "\n")
        case "conditions":
            return (status["conditions"]?.array ?? []).map { condition in
                (condition["type"]?.string ?? "") + " " + (condition["status"]?.string ?? "")
            }.joined(separator: ", ")
        case "status":
            return words.dropFirst().map { name in "\(name): \(status[name]?.text ?? "none")" }
                .joined(separator: ", ")
        default: throw CommandError("nobody can see `\(words.first ?? "")`")
        }
    }

    private var replicaSets: [(revision: String, hash: String)] {
        server.cluster.objects(.replicaSet, in: PodServer.namespace).map { object in
            let metadata = object["metadata"]
            return (
                metadata["annotations"]["headgate.dev/revision"]?.string ?? "",
                metadata["labels"]["rollouts-pod-template-hash"]?.string ?? ""
            )
        }.sorted { $0.0 < $1.0 }
    }

    private func pods(of hash: String) -> [JSON] {
        server.cluster.objects(
            .pod, in: PodServer.namespace, labels: "rollouts-pod-template-hash=\(hash)")
    }

    private var pods: [(String, Int)] { replicaSets.map { ($0.revision, pods(of: $0.hash).count) } }

    /// Of the pods of each revision, without those that tell releases apart.
    private var labels: [String] {
        replicaSets.map { revision, hash in
            let all = pods(of: hash).map { pod in
                let labels = pod["metadata"]["labels"]?.object ?? [:]
                return labels.keys.filter { !$0.contains("rollout") && $0 != "app" }.sorted()
                    .map { "\($0)=\(labels[$0]?.string ?? "")" }.joined(separator: " ")
            }
            return "revision \(revision): " + Set(all).sorted().joined(separator: " or ")
        }
    }

    /// Which revision each Service selects.
    private var services: [String] {
        let revisions = Dictionary(replicaSets.map { ($0.hash, $0.revision) }) { first, _ in first }
        return PodServer.services.map { name in
            let hash = server.selected[name]
            return "\(name): " + (hash.map { "revision \(revisions[$0] ?? "gone")" } ?? "all")
        }
    }

    private var routes: [String] {
        let virtualService = ObjectReference(.virtualService, "web", in: PodServer.namespace)
        return (server.cluster.object(virtualService)?["spec"]["http"]?.array ?? []).map { route in
            let items = route["route"]?.array ?? []
            let all = items.reduce(0) { $0 + ($1["weight"]?.integer ?? 0) }
            let destinations = items.map { item in
                // One alone needs no weight.
                let percent = all == 0 ? 100 : (item["weight"]?.integer ?? 0) * 100 / all
                return (item["destination"]["host"]?.string ?? "") + " \(percent)"
            }
            let copies = (route["mirrors"]?.array ?? []).map { mirror in
                "copies \(mirror["percentage"]["value"]?.text ?? "all") to \(mirror["destination"]["host"]?.string ?? "")"
            }
            return "\(route["name"]?.string ?? ""): " + (destinations + copies).joined(separator: ", ")
        }
    }

    /// In the order in which they were told.
    private var events: [String] {
        server.cluster.objects(.event, in: PodServer.namespace).sorted {
            Int($0["metadata"]["resourceVersion"]?.string ?? "") ?? 0
                < Int($1["metadata"]["resourceVersion"]?.string ?? "") ?? 0
        }.compactMap { $0["reason"]?.string }
    }
}

extension JSON? {
    fileprivate func merged(with change: JSON) -> JSON { (self ?? [:]).merged(with: change) }
}

extension JSON {
    /// RFC 7386.
    fileprivate func merged(with change: JSON) -> JSON {
        guard let members = change.object else { return change }
        return members.reduce(object == nil ? [:] : self) { whole, member in
            var whole = whole
            whole[member.key] =
                member.value.isNull ? JSON?.none : whole[member.key].merged(with: member.value)
            return whole
        }
    }
}
