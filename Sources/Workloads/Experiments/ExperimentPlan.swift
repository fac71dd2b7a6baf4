import Analysis
import Engine
import Kubernetes
import Rollouts
import Transport

/// The ReplicaSets of an experiment: which there are to be, and what is said of those that are there. Pure.
///
/// They stand beside the rollout's own and bear none of its marks: whoever sizes releases leaves them alone.
struct ExperimentPlan: Sendable {
    let order: JobOrder
    let settings: WorkloadSettings
    let variants: [Variant]
    /// The release that climbs.
    private let canary: String

    struct Variant: Hashable, Sendable {
        let name: String
        let release: String
        let replicas: Int
        /// The value of the label that tells its pods from all others.
        let hash: String
        let labels: [String: String]
        let annotations: [String: String]
    }

    /// Label of the ReplicaSets and their pods: what the rollout's objects are filed under.
    static let label = "headgate.dev/experiment-of"
    /// Which run of which rollout it is of.
    static let annotation = "headgate.dev/experiment"

    init(_ order: JobOrder) throws(SampleFailure) {
        guard let workload = order.workload else {
            throw SampleFailure(
                .refused, "an experiment runs pods, and those of \(order.rollout) are run elsewhere")
        }
        do throws(WorkloadFailure) {
            settings = try WorkloadSettings(order.rollout, workload)
        } catch {
            throw SampleFailure(.refused, error.message)
        }
        let document: JSON
        do throws(JSON.SyntaxError) {
            document = try JSON(parsing: order.measurement.query.text)
        } catch {
            throw SampleFailure(.refused, "the experiment can't be read: \(error)")
        }
        self.order = order
        canary = document["canary"]?.string ?? ""
        variants = (document["variants"]?.array ?? []).map(Variant.init)
    }

    var identity: String { Self.identity(of: order) }

    static func identity(of order: JobOrder) -> String {
        let run = order.measurement.run
        let kind = if case .step(let index) = run.kind { "step-\(index)" } else { "background" }
        return "\(order.journal)/\(order.rollout)/\(run.flight)/\(kind)"
    }

    func name(of variant: Variant) -> String { "\(settings.name)-\(variant.hash)" }

    func reference(to variant: Variant) -> ObjectReference {
        ObjectReference(.replicaSet, name(of: variant), in: settings.namespace)
    }

    var selector: String { "\(Self.label)=\(settings.name)" }
}

extension ExperimentPlan.Variant {
    fileprivate init(_ json: JSON) {
        name = json["name"]?.string ?? ""
        release = json["release"]?.string ?? ""
        replicas = json["replicas"]?.integer ?? 1
        hash = json["hash"]?.string ?? ""
        labels = json["labels"]?.object?.compactMapValues(\.string) ?? [:]
        annotations = json["annotations"]?.object?.compactMapValues(\.string) ?? [:]
    }
}

// MARK: - What there is to be

extension ExperimentPlan {
    /// The pod template of a variant's release: as it was written where the manifest describes it still, else as the
    /// release's own ReplicaSet has it. None where that is gone.
    func template(of variant: Variant, among replicaSets: [JSON]) -> JSON? {
        if variant.release == order.workload?.release, case .template(let template) = settings.source {
            return template
        }
        let own = replicaSets.first { $0["metadata"]["annotations"][Mark.release]?.string == variant.release }
        guard var template = own?["spec"]["template"] else { return nil }
        for mark in [Mark.rollout, settings.hashLabel] { template["metadata"]["labels"][mark] = nil }
        return template
    }

    func document(of variant: Variant, from template: JSON) -> JSON {
        let marks = [Self.label: settings.name, settings.hashLabel: variant.hash]
        var pod = template
        pod["metadata"] = pod["metadata"] ?? [:]
        let labels = texts(template, "labels").merging(settings.selector) { $1 }.merging(variant.labels) {
            $1
        }
        pod["metadata"]?["labels"] = JSON(labels.merging(marks) { $1 })
        let annotations = texts(template, "annotations").merging(variant.annotations) { $1 }
        if !annotations.isEmpty { pod["metadata"]?["annotations"] = JSON(annotations) }
        var metadata: JSON = [
            "name": JSON(name(of: variant)), "namespace": JSON(settings.namespace), "labels": JSON(marks),
            "annotations": [Self.annotation: JSON(identity)],
        ]
        if let owner = settings.owner {
            metadata["ownerReferences"] = [
                [
                    "apiVersion": JSON(owner.apiVersion), "kind": JSON(owner.kind), "name": JSON(owner.name),
                    "uid": JSON(owner.uid), "controller": true, "blockOwnerDeletion": true,
                ]
            ]
        }
        return [
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata,
            "spec": [
                "replicas": JSON(variant.replicas), "minReadySeconds": JSON(settings.minReadySeconds),
                "selector": ["matchLabels": JSON(marks)], "template": pod,
            ],
        ]
    }

    private func texts(_ template: JSON, _ key: String) -> [String: String] {
        template["metadata"][key]?.object?.compactMapValues(\.string) ?? [:]
    }
}

// MARK: - What is there

extension ExperimentPlan {
    /// How long pods may take to get ready: as long as Argo's experiments give them.
    private static let patience = Duration.seconds(600)

    enum Sight: Hashable, Sendable {
        /// Something of this name is in the way: of an experiment before this one, or somebody else's.
        case inTheWay(Variant, isOurs: Bool)
        case missing(Variant)
        case failing(String)
        case late(String)
        case waiting(String)
        case ready(String)
    }

    func sight(_ replicaSets: [JSON], _ pods: [JSON], at now: Moment) -> Sight {
        var counts: [String] = []
        var (isReady, isLate) = (true, false)
        for variant in variants {
            guard let object = replicaSets.first(where: { $0.name == name(of: variant) }) else {
                return .missing(variant)
            }
            let mark = object["metadata"]["annotations"][Self.annotation]?.string ?? ""
            guard mark == identity, !object.isDeleting else {
                return .inTheWay(variant, isOurs: mark.hasPrefix("\(order.journal)/") || object.isDeleting)
            }
            let available = object["status"]["availableReplicas"]?.integer ?? 0
            counts.append("\(variant.name) \(available) of \(variant.replicas) ready")
            guard available < variant.replicas else { continue }
            if let trouble = trouble(of: variant, pods, at: now) {
                return .failing("\(counts.joined(separator: ", ")); \(trouble)")
            }
            isReady = false
            isLate = isLate || object.created.map { $0 + Self.patience < now } ?? false
        }
        let text = counts.joined(separator: ", ")
        return isReady ? .ready(text) : isLate ? .late(text) : .waiting(text)
    }

    private func trouble(of variant: Variant, _ pods: [JSON], at now: Moment) -> String? {
        let own = pods.filter {
            $0["metadata"]["labels"][settings.hashLabel]?.string == variant.hash && !$0.isDeleting
        }
        for pod in own {
            guard let trouble = PodTrouble(pod), trouble.notBefore.map({ $0 <= now }) ?? true else {
                continue
            }
            return "\(pod.name): \(trouble.sentence)"
        }
        return nil
    }
}

extension JSON {
    fileprivate var name: String { self["metadata"]["name"]?.string ?? "" }
    fileprivate var isDeleting: Bool { self["metadata"]["deletionTimestamp"] != nil }
    fileprivate var created: Moment? {
        self["metadata"]["creationTimestamp"]?.string.flatMap(Moment.init(rfc3339:))
    }
}
