import Rollouts

/// `trafficRouting.consul`: which service of a Consul is split, and what it calls the places: subsets of that service.
struct ConsulRouting {
    /// The rollout's name, which is the service's where no other is named.
    let name: String
    let backends: Backends

    var shape: Shape<TrafficTarget> {
        .object { fields in
            let service = fields.optional("service", .nonEmptyString) ?? name
            let subsets = fields.optional("subsets", .placeNames)
            let release = fields.optional("releaseMeta", .metaKey)
            let filters = fields.optional("filters", .filters)
            fields.field.note(.atMostOne("filters", "releaseMeta"))
            if fields.has("filters"), fields.has("releaseMeta") {
                fields.field.refuse(
                    "has filters and releaseMeta, which both say which instances a subset has; name one of them"
                )
            }
            let places = subsets ?? backends
            if let filters, filters.count != places.names.count {
                fields.field.refuse("has \(filters.count) filters for \(places.names.count) subsets")
            }
            let members: [(key: String, value: String?)] = [
                ("service", JSONText.string(service)), ("filters", filters.map(JSONText.list)),
                ("releaseMeta", release.map(JSONText.string)),
                ("failover", fields.optional("failover", .bool).map { "\($0)" }),
                ("protocol", fields.optional("protocol", .proto).map(JSONText.string)),
                ("namespace", fields.optional("namespace", .nonEmptyString).map(JSONText.string)),
                ("partition", fields.optional("partition", .nonEmptyString).map(JSONText.string)),
                ("counts", fields.optional("counts", .counts)),
            ]
            let text = JSONText.object(members.compactMap { key, value in value.map { (key, $0) } })
            return TrafficTarget(
                router: "consul", backends: places, settings: ["consul": text],
                namesReleases: release == nil ? nil : true)
        }
    }
}

extension Shape where Output == [String] {
    fileprivate static var filters: Shape {
        Shape { field in
            field.note(.items(from: 2, to: Place.allCases.count))
            guard let filters = field.read(.list(of: .nonEmptyString)) else { return nil }
            guard (2...Place.allCases.count).contains(filters.count) else {
                field.refuse("needs a filter for each place; found \(filters.count)")
                return nil
            }
            return filters
        }
    }
}

extension Shape where Output == String {
    /// A key of a service's `Meta` that can stand in a filter.
    fileprivate static var metaKey: Shape {
        nonEmptyString.refusing { key in
            let isPlain = key.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_": true
                default: false
                }
            }
            return isPlain ? nil : "\(quoted(key)) can't stand in a filter; use letters, digits and _"
        }
    }

    /// What Consul can split.
    fileprivate static var proto: Shape { .oneOf(["http": "http", "http2": "http2", "grpc": "grpc"]) }
}
