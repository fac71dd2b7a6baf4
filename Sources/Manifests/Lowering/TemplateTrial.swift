package import Analysis
import Foundation
import Rollouts

/// What templates come to without a rollout of their own: the metrics that one would be judged by.
package struct TemplateTrial: Sendable {
    package let names: [String]
    package let metrics: [Metric]
    package let judgement: Judgement
    /// Of all files; what is wrong with the arguments stands in no file.
    package let diagnostics: [Diagnostic]

    /// The same with each metric changed.
    package func changed(_ change: (Metric) -> Metric) -> TemplateTrial {
        TemplateTrial(
            names: names, metrics: metrics.map(change), judgement: judgement, diagnostics: diagnostics)
    }

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// How the metrics would be used.
    package enum Place: Sendable {
        case background, step
    }

    /// What the file that is no file is called where it has something to say.
    package static let source = "--arg"

    /// All templates in a file or folder; or all that a rollout in it is judged by.
    ///
    /// - Parameters:
    ///   - others: files with more templates, which those refer to.
    ///   - names: which of the templates; all, where none is named.
    package static func read(
        _ file: String, with others: [String] = [], only names: [String] = [],
        arguments: [String: String] = [:], in place: Place = .background
    ) -> TemplateTrial {
        let plain = ManifestSet.load(paths: [file] + others)
        if let declaration = plain.declarations.first(where: { isIn($0.source, file) }), names.isEmpty {
            let plan = declaration.plan
            return TemplateTrial(
                names: [declaration.name.text], metrics: plan.analysed, judgement: plan.judgement,
                diagnostics: plain.diagnostics)
        }
        let origins = plain.origins.filter {
            isIn($0.source, file) && (names.isEmpty || names.contains($0.name))
        }
        guard let first = origins.first, !plain.hasErrors else {
            return TemplateTrial(
                names: origins.map(\.name), metrics: [], judgement: .safe, diagnostics: plain.diagnostics)
        }
        let rollout = ManifestFile(
            path: source, bytes: rollout(of: origins, first.dialect, arguments, in: place))
        let set = ManifestSet.load(paths: [file] + others, beside: [rollout])
        let plan = set.declarations.first { $0.source == source }?.plan
        return TemplateTrial(
            names: origins.map(\.name), metrics: plan?.analysed ?? [],
            judgement: plan?.judgement ?? first.dialect.judgement, diagnostics: set.diagnostics)
    }

    private static func isIn(_ source: String, _ file: String) -> Bool {
        source == file || source.hasPrefix(file.hasSuffix("/") ? file : file + "/")
    }

    /// JSON is YAML as long as no slash is escaped.
    private static func rollout(
        of templates: [TemplateOrigin], _ dialect: Dialect, _ arguments: [String: String], in place: Place
    ) -> [UInt8] {
        let analysis: [String: Any] = [
            "templates": templates.map { ["templateName": $0.name, "clusterScope": $0.isCluster] },
            "args": arguments.sorted { $0.key < $1.key }.map { ["name": $0.key, "value": $0.value] },
        ]
        let weight = ["setWeight": 10]
        var canary: [String: Any] = [:]
        switch place {
        case .background: canary = ["analysis": analysis, "steps": [weight]]
        case .step: canary = ["steps": [weight, ["analysis": analysis]]]
        }
        if dialect == .headgate { canary["trafficRouting"] = ["envoy": [String: Any]()] }
        let document: [String: Any] = [
            "apiVersion": dialect.rawValue, "kind": "Rollout", "metadata": ["name": "backtest"],
            "spec": ["strategy": ["canary": canary]],
        ]
        let data = try? JSONSerialization.data(withJSONObject: document, options: .withoutEscapingSlashes)
        return [UInt8](data ?? Data())
    }
}

/// A template, and the file that it stands in.
struct TemplateOrigin: Sendable {
    let name: String
    let isCluster: Bool
    let dialect: Dialect
    let source: String

    init(_ document: TemplateDocument) {
        name = document.name
        isCluster = document.scope == .cluster
        dialect = document.dialect
        source = document.file
    }
}
