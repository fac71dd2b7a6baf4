import Analysis

/// What an objective counts.
enum SLOIndicator {
    case counts(bad: WindowedQuery, total: WindowedQuery)
    /// The good ones are counted, as OpenSLO may have it.
    case goodCounts(good: WindowedQuery, total: WindowedQuery)
    /// A share of bad requests that is measured as such.
    case share(WindowedQuery)
    /// A share of good requests.
    case goodShare(WindowedQuery)
}

/// A question for which somebody else chooses the window.
struct WindowedQuery: Hashable {
    let text: String

    /// What stands for the window.
    static let placeholders = ["$__window", "{{.window}}", "{{ .window }}"]

    private var isQuery: Bool { Self.isQuery(text) }

    fileprivate static func isQuery(_ text: String) -> Bool { placeholders.contains(where: text.contains) }

    /// None where it is more than a selector.
    var selector: String? { isQuery ? nil : text }

    /// How much the counters grew within the window, all together.
    func increase(over window: Duration) -> String {
        filled(window) ?? "sum(increase(\(text)[\(window.windowText)]))"
    }

    /// The mean of what is measured as a share.
    func mean(over window: Duration) -> String {
        filled(window) ?? "avg(avg_over_time(\(text)[\(window.windowText)]))"
    }

    private func filled(_ window: Duration) -> String? {
        guard isQuery else { return nil }
        return Self.placeholders.reduce(text) { $0.replacing($1, with: window.windowText) }
    }
}

extension WindowedQuery {
    /// Why a text can't be asked over any window; none where it can.
    static func flaw(of text: String) -> String? {
        if isQuery(text) { return nil }
        guard selectorFlaw(text) != nil else { return nil }
        return
            "\(quoted(text)) says for no window how it is asked; write a plain selector of counters, such as "
            + "http_requests_total{job=\"web\"}, or a query with `$__window` where its window stands"
    }
}

extension Shape where Output == WindowedQuery {
    static var windowedQuery: Shape {
        Shape<String>.nonEmptyString.refusing { WindowedQuery.flaw(of: $0) }.unlessOpen.map(
            WindowedQuery.init(text:))
    }
}

// MARK: - As questions

extension SLOIndicator {
    /// One question for each window, or two. What is not there at all is not zero: so no side is filled with zeros that
    /// is not known from the other.
    func parts(over windows: [Duration]) -> [SLOQuestion.Part] {
        windows.flatMap { window -> [SLOQuestion.Part] in
            switch self {
            case .counts(let bad, let total):
                [
                    .init(.init(.bad, over: window), bad.increase(over: window)),
                    .init(.init(.total, over: window), total.increase(over: window)),
                ]
            case .goodCounts(let good, let total):
                [
                    .init(
                        .init(.bad, over: window),
                        "(\(total.increase(over: window))) - ((\(good.increase(over: window))) or vector(0))"),
                    .init(.init(.total, over: window), total.increase(over: window)),
                ]
            case .share(let share): [.init(.init(.badShare, over: window), share.mean(over: window))]
            case .goodShare(let share):
                [.init(.init(.badShare, over: window), "1 - (\(share.mean(over: window)))")]
            }
        }
    }

    /// The plain counters of bad requests and of all; none where there are none.
    var counters: [CounterQuestion.Selector]? {
        guard case .counts(let bad, let total) = self, let bad = bad.selector, let total = total.selector
        else { return nil }
        return [.init(.requests, total), .init(.bad, bad)]
    }

    /// For people: `errors of requests`.
    var text: String {
        switch self {
        case .counts(let bad, let total): "\(bad.text) of \(total.text)"
        case .goodCounts(let good, let total): "all but \(good.text) of \(total.text)"
        case .share(let share): share.text
        case .goodShare(let share): "1 - \(share.text)"
        }
    }
}
