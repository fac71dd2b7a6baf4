import Engine
import Rollouts
import Transport

/// The entries of a target as they are now.
struct ConsulSight: Sendable {
    let target: ConsulTarget
    let backends: Backends
    let rollout: RolloutName
    let splitter: ConsulEntry
    let resolver: ConsulEntry
    let router: ConsulEntry
    /// None where the protocol is none of our business.
    let defaults: ConsulEntry?

    var entries: [ConsulEntry] { [splitter, resolver, router] + [defaults].compactMap(\.self) }

    var mark: ObjectMark? { splitter.mark(of: rollout) }

    /// The subsets that get requests now.
    var carrying: Set<String> {
        let splits = splitter.document?["Splits"]?.array ?? []
        let weighted = splits.filter { Hundredths.units(of: $0["Weight"]) > 0 }
        let routes = router.document?["Routes"]?.array ?? []
        var names = weighted.compactMap { $0["ServiceSubset"]?.string }
        names += routes.compactMap { $0["Destination"]["ServiceSubset"]?.string }
        // Without a split everything goes where the resolver says.
        if splitter.document == nil, let name = resolver.document?["DefaultSubset"]?.string {
            names.append(name)
        }
        return Set(names).intersection(backends.names)
    }

    func filter(of subset: String) -> String? { resolver.document?["Subsets"][subset]["Filter"]?.string }

    func has(_ subset: String) -> Bool { resolver.document?["Subsets"][subset] != nil }

    /// The stable release's place, as whoever wrote last knew it.
    var refuge: Place? {
        let name = splitter.meta[RefugeNote.key(of: rollout)]
        return backends.places.first { backends.name(of: $0) == name }
    }

    /// What the last writer of an entry put into it.
    func former(_ entry: ConsulEntry) -> ConsulRoute? {
        entry.mark(of: rollout).map { mark in
            ConsulRoute(mark, target, backends, refuge: refuge ?? .a)
        }
    }
}

/// Which subset is the stable release's, for the next writer and for people.
enum RefugeNote {
    static func key(of rollout: RolloutName) -> String { ObjectMark.key(of: rollout) + "/stable" }
}

extension ConsulSight {
    /// Whether the split is what its mark says, to the letter.
    func isIntact(_ mark: ObjectMark) -> Bool { !mark.isPartial && flaw(of: mark) == nil }

    /// What is not as the mark says; none where everything is.
    func flaw(of mark: ObjectMark) -> String? {
        let wanted = ConsulRoute(mark, target, backends, refuge: refuge ?? .a)
        do throws(RouteFailure) {
            if let flaw = difference(splitter, try wanted.splitter(on: splitter)) { return flaw }
            if target.resolves, let flaw = difference(resolver, try wanted.resolver(on: resolver)) {
                return flaw
            }
            return difference(router, try wanted.router(on: router, former: former(router)))
        } catch {
            return error.message
        }
    }

    private func difference(_ entry: ConsulEntry, _ wanted: JSON?) -> String? {
        guard let wanted else { return nil }
        guard entry.document != nil else { return "there is no \(entry.name) any more" }
        let words = edits(from: entry.content, to: wanted).map { $0.words(below: "") }
        guard !words.isEmpty else { return nil }
        let more = words.count > 4 ? ", and \(words.count - 4) more" : ""
        return "\(entry.name) was edited: " + words.prefix(4).joined(separator: ", ") + more
    }
}
