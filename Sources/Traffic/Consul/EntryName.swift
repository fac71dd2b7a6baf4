/// One config entry of Consul's.
struct EntryName: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable, CaseIterable {
        case defaults = "service-defaults"
        case resolver = "service-resolver"
        case splitter = "service-splitter"
        case router = "service-router"
    }

    let kind: Kind
    let service: String
    let scope: ConsulScope

    var shelf: EntryShelf { EntryShelf(kind: kind, scope: scope) }
}

/// All config entries of a kind, which can be asked for at once.
struct EntryShelf: Hashable, Sendable {
    let kind: EntryName.Kind
    let scope: ConsulScope
}

extension EntryName: CustomStringConvertible {
    /// `service-splitter web`
    var description: String {
        let place = [scope.partition, scope.namespace].compactMap(\.self).map { "\($0)/" }.joined()
        return "\(kind.rawValue) \(place)\(service)"
    }
}
