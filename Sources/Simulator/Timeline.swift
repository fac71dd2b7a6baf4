package import Analysis
import Rollouts

/// What happened, in order: for people who look for the reason.
package struct Timeline: Sendable {
    package let sights: [(moment: Moment, sight: Sight)]

    init(_ sights: [(moment: Moment, sight: Sight)]) {
        self.sights = sights
    }

    package func lines(last count: Int = .max) -> [String] {
        sights.filter { $0.sight.text != nil }.suffix(count).map { moment, sight in
            "\(Self.stamp(moment - Scenario.start))  \(sight.text ?? "")"
        }
    }

    /// A number for all that happened: two runs are the same if theirs are.
    package var digest: UInt64 {
        lines().joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
    }

    /// `00:01:02.345`
    private static func stamp(_ time: Duration) -> String {
        let millis = time.wholeMicroseconds / 1_000
        let parts = [(millis / 3_600_000, 2), (millis / 60_000 % 60, 2), (millis / 1_000 % 60, 2)]
        return parts.map { pad($0.0, $0.1) }.joined(separator: ":") + "." + pad(millis % 1_000, 3)
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Sight {
    /// One line; none where it says nothing new to a reader.
    package var text: String? {
        switch self {
        case .began(let life, let entries): "controller  life \(life) begins with \(entries.count) entries"
        case .died(let life, let point): "controller  life \(life) ends" + (point.map { " (\($0))" } ?? "")
        case .resurfaced(let entry):
            "disk        kept after all: \(entry.rollout) #\(entry.sequence) \(entry.event.sentence)"
        case .journaled(let entry, _):
            "log         \(entry.rollout) #\(entry.sequence) \(entry.who): \(entry.event.sentence)"
        case .acknowledged: nil
        case .wished(let word, let rollout, let who): "wish        \(who): \(word) of \(rollout)"
        case .declined(let text, let rollout): "declined    \(rollout): \(text)"
        case .sent(let rollout, let since, let route, _): "send        \(rollout) #\(since) \(route.words)"
        case .landed(let rollout, let borne, _): "interface   \(rollout) #\(borne.since) \(borne.route.words)"
        case .carried(let rollout, let plane, let borne):
            "plane \(plane)     \(rollout) #\(borne.since) \(borne.route.words)"
        case .scaled(let rollout, let sizes):
            "platform    \(rollout) "
                + sizes.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: ", ")
        case .tampered(let rollout): "tampering   \(rollout): somebody else changed the route"
        case .answered(let query, let isGood):
            "store       \(query.inOneLine): \(isGood ? "good" : "not good")"
        case .abortWished: nil
        case .weather(let text): "world       \(text)"
        case .rested: nil
        case .calmed: "world       calm from here on"
        case .ended: nil
        }
    }
}

extension Route {
    /// `a 80%, b 20%, rule h sends to b`
    var words: String {
        let parts = shares.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return (parts + rules.map(\.words)).joined(separator: ", ")
    }
}

extension RouteRule {
    fileprivate var words: String {
        switch deed {
        case .send: "rule \(name) to \(place)"
        case .mirror(let share): "mirror \(name) \(share) to \(place)"
        }
    }
}

extension String {
    fileprivate var inOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
