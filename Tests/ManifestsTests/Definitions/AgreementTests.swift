import Foundation
import Kubernetes
import Manifests
import TestCluster
import Testing
import Transport

/// An API server and the decoder are of one mind about a document, as far as a schema can say what a decoder knows.
@Suite struct AgreementTests {
    @Test func aServerTakesEveryDocumentThatSaysEverything() async throws {
        try await withCluster { cluster in
            cluster.install(definitions)
            for document in try ours(wholeDocuments) {
                let kind = try #require(ResourceKind.ours(document))
                cluster.create(document, kind, in: document["metadata"]?["namespace"]?.string)
            }
        }
    }

    @Test func theWholeDocumentsHaveNoMistakeAndMissNoField() throws {
        let file = ManifestFile(path: "whole", bytes: Array(wholeDocuments.utf8))
        #expect(ManifestSet.load([file], runsPods: true).errors == [])
        let documents = try ours(wholeDocuments)
        #expect(documents.flatMap(definitions.complaints) == [])
        let specs = definitions.documents.map { definition in
            let version = definition["spec"]?["versions"]?.array?.first
            return version?["schema"]?["openAPIV3Schema"]?["properties"]?["spec"]
        }
        let known = specs.reduce(into: Set<String>()) { $0.formUnion($1?.fields ?? []) }
        let said = documents.reduce(into: Set<String>()) { $0.formUnion($1["spec"]?.names ?? []) }
        #expect(known.subtracting(said).sorted() == [])
    }

    /// Everything that people copy from.
    @Test func aServerTakesTheExamplesAndTheDocs() throws {
        var count = 0
        for path in ["rollouts", "analysis-templates", "docs", "README.md"] {
            for text in try texts(repository + "/" + path) {
                for document in try ours(text) {
                    count += 1
                    #expect(definitions.complaints(about: document) == [], "\(path)")
                }
            }
        }
        #expect(count >= 14)
    }

    private func texts(_ path: String) throws -> [String] {
        let files = FileManager.default.subpaths(atPath: path)?.sorted().map { "\(path)/\($0)" } ?? [path]
        return try files.flatMap { file in
            let text = try String(contentsOfFile: file, encoding: .utf8)
            return file.hasSuffix(".md") ? blocks(text) : [text]
        }
    }

    /// The blocks of a page that are whole documents; `{…}` stands for what a reader fills in.
    private func blocks(_ page: String) -> [String] {
        page.components(separatedBy: "```").filter {
            $0.hasPrefix("yaml\napiVersion:") && !$0.contains("…")
        }.map { String($0.dropFirst("yaml\n".count)) }
    }

    /// Every place of every document in turn is taken away, renamed, or made into something else.
    ///
    /// What a server refuses, the decoder refuses: nobody's manifest works from a file and not from a cluster. And
    /// where the decoder sees an unknown key, a missing one or another type, a server says so at the door.
    @Test func mutilatedDocumentsAreRefusedByBothOrByNeither() throws {
        var refused = 0
        for document in try ours(wholeDocuments) {
            guard let spec = document["spec"] else { continue }
            for mutant in spec.mutants {
                var whole = document
                whole["spec"] = mutant
                refused += compare(whole) ? 1 : 0
            }
        }
        #expect(refused > 1_000)
    }

    /// Whether both refuse it.
    private func compare(_ document: JSON) -> Bool {
        let complaints = definitions.complaints(about: document)
        let problems = problems(document)
        if !complaints.isEmpty, problems.isEmpty {
            Issue.record("only the schema refuses \(document.text): \(complaints)")
        }
        let plain = problems.filter(\.isOfSchema)
        if complaints.isEmpty, !plain.isEmpty {
            Issue.record("only the decoder refuses \(document.text): \(plain)")
        }
        return !complaints.isEmpty && !problems.isEmpty
    }

