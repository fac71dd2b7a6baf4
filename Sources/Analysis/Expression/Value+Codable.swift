/// Values are logged as evidence, so they read like the measurement: `[0.98, 0.97]`, `"ok"`, `null`.
///
/// What a bare spelling would lose is tagged: `{"int": 3}` (a bare number is a float), `{"float": "NaN"}` (JSON
/// has no such number), `{"map": …}`, `{"groups": [[key, […]], …]}`, `{"time": ns}` and `{"duration": ns}`.
extension Value: Codable {
    private enum Tag: String, CodingKey, CaseIterable {
        case int, float, map, groups, time, duration
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .none: try encoder.bare { try $0.encodeNil() }
        case .bool(let bool): try encoder.bare { try $0.encode(bool) }
        case .float(let float) where float.isFinite: try encoder.bare { try $0.encode(float) }
        case .string(let string): try encoder.bare { try $0.encode(string) }
        case .array(let elements): try encoder.bare { try $0.encode(elements) }
        case .int(let int): try encoder.tagged(Tag.int, int)
        case .float(let float): try encoder.tagged(Tag.float, float.spelling)
        case .map(let map): try encoder.tagged(Tag.map, map)
        case .groups(let groups):
            let pairs = zip(groups.keys, groups.values).map { Value.array([$0, $1]) }
            try encoder.tagged(Tag.groups, pairs)
        case .time(let nanoseconds): try encoder.tagged(Tag.time, nanoseconds)
        case .duration(let nanoseconds): try encoder.tagged(Tag.duration, nanoseconds)
        }
    }

    package init(from decoder: any Decoder) throws {
        if let tagged = try? decoder.container(keyedBy: Tag.self) {
            self = try Value(tagged: tagged)
        } else {
            self = try Value(bare: decoder.singleValueContainer())
        }
    }

    /// Tries the bare spellings one after another; the last one's error is the one to show.
    private init(bare container: any SingleValueDecodingContainer) throws {
        if container.decodeNil() {
            self = .none
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let float = try? container.decode(Double.self) {
            self = .float(float)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else {
            self = .array(try container.decode([Value].self))
        }
    }

    private init(tagged container: KeyedDecodingContainer<Tag>) throws {
        switch container.allKeys.first {
        case .int: self = .int(try container.decode(Int64.self, forKey: .int))
        case .float: self = .float(try container.nonFinite(forKey: .float))
        case .map: self = .map(try container.decode([String: Value].self, forKey: .map))
        case .groups: self = .groups(try Groups(pairs: container.decode([Value].self, forKey: .groups)))
        case .time: self = .time(nanoseconds: try container.decode(Int64.self, forKey: .time))
        case .duration: self = .duration(nanoseconds: try container.decode(Int64.self, forKey: .duration))
        case nil: throw container.unknownTag(known: Tag.allCases.map(\.rawValue))
        }
    }
}

extension Groups {
    fileprivate init(pairs: [Value]) throws {
        self.init()
        for pair in pairs {
            guard case .array(let parts) = pair, parts.count == 2, case .array(let members) = parts[1],
                members.allSatisfy({ add($0, to: parts[0]) })
            else {
                let reason = "a group is a key and a list, not \(pair)"
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: reason))
            }
        }
    }
}

extension Encoder {
    fileprivate func bare(_ encode: (inout any SingleValueEncodingContainer) throws -> Void) throws {
        var container = singleValueContainer()
        try encode(&container)
    }

    fileprivate func tagged<Tag: CodingKey>(_ tag: Tag, _ value: some Encodable) throws {
        var container = container(keyedBy: Tag.self)
        try container.encode(value, forKey: tag)
    }
}

extension KeyedDecodingContainer {
    fileprivate func nonFinite(forKey key: Key) throws -> Double {
        switch try decode(String.self, forKey: key) {
        case "NaN": return .nan
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "unknown float \(other); known: NaN, +Inf, -Inf")
        }
    }

    fileprivate func unknownTag(known: [String]) -> DecodingError {
        let reason = "a value tagged with none of \(known.joined(separator: ", "))"
        return .dataCorrupted(.init(codingPath: codingPath, debugDescription: reason))
    }
}

extension Double {
    fileprivate var spelling: String {
        isNaN ? "NaN" : self > 0 ? "+Inf" : "-Inf"
    }
}
