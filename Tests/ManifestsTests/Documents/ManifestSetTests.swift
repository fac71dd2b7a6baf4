import Foundation
import Manifests
import Rollouts
import Testing

/// Which documents are ours, and many files at once.
struct ManifestSetTests {
    private func complaints(_ version: String, _ kind: String) -> [String] {
        load(["a": "{apiVersion: \(version), kind: \(kind), metadata: {name: a}, spec: {}}"]).diagnostics
            .map(\.description)
    }

    @Test(arguments: [
        ("v1", "Service"), ("apps/v1", "Deployment"), ("networking.istio.io/v1alpha3", "VirtualService"),
        ("networking.k8s.io/v1", "Ingress"), ("argoproj.io/v1alpha1", "Application"),
        ("argoproj.io/v1alpha1", "Workflow"), ("rollouts.kruise.io/v1beta1", "Rollout"),
    ])
    func somebodyElsesDocumentIsSkipped(version: String, kind: String) {
        #expect(complaints(version, kind).isEmpty)
    }

    @Test(arguments: [
        (
            "headgate.dev/v1alpha1", "Rolout",
            #"unknown kind "Rolout"; did you mean `Rollout`? known: Rollout, "#
        ),
        (
            "argoproj.io/v1alpha1", "Rolout",
            #"unknown kind "Rolout"; did you mean `Rollout`? known: Rollout, "#
        ),
        (
            "headgate.dev/v2", "Rollout",
            #"unknown apiVersion "headgate.dev/v2"; known: headgate.dev/v1alpha1, argoproj.io/v1alpha1"#
        ),
        ("headgate.dev/v1alpha1", "Experiment", #"unknown kind "Experiment""#),
        ("headgate.io/v1alpha1", "Rollout", #"unknown apiVersion "headgate.io/v1alpha1"; did you mean"#),
        ("argoproj.io/v1beta1", "AnalysisTemplate", "did you mean `argoproj.io/v1alpha1`?"),
        ("argoproj.io/v1alpha1", "AnalysisRun", "kind AnalysisRun is not supported yet: "),
        ("argoproj.io/v1alpha1", "Experiment", "kind Experiment is not supported yet: "),
    ])
    func whatShouldBeOursAndIsNotIsAnError(version: String, kind: String, message: String) {
        let found = complaints(version, kind)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test func aDocumentSaysWhatItIs() {
        #expect(
            load(["a": "kind: Rollout"]).diagnostics.map(\.description) == [
                "a:1:1: missing `apiVersion`; known: Rollout, AnalysisTemplate, ClusterAnalysisTemplate of "
                    + "headgate.dev/v1alpha1 or argoproj.io/v1alpha1, Freeze of headgate.dev/v1alpha1"
            ])
        #expect(
            load(["a": "- 1"]).diagnostics.map(\.description) == ["a:1:1: expected a mapping, found a list"])
        #expect(load(["a": "---\n---\n"]).diagnostics.isEmpty)
    }

    @Test func theItemsOfAListAreDocuments() {
        let items = native(steps: "{setWeight: 5}").indented(2)
        let list = "apiVersion: v1\nkind: List\nitems:\n-\n\(items)\n- {apiVersion: v1, kind: Service}\n"
        let set = load(["a.yaml": list])
        #expect(set.declarations.map(\.name.text) == ["checkout"])
    }

    @Test func twoOfOneNameAreRefusedAtBothPlaces() {
        let rollout = native(steps: "{setWeight: 5}")
        let template = template("successCondition: result[0] > 1")
        let set = load(["a.yaml": rollout, "b.yaml": rollout, "c.yaml": template, "d.yaml": template])
        #expect(set.declarations.isEmpty)
        #expect(
            set.errors.map(\.description) == [
                "a.yaml:3:18: metadata.name: two Rollouts are named \"checkout\"; the other is at b.yaml:3:18",
                "b.yaml:3:18: metadata.name: two Rollouts are named \"checkout\"; the other is at a.yaml:3:18",
                "c.yaml:3:18: metadata.name: two AnalysisTemplates are named \"t\"; the other is at d.yaml:3:18",
                "d.yaml:3:18: metadata.name: two AnalysisTemplates are named \"t\"; the other is at c.yaml:3:18",
            ])
    }

