extension Query {
    /// What a person wrote in it that may hold tokens. Counters are apart: they hold none of a secret.
    package var texts: [String] {
        [text] + (headers ?? []).map(\.value) + (details?.texts ?? [])
    }

    package func mapTexts(_ transform: (String) -> String) -> Query {
        var query = self
        query.text = transform(text)
        query.headers = headers?.map { RequestHeader(name: $0.name, value: transform($0.value)) }
        query.details = details?.mapTexts(transform)
        return query
    }
}

extension Value {
    fileprivate var texts: [String] {
        if case .string(let text) = self { [text] } else { parts.flatMap(\.texts) }
    }

    /// The same value with each of its texts made into another; names in maps stay.
    package func mapTexts(_ transform: (String) -> String) -> Value {
        switch self {
        case .string(let text): .string(transform(text))
        case .array(let elements): .array(elements.map { $0.mapTexts(transform) })
        case .map(let map): .map(map.mapValues { $0.mapTexts(transform) })
        default: self
        }
    }
}
