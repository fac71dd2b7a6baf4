import Manifests
import Rollouts
import TestCluster
import Testing
import Transport

/// Reads texts as files together. Where they have no error, an API server has to take them too: so every good
/// document of a test is a test of the definitions.
func load(_ files: KeyValuePairs<String, String>, runsPods: Bool = false) -> ManifestSet {
    let set = ManifestSet.load(
        files.map { ManifestFile(path: $0.key, bytes: Array($0.value.utf8)) }, runsPods: runsPods)
    if !set.hasErrors {
        for document in files.flatMap({ (try? ours($0.value)) ?? [] }) where document["kind"] != "List" {
            let complaints = definitions.complaints(about: document)
            #expect(complaints == [], "an API server refuses \(document.text)")
        }
    }
    return set
}

/// Reads one text as `r.yaml`, beside a few templates that have nothing wrong with them.
func load(_ text: String) -> ManifestSet {
    load(["r.yaml": text, "templates.yaml": templates])
}

/// What is said about a text, one line each, without the name of the file.
func complaints(_ text: String) -> [String] {
    load(text).diagnostics.map { String($0.description.dropFirst("r.yaml:".count)) }
}

/// The lowered steps of the one rollout in a text.
func steps(_ text: String) throws -> [Step] {
    let set = load(text)
    struct NotOne: Error { let diagnostics: [Diagnostic] }
    guard set.declarations.count == 1 else { throw NotOne(diagnostics: set.diagnostics) }
    return set.declarations[0].plan.steps
}

extension String {
    /// This text with every line moved to the right.
    func indented(_ width: Int) -> String {
        let space = String(repeating: " ", count: width)
        return split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : space + $0 }.joined(separator: "\n")
    }
}

/// A rollout of our own kind with this under `canary:`, which begins in line 6.
func native(_ canary: String, name: String = "checkout") -> String {
    """
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: \(name)}
    spec:
      strategy: {canary: {
    \(canary.indented(4))
      }}
    """
}

/// A rollout of our own kind with these steps, in flow style, one a line; the first is in line 7.
func native(steps: String...) -> String {
    native("steps: [\n" + steps.map { $0 + "," }.joined(separator: "\n") + "\n]")
}

/// A rollout of Argo's kind with this under `canary:`, which begins in line 6.
func argo(_ canary: String) -> String {
    """
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: guestbook}
    spec:
      strategy: {canary: {
    \(canary.indented(4))
      }}
    """
}

/// A template of our own kind with one metric, whose fields begin in line 7.
func template(_ metric: String, name: String = "t", args: String = "[]") -> String {
    """
    apiVersion: headgate.dev/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: \(name)}
    spec:
      args: \(args)
      metrics:
      - name: m
    \(metric.indented(4))
        provider: {prometheus: {query: up}}
    """
}

/// What is said about a template with one metric.
func complaints(metric: String, args: String = "[]") -> [String] {
    complaints(template(metric, args: args))
}

let templates = """
    apiVersion: headgate.dev/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: plain}
    spec:
      metrics:
      - {name: plain, successCondition: "result[0] > 0.95", provider: {prometheus: {query: up}}}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: ClusterAnalysisTemplate
    metadata: {name: wide}
    spec:
      metrics:
      - {name: wide, failureCondition: "result[0] < 1", provider: {prometheus: {query: up}}}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: filled}
    spec:
      args: [{name: service}, {name: count, value: 3}]
      metrics:
      - name: filled
        count: "{{args.count}}"
        interval: 10s
        successCondition: result[0] > 0.95
        provider: {prometheus: {query: "up{service='{{ args.service }}'}"}}
    """
