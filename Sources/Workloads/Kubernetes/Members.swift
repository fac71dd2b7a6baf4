import Analysis
import Foundation
import Rollouts
import Transport

/// The members of a JSON object, read one by one, so that what nobody read is found.
struct Members {
    let path: String
    private var rest: [String: JSON]

    init(_ json: JSON, at path: String) throws(WorkloadFailure) {
        guard let object = json.object else {
            throw WorkloadFailure(.rejected, "\(path): must be an object")
        }
        self.path = path
        // A field that is null is no field.
        rest = object.filter { !$0.value.isNull }
    }

    func flaw(_ key: String, _ what: String) -> WorkloadFailure {
        WorkloadFailure(.rejected, "\(path).\(key): \(what)")
    }

    func refuseUnknown() throws(WorkloadFailure) {
        guard let unknown = rest.keys.min() else { return }
        throw flaw(unknown, "is unknown")
    }

    mutating func tree(_ key: String) -> JSON? {
        rest.removeValue(forKey: key)
    }

    mutating func string(_ key: String) throws(WorkloadFailure) -> String? {
        guard let json = tree(key) else { return nil }
        guard let text = json.string, !text.isEmpty else { throw flaw(key, "must be text") }
        return text
    }

    mutating func required(_ key: String) throws(WorkloadFailure) -> String {
        guard let text = try string(key) else { throw flaw(key, "is missing") }
        return text
    }

    mutating func integer(_ key: String) throws(WorkloadFailure) -> Int? {
        guard let json = tree(key) else { return nil }
        guard let number = json.integer, number >= 0, number <= Int(Int32.max) else {
            throw flaw(key, "must be a whole number from 0 on")
        }
        return number
    }

    mutating func object(_ key: String) throws(WorkloadFailure) -> Members? {
        guard let json = tree(key) else { return nil }
        return try Members(json, at: "\(path).\(key)")
    }

    mutating func strings(_ key: String) throws(WorkloadFailure) -> [String: String] {
        guard let json = tree(key) else { return [:] }
        let texts = json.object?.compactMapValues(\.string) ?? [:]
        guard let object = json.object, texts.count == object.count else {
            throw flaw(key, "must be an object whose values are text")
        }
        return texts
    }

    mutating func moment(_ key: String) throws(WorkloadFailure) -> Moment? {
        guard let text = try string(key) else { return nil }
        guard let moment = Moment(rfc3339: text) else {
            throw flaw(key, "\"\(text)\" is no moment; write it like 2026-11-22T18:48:00Z")
        }
        return moment
    }

    mutating func count(_ key: String) throws(WorkloadFailure) -> WorkloadSettings.Count? {
        if let text = rest[key]?.string {
            rest[key] = nil
            if let count = Int(text), (0...Int(Int32.max)).contains(count) { return .instances(count) }
            guard text.hasSuffix("%"), let share = Int(text.dropLast()), (0...100).contains(share) else {
                throw flaw(key, "\"\(text)\" must be a whole number, or a percentage up to 100%")
            }
            return .percent(share)
        }
        return try integer(key).map(WorkloadSettings.Count.instances)
    }
}

extension Moment {
    /// `2026-11-22T18:48:00Z`, as Kubernetes writes it; parts of a second are kept.
    init?(rfc3339 text: String) {
        let whole = try? Date(text, strategy: .iso8601)
        let precise = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        guard let date = whole ?? precise else { return nil }
        self.init(microseconds: Int64((date.timeIntervalSince1970 * 1_000_000).rounded()))
    }
}
