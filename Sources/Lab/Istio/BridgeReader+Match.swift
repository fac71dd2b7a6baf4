import Transport

extension BridgeReader {
    /// All conditions of a block hold together. None for a block that is meant for others than this client: a
    /// gateway, or pods with labels, of which it has none.
    func envoyMatch(of block: JSON, at place: String) throws(BridgeError) -> JSON? {
        try block.refuseUnknown(known: knownOfBlock, at: place)
        if let gateways = block["gateways"]?.array, !gateways.isEmpty, !gateways.contains("mesh") {
            return nil
        }
        if let labels = block["sourceLabels"]?.object, !labels.isEmpty { return nil }
        if let namespace = block["sourceNamespace"]?.string, namespace != bridge.namespace { return nil }
        var match = try path(block["uri"], at: "\(place).uri")
        if block["ignoreUriCase"] == true { match["case_sensitive"] = false }
        let headers = try headers(of: block, at: place)
        if !headers.isEmpty { match["headers"] = .array(headers) }
        let parameters = try fields(block["queryParams"], at: "\(place).queryParams")
        if !parameters.isEmpty { match["query_parameters"] = .array(parameters) }
        return match
    }

    private func path(_ condition: JSON?, at place: String) throws(BridgeError) -> JSON {
        guard let condition else { return ["prefix": "/"] }
        guard let text = try TextCondition(condition, at: place) else { return ["prefix": "/"] }
        switch text {
        case .exact(let path): return ["path": JSON(path)]
        case .prefix(let path): return ["prefix": JSON(path)]
        case .regex(let pattern): return ["safe_regex": ["regex": JSON(pattern)]]
        }
    }

    private func headers(of block: JSON, at place: String) throws(BridgeError) -> [JSON] {
        var headers: [JSON] = []
        for (field, name) in [("method", ":method"), ("authority", ":authority"), ("scheme", ":scheme")] {
            guard let condition = block[field] else { continue }
            headers += try fields([name: condition], at: "\(place).\(field)")
        }
        headers += try fields(block["headers"], at: "\(place).headers")
        for header in try fields(block["withoutHeaders"], at: "\(place).withoutHeaders") {
            var header = header
            header["invert_match"] = true
            headers.append(header)
        }
        return headers
    }

    /// Sorted by name; an empty condition asks whether the field is there.
    private func fields(_ conditions: JSON?, at place: String) throws(BridgeError) -> [JSON] {
        try (conditions?.object ?? [:]).sorted { $0.key < $1.key }.map {
            name, condition throws(BridgeError) in
            guard let text = try TextCondition(condition, at: "\(place).\(name)") else {
                return ["name": JSON(name), "present_match": true]
            }
            return ["name": JSON(name), "string_match": text.envoy]
        }
    }
}

private let knownOfBlock: Set = [
    "name", "uri", "scheme", "method", "authority", "headers", "withoutHeaders", "queryParams",
    "ignoreUriCase",
    "gateways", "sourceLabels", "sourceNamespace",
]

/// Istio's StringMatch. A pattern has to match the whole text, in Envoy as in Istio.
private enum TextCondition {
    case exact(String)
    case prefix(String)
    case regex(String)

    /// None where there is no condition in it.
    init?(_ condition: JSON, at place: String) throws(BridgeError) {
        try condition.refuseUnknown(known: ["exact", "prefix", "regex"], at: place)
        if let text = condition["exact"]?.string {
            self = .exact(text)
        } else if let text = condition["prefix"]?.string {
            self = .prefix(text)
        } else if let text = condition["regex"]?.string {
            self = .regex(text)
        } else {
            return nil
        }
    }

    var envoy: JSON {
        switch self {
        case .exact(let text): ["exact": JSON(text)]
        case .prefix(let text): ["prefix": JSON(text)]
        case .regex(let pattern): ["safe_regex": ["regex": JSON(pattern)]]
        }
    }
}
