import Engine
import Foundation
import Kubernetes
import Rollouts
import Transport

/// An object that bears a rollout's route and the mark of it.
protocol RoutedObject: Sendable {
    var object: JSON { get }
    var reference: ObjectReference { get }
    var rollout: RolloutName { get }
    /// What it bears of this rollout.
    var mark: ObjectMark? { get }
    var ownership: Ownership { get }
    /// The lists of `spec` that are ours where they are owned.
    var ownedSections: [String] { get }
    /// Where the split is, to say who wrote it last: `["spec", "http"]`.
    var splitPath: [String] { get }

    /// What the object would be, if it were what its mark says.
    func routed(_ mark: ObjectMark, _ traffic: TrafficTarget) throws(RouteFailure) -> JSON
}

extension RoutedObject {
    /// Whether the routes are what we would make of the route that the mark tells of.
    func isIntact(_ mark: ObjectMark, _ traffic: TrafficTarget) -> Bool {
        guard !mark.isPartial, let wanted = try? routed(mark, traffic) else { return false }
        return wanted["spec"]?.means(object["spec"] ?? [:]) == true
    }

    /// Which fields, by whom: `spec.http[1].route[0].weight should be 9000 (last written by kubectl-edit at
    /// …)`.
    func difference(from mark: ObjectMark, _ traffic: TrafficTarget) -> String {
        let words: [String]
        do throws(RouteFailure) {
            words = edits(from: object["spec"] ?? [:], to: try routed(mark, traffic)["spec"] ?? [:]).map(
                \.words)
        } catch {
            words = [error.message]
        }
        let owner = object.owner(of: splitPath).map { " (last written by \($0))" } ?? ""
        let more = words.count > 4 ? ", and \(words.count - 4) more" : ""
        return words.prefix(4).joined(separator: ", ") + more + owner
    }

    /// What is not as the latest mark of all objects says.
    func flaw(_ latest: ObjectMark, _ traffic: TrafficTarget) -> String? {
        guard let mark else { return "\(reference) bears no mark of ours" }
        guard mark.since == latest.since, mark.journal == latest.journal else {
            return "\(reference) bears event \(mark.since), and another object event \(latest.since)"
        }
        guard !mark.isPartial else {
            return "\(reference) bears event \(mark.since) in part: subsets are re-pointed"
        }
        return isIntact(mark, traffic)
            ? nil : "\(reference) was edited: \(difference(from: mark, traffic))"
    }

    /// When the API server noted that we wrote it.
    var writtenAt: Date? {
        let entries = object["metadata"]["managedFields"]?.array ?? []
        let ours = entries.filter {
            [FieldManager.apply, FieldManager.patch].contains($0["manager"]?.string ?? "")
        }
        return ours.compactMap { $0["time"]?.string.flatMap(moment) }.max()
    }

    /// Throws where what is stored is no longer, or never was, what we wrote: a webhook, or somebody else.
    func checkAcceptance(of write: RouteWrite) throws(RouteFailure) {
        guard let mark, mark.since == write.since, mark.journal == write.journal else {
            let bears = mark.map { "event \($0.since)" } ?? "no mark of ours"
            let kind: RouteFailure.Kind = (mark?.since ?? 0) > write.since ? .fenced : .unverified
            throw RouteFailure(
                kind, "\(reference) bears \(bears) and not event \(write.since)", bears: mark?.since)
        }
        guard !isIntact(mark, write.target) else { return }
        throw RouteFailure(
            .unverified, "\(reference) is not as it was written: \(difference(from: mark, write.target))")
    }
}

// MARK: - Writing it

extension RoutedObject {
    /// None where the object is like that already.
    func write(to wanted: JSON) -> ObjectWrite? {
        switch ownership {
        case .adopt: patch(from: object, to: wanted, at: reference)
        case .own: application(of: wanted)
        }
    }

    /// The whole of what is ours, and nothing else.
    private func application(of wanted: JSON) -> ObjectWrite? {
        guard !wanted.means(object) else { return nil }
        let key = ObjectMark.key(of: rollout)
        var metadata: JSON = ["name": .string(reference.name)]
        metadata["namespace"] = reference.namespace.map(JSON.string)
        metadata["resourceVersion"] = object.resourceVersion.map(JSON.string)
        metadata["annotations"][key] = wanted.annotations[key]
        var spec: JSON = [:]
        for section in ownedSections { spec[section] = wanted["spec"][section] }
        let body: JSON = [
            "apiVersion": .string(reference.kind.apiVersion), "kind": .string(reference.kind.kind),
            "metadata": metadata, "spec": spec,
        ]
        // What an earlier life of ours patched is ours to take over.
        let isForced = object.owner(of: splitPath)?.manager == FieldManager.patch
        return ObjectWrite(reference, .apply(body, force: isForced), manager: FieldManager.apply)
    }
}

// MARK: - What they bear

extension ObservedRoute {
    /// What all objects of a target bear; none where none bears a mark. Flaws of other kinds than theirs may be
    /// known.
    init?(
        _ objects: [any RoutedObject], _ target: TrafficTarget,
        otherFlaw: (ObjectMark) -> String? = { _ in nil }
    ) {
        guard let latest = objects.compactMap(\.mark).max(by: { $0.since < $1.since }) else { return nil }
        let flaws =
            objects.compactMap { $0.flaw(latest, target) } + [otherFlaw(latest)].compactMap(\.self)
        let names = objects.map { "\($0.reference)" }.joined(separator: ", ")
        self.init(
            route: flaws.isEmpty ? latest.route : nil, since: latest.since, journal: latest.journal,
            text: flaws.isEmpty ? "\(names) bears \(latest.words)" : flaws.joined(separator: "; "))
    }
}

extension ObjectMark {
    /// `event 12 (a 80%, b 20%; rule beta)`
    var words: String {
        let shares = route.shares.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) \($0.value)" }
        let rules = route.rules.map { "rule \($0.name)" }
        let sticky = route.stickiness.map { ["users stay by cookie \($0.cookie)"] } ?? []
        return
            "event \(since) (\(([shares.joined(separator: ", ")] + rules + sticky).joined(separator: "; ")))"
    }
}
