import Engine
import Rollouts

/// What one Envoy shows under a route's name, at one look.
struct EnvoySight: Sendable {
    let admin: String
    let outcome: Result<[BorneRoute], AdminFailure>

    init(admin: String, _ outcome: Result<[BorneRoute], AdminFailure>) {
        self.admin = admin
        self.outcome = outcome
    }

    init(of route: String, at admin: EnvoyAdmin) async {
        self.admin = admin.name
        do throws(AdminFailure) {
            outcome = .success(try await admin.routes(named: route).map(\.borne))
        } catch {
            outcome = .failure(error)
        }
    }

    /// Every listener that asked for the route has this very one.
    func shows(_ wanted: BorneRoute) -> Bool {
        guard case .success(let routes) = outcome, !routes.isEmpty else { return false }
        return routes.allSatisfy { $0 == wanted }
    }
}

extension EnvoySight: CustomStringConvertible {
    var description: String {
        switch outcome {
        case .failure(let failure): "\(admin): \(failure.message)"
        case .success(let routes) where routes.isEmpty: "\(admin) has no route of that name"
        case .success(let routes):
            "\(admin) shows " + Set(routes.map(\.description)).sorted().joined(separator: " and ")
        }
    }
}

extension ObservedRoute {
    /// The split counts only when the file is as Headgate writes it and no Envoy shows another: whatever else there
    /// is in it would have its effect too. An Envoy that can't be asked proves nothing either way.
    init(_ bytes: [UInt8], at path: String, _ target: EnvoyTarget, shown sights: [EnvoySight]) {
        let borne = BorneRoute(parsing: bytes)
        let document = borne.document(for: target)
        let isOurForm = document?.bytes == bytes
        let others = sights.filter { sight in
            guard case .success(let routes) = sight.outcome, !routes.isEmpty, isOurForm else { return false }
            return !sight.shows(borne)
        }
        let form = isOurForm ? "bears" : "was edited and bears"
        self.init(
            route: isOurForm && others.isEmpty ? document?.route : nil,
            since: borne.marks?.since, journal: borne.marks?.journal,
            text: (["\(path) \(form) \(borne)"] + sights.map(\.description)).joined(separator: "; "))
    }
}

extension BorneRoute {
    /// What Headgate would write to say the same; none where it would never write such a thing.
    func document(for target: EnvoyTarget) -> RouteDocument? {
        guard let marks, let route = route(between: target.backends) else { return nil }
        return RouteDocument(target, route, marks, previous: marks.since)
    }
}
