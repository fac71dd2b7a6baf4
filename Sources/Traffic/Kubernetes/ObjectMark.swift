import Engine
import Foundation
import Rollouts
import Transport

/// What an object bears of a rollout: which event wanted it, and the whole route, because a mesh's own form
/// of it can't be read back without doubt. It is believed only where the object is what Headgate makes of it.
struct ObjectMark: Hashable, Sendable {
    let rollout: RolloutName
    let since: Sequence
    let journal: String
    /// How often the leadership had changed hands; none where there is no election.
    var epoch: Int?
    let route: Route
    /// The release in each place, where the names in the mesh or its cookies stand for releases.
    var occupants: [Place: String] = [:]
    /// Where it leads to: two rollouts may share an object, but not these.
    var backends: [String] = []
    /// The names of the routes that were put in.
    var inserted: [String] = []
    /// The weights that were found, split by split, when nothing of ours was there yet; none where there was
    /// none.
    var before: [[Int?]] = []
    /// On the way: the names are not yet what they should be.
    var isPartial = false
}

extension ObjectMark {
    init(_ write: RouteWrite, epoch: Int?) {
        self.init(
            rollout: write.rollout, since: write.since, journal: write.journal, epoch: epoch,
            route: write.route,
            occupants: write.occupants)
    }

    /// `headgate.dev/web`. A name that can't be one of an annotation is represented by its fingerprint.
    static func key(of rollout: RolloutName) -> String {
        prefix
            + (isNamePart(rollout.text)
                ? rollout.text : "rollout-\(fingerprint(of: Array(rollout.text.utf8)))")
    }

    /// None where there is none that we could have written.
    init?(of rollout: RolloutName, on object: JSON) {
        guard let text = object.annotations[Self.key(of: rollout)]?.string else { return nil }
        self.init(parsing: text, of: rollout)
    }

    init?(parsing text: String, of rollout: RolloutName) {
        guard let written = try? JSONDecoder().decode(Written.self, from: Data(text.utf8)) else { return nil }
        self.init(written, of: rollout)
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(Written(self)) else {
            preconditionFailure("a mark is made of texts and numbers, which JSON can hold")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The marks of other rollouts on the object, by their names.
    static func others(than rollout: RolloutName, on object: JSON) -> [ObjectMark] {
        let own = key(of: rollout)
        return (object.annotations?.object ?? [:]).compactMap { key, value in
            guard key.hasPrefix(prefix), key != own, let text = value.string else { return nil }
            return ObjectMark(parsing: text, of: RolloutName(String(key.dropFirst(prefix.count))))
        }.sorted { $0.rollout < $1.rollout }
    }
}

private let prefix = "headgate.dev/"

/// At most 63 letters, digits, `-`, `_` and dots, with a letter or digit at either end: the second part of an
/// annotation's key, and a label's value.
func isNamePart(_ text: String) -> Bool {
    let isInner = { (byte: UInt8) in isAlphanumeric(byte) || "-_.".utf8.contains(byte) }
    guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 63 else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last) && text.utf8.allSatisfy(isInner)
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: false
    }
}

/// The form in the annotation; what is empty is left out.
private struct Written: Codable {
    var since: Sequence
    var journal: String
    var epoch: Int?
    var shares: [String: Weight]
    var home: Place?
    var rules: [RouteRule]?
    var stickiness: Stickiness?
    var occupants: [String: String]?
    var backends: [String]?
    var inserted: [String]?
    var before: [[Int?]]?
    var partial: Bool?

    init(_ mark: ObjectMark) {
        (since, journal, epoch) = (mark.since, mark.journal, mark.epoch)
        shares = named(mark.route.shares)
        (home, stickiness) = (mark.route.home, mark.route.stickiness)
        rules = mark.route.rules.isEmpty ? nil : mark.route.rules
        occupants = mark.occupants.isEmpty ? nil : named(mark.occupants)
        backends = mark.backends.isEmpty ? nil : mark.backends
        inserted = mark.inserted.isEmpty ? nil : mark.inserted
        before = mark.before.isEmpty ? nil : mark.before
        partial = mark.isPartial ? true : nil
    }
}

extension ObjectMark {
    fileprivate init?(_ written: Written, of rollout: RolloutName) {
        guard
            let route = Route(
                shares: placed(written.shares), rules: written.rules ?? [], stickiness: written.stickiness,
                home: written.home)
        else { return nil }
        self.init(
            rollout: rollout, since: written.since, journal: written.journal, epoch: written.epoch,
            route: route, occupants: placed(written.occupants ?? [:]), backends: written.backends ?? [],
            inserted: written.inserted ?? [], before: written.before ?? [],
            isPartial: written.partial ?? false)
    }
}

private func named<Value>(_ values: [Place: Value]) -> [String: Value] {
    Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
}

private func placed<Value>(_ values: [String: Value]) -> [Place: Value] {
    Dictionary(
        uniqueKeysWithValues: values.compactMap { key, value in Place(rawValue: key).map { ($0, value) } })
}
