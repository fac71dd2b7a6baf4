extension Shape where Output == Duration {
    /// A duration as Go writes it: `30s`, `1h30m`, `500ms`.
    package static var duration: Shape {
        Shape(noting: .text, .length(from: 1)) { field in
            guard case .string(let text) = field.node.value else {
                field.refuse(expected: "a duration such as 30s, 5m or 1h30m")
                return nil
            }
            return goDuration(text, field)
        }
    }

    /// A duration that may have days: `2d`, `1d12h`, `30s`.
    package static var span: Shape {
        Shape(noting: .text, .length(from: 1)) { field in
            guard case .string(let text) = field.node.value else {
                field.refuse(expected: "a duration such as 30s, 1h30m or 2d")
                return nil
            }
            return goDuration(text, field, days: true)
        }
    }

    /// The same, and more than nothing.
    package static var positiveSpan: Shape {
        span.refusing { $0 == .zero ? "must be more than 0s" : nil }
    }

    /// A duration that may have days, or a whole number of seconds, quoted or not.
    package static var spanOrSeconds: Shape { durationOrSeconds(days: true) }

    /// A duration as Go writes it, or a whole number of seconds, quoted or not.
    package static var durationOrSeconds: Shape { durationOrSeconds(days: false) }

    private static func durationOrSeconds(days: Bool) -> Shape {
        Shape(noting: .whole(0 ... .max / 1_000_000_000), .text) { field in
            switch field.node.value {
            case .integer(let seconds): return secondsDuration(seconds, field)
            case .string(let text):
                return Int(text).map { secondsDuration($0, field) } ?? goDuration(text, field, days: days)
            default:
                field.refuse(expected: "a duration such as 30s, 5m or 1h30m, or a number of seconds")
                return nil
            }
        }
    }
}

private func goDuration(_ text: String, _ field: Field, days: Bool = false) -> Duration? {
    do {
        return try GoDuration.parse(text, days: days)
    } catch {
        field.refuse("\(quoted(text)) \(error.rawValue)")
        return nil
    }
}

private func secondsDuration(_ seconds: Int, _ field: Field) -> Duration? {
    do {
        return try GoDuration.duration(seconds: seconds)
    } catch {
        field.refuse("\(seconds) \(error.rawValue)")
        return nil
    }
}
