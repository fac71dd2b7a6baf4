import Rollouts
import Transport

/// Where in a VirtualService the split is: the indices of its routes, section by section.
struct IstioSplits: Hashable, Sendable {
    private(set) var indices: [String: [Int]] = [:]

    static let sections = ["http", "tls", "tcp"]

    subscript(section: String) -> [Int] { indices[section] ?? [] }

    /// In a `spec` that has nothing of ours in it. Throws `rejected` where it is not clear, or not a split.
    init(
        in spec: JSON?, of service: IstioService, _ destinations: IstioDestinations
    ) throws(RouteFailure) {
        let search = SplitSearch(spec: spec, service: service, destinations: destinations)
        indices = search.isNamed ? try search.named() : try search.onlyOnes()
        for section in Self.sections {
            for index in self[section] { try search.check(section, index) }
        }
    }
}

private struct SplitSearch {
    let spec: JSON?
    let service: IstioService
    let destinations: IstioDestinations

    var isNamed: Bool { !service.routes.isEmpty || !service.tlsRoutes.isEmpty || !service.tcpRoutes.isEmpty }

    func named() throws(RouteFailure) -> [String: [Int]] {
        var found: [String: [Int]] = [:]
        for name in service.routes { found["http", default: []].append(try index(ofRoute: name)) }
        for route in service.tlsRoutes {
            found["tls", default: []].append(try only("tls", "\(route)") { route.isMeant(by: $0) })
        }
        for route in service.tcpRoutes {
            found["tcp", default: []].append(try only("tcp", "port \(route.port)") { route.isMeant(by: $0) })
        }
        return found.mapValues { Set($0).sorted() }
    }

    /// The route that leads to all backends, of each section: there may be only one of it.
    func onlyOnes() throws(RouteFailure) -> [String: [Int]] {
        var found: [String: [Int]] = [:]
        for section in IstioSplits.sections {
            let candidates = routes(section).indices.filter { leadsToAll(routes(section)[$0]) }
            guard candidates.count <= 1 else {
                throw refused(
                    "\(service.name) has \(candidates.count) \(section) routes to "
                        + "\(list); name those that are to be split (\(key(of: section)))")
            }
            found[section] = candidates
        }
        guard found.values.contains(where: { !$0.isEmpty }) else {
            throw refused("\(service.name) has no route to \(list); it needs one that leads to each of them")
        }
        return found
    }

    /// All of the backends, none of them twice, and nobody else with a share.
    func check(_ section: String, _ index: Int) throws(RouteFailure) {
        let route = routes(section)[index]
        let items = route["route"]?.array ?? []
        let name = "\(section) route \(routeName(route, index)) of \(service.name)"
        let found = items.map(destinations.index(ofItem:))
        for (backend, text) in destinations.names.enumerated() {
            let count = found.filter { $0 == backend }.count
            guard count == 1 else {
                throw refused(
                    count == 0
                        ? "\(name) does not lead to \(text); add a destination with weight 0"
                        : "\(name) leads to \(text) \(count) times")
            }
        }
        guard let stranger = zip(items, found).first(where: { $1 == nil && ($0["weight"]?.integer ?? 0) > 0 })
        else { return }
        throw refused(
            "\(name) also gives weight to \(destinationName(stranger.0["destination"])), which is none of "
                + "\(list); the split has to be of all its traffic")
    }

    private func index(ofRoute name: String) throws(RouteFailure) -> Int {
        try only("http", name) { $0["name"]?.string == name }
    }

    private func only(
        _ section: String, _ what: String, _ isMeant: (JSON) -> Bool
    ) throws(RouteFailure) -> Int {
        let routes = routes(section)
        let found = routes.indices.filter { isMeant(routes[$0]) }
        guard found.count == 1 else {
            let known = routes.indices.map { routeName(routes[$0], $0) }.joined(separator: ", ")
            throw refused(
                "\(service.name) has \(found.count) \(section) routes \"\(what)\"; its routes: "
                    + (known.isEmpty ? "none" : known))
        }
        return found[0]
    }

    private func leadsToAll(_ route: JSON) -> Bool {
        let found = (route["route"]?.array ?? []).compactMap(destinations.index(ofItem:))
        return Set(found).count == destinations.names.count
    }

    private func routes(_ section: String) -> [JSON] { spec[section]?.array ?? [] }

    private var list: String { destinations.names.joined(separator: ", ") }

    private func key(of section: String) -> String { section == "http" ? "routes" : "\(section)Routes" }
}

/// What a route is called where it has no name.
func routeName(_ route: JSON, _ index: Int) -> String { route["name"]?.string ?? "[\(index)]" }

extension IstioService.TLSRoute: CustomStringConvertible {
    package var description: String {
        let parts = [port.map { "port \($0)" }, sniHosts.isEmpty ? nil : sniHosts.joined(separator: ", ")]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    fileprivate func isMeant(by route: JSON) -> Bool {
        (route["match"]?.array ?? []).contains { match in
            let hosts = Set((match["sniHosts"]?.array ?? []).compactMap(\.string))
            return (port == nil || match["port"]?.integer == port)
                && (sniHosts.isEmpty || hosts == Set(sniHosts))
        }
    }
}

extension IstioService.TCPRoute {
    fileprivate func isMeant(by route: JSON) -> Bool {
        (route["match"]?.array ?? []).contains { $0["port"]?.integer == port }
    }
}
