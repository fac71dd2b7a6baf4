import Manifests
import Traffic

extension Shape where Output == EnvoySettings {
    static func envoy(_ folder: Folder) -> Shape {
        .object { fields in
            let routes = fields.required("routes", .path(folder))
            let admins = fields.required("admin", .admins)
            let timeout = fields.optional("timeout", .duration)
            let level = fields.optional("proof", .oneOf(levels))
            guard let routes, let admins else { return nil }
            return EnvoySettings(
                folder: routes, admins: admins, timeout: timeout ?? .seconds(2), level: level ?? .acked)
        }
    }
}

/// Less than Envoy showing the route is not enough.
private let levels: KeyValuePairs<String, ProofLevel> = ["acked": .acked, "observed": .observed]

extension Shape where Output == [EnvoySettings.Admin] {
    fileprivate static var admins: Shape {
        Shape<[EnvoySettings.Admin]>.list(of: .admin).refusing {
            $0.isEmpty ? "needs at least one Envoy" : nil
        }
    }
}

extension Shape where Output == EnvoySettings.Admin {
    /// `http://127.0.0.1:9901`, or `{address: …, log: /var/log/envoy.log}`.
    fileprivate static var admin: Shape {
        Shape { field in
            if field.node.mapping == nil {
                return field.read(.nonEmptyString).map { EnvoySettings.Admin($0) }
            }
            return field.read(.long)
        }
    }

    private static var long: Shape {
        .object { fields in
            let address = fields.required("address", .nonEmptyString)
            let log = fields.optional("log", .nonEmptyString)
            return address.map { EnvoySettings.Admin($0, log: log) }
        }
    }
}
