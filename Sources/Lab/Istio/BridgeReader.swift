import Transport

/// Reads the objects of one translation.
struct BridgeReader {
    let bridge: IstioBridge
    let destinationRules: [JSON]

    /// In the order of the VirtualService: the first that matches counts, in Envoy as in Istio.
    func routes(of service: JSON) throws(BridgeError) -> [JSON] {
        var entries: [JSON] = []
        for (index, route) in (service["spec"]["http"]?.array ?? []).enumerated() {
            let place = "http[\(index)]"
            try route.refuseUnknown(known: knownOfRoute.union(omitted), at: place)
            let deed = try deed(of: route, at: place)
            for match in try matches(of: route, at: place) {
                var entry = deed
                entry["match"] = match
                entry["name"] = route["name"]
                entries.append(entry)
            }
        }
        return entries
    }

    /// What there is without a VirtualService: all instances of the Service.
    func entry(toService host: String) throws(BridgeError) -> JSON {
        var entry = try split([["destination": ["host": JSON(host)]]], at: "no VirtualService")
        entry["match"] = ["prefix": "/"]
        return entry
    }

    private func matches(of route: JSON, at place: String) throws(BridgeError) -> [JSON] {
        guard let blocks = route["match"]?.array, !blocks.isEmpty else { return [["prefix": "/"]] }
        var matches: [JSON] = []
        for (index, block) in blocks.enumerated() {
            if let match = try envoyMatch(of: block, at: "\(place).match[\(index)]") { matches.append(match) }
        }
        return matches
    }
}

private let knownOfRoute: Set = [
    "name", "match", "route", "redirect", "directResponse", "rewrite", "timeout", "retries", "mirror",
    "mirrors",
    "mirrorPercentage", "headers",
]

// MARK: - What is done with a request

extension BridgeReader {
    private func deed(of route: JSON, at place: String) throws(BridgeError) -> JSON {
        var entry: JSON
        if let answer = route["directResponse"] {
            entry = ["direct_response": directResponse(answer)]
        } else if let redirect = route["redirect"] {
            entry = ["redirect": try redirection(redirect, at: place)]
        } else {
            entry = try split(route["route"]?.array ?? [], at: place)
            let mirrors = try mirrors(of: route, at: place)
            if !mirrors.isEmpty { entry["route"]["request_mirror_policies"] = .array(mirrors) }
            entry["route"]["timeout"] =
                try route["timeout"].map { text throws(BridgeError) in
                    try seconds(text, at: "\(place).timeout")
                } ?? "0s"
            entry["route"]["retry_policy"] = try retries(route["retries"], at: place)
            try rewrite(route["rewrite"], in: &entry, at: place)
        }
        return entry.editingHeaders(as: route["headers"])
    }

    private func directResponse(_ answer: JSON) -> JSON {
        var response: JSON = ["status": answer["status"] ?? 200]
        if let text = answer["body"]["string"] { response["body"] = ["inline_string": text] }
        return response
    }

    private func redirection(_ redirect: JSON, at place: String) throws(BridgeError) -> JSON {
        try redirect.refuseUnknown(known: ["uri", "authority"], at: "\(place).redirect")
        var action: JSON = [:]
        action["path_redirect"] = redirect["uri"]
        action["host_redirect"] = redirect["authority"]
        return action
    }

    private func rewrite(_ rewrite: JSON?, in entry: inout JSON, at place: String) throws(BridgeError) {
        guard let rewrite else { return }
        try rewrite.refuseUnknown(known: ["uri", "authority"], at: "\(place).rewrite")
        entry["route"]["prefix_rewrite"] = rewrite["uri"]
        entry["route"]["host_rewrite_literal"] = rewrite["authority"]
    }

    /// Only those that are written down. The two that istiod adds by itself would hide failures from a lab.
    private func retries(_ retries: JSON?, at place: String) throws(BridgeError) -> JSON? {
        guard let retries, let attempts = retries["attempts"]?.integer, attempts > 0 else { return nil }
        var policy: JSON = ["num_retries": JSON(attempts)]
        policy["retry_on"] = retries["retryOn"] ?? "connect-failure,refused-stream,unavailable,cancelled"
        policy["per_try_timeout"] = try retries["perTryTimeout"].map { text throws(BridgeError) in
            try seconds(text, at: "\(place).retries.perTryTimeout")
        }
        return policy
    }
}

/// Envoy takes seconds only.
private func seconds(_ text: JSON, at place: String) throws(BridgeError) -> JSON {
    guard let text = text.string, text.hasSuffix("s"), Double(text.dropLast()) != nil else {
        throw BridgeError("\(place): \(text.text) is not in seconds, such as 2.5s")
    }
    return .string(text)
}

extension JSON {
    func refuseUnknown(known: Set<String>, at place: String) throws(BridgeError) {
        guard let stranger = (object ?? [:]).keys.sorted().first(where: { !known.contains($0) }) else {
            return
        }
        let all = known.sorted().joined(separator: ", ")
        throw BridgeError("\(place).\(stranger): the bridge does not know it; known: \(all)")
    }
}
