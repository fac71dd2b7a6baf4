package import Analysis

/// The two families of documents that are read.
///
/// Argo Rollouts' documents keep Argo's meaning, traps included. Our own kind uses the same names for the same
/// ideas and is strict where Argo is lax.
package enum Dialect: String, CaseIterable, Sendable {
    case headgate = "headgate.dev/v1alpha1"
    case argo = "argoproj.io/v1alpha1"

    package var judgement: Judgement { self == .argo ? .argo : .safe }

    /// Whether `key:` with nothing after it is the same as no key at all, as Kubernetes has it.
    var nullIsAbsent: Bool { self == .argo }
}

extension Shape where Output == [Field] {
    /// The items of a list, not yet read. Each of them may cost a lot of work later, so their number is bounded.
    static func items(max: Int) -> Shape {
        Shape { field in
            field.note(.items(to: max))
            guard let items = field.items else { return nil }
            guard items.count > max else { return items }
            field.refuse("has \(items.count) items; the limit is \(max)")
            return nil
        }
    }

    /// The same, with a least number of them, and what to say when there are fewer.
    static func items(_ range: ClosedRange<Int>, tooFew message: String) -> Shape {
        Shape { field in
            field.note(.items(from: range.lowerBound))
            guard let items = field.read(.items(max: range.upperBound)) else { return nil }
            if field.sketch != nil || items.count >= range.lowerBound { return items }
            field.refuse(message)
            return nil
        }
    }
}

extension Shape {
    /// The same list, of so many items at the most: what an API server checks of each has a price.
    func upTo<Item>(_ most: Int) -> Shape where Output == [Item] {
        refusing { $0.count > most ? "has \($0.count) items; the limit is \(most)" : nil }
            .noting(.items(to: most))
    }
}

extension Fields {
    /// The value of a key that may be absent, by the dialect's idea of absence.
    mutating func optional<Output>(
        _ key: String, in dialect: Dialect, _ shape: Shape<Output>
    ) -> Output? {
        optional(key, shape, nullIsAbsent: dialect.nullIsAbsent)
    }

    /// The value of a key, whatever it is; nil where the dialect calls it absent.
    mutating func field(_ key: String, in dialect: Dialect) -> Field? {
        guard let value = field(key), !(dialect.nullIsAbsent && value.isNull) else { return nil }
        return value
    }
}
