import Analysis
import Rollouts

extension Ports {
    /// Looks at the mesh and at the metrics, for so long at the most. What can't be looked at in time is a finding,
    /// and no error: a look that fails proves nothing against a release.
    func inspect(
        _ inspection: Inspection, of rollout: RolloutName, within limit: Duration, on clock: any EngineClock
    ) async -> [Finding] {
        async let traffic = clock.within(limit) { await self.trafficFindings(inspection, rollout) }
        async let metrics = clock.within(limit) { await self.metricFindings(inspection, on: clock) }
        return inspection.weighed(await traffic + metrics)
    }

    private func trafficFindings(_ inspection: Inspection, _ rollout: RolloutName) async -> [Finding] {
        guard inspection.isRouted else { return inspection.requiresMTLS ? [.withoutMesh] : [] }
        let kind = inspection.target.router
        guard let router = routers[kind] else {
            return [.unknownRouter(kind, configured: routers.keys.sorted())]
        }
        do throws(RouteFailure) {
            let findings = try await router.inspect(inspection, of: rollout)
            let isTold = findings.contains { $0.check == Finding.mtls }
            return findings + (inspection.requiresMTLS && !isTold ? [.untold(kind)] : [])
        } catch {
            return [.unseen(kind, error)]
        }
    }

    /// One after the other: what is only looked at should be no burden to a store.
    private func metricFindings(_ inspection: Inspection, on clock: any EngineClock) async -> [Finding] {
        var findings: [Finding] = []
        for metric in inspection.queries {
            let start = clock.now()
            let sample = await sample(metric.query, at: start, on: clock)
            let measurement = metric.measurement(of: sample, by: .safe, from: start, to: clock.now())
            guard let finding = Finding(metric, measurement) else { continue }
            findings.append(finding)
            // A store that can't be asked once won't be told apart by the next question, only later.
            if measurement.trouble == .outage { break }
        }
        return findings
    }
}

extension Finding {
    /// None where the metric has something to say of the stable release.
    fileprivate init?(_ metric: Metric, _ measurement: Measurement) {
        let subject = "metric \(metric.name)"
        switch measurement.trouble {
        case .outage:
            self.init(
                .warning, "metrics", subject,
                "the store can't be asked\(measurement.message.map { ": \($0)" } ?? "")",
                why: "while it can't be asked no weight goes up",
                mend: "see to the store, or to `prometheus` in the server's configuration")
        case .noData:
            self.init(
                .warning, "metrics", subject, "there is no series of the stable release",
                why:
                    "what is not there for the release that has the traffic won't be there for the next one: the "
                    + "rollout would stop and ask a person",
                mend:
                    "compare the names and labels in the query with what the store has, unless there is just no "
                    + "traffic")
        case .invalid:
            self.init(
                .warning, "metrics", subject,
                "the question is not taken\(measurement.message.map { ": \($0)" } ?? "")",
                why: "nothing it asks for can be judged", mend: "correct the query or the condition")
        case nil: return nil
        }
    }

    fileprivate static func unknownRouter(_ kind: String, configured: [String]) -> Finding {
        let known = configured.isEmpty ? "none" : configured.joined(separator: ", ")
        return Finding(
            .error, "router", "trafficRouting", "no router \"\(kind)\" is configured; configured: \(known)",
            why: "nobody would move the traffic", mend: "add `\(kind):` to the server's configuration")
    }

    fileprivate static func unseen(_ kind: String, _ failure: RouteFailure) -> Finding {
        Finding(
            .warning, "reach", kind, "could not be looked at: \(failure.message)",
            why: "nobody knows whether the release can be moved", mend: "ask again: headgate preflight NAME")
    }

    fileprivate static func untold(_ kind: String) -> Finding {
        Finding(
            .warning, mtls, kind, "nothing that was seen tells whether the mesh takes mutual TLS only",
            why: "`requireMTLS: strict` asks for proof of it",
            mend: "let the server see the policies and the pods, or take `requireMTLS` out")
    }

    fileprivate static let withoutMesh = Finding(
        .warning, mtls, "trafficRouting", "there is no mesh, and so no mutual TLS that it would see to",
        why: "`requireMTLS: strict` asks for proof of it",
        mend: "name a mesh in `trafficRouting`, or take `requireMTLS` out")
}
