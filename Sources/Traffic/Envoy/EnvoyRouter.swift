package import Engine
package import Rollouts
package import Transport

/// Moves traffic between the clusters of Envoys on plain machines, by the files that these take routes from.
///
/// *Accepted* is a file in place; *applied* is every Envoy's admin interface showing its version and weights. A
/// file that an Envoy rejects is taken away again: Envoy itself goes on with the last good split, but would serve
/// nothing if it were started anew with the rejected one.
package final class EnvoyRouter: TrafficRouter {
    package let kind = "envoy"
    let settings: EnvoySettings
    let admins: [EnvoyAdmin]
    private let files: RouteFiles
    private let watch: RouteWatch
    private let pace: Pace

    /// Throws where the folder can't be watched, and where there is no Envoy to ask. The store is the folder of the
    /// settings where no other is given.
    package init(
        _ settings: EnvoySettings, sender: any HTTPSender, store: (any RouteStore)? = nil,
        sleep: @escaping Sleep = { try await Task.sleep(for: $0) }
    ) throws(RouteFailure) {
        guard !settings.admins.isEmpty else {
            throw RouteFailure(.rejected, "envoy: no admin address; without one no route is ever confirmed")
        }
        self.settings = settings
        admins = settings.admins.map { EnvoyAdmin(settings: $0, timeout: settings.timeout, sender: sender) }
        pace = Pace(pauses: settings.pauses, sleep: sleep)
        let store = store ?? FolderStore(settings.folder)
        files = RouteFiles(in: store)
        watch = try store.watch()
    }

    package func backend(of target: TrafficTarget) -> String {
        "envoy \(settings.folder)"
    }

    package func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        let target = try EnvoyTarget(write.rollout, write.target)
        try target.check(write.route)
        let document = RouteDocument(write, target)
        let file = await files.file(of: write.rollout, target)
        let isNew = try await file.put(document)
        let deed = isNew ? "wrote" : "found in place:"
        return RouteReceipt(write: write, text: "\(deed) \(file.path)", token: document.version)
    }

    package func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        let target = try EnvoyTarget(receipt.write.rollout, receipt.write.target)
        let document = RouteDocument(receipt.write, target)
        let file = await files.file(of: receipt.write.rollout, target)
        try await allShow(document, file)
        let who = admins.count == 1 ? "\(admins[0].name) shows" : "\(admins.count) Envoys show"
        var proof = Proof(.acked, "\(who) version \(BorneRoute(parsing: document.bytes))")
        do throws(RouteFailure) {
            try await file.keep(document)
        } catch {
            // The route is applied all the same: a full disk must not hold back the news of a rollback.
            proof.note("no copy was kept: \(error.message)")
        }
        if settings.level >= .observed { try await counted(receipt.write, target).prove(&proof) }
        return RouteEvidence(text: "\(proof)")
    }

    package func observe(
        _ rollout: RolloutName, _ target: TrafficTarget
    ) async throws(RouteFailure) -> ObservedRoute? {
        let target = try EnvoyTarget(rollout, target)
        let file = await files.file(of: rollout, target)
        guard let bytes = try await file.read() else { return nil }
        return ObservedRoute(bytes, at: file.path, target, shown: await sights(of: target.route))
    }

    /// For one reader.
    package func disturbances() -> AsyncStream<RolloutName> {
        let (files, changes) = (files, watch.changes)
        return AsyncStream { await files.nextDisturbed(in: changes) }
    }

    /// Ends the watch, and with it `disturbances()`.
    package func close() {
        watch.stop()
    }
}

extension EnvoyRouter {
    /// Whether requests go where the shares send them, by what the Envoys count themselves.
    private func counted(
        _ write: RouteWrite, _ target: EnvoyTarget
    ) throws(RouteFailure) -> CountedShares {
        let names = target.backends.names
        return CountedShares(
            counter: EnvoyCounter(admins: admins, clusters: names),
            wanted: try NamedRoute(write, managed: []), names: names, pace: countPace,
            looksMax: settings.countsMax)
    }

    /// Requests take longer to come than a file.
    private var countPace: Pace {
        Pace(pauses: [100, 200, 400, 800, 1_000].map { .milliseconds($0) }, sleep: pace.sleep)
    }

    /// Waits for all Envoys; the first that rejects the route settles it.
    private func allShow(_ document: RouteDocument, _ file: RouteFile) async throws(RouteFailure) {
        let pace = pace
        let failure = await withTaskGroup(of: RouteFailure?.self) { group in
            for admin in admins {
                let confirmation = Confirmation(document, file, admin, pace)
                group.addTask { await confirmation.failure() }
            }
            var failures: [RouteFailure] = []
            for await case let failure? in group {
                failures.append(failure)
                group.cancelAll()
            }
            // The others then fail too, and only say that they were called off.
            return failures.first { $0.kind == .rejected } ?? failures.first
        }
        if let failure { throw failure }
    }

    /// What each Envoy shows, where it can be asked.
    private func sights(of route: String) async -> [EnvoySight] {
        await withTaskGroup(of: EnvoySight.self) { group in
            for admin in admins {
                group.addTask { await EnvoySight(of: route, at: admin) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.admin < $1.admin }
        }
    }
}
