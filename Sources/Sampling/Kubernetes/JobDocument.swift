import Analysis
import Engine
import Foundation
import Kubernetes
import Rollouts
import Transport

/// The Job of one measurement. Pure.
///
/// Its name is worked out from the measurement: whoever asks for the same one again comes to the same Job, before a
/// crash and after it.
struct JobDocument: Hashable, Sendable {
    let order: JobOrder
    let namespace: String

    /// Longer names are none for the label that a Job gives its pods.
    private static let lengthMax = 63
    /// For people who want to read what a Job printed; then the cluster takes it away, whatever became of us.
    private static let secondsKept = 24 * 60 * 60

    var reference: ObjectReference { ObjectReference(.job, name, in: namespace) }

    var name: String {
        let end = "-\(measurement.number + 1)-\(ReleaseHash(of: .string(identity)).text)"
        let stem = plain("\(order.rollout)-\(measurement.name)")
        return stem.prefix(Self.lengthMax - end.count).trimmed + end
    }

    /// Which measurement it is, of all that there ever are.
    var identity: String {
        "\(order.journal)/\(order.rollout)/\(measurement.run.flight)/\(measurement.run.kind.text)/"
            + "\(measurement.metric).\(measurement.name)/\(measurement.number)"
    }

    /// That of a measurement before it, of the same metric; none where there is none.
    func earlier(by count: Int) -> JobDocument? {
        guard measurement.number >= count else { return nil }
        let former = MeasureOrder(
            run: measurement.run, metric: measurement.metric, name: measurement.name,
            number: measurement.number - count, query: measurement.query, retention: measurement.retention,
            notBefore: measurement.notBefore)
        return JobDocument(
            order: JobOrder(rollout: order.rollout, journal: order.journal, measurement: former),
            namespace: namespace)
    }

    func json() throws(SampleFailure) -> JSON {
        let written: JSON
        do throws(JSON.SyntaxError) {
            written = try JSON(parsing: measurement.query.text)
        } catch {
            throw SampleFailure(
                .refused, "the job can't be read any more with the release filled in: \(error)")
        }
        var spec = written["spec"] ?? [:]
        if spec["ttlSecondsAfterFinished"] == nil { spec["ttlSecondsAfterFinished"] = JSON(Self.secondsKept) }
        let metadata: JSON = [
            "name": JSON(name), "namespace": JSON(namespace),
            "labels": JSON(Self.texts(written, "labels").merging(labels) { $1 }),
            "annotations": JSON(Self.texts(written, "annotations").merging(annotations) { $1 }),
        ]
        return ["apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec]
    }

    private var measurement: MeasureOrder { order.measurement }

    private static func texts(_ json: JSON, _ key: String) -> [String: String] {
        json["metadata"][key]?.object?.compactMapValues(\.string) ?? [:]
    }

    private var labels: [String: String] {
        [
            JobMark.manager: "headgate", JobMark.journal: JobMark.label(order.journal),
            JobMark.rollout: JobMark.label(order.rollout.text),
            JobMark.metric: JobMark.label(measurement.name),
        ]
    }

    private var annotations: [String: String] { [JobMark.measurement: identity] }
}

/// What our Jobs bear.
enum JobMark {
    static let manager = "app.kubernetes.io/managed-by"
    static let journal = "headgate.dev/journal"
    static let rollout = "headgate.dev/rollout"
    static let metric = "headgate.dev/metric"
    static let measurement = "headgate.dev/measurement"

    /// Those of one journal.
    static func query(journal: String, in namespace: String?) -> ObjectQuery {
        ObjectQuery(.job, in: namespace, labels: "\(Self.journal)=\(label(journal))")
    }

    /// A text that a label can bear.
    static func label(_ text: String) -> String { plain(text).prefix(63).trimmed }
}

extension RunID.Kind {
    fileprivate var text: String {
        switch self {
        case .step(let index): "step-\(index)"
        case .background(let number): "background-\(number)"
        case .slos: "slos"
        }
    }
}

/// In letters that every name may have.
private func plain(_ text: String) -> String {
    let letters = text.lowercased().unicodeScalars.map { scalar -> Character in
        switch scalar {
        case "a"..."z", "0"..."9", "-": Character(scalar)
        default: "-"
        }
    }
    return String(letters)
}

extension StringProtocol {
    /// Without hyphens at either end.
    fileprivate var trimmed: String { trimmingCharacters(in: CharacterSet(charactersIn: "-")) }
}
