import Rollouts
import Transport

// What a router on Kubernetes has in `TrafficTarget.settings`: a JSON text under the router's own name, and under
// `namespace` where objects are that name none.

extension TrafficTarget {
    private static let namespaceKey = "namespace"

    var namespace: String? { settings[Self.namespaceKey] }

    /// What stands under the router's name. Throws `rejected` where it can't be read, or where more is said than is
    /// known.
    func document(of router: String, ifMissing advice: String) throws(RouteFailure) -> JSON {
        let known = [router, Self.namespaceKey]
        if let unknown = settings.keys.sorted().first(where: { !known.contains($0) }) {
            throw RouteFailure(
                .rejected,
                "\(router): unknown setting \"\(unknown)\"; known: \(known.joined(separator: ", "))")
        }
        guard let text = settings[router] else { throw RouteFailure(.rejected, "\(router): \(advice)") }
        do throws(JSON.SyntaxError) {
            return try JSON(parsing: text)
        } catch {
            throw RouteFailure(.rejected, "\(router): the setting `\(router)` is \(error)")
        }
    }

    /// Whether each backend has a name of its own, and there are as many as roles where they stand for those.
    func checkNames(of router: String) throws(RouteFailure) {
        let names = backends.names
        guard !names.contains(""), Set(names).count == names.count else {
            throw RouteFailure(
                .rejected,
                "\(router): backends \(names.joined(separator: ", ")) must be \(names.count) different names")
        }
        guard namesRoles != true || names.count == 2 else {
            throw RouteFailure(
                .rejected,
                "\(router): roles are two, stable and canary, and there are \(names.count) backends")
        }
    }
}

extension Stickiness {
    /// Throws `rejected` where no browser would keep it.
    func checkName(_ router: String) throws(RouteFailure) {
        guard isToken(cookie) else {
            throw RouteFailure(
                .rejected,
                "\(router): \"\(cookie)\" can't be a cookie's name; use letters, digits, _ and -")
        }
    }
}

private func isToken(_ text: String) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
}
