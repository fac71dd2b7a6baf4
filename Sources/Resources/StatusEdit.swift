import Analysis
import Transport

/// What somebody else wrote into a status after we did, as the API server keeps it in mind.
///
/// It knows who set a field, and when, to the second. Of a field that was taken away it keeps nothing. Only what people
/// use is believed: another controller that ran meanwhile wished nothing.
struct StatusEdit: Hashable, Sendable {
    let manager: String
    /// Of the status.
    let fields: Set<String>
    private let time: String

    private static let people = ["kubectl", "argocd"]

    /// The last one; none where nobody wrote after us.
    init?(_ object: JSON, after writer: String) {
        let entries = (object["metadata"]["managedFields"]?.array ?? [])
            .filter { $0["subresource"]?.string == "status" }
        // Times of one form sort like texts.
        let own = entries.filter { $0["manager"]?.string == writer }.compactMap { $0["time"]?.string }.max()
        let others = entries.filter { entry in
            let time = entry["time"]?.string ?? ""
            return Self.people.contains { entry["manager"]?.string?.hasPrefix($0) == true }
                && own.map { $0 < time } ?? false
        }
        guard let last = others.max(by: { ($0["time"]?.string ?? "") < ($1["time"]?.string ?? "") }),
            let manager = last["manager"]?.string, let time = last["time"]?.string
        else { return nil }
        let names = last["fieldsV1"]["f:status"]?.object?.keys.filter { $0.hasPrefix("f:") } ?? []
        (self.manager, self.time, fields) = (manager, time, Set(names.map { String($0.dropFirst(2)) }))
    }

    /// Whether nothing has happened since that could have been the answer to it.
    func isLater(than moment: Moment) -> Bool { "\(moment)".prefix(19) < time.prefix(19) }
}
