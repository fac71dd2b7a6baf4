import Analysis
import Manifests

extension TemplateTrial {
    /// About a release that was there all the time, in the place of both.
    func filled(_ stable: String) -> TemplateTrial {
        changed { $0.filled { _ in stable } }
    }

    /// Asked at an address, whatever the template says.
    func at(_ address: String?) -> TemplateTrial {
        guard let address else { return self }
        return changed { metric in
            var metric = metric
            if metric.query.provider == "prometheus" { metric.query.address = address }
            return metric
        }
    }
}

extension Metric {
    /// Whether its query has what only a running release fills in. The arms of a comparison may: everybody's counters
    /// are read.
    var isAboutRelease: Bool {
        comparison == nil
            && (isAboutCanary || query.text.contains(Placeholder.stableBackend.token)
                || query.text.contains(Placeholder.stableRelease.token))
    }
}