    @Test func twoRolloutsDoNotMoveOneRoute() {
        let other = "trafficRouting: {envoy: {route: a}}, steps: [{setWeight: 5}]"
        let set = load(["a": native("steps: [{setWeight: 5}]", name: "a"), "b": native(other, name: "b")])
        #expect(
            set.errors.map(\.description) == [
                "a:3:18: metadata.name: route \"a\" is moved by b too; give each its own",
                "b:3:18: metadata.name: route \"a\" is moved by a too; give each its own",
            ])
    }

    @Test func aRolloutIsGoneWhenNoFileThatCouldHoldItIsBroken() throws {
        let before = load(["r/a.yaml": native(steps: "{setWeight: 5}")])
        let declaration = try #require(before.declarations.first)
        #expect(!before.isGone(declaration))
        #expect(load([:]).isGone(declaration))
        #expect(load(["r/b.yaml": "a: ["]).isGone(declaration))
        #expect(!load(["r/a.yaml": "a: ["]).isGone(declaration))
        #expect(!load(["r/b.yaml": native(steps: "{setWeight: 500}")]).isGone(declaration))
        #expect(!ManifestSet.load(paths: ["r/a.yaml"], root: "/nowhere").isGone(declaration))
    }

    @Test func aThousandFilesAreReadQuickly() {
        let files = (0..<1_000).map { index in
            let text = native(
                "analysis: {templates: [{templateName: plain}]}, steps: [{setWeight: 5}, {pause: {duration: 30s}}]",
                name: "checkout-\(index)")
            return ManifestFile(path: "rollouts/\(index).yaml", bytes: Array(text.utf8))
        }
        let templates = ManifestFile(path: "templates.yaml", bytes: Array(templates.utf8))
        var set: ManifestSet?
        let time = ContinuousClock().measure { set = ManifestSet.load(files + [templates]) }
        #expect(set?.declarations.count == 1_000)
        #expect(set?.diagnostics == [])
        print("1,001 files in \(time)")
        #expect(time < .seconds(5), "a debug build is about ten times slower than a release")
    }

    /// A hostile file is refused, whatever it does.
    @Test(arguments: [
        String(repeating: "[", count: 100_000), "a: &a [*a]", "\u{0}",
        String(repeating: "---\na\n", count: 2_000),
        "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
            + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]",
    ])
    func aHostileFileIsRefused(text: String) {
        let set = load(["a.yaml": text, "b.yaml": native(steps: "{setWeight: 5}")])
        #expect(set.hasErrors)
        #expect(set.declarations.count == 1)
    }
}

/// Folders on a disk.
struct FolderTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "headgate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        try body(folder)
    }

    private func write(_ text: String, _ path: String, in folder: URL) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    @Test func aFolderIsWalkedInOrderForYAMLAndJSON() throws {
        try withFolder { folder in
            for (path, name) in [
                ("b.yml", "b"), ("a/x.yaml", "a"), ("c.json", "c"), ("n.txt", "n"), (".h/x.yaml", "h"),
            ] {
                try write(native("steps: [{setWeight: 5}]", name: name), path, in: folder)
            }
            let set = ManifestSet.load(paths: ["."], root: folder.path)
            #expect(set.errors == [])
            #expect(set.declarations.map(\.source) == ["a/x.yaml", "b.yml", "c.json"])
            #expect(set.fileCount == 3)
        }
    }

    @Test func whatIsNamedIsReadOnceWhateverItsEnding() throws {
        try withFolder { folder in
            try write(native(steps: "{setWeight: 5}"), "r/a.txt", in: folder)
            let set = ManifestSet.load(paths: ["r/a.txt", "r", "r/", "r/a.txt"], root: folder.path)
            #expect(set.declarations.map(\.source) == ["r/a.txt"])
            #expect(set.fileCount == 1)
        }
    }

    @Test func aLinkedFileIsReadAndALinkedFolderIsNot() throws {
        try withFolder { folder in
            try write(native(steps: "{setWeight: 5}"), "there/..data", in: folder)
            try FileManager.default.createDirectory(
                at: folder.appending(path: "r"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/r/a.yaml", withDestinationPath: "../there/..data")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/r/circle", withDestinationPath: ".")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/r/circle.yaml", withDestinationPath: ".")
            let set = ManifestSet.load(paths: ["r"], root: folder.path)
            #expect(set.errors == [])
            #expect(set.declarations.map(\.source) == ["r/a.yaml"])
        }
    }

    @Test func whatIsNotThereIsReported() throws {
        try withFolder { folder in
            let set = ManifestSet.load(paths: ["gone.yaml"], root: folder.path)
            #expect(set.errors.map(\.description) == ["gone.yaml: cannot be read: No such file or directory"])
        }
    }
}
