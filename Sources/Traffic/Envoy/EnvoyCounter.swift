import Rollouts

/// Reads from all Envoys how many requests each cluster has got, whoever sent them: no Prometheus is needed for that.
struct EnvoyCounter: ShareCounter {
    let admins: [EnvoyAdmin]
    let clusters: [String]

    func read() async throws(CountFailure) -> RequestCounts {
        var counts = RequestCounts(byBackend: clusters.map { _ in 0 })
        for admin in admins {
            do throws(AdminFailure) {
                let counted = completedRequests(in: try await admin.ask(.requests(to: clusters)))
                for (index, name) in clusters.enumerated() { counts.byBackend[index] += counted[name] ?? 0 }
            } catch {
                throw CountFailure(message: "\(admin.name): \(error.message)")
            }
        }
        return counts
    }
}

extension AdminQuestion {
    /// Also those that Envoy answered itself for want of a host.
    fileprivate static func requests(to clusters: [String]) -> AdminQuestion {
        let names = clusters.map(pattern).joined(separator: "%7C")
        return AdminQuestion(
            path: "/stats?format=json&filter=%5Ecluster%5C.(\(names))%5C.upstream_rq_completed%24")
    }
}

/// By cluster.
func completedRequests(in stats: JSONTree) -> [String: Int] {
    let (prefix, suffix) = ("cluster.", ".upstream_rq_completed")
    let pairs = stats["stats"].elements.compactMap { counter -> (String, Int)? in
        guard let name = counter["name"].string, name.hasPrefix(prefix), name.hasSuffix(suffix) else {
            return nil
        }
        return counter["value"].number.map {
            (String(name.dropFirst(prefix.count).dropLast(suffix.count)), $0)
        }
    }
    return Dictionary(pairs) { first, _ in first }
}
