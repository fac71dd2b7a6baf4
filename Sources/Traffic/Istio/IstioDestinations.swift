import Rollouts
import Transport

/// Tells which backend a destination is.
struct IstioDestinations: Hashable, Sendable {
    let split: IstioTarget.Split
    let names: [String]

    func index(of destination: JSON?) -> Int? {
        switch split {
        case .subsets: destination["subset"]?.string.flatMap(names.firstIndex)
        case .hosts:
            destination["host"]?.string.flatMap { host in names.firstIndex { isHost(host, named: $0) } }
        }
    }
}

extension IstioDestinations {
    /// Of an item of a route.
    func index(ofItem item: JSON) -> Int? { index(of: item["destination"]) }
}

/// `web`, `web.shop` and `web.shop.svc.cluster.local` are one host, where the name is short.
private func isHost(_ host: String, named name: String) -> Bool {
    host == name || (!name.contains(".") && host.hasPrefix(name + "."))
}

/// `web/stable`: where a destination leads to.
func destinationName(_ destination: JSON?) -> String {
    let host = destination["host"]?.string ?? "?"
    return destination["subset"]?.string.map { "\(host)/\($0)" } ?? host
}
