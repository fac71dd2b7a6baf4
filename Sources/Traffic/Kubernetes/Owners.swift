import Transport

/// Who wrote a field last, as the API server files it.
struct FieldOwner: Hashable, Sendable, CustomStringConvertible {
    let manager: String
    /// As the server wrote it: `2026-11-25T10:00:00Z`.
    let time: String?

    var description: String { time.map { "\(manager) at \($0)" } ?? manager }
}

extension JSON {
    /// The latest manager of a field, or of something below it: `["spec", "http"]`.
    func owner(of path: [String]) -> FieldOwner? {
        owners(of: path).max { ($0.time ?? "") < ($1.time ?? "") }
    }

    private func owners(of path: [String]) -> [FieldOwner] {
        (self["metadata"]["managedFields"]?.array ?? []).compactMap { entry in
            let field = path.reduce(entry["fieldsV1"]) { $0["f:\($1)"] }
            guard field != nil, let manager = entry["manager"]?.string else { return nil }
            return FieldOwner(manager: manager, time: entry["time"]?.string)
        }
    }

    var resourceVersion: String? { self["metadata"]["resourceVersion"]?.string }

    var annotations: JSON? { self["metadata"]["annotations"] }
}
