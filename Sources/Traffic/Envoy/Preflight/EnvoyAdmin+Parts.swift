import Rollouts

extension EnvoyAdmin {
    func parts(for target: EnvoyTarget) async throws(AdminFailure) -> EnvoyParts {
        var parts = EnvoyParts()
        parts.isAskedFor = try await updates(of: target.route) != nil
        for question in AdminQuestion.listeners {
            parts.take(listeners: try await ask(question), askingFor: target.route)
        }
        for question in AdminQuestion.wholeClusters { parts.take(clusters: try await ask(question)) }
        // A route that bears no mark was there before, and is going to be replaced.
        let foreign = try await routes(named: target.route).filter { $0.borne.marks == nil }
        parts.foreignRoutes = foreign.compactMap(\.document)
        for name in target.backends.names where parts.clusters[name] != nil {
            parts.clusters[name]?.healthy = healthyCount(in: try await ask(.health(of: name)))
        }
        return parts
    }
}

extension AdminQuestion {
    fileprivate static let listeners = ["static_listeners", "dynamic_listeners"].map {
        AdminQuestion(path: "/config_dump?resource=\($0)")
    }

    fileprivate static let wholeClusters = ["static_clusters", "dynamic_active_clusters"].map {
        AdminQuestion(
            path: "/config_dump?resource=\($0)&mask=cluster.name,cluster.circuit_breakers,"
                + "cluster.outlier_detection")
    }

    fileprivate static func health(of cluster: String) -> AdminQuestion {
        AdminQuestion(
            path: "/stats?format=json&filter=%5Ecluster%5C.\(pattern(cluster))%5C.membership_healthy%24")
    }
}

/// None where it is not counted.
func healthyCount(in stats: JSONTree) -> Int? { stats["stats"].elements.first?["value"].number }

extension EnvoyParts {
    mutating func take(clusters dump: JSONTree) {
        for entry in dump["configs"].elements {
            let cluster = entry["cluster"]
            guard let name = cluster["name"].string else { continue }
            clusters[name] = Cluster(
                breakers: cluster["circuit_breakers"].document,
                outliers: cluster["outlier_detection"].document)
        }
    }

    /// A dynamic listener's configuration lies one deeper.
    mutating func take(listeners dump: JSONTree, askingFor route: String) {
        for entry in dump["configs"].elements {
            let listener =
                entry["listener"].value == nil ? entry["active_state"]["listener"] : entry["listener"]
            let chains = listener["filter_chains"].elements + [listener["default_filter_chain"]]
            let asking = chains.filter { $0.asks(for: route) }
            guard !asking.isEmpty, let name = listener["name"].string else { continue }
            listeners[name] = asking.allSatisfy(\.demandsCertificate)
        }
    }
}

extension JSONTree {
    /// A chain of filters.
    fileprivate func asks(for route: String) -> Bool {
        self["filters"].elements.contains {
            $0["typed_config"]["rds"]["route_config_name"].string == route
        }
    }

    /// A flag may be written as it is, or wrapped.
    fileprivate var demandsCertificate: Bool {
        let flag = self["transport_socket"]["typed_config"]["require_client_certificate"]
        return (flag.value as? Bool ?? flag["value"].value as? Bool) == true
    }
}
