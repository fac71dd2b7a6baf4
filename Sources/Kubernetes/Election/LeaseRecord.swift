import Foundation
import Transport

/// A Lease, read and written with all that is in it.
struct LeaseRecord: Hashable, Sendable {
    private(set) var object: JSON

    init(_ object: JSON) {
        self.object = object
    }

    /// One that is not there yet.
    init(new reference: ObjectReference) {
        object = [
            "apiVersion": .string(reference.kind.apiVersion), "kind": .string(reference.kind.kind),
            "metadata": ["name": .string(reference.name)],
        ]
        object["metadata"]["namespace"] = reference.namespace.map { .string($0) }
    }

    var spec: JSON { object["spec"] ?? [:] }

    /// Empty: nobody, who held it gave it back.
    var holder: String { spec["holderIdentity"]?.string ?? "" }

    var epoch: Int { spec["leaseTransitions"]?.integer ?? 0 }

    var duration: Duration? { spec["leaseDurationSeconds"]?.integer.map { .seconds($0) } }

    func held(by holder: String, epoch: Int, for duration: Duration, at wall: Date) -> LeaseRecord {
        var record = self
        let now = JSON.string(wall.inMicroseconds)
        if holder != self.holder || epoch != self.epoch { record.object["spec"]["acquireTime"] = now }
        record.object["spec"]["holderIdentity"] = .string(holder)
        record.object["spec"]["leaseTransitions"] = .integer(Int64(epoch))
        record.object["spec"]["leaseDurationSeconds"] = .integer(duration.wholeSeconds)
        record.object["spec"]["renewTime"] = now
        return record
    }

    /// Whoever waits may take it at once.
    func givenBack(at wall: Date) -> LeaseRecord {
        held(by: "", epoch: epoch, for: .seconds(1), at: wall)
    }
}

extension Duration {
    /// Rounded up: a lease is never shorter than was meant.
    fileprivate var wholeSeconds: Int64 {
        let (seconds, rest) = components
        return max(1, rest > 0 ? seconds + 1 : seconds)
    }
}

extension Date {
    /// As Kubernetes writes a MicroTime: `2026-11-25T12:15:17.000042Z`.
    fileprivate var inMicroseconds: String {
        let whole = timeIntervalSince1970.rounded(.down)
        let part = min(999_999, Int(((timeIntervalSince1970 - whole) * 1_000_000).rounded()))
        let text = Date(timeIntervalSince1970: whole).formatted(.iso8601)
        return "\(text.dropLast()).\(String(part + 1_000_000).dropFirst())Z"
    }
}