    @Test(arguments: [
        ("steps: [{setWeight: 101}]", "less than or equal to 100"),
        ("steps: [{setWeight: -1}]", "greater than or equal to 0"),
        ("steps: []", "at least 1 items"),
        ("steps: [{setWeight: 5, pause: {}}]", "needs exactly one of: setWeight"),
        ("steps: [{}]", "needs exactly one of: setWeight"),
        ("steps: [{setWeigth: 5}]", "unknown field \"spec.strategy.canary.steps[0].setWeigth\""),
        ("steps: [{setCanaryScale: {replicas: 1, weight: 5}}]", "needs exactly one of: replicas"),
        ("steps: [{gate: {name: q}}]", "gate.url: Required value"),
        ("steps: [{gate: {name: q, url: 'https://q', whenOverdue: hold}}]", "whenOverdue needs deadline"),
        ("steps: [{setHeaderRoute: {name: r, match: [{path: {exact: /, prefix: /}}]}}]", "1 properties"),
        ("steps: [{setHeaderRoute: {name: r, match: [{path: {exakt: /}}]}}]", "anyOf"),
        ("steps: [{setHeaderRoute: {name: r, match: [{path: 5}]}}]", "path"),
        ("steps: [{setHeaderRoute: {name: r, match: [{headerName: x}]}}]", "anyOf"),
        ("steps: [{setWeight: 5}], maxSurge: lots", "should match"),
        (
            "steps: [{setWeight: 5}], trafficRouting: {envoy: {}, istio: {virtualService: {name: v}}}",
            "only one"
        ),
        ("steps: [{setWeight: 5}], analysis: {templates: [{templateName: p}], args: [{name: a}]}", "oneOf"),
        (
            "steps: [{setWeight: 5}], analysis: {templates: [{templateName: p}], args: [{name: a, value: true}]}",
            "(not)"
        ),
        ("steps: [{setWeight: 5}], scaleDownDelay: 5s, scaleDownDelaySeconds: 5", "only one of these"),
    ])
    func aMistakeIsRefusedByBoth(canary: String, message: String) throws {
        let document = try ours(native(canary))[0]
        let complaints = definitions.complaints(about: document)
        #expect(complaints.contains { $0.contains(message) }, "\(complaints)")
        #expect(problems(document) != [])
    }

    @Test func podsNeedATemplate() throws {
        let document = try ours(
            native("steps: [{setWeight: 5}]").replacing("spec:", with: "spec:\n  replicas: 2"))
        #expect(
            definitions.complaints(about: document[0]).contains { $0.contains("replicas needs template") })
        #expect(problems(document[0]) != [])
    }

    /// Documents that are made from the schemas by the dice have no mistake that a schema could have shown.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func whatASchemaTakesHasNoUnknownKeyAndNoWrongTypeForTheDecoder(seed: UInt64) throws {
        var random = RandomDocuments(seed: seed)
        for definition in definitions.documents {
            for _ in 0..<25 {
                let document = random.document(definition)
                #expect(definitions.complaints(about: document) == [], "\(document.text)")
                let plain = problems(document).filter(\.isOfSchema)
                #expect(plain == [], "\(document.text)")
            }
        }
    }
}

extension Diagnostic {
    /// Whether it is of the kinds that a schema can say.
    fileprivate var isOfSchema: Bool {
        // A structural schema lists no keys of what may also be no object.
        let isScalarToo =
            path.hasPrefix("spec.slos[") && [".gate", ".abort"].contains(where: path.hasSuffix)
            || path.hasSuffix(".compare.pass")
        // And it is the same for the objectives of a template, which has arguments, and of a rollout.
        let isArgument = path.hasPrefix("spec.slos[") && message.contains("{{")
        return !path.hasPrefix("spec.template.") && !isScalarToo && !isArgument
            && ["expected ", "unknown key ", "unknown name ", "missing `"].contains(where: message.hasPrefix)
    }
}

extension ResourceKind {
    static func ours(_ document: JSON) -> ResourceKind? {
        guard let kind = document["kind"]?.string else { return nil }
        return ResourceKind(
            "headgate.dev", "v1alpha1", kind, plural: kind.lowercased() + "s",
            isNamespaced: kind != "ClusterAnalysisTemplate")
    }
}

extension JSON {
    /// The names of all fields of a schema.
    fileprivate var fields: Set<String> {
        let members = self["properties"]?.object ?? [:]
        let inside = members.values.map(\.fields) + [self["items"]?.fields ?? []]
        return inside.reduce(Set(members.keys)) { $0.union($1) }
    }

    /// The names of all members of a value, and of the values in it.
    fileprivate var names: Set<String> {
        let inside = (array ?? []).map(\.names) + (object ?? [:]).values.map(\.names)
        return inside.reduce(Set((object ?? [:]).keys)) { $0.union($1) }
    }

    /// This value with one change at one place, for all places and changes.
    var mutants: [JSON] {
        let others: [JSON] = [true, -1, 1.5, "zzz", [], [:]]
        switch self {
        case .object(let members):
            let deeper = members.flatMap { name, value in
                value.mutants.map { mutant in changed(name, mutant) } + [changed(name, nil)]
            }
            return others + deeper + [changed("zzz", 1)]
        case .array(let list):
            return others
                + list.indices.flatMap { index in
                    list[index].mutants.map { mutant in
                        var changed = list
                        changed[index] = mutant
                        return .array(changed)
                    }
                }
        default: return others
        }
    }

    private func changed(_ name: String, _ value: JSON?) -> JSON {
        var changed = self
        changed[name] = value
        return changed
    }
}
