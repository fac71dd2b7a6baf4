package import Rollouts

/// What a set of files declares.
///
/// The files are read together, because a rollout refers to templates in other files. Everything that is wrong in
/// any of them is in `diagnostics`; what is right is declared nevertheless.
package struct ManifestSet: Sendable {
    /// The rollouts without an error, by name.
    package let declarations: [Declaration]
    /// The rollouts that have a name and errors, by name. What was declared of them before stays in force.
    package let refused: [RolloutName]
    /// The freezes without an error. See `freezes(after:)` for what to put in force.
    package let freezes: FreezeBook
    /// The files with a freeze that has errors.
    package let brokenFreezeFiles: [String]
    /// Of all files: by file, then from top to bottom.
    package let diagnostics: [Diagnostic]
    /// The names of the templates, broken ones included.
    package let templates: [String]
    /// Where each template stands, broken ones included.
    let origins: [TemplateOrigin]
    package let fileCount: Int

    package var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// A file that somebody else has read.
package struct ManifestFile: Sendable {
    /// What diagnostics and declarations call it: `rollouts/checkout.yaml`.
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

extension ManifestSet {
    package static func load(_ files: [ManifestFile], runsPods: Bool = false) -> ManifestSet {
        var reading = Reading(runsPods: runsPods)
        for file in files { reading.read(file.bytes, path: file.path) }
        return reading.joined()
    }

    /// Documents that stand in no file: objects of an API server.
    package static func load(_ documents: [YAMLDocument], runsPods: Bool = false) -> ManifestSet {
        var reading = Reading(runsPods: runsPods)
        reading.take(documents, isWhole: true)
        return reading.joined()
    }

    /// Files, and folders with everything in them that is named like YAML or JSON.
    ///
    /// With a `root`, paths are below it, and are called by what they are below it. `runsPods` says whether the pods
    /// that Argo's documents speak of are run here, or left to whoever deploys them. Files `beside` them were read by
    /// somebody else.
    package static func load(
        paths: [String], root: String? = nil, beside others: [ManifestFile] = [], runsPods: Bool = false
    ) -> ManifestSet {
        var reading = Reading(runsPods: runsPods)
        for file in others { reading.read(file.bytes, path: file.path) }
        let walk = FolderWalk(root: root, paths: paths)
        reading.report(walk.diagnostics)
        for path in walk.files { reading.readFile(walk.location(of: path), name: path) }
        return reading.joined()
    }

    /// Whether a rollout that was declared before is really gone: no file speaks of it any more, and none that
    /// could is broken.
    package func isGone(_ declaration: Declaration) -> Bool {
        guard !declarations.contains(where: { $0.name == declaration.name }) else { return false }
        guard !refused.contains(declaration.name) else { return false }
        return !diagnostics.contains { diagnostic in
            diagnostic.severity == .error && diagnostic.covers(declaration.source)
        }
    }
}

extension ManifestSet {
    /// The freezes to put in force. One that was in force stays, as it was, while a file that could speak of it
    /// has errors: a slip of the keyboard must not thaw anything. Where nothing is known of the time before, after
    /// a start, a freeze with errors holds everything: nobody can say whom it was meant for.
    package func freezes(after former: FreezeBook?) -> FreezeBook {
        guard let former else {
            return FreezeBook(freezes.rules + brokenFreezeFiles.map(FreezeRule.init(unreadableIn:)))
        }
        let names = Set(freezes.rules.map(\.name))
        let kept = former.rules.filter { rule in
            !names.contains(rule.name) && errors.contains { $0.covers(rule.source) }
        }
        return FreezeBook((freezes.rules + kept).sorted { $0.name < $1.name })
    }
}

extension Diagnostic {
    /// Whether it is about this file, or about a folder that it may be in.
    fileprivate func covers(_ source: String) -> Bool {
        file == source
            || line == nil && (file == "." || source.hasPrefix(file.hasSuffix("/") ? file : file + "/"))
    }
}
