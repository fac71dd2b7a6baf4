/// Where the Envoys of one group of machines get their routes from, and where they show what they have.
package struct EnvoySettings: Hashable, Sendable {
    /// One Envoy's window to the outside.
    package struct Admin: Hashable, Sendable {
        /// `http://127.0.0.1:9901`, or `unix:/run/envoy/admin.sock`.
        package var address: String
        /// Envoy tells why it rejects a file in its log only. None: the log that it was started with
        /// (`--log-path`), if it can be read here.
        package var log: String?

        package init(_ address: String, log: String? = nil) {
            self.address = address
            self.log = log
        }
    }

    /// Holds one file per rollout, `<route>.json`. Envoy's `path_config_source` names that file, which must be
    /// there before Envoy starts: it refuses to start without.
    package var folder: String
    /// All Envoys that read the folder: a route is applied when each of them shows it.
    package var admins: [Admin]
    /// For one question to an admin interface.
    package var timeout: Duration
    /// The pauses between two looks at an Envoy; the last one goes on. Envoy usually has a file within 2 ms.
    package var pauses: [Duration]
    /// How far a route is to be proved: `acked` is each Envoy showing it, and `observed` counts requests beside.
    package var level: ProofLevel
    /// How many looks at the counts of requests there are at most: where no traffic is, none can be observed.
    package var countsMax: Int

    package init(
        folder: String, admins: [Admin], timeout: Duration = .seconds(2),
        pauses: [Duration] = [1, 2, 4, 8, 16, 32, 64, 100].map { .milliseconds($0) },
        level: ProofLevel = .acked, countsMax: Int = 8
    ) {
        self.folder = folder
        self.admins = admins
        self.timeout = timeout
        self.pauses = pauses
        self.level = level
        self.countsMax = countsMax
    }
}
