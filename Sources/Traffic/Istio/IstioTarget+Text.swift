package import Rollouts
import Transport

// The text in `TrafficTarget.settings["istio"]`:
//
//     {"virtualServices": [{"name": "web", "namespace": "shop", "routes": ["primary"],
//                           "tlsRoutes": [{"port": 443, "sniHosts": ["web"]}], "tcpRoutes": [{"port": 3306}]}],
//      "destinationRule": {"name": "web", "namespace": "shop", "label": "rollouts-pod-template-hash"},
//      "split": "subsets", "ownership": "adopt", "managedRoutes": ["beta"], "restores": true,
//      "counts": {"label": "destination_workload", "values": ["web-a", "web-b"]}}
//
// All but `virtualServices` may be left out. As with Argo Rollouts, `web.shop` is a name and its namespace,
// and a destination rule makes it a split by subsets. `settings["namespace"]` is where objects are that name none.

extension IstioTarget {
    package static let key = "istio"

    /// Throws `rejected` with what to change.
    package init(_ target: TrafficTarget) throws(RouteFailure) {
        let advice = "needs a virtualService; set `virtualService.name`"
        try self.init(parsing: target.document(of: Self.key, ifMissing: advice))
        if let namespace = target.namespace { settle(in: namespace) }
        try check(target)
    }

    /// Objects that name no namespace are in this one.
    private mutating func settle(in namespace: String) {
        for index in virtualServices.indices {
            if virtualServices[index].namespace == nil { virtualServices[index].namespace = namespace }
        }
        if destinationRule?.namespace == nil { destinationRule?.namespace = namespace }
    }

    package var settings: [String: String] { [Self.key: document.text] }
}

func refused(_ what: String) -> RouteFailure {
    RouteFailure(.rejected, "istio: \(what)")
}

// MARK: - Reading

extension IstioTarget {
    init(parsing document: JSON) throws(RouteFailure) {
        var fields = try TargetFields(document, "istio")
        virtualServices = try fields.list("virtualServices", IstioService.init)
        destinationRule = try fields.member("destinationRule", IstioRule.init)
        split = try fields.choice("split") ?? (destinationRule == nil ? .hosts : .subsets)
        ownership = try fields.choice("ownership") ?? .adopt
        managedRoutes = try fields.texts("managedRoutes")
        restores = try fields.flag("restores")
        counts = try fields.member("counts", BackendCounts.init)
        try fields.finish()
    }
}

extension IstioService {
    fileprivate init(_ document: JSON, _ path: String) throws(RouteFailure) {
        var fields = try TargetFields(document, path)
        (name, namespace) = try fields.location()
        routes = try fields.texts("routes")
        tlsRoutes = try fields.list("tlsRoutes", TLSRoute.init)
        tcpRoutes = try fields.list("tcpRoutes", TCPRoute.init)
        base = fields.take("base")
        try fields.finish()
    }
}

extension IstioService.TLSRoute {
    fileprivate init(_ document: JSON, _ path: String) throws(RouteFailure) {
        var fields = try TargetFields(document, path)
        port = try fields.port("port")
        sniHosts = try fields.texts("sniHosts")
        try fields.finish()
        guard port != nil || !sniHosts.isEmpty else { throw refused("\(path) needs a port or sniHosts") }
    }
}

extension IstioService.TCPRoute {
    fileprivate init(_ document: JSON, _ path: String) throws(RouteFailure) {
        var fields = try TargetFields(document, path)
        guard let port = try fields.port("port") else { throw refused("\(path) needs a port") }
        self.port = port
        try fields.finish()
    }
}

extension IstioRule {
    fileprivate init(_ document: JSON, _ path: String) throws(RouteFailure) {
        var fields = try TargetFields(document, path)
        (name, namespace) = try fields.location()
        label = try fields.text("label") ?? Self.label
        let additional = try fields.texts("additionalSubsetNames")
        guard additional.isEmpty else {
            throw refused(
                "\(path).additionalSubsetNames (\(additional.joined(separator: ", "))) is not supported: "
                    + "there are no experiments; leave it out")
        }
        try fields.finish()
    }
}

// MARK: - Writing

extension IstioTarget {
    var document: JSON {
        var document: JSON = ["virtualServices": .array(virtualServices.map(\.document))]
        document["split"] = .string(split.rawValue)
        document["ownership"] = ownership == .adopt ? nil : .string(ownership.rawValue)
        document["destinationRule"] = destinationRule?.document
        document["managedRoutes"] = managedRoutes.isEmpty ? nil : JSON(managedRoutes)
        document["restores"] = restores ? true : nil
        document["counts"] = counts?.document
        return document
    }
}

extension IstioService {
    fileprivate var document: JSON {
        var document: JSON = ["name": .string(name)]
        document["namespace"] = namespace.map(JSON.string)
        document["routes"] = routes.isEmpty ? nil : JSON(routes)
        document["tlsRoutes"] = tlsRoutes.isEmpty ? nil : .array(tlsRoutes.map(\.document))
        document["tcpRoutes"] = tcpRoutes.isEmpty ? nil : .array(tcpRoutes.map { ["port": JSON($0.port)] })
        document["base"] = base
        return document
    }
}

extension IstioService.TLSRoute {
    fileprivate var document: JSON {
        var document: JSON = [:]
        document["port"] = port.map { JSON($0) }
        document["sniHosts"] = sniHosts.isEmpty ? nil : JSON(sniHosts)
        return document
    }
}

extension IstioRule {
    fileprivate var document: JSON {
        var document: JSON = ["name": .string(name)]
        document["namespace"] = namespace.map(JSON.string)
        document["label"] = .string(label)
        return document
    }
}
