import Engine
import Foundation
import Rollouts

/// Whose route it is, and which event wanted it.
struct RouteMarks: Hashable, Sendable {
    let rollout: String
    let since: Sequence
    let journal: String
}

/// What a route says beside its shares.
///
/// It stands among the marks as text, because Envoy's form of it can't be read back without doubt. It is
/// believed only where the whole route is what Headgate writes for it.
struct RouteTerms: Hashable, Codable, Sendable {
    let rules: [RouteRule]
    let stickiness: Stickiness?

    /// None where there is nothing beside the shares.
    init?(_ route: Route) {
        guard !route.rules.isEmpty || route.stickiness != nil else { return nil }
        (rules, stickiness) = (route.rules, route.stickiness)
    }
}

private let namespace = "dev.headgate"

extension RouteMarks {
    init(_ write: RouteWrite) {
        self.init(rollout: write.rollout.text, since: write.since, journal: write.journal)
    }

    init?(_ configuration: JSONTree) {
        let marks = configuration.marks
        guard let rollout = marks["rollout"].string, let journal = marks["journal"].string,
            let since = marks["since"].string.flatMap({ Sequence($0) })
        else { return nil }
        self.init(rollout: rollout, since: since, journal: journal)
    }

    /// The number as a string: Envoy's metadata holds numbers as doubles.
    func metadata(_ terms: RouteTerms?) -> [String: Any] {
        var marks = ["rollout": rollout, "since": String(since), "journal": journal]
        marks["terms"] = terms?.text
        return ["filter_metadata": [namespace: marks]]
    }
}

extension RouteTerms {
    /// None where there are none, and where they are not of our making.
    init?(_ configuration: JSONTree) {
        guard let text = configuration.marks["terms"].string,
            let terms = try? JSONDecoder().decode(RouteTerms.self, from: Data(text.utf8))
        else { return nil }
        self = terms
    }

    fileprivate var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("rules and stickiness are texts and numbers, which JSON can hold")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

extension JSONTree {
    fileprivate var marks: JSONTree { self["metadata"]["filter_metadata"][namespace] }
}
