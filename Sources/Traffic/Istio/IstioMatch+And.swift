import Transport

// A rule holds among the requests of the split that it stands before, and of no other route of the user's. So
// its blocks are combined with the split's.

extension IstioMatch {
    /// What a request looks like that matches both.
    enum Both: Hashable {
        case block(IstioMatch)
        /// No request can match both.
        case never
        /// Istio has one condition for it, and it can't hold both; the field.
        case unspeakable(String)
    }

    func and(_ other: IstioMatch) -> Both {
        var block = document.object ?? [:]
        for (key, value) in (other.document.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let present = block[key] else {
                block[key] = value
                continue
            }
            switch combined(key, present, value) {
            case .value(let value): block[key] = value
            case .never: return .never
            case .unspeakable(let field): return .unspeakable(field)
            }
        }
        return .block(IstioMatch(document: .object(block)))
    }
}

private enum Combined {
    case value(JSON)
    case never
    case unspeakable(String)
}

private func combined(_ key: String, _ one: JSON, _ other: JSON) -> Combined {
    if one.means(other) { return .value(one) }
    return switch key {
    case "headers", "queryParams", "withoutHeaders": members(key, one, other)
    case "uri", "method", "authority", "scheme": texts(key, one, other)
    // They name the block, and ask nothing.
    case "name", "statPrefix": .value(one)
    default: .unspeakable(key)
    }
}

private func members(_ key: String, _ one: JSON, _ other: JSON) -> Combined {
    var members = one.object ?? [:]
    for (name, value) in (other.object ?? [:]).sorted(by: { $0.key < $1.key }) {
        guard let present = members[name] else {
            members[name] = value
            continue
        }
        // Not to have it in one form nor in the other are two conditions.
        guard key != "withoutHeaders" || present.means(value) else { return .unspeakable("\(key).\(name)") }
        switch texts("\(key).\(name)", present, value) {
        case .value(let value): members[name] = value
        case let trouble: return trouble
        }
    }
    return .value(.object(members))
}

/// Two conditions for one text: the narrower one, where one lies within the other.
private func texts(_ field: String, _ one: JSON, _ other: JSON) -> Combined {
    if one.means(other) { return .value(one) }
    switch (Condition(one), Condition(other)) {
    case (.present, _): return .value(other)
    case (_, .present): return .value(one)
    case (.exact(let text), .prefix(let start)): return text.hasPrefix(start) ? .value(one) : .never
    case (.prefix(let start), .exact(let text)): return text.hasPrefix(start) ? .value(other) : .never
    case (.prefix(let text), .prefix(let start)) where text.hasPrefix(start): return .value(one)
    case (.prefix(let start), .prefix(let text)) where text.hasPrefix(start): return .value(other)
    case (.exact, .exact), (.prefix, .prefix): return .never
    case (.other, _), (_, .other): return .unspeakable(field)
    }
}

private enum Condition {
    case present
    case exact(String)
    case prefix(String)
    /// A pattern.
    case other

    init(_ document: JSON) {
        self =
            if let text = document["exact"]?.string {
                .exact(text)
            } else if let text = document["prefix"]?.string {
                .prefix(text)
            } else {
                document == [:] ? .present : .other
            }
    }
}
