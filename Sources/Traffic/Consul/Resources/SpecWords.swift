import Transport

/// The names of fields in the custom resources of consul-k8s, which are those of Consul's entries in another spelling:
/// `serviceSubset`, and `ServiceSubset`.
///
/// To translate is to swap the two spellings, so that one function does it both ways, and twice changes nothing. What is
/// in neither vocabulary stays as it is, and so do names that people gave: no field is ever lost.
indirect enum SpecWords: Sendable {
    /// A value, whatever it is.
    case value
    /// The items of a list, or the members of a map whose keys are names that people gave.
    case each(SpecWords)
    /// By their names in custom resources.
    case members([String: SpecWords])

    func swapped(_ json: JSON) -> JSON {
        switch (self, json) {
        case (.each(let words), .array(let items)): .array(items.map(words.swapped))
        case (.each(let words), .object(let members)): .object(members.mapValues(words.swapped))
        case (.members(let words), .object(let members)): .object(Self.swapped(members, words))
        default: json
        }
    }

    private static func swapped(_ members: [String: JSON], _ words: [String: SpecWords]) -> [String: JSON] {
        var spellings: [String: (other: String, words: SpecWords)] = [:]
        for (name, inner) in words {
            spellings[name] = (inEntry(name), inner)
            spellings[inEntry(name)] = (name, inner)
        }
        let pairs = members.map { key, value in
            spellings[key].map { ($0.other, $0.words.swapped(value)) } ?? (key, value)
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    private static func inEntry(_ name: String) -> String {
        ["http": "HTTP", "ttl": "TTL"][name] ?? name.prefix(1).uppercased() + name.dropFirst()
    }
}

extension SpecWords {
    static func of(_ kind: EntryName.Kind) -> SpecWords {
        switch kind {
        case .defaults: defaults
        case .resolver: resolver
        case .splitter: splitter
        case .router: router
        }
    }

    private static func values(_ names: String...) -> [String: SpecWords] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, .value) })
    }

    private static func values(
        _ names: String..., and others: KeyValuePairs<String, SpecWords>
    ) -> SpecWords {
        let plain = names.map { ($0, SpecWords.value) }
        return .members(Dictionary(uniqueKeysWithValues: plain + others.map { ($0.key, $0.value) }))
    }

    private static let headers = SpecWords.members(values("add", "set", "remove"))

    private static let defaults = SpecWords.members(
        values("protocol", "mode", "mutualTLSMode", "externalSNI"))

    private static let splitter = values(
        and: [
            "splits": .each(
                values(
                    "weight", "service", "serviceSubset", "namespace", "partition",
                    and: ["requestHeaders": headers, "responseHeaders": headers]))
        ])

    private static let resolver = values(
        "defaultSubset", "connectTimeout", "requestTimeout",
        and: [
            "subsets": .each(.members(values("filter", "onlyPassing"))),
            "failover": .each(
                values(
                    "service", "serviceSubset", "namespace", "datacenters", "samenessGroup",
                    and: [
                        "targets": .each(.members(place)), "policy": .members(values("mode", "regions")),
                    ])),
            "redirect": .members(place.merging(values("samenessGroup")) { first, _ in first }),
            "prioritizeByLocality": .members(values("mode")), "loadBalancer": balancer,
        ])

    private static let place = values(
        "service", "serviceSubset", "namespace", "partition", "datacenter", "peer")

    private static let balancer = values(
        "policy",
        and: [
            "ringHashConfig": .members(values("minimumRingSize", "maximumRingSize")),
            "leastRequestConfig": .members(values("choiceCount")),
            "hashPolicies": .each(
                values(
                    "field", "fieldValue", "sourceIP", "terminal",
                    and: ["cookieConfig": .members(values("session", "ttl", "path"))])),
        ])

    private static let router = values(and: [
        "routes": .each(values(and: ["match": match, "destination": way]))
    ])

    private static let match = values(and: [
        "http": values(
            "pathExact", "pathPrefix", "pathRegex", "methods", "caseInsensitive",
            and: ["header": .each(condition), "queryParam": .each(condition)])
    ])

    private static let condition = SpecWords.members(
        values("name", "present", "exact", "prefix", "suffix", "regex", "invert"))

    private static let way = values(
        "service", "serviceSubset", "namespace", "partition", "prefixRewrite", "requestTimeout",
        "idleTimeout", "numRetries", "retryOn", "retryOnConnectFailure", "retryOnStatusCodes",
        and: ["requestHeaders": headers, "responseHeaders": headers])
}
