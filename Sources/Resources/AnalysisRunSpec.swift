import Analysis
import Transport

/// The `spec` of an AnalysisRun: its metrics as a template of Argo's would have them, with the release filled in.
///
/// A secret is an argument with its reference, as it was written.
struct AnalysisRunSpec {
    private let metrics: [Metric]

    init(_ metrics: [Metric]) { self.metrics = metrics }

    var json: JSON {
        var json: JSON = ["metrics": .array(metrics.map(\.json))]
        let secrets = metrics.reduce(into: [String: SecretReference]()) {
            $0.merge($1.query.secrets ?? [:]) { first, _ in first }
        }
        if !secrets.isEmpty {
            let sorted = secrets.sorted { $0.key < $1.key }
            json["args"] = .array(sorted.map { Self.argument($0.key, $0.value) })
        }
        let dry = metrics.filter(\.isDryRun)
        if !dry.isEmpty { json["dryRun"] = .array(dry.map { ["metricName": JSON($0.name)] }) }
        return json
    }

    private static func argument(_ label: String, _ secret: SecretReference) -> JSON {
        let reference: JSON = ["name": JSON(secret.name), "key": JSON(secret.key)]
        return ["name": JSON(argumentName(label)), "valueFrom": ["secretKeyRef": reference]]
    }
}

/// `args.token` is `token`.
private func argumentName(_ label: String) -> String {
    label.hasPrefix("args.") ? String(label.dropFirst("args.".count)) : label
}

extension Metric {
    fileprivate var json: JSON {
        var json: JSON = ["name": JSON(name), "provider": [query.provider: provider]]
        if let interval { json["interval"] = JSON(goDuration(interval)) }
        if initialDelay > .zero { json["initialDelay"] = JSON(goDuration(initialDelay)) }
        if let count { json["count"] = JSON(count) }
        if let successCondition { json["successCondition"] = JSON(successCondition) }
        if let failureCondition { json["failureCondition"] = JSON(failureCondition) }
        json["failureLimit"] = JSON(failureLimit ?? -1)
        json["inconclusiveLimit"] = JSON(inconclusiveLimit)
        json["consecutiveErrorLimit"] = JSON(consecutiveErrorLimit)
        if let consecutiveSuccessLimit { json["consecutiveSuccessLimit"] = JSON(consecutiveSuccessLimit) }
        return json
    }

    private var provider: JSON {
        // What can't be read any more with the release filled in is run by nobody, and its measurement says so.
        if query.provider == "job" { return (try? JSON(parsing: query.text)) ?? [:] }
        var provider: JSON = ["query": JSON(asWritten(query.text))]
        if let address = query.address { provider["address"] = JSON(address) }
        if let headers = query.headers {
            provider["headers"] = .array(
                headers.map { ["key": JSON($0.name), "value": JSON(asWritten($0.value))] })
        }
        return provider
    }

    private func asWritten(_ text: String) -> String {
        (query.secrets ?? [:]).keys.reduce(text) { text, label in
            text.replacing(SecretReference.token(label), with: "{{args.\(argumentName(label))}}")
        }
    }
}

/// As Go reads it: `90s`, `0.5s`
private func goDuration(_ duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    return seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(seconds)s"
}
