import Rollouts
import Transport

/// How Prometheus tells the backends apart: a label of what counts requests, and its value for each backend, in their
/// order.
package struct BackendCounts: Hashable, Sendable {
    /// None: what the mesh counts by itself.
    package var metric: String?
    package var label: String
    package var values: [String]

    package init(metric: String? = nil, label: String, values: [String]) {
        self.metric = metric
        self.label = label
        self.values = values
    }

    init(_ document: JSON, _ path: String) throws(RouteFailure) {
        var fields = try TargetFields(document, path)
        metric = try fields.text("metric")
        label = try fields.text("label") ?? ""
        values = try fields.texts("values")
        try fields.finish()
        for name in [metric, label].compactMap(\.self) where !Self.isName(name) {
            throw RouteFailure(.rejected, "\(path): \"\(name)\" is no name that Prometheus has")
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                "_:".utf8.contains($0) || isNamePart(String(UnicodeScalar($0)))
            }
    }

    var document: JSON {
        var document: JSON = ["label": .string(label), "values": JSON(values)]
        document["metric"] = metric.map(JSON.string)
        return document
    }

    func check(against backends: Backends, _ router: String) throws(RouteFailure) {
        let count = backends.names.count
        guard values.count != count else { return }
        throw RouteFailure(
            .rejected, "\(router): counts.values has \(values.count) values for \(count) backends")
    }
}
