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
    ///
    /// Without an address, consul-k8s makes all entries from custom resources of `kubernetes`.
    static func consul(_ folder: Folder, in kubernetes: KubernetesConfiguration?) -> Shape {
        .object { fields in
            let election = fields.optional("leaderElection", .lock)
            let address = fields.optional("address", .nonEmptyString)
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
            if address == nil, kubernetes == nil || election != nil {
                fields.field.refuse(
                    "needs `address`; without it, entries are written by the custom resources of consul-k8s, for which "
                        + "the server needs `kubernetes`, and there is no lock to lead by")
                return nil
            }
            var settings = ConsulSettings(
                address: address, namespace: kubernetes?.namespace ?? "default", prometheus: prometheus)
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
