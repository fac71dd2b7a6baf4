import Kubernetes
import Manifests
import Traffic
import Transport

/// Which Consul, and whether it says who leads.
struct ConsulConfiguration {
    var settings: ConsulSettings
    var election: ConsulElectionConfiguration?
}

/// Which lock says who leads, of several processes.
struct ConsulElectionConfiguration {
    let key: String
    let terms: ElectionTerms
}

extension Shape where Output == ConsulConfiguration {
    /// `{address: "http://127.0.0.1:8500"}`, and who we are there.
    static func consul(_ folder: Folder) -> Shape {
        .object { fields in
            let election = fields.optional("leaderElection", .lock)
            let address = fields.required("address", .nonEmptyString)
            let file = fields.optional("tokenFile", .path(folder))
            let variable = fields.optional("tokenEnvironment", .nonEmptyString)
            if file != nil, variable != nil {
                fields.field.refuse("has tokenFile and tokenEnvironment; only one of them can be meant")
            }
            let connection = fields.optional("tls", .tls(folder))
            let settle = fields.optional("settle", .duration)
            let level = fields.optional("proof", .oneOf(levels))
            let prometheus = fields.optional("prometheus", .nonEmptyString)
            let timeout = fields.optional("timeout", .positiveSpan)
            guard let address else { return nil }
            var settings = ConsulSettings(address: address, prometheus: prometheus)
            settings.token = file.map { .file($0) } ?? variable.map { .environment($0) } ?? .none
            settings.connection = connection ?? settings.connection
            settings.settle = settle ?? settings.settle
            settings.level = level ?? settings.level
            settings.timeout = timeout ?? settings.timeout
            return ConsulConfiguration(settings: settings, election: election)
        }
    }

    private static var levels: KeyValuePairs<String, ProofLevel> {
        ["stored": .stored, "accepted": .accepted, "observed": .observed]
    }
}

extension Shape where Output == ConsulElectionConfiguration {
    /// `{key: headgate/leader}`, and how long things may take.
    fileprivate static var lock: Shape {
        .object { fields in
            let key = fields.optional("key", .nonEmptyString) ?? "headgate/leader"
            guard let terms = fields.electionTerms() else { return nil }
            guard terms.duration >= ConsulElection.durationMin else {
                fields.field.refuse("leaseDuration must be 10s at least: Consul ends no session earlier")
                return nil
            }
            return ConsulElectionConfiguration(key: key, terms: terms)
        }
    }
}
