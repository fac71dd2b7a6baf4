import Analysis
import Kubernetes
import Transport

/// What a Job says about itself. Pure.
struct JobReading: Equatable, Sendable {
    let measurement: String?
    let name: String
    let isGoing: Bool
    /// None while it runs.
    let sample: Sample?

    init(_ object: JSON) {
        let metadata = object["metadata"]
        name = metadata["name"]?.string ?? ""
        measurement = metadata["annotations"][JobMark.measurement]?.string
        isGoing = metadata["deletionTimestamp"] != nil
        sample = Self.sample(of: object, name)
    }

    private static func sample(of object: JSON, _ name: String) -> Sample? {
        let conditions = (object["status"]["conditions"]?.array ?? []).filter {
            $0["status"]?.string == "True"
        }
        for condition in conditions {
            switch condition["type"]?.string {
            case "Complete": return .ended(.passed, message: "Job \(name) is complete")
            case "Failed": return failure(name, condition)
            default: break
            }
        }
        return nil
    }

    private static func failure(_ name: String, _ condition: JSON) -> Sample {
        let reason = condition["reason"]?.string ?? "Failed"
        let message = condition["message"]?.string.map { ": \($0.prefix(300))" } ?? ""
        let ending: Ending = reason == "DeadlineExceeded" ? .stopped : .failed
        return .ended(ending, message: "Job \(name) failed: \(reason)\(message)")
    }
}
