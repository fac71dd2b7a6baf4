package import Engine
package import Rollouts
import Transport

extension ConsulRouter {
    /// Climbs the levels of proof as far as is wanted and can be.
    package func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        let write = receipt.write
        let target = try ConsulTarget(write.target)
        let sight = try await sight(of: write.rollout, write.target, target)
        try sight.checkAcceptance(of: write)
        var proof = Proof(stored: "at index \(sight.splitter.index)")
        if settings.level >= .accepted { try await awaitChain(&proof, write, sight) }
        if settings.level >= .acked {
            proof.note("not asked for acks: Consul keeps no account of what its proxies have")
        }
        if settings.level >= .observed { try await counted(write, target).prove(&proof) }
        return RouteEvidence(text: "\(proof)")
    }
}

extension ConsulRouter {
    /// Until the chain that the proxies are given has the route. When called off, says what was last seen.
    private func awaitChain(
        _ proof: inout Proof, _ write: RouteWrite, _ sight: ConsulSight
    ) async throws(RouteFailure) {
        let route = ConsulRoute(
            write.route, sight.target, write.target.backends, refuge: sight.refuge ?? .a,
            occupants: write.occupants)
        let shares = try SubsetShares(write.route, write.target.backends, refuge: route.refuge)
        let theirs = try route.theirRoutes(on: sight.router, sight.former(sight.router))
        let hasCatchAll = theirs.contains { !$0.hasMatch && route.isSplit($0) }
        let rules = try route.pieces(before: theirs.filter(route.isSplit) + (hasCatchAll ? [] : [nil]))
        var pauses = pace.pauses.makeIterator()
        var pause = pace.pauses.first ?? .seconds(1)
        while true {
            let flaw: String?
            do throws(ConsulError) {
                let chain = try await api.chain(of: sight.target.service, in: sight.target.scope)
                flaw = chain.flaw(shares, rules: rules, filters: route.filters)
                if flaw == nil {
                    return proof.reach(.accepted, "by the discovery chain (\(chain.words(shares)))")
                }
            } catch {
                flaw = error.message
            }
            pause = pauses.next() ?? pause
            do { try await pace.sleep(pause) } catch {
                throw RouteFailure(
                    .unverified,
                    "the discovery chain of \(sight.target.service) is not as written: \(flaw ?? "?")")
            }
        }
    }

    private func counted(
        _ write: RouteWrite, _ target: ConsulTarget
    ) throws(RouteFailure) -> CountedShares {
        let names = write.target.backends.names
        let series = CountedSeries(
            metric: "envoy_cluster_upstream_rq_completed",
            matchers: target.counts == nil
                ? ["consul_destination_service=\(JSON(target.service).text)"] : [])
        let counts =
            target.counts ?? BackendCounts(label: "consul_destination_service_subset", values: names)
        let counter = settings.prometheus.map { address in
            RequestCounter(
                address: address, timeout: settings.timeout, sender: api.sender, counts: counts,
                series: series)
        }
        let wanted = try NamedRoute(
            write.route, of: write.rollout, occupants: write.occupants, write.target, managed: [])
        return CountedShares(
            counter: counter, wanted: wanted, names: names, pace: pace, looksMax: settings.countsMax)
    }
}

extension ConsulSight {
    /// Throws where what is stored is no longer, or never was, what we wrote.
    func checkAcceptance(of write: RouteWrite) throws(RouteFailure) {
        guard let mark, mark.since == write.since, mark.journal == write.journal else {
            let bears = mark.map { "event \($0.since)" } ?? "no mark of ours"
            let kind: RouteFailure.Kind = (mark?.since ?? 0) > write.since ? .fenced : .unverified
            throw RouteFailure(
                kind, "\(splitter.name) bears \(bears) and not event \(write.since)", bears: mark?.since)
        }
        if let flaw = flaw(of: mark) { throw RouteFailure(.unverified, flaw) }
    }
}

extension CompiledChain {
    /// `web-a 80%, web-b 20%, web-b fails over to web-a`
    fileprivate func words(_ shares: SubsetShares) -> String {
        let ways = refuges.sorted { $0.key < $1.key }.filter { shares.units[$0.key] != nil }
            .map { ", \($0.key) fails over to \($0.value)" }
        return percents(shares.units.filter { $0.value > 0 }) + ways.joined()
    }
}
