import Foundation
import Manifests
import TestCluster
import Testing
import Transport

/// The definitions that an API server gets: made by the decoders, committed, and able to say all that they take.
@Suite struct DefinitionTests {
    @Test func theCommittedFileIsWhatTheDecodersSay() {
        #expect(
            committedDefinitions == DefinedKind.definitions,
            "a decoder has changed; run `headgate crds > deploy/kubernetes/crds.yaml`")
    }

    @Test func itHasOurFourKinds() {
        #expect(
            definitions.documents.map { $0["metadata"]?["name"]?.string } == [
                "rollouts.headgate.dev", "analysistemplates.headgate.dev",
                "clusteranalysistemplates.headgate.dev", "freezes.headgate.dev",
            ])
        #expect(
            definitions.documents.map { $0["spec"]?["scope"] } == [
                "Namespaced", "Namespaced", "Cluster", "Namespaced",
            ])
    }

    /// A decoder that looks at a value by itself is not seen by a sketch, and its field would be missing.
    @Test(arguments: DefinedKind.allCases)
    func everyPlaceThatADecoderKnowsSaysWhatItTakes(kind: DefinedKind) {
        #expect(kind.sketch.silentPlaces(at: kind.rawValue) == [])
    }

    @Test func everySentenceIsAboutAFieldThatIsThere() {
        let places = Set(DefinedKind.allCases.flatMap { $0.sketch.places(at: $0.rawValue) })
        #expect(sentences.keys.filter { !places.contains($0) }.sorted() == [])
    }

    @Test func everySentenceIsOne() {
        for (path, sentence) in sentences {
            #expect(sentence.hasSuffix(".") && sentence.count <= 110, "\(path): \(sentence)")
        }
    }

    /// The name of a route, a step's number, the class of a place: what documents say by one word in one place.
    @Test(arguments: [
        ("spec.strategy.canary.steps[].setWeight", #"{"maximum":100,"minimum":0,"type":"number"}"#),
        ("spec.replicas", #"{"maximum":100000,"minimum":0,"type":"integer"}"#),
        ("spec.inFlight", #"{"enum":["queue","reject","supersede"],"type":"string"}"#),
        ("spec.strategy.canary.steps[].linear.by", #"{"maximum":100,"minimum":0.01,"type":"number"}"#),
        (
            "spec.strategy.canary.steps[].pause.duration",
            #"{"maximum":9223372036,"minimum":0,"x-kubernetes-int-or-string":true}"#
        ),
        (
            "spec.strategy.abTest.arms[].share", #"{"maximum":99.99,"minimum":0.01,"type":"number"}"#
        ),
        ("spec.template", #"{"type":"object","x-kubernetes-preserve-unknown-fields":true}"#),
        ("spec.analysis", #"{"x-kubernetes-preserve-unknown-fields":true}"#),
    ])
    func aFieldSaysWhatItsDecoderTakes(path: String, expected: String) throws {
        var schema = try #require(place(path, of: 0))
        schema["description"] = nil
        #expect(schema.text == expected)
    }

    @Test(arguments: [
        (0, "spec.strategy", "needs exactly one of: canary, blueGreen, abTest"),
        (0, "spec.strategy.canary.steps[].gate", "whenOverdue needs deadline"),
        (
            0, "spec.strategy.canary.trafficRouting",
            "only one of these can be meant: envoy, istio, gatewayAPI, linkerd, consul, plugins"
        ),
        (0, "spec.strategy.abTest", "until and analysis.startingStep exclude each other"),
        (
            1, "spec.metrics[]",
            "needs one of: successCondition, failureCondition, compare, kayenta, provider.job, builtin"
        ),
        (
            1, "spec.metrics[].provider",
            "needs exactly one of: cloudWatch, datadog, exec, graphite, influxdb, job, newRelic, prometheus, web"
        ),
        (1, "spec.metrics[].provider.datadog", "needs exactly one of: query, queries"),
        (3, "spec.windows[]", "cron needs duration"),
    ])
    func whatFieldsDemandOfEachOtherIsARuleWithASentence(kind: Int, path: String, message: String) throws {
        let rules = try #require(place(path, of: kind)?["x-kubernetes-validations"]?.array)
        #expect(rules.contains { $0["message"]?.string == message }, "\(rules.map(\.text))")
    }

    @Test func aRolloutCanBeScaledAndShown() throws {
        let version = try #require(definitions.documents[0]["spec"]?["versions"]?.array?.first)
        #expect(
            version["subresources"]?.text
                == #"{"scale":{"labelSelectorPath":".status.selector","specReplicasPath":".spec.replicas","#
                + #""statusReplicasPath":".status.HPAReplicas"},"status":{}}"#)
        let columns = version["additionalPrinterColumns"]?.array?.compactMap { $0["name"]?.string }
        #expect(columns == ["Phase", "Step", "Weight", "Release", "Stable", "Message", "Age"])
    }

    private func place(_ path: String, of kind: Int) -> JSON? {
        let version = definitions.documents[kind]["spec"]?["versions"]?.array?.first
        let root = version?["schema"]?["openAPIV3Schema"]
        return path.split(separator: ".").reduce(root) { schema, key in
            let member = schema?["properties"]?[String(key.replacing("[]", with: ""))]
            return key.hasSuffix("[]") ? member?["items"] : member
        }
    }
}

extension Sketch {
    /// Every place at and below this one.
    fileprivate func places(at path: String) -> [String] {
        [path] + below(path).flatMap { $1.places(at: $0) }
    }

    /// The places that no decoder says anything about, and does not refuse either.
    fileprivate func silentPlaces(at path: String) -> [String] {
        (isTaken || isRefused ? [] : [path]) + below(path).flatMap { $1.silentPlaces(at: $0) }
    }

    private func below(_ path: String) -> [(String, Sketch)] {
        members.map { ("\(path).\($0)", $1) } + (item.map { [(path + "[]", $0)] } ?? [])
            + (value.map { [(path + ".*", $0)] } ?? [])
    }
}
