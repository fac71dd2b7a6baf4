import Rollouts

/// Reads a set of files: first every document by itself, then all of them together.
struct Reading {
    private var rollouts: [RolloutDocument] = []
    private var templates: [TemplateDocument] = []
    private var freezes: [FreezeDocument] = []
    private var openSLO = OpenSLOLibrary()
    /// The files of all documents of kind Freeze, also of those that could not be read.
    private var freezeFiles: [String] = []
    private var reports: [Diagnostics] = []
    private var fileCount = 0
    /// Whether the pods that Argo's documents speak of are run here.
    private let runsPods: Bool

    init(runsPods: Bool = false) {
        self.runsPods = runsPods
    }

    /// Parsed once, whatever is asked of it later.
    mutating func read(_ bytes: [UInt8], path: String) {
        let diagnostics = newReport()
        take(YAMLReader().read(bytes, file: path, diagnostics), isWhole: !diagnostics.hasErrors)
    }

    mutating func readFile(_ location: String, name: String) {
        let diagnostics = newReport()
        take(YAMLReader().readFile(location, name: name, diagnostics), isWhole: !diagnostics.hasErrors)
    }

    mutating func report(_ diagnostics: [Diagnostic]) {
        let report = newReport()
        diagnostics.forEach(report.report)
    }

    mutating func take(_ documents: [YAMLDocument], isWhole: Bool) {
        fileCount += 1
        for document in documents where !document.isEmpty {
            read(Field(document, newReport()), isWhole: isWhole)
        }
    }

    /// A document reports to its own, so that it can be asked later whether it is valid.
    private mutating func newReport() -> Diagnostics {
        let diagnostics = Diagnostics()
        reports.append(diagnostics)
        return diagnostics
    }

    private mutating func read(_ document: Field, isWhole: Bool) {
        guard var fields = Fields(document), let kind = DocumentKind(&fields) else { return }
        switch kind {
        case .foreign: break
        case .openSLO(let kind): openSLO.take(document, kind)
        case .list: readItems(&fields, isWhole)
        case .rollout(let dialect):
            rollouts.append(RolloutDocument.read(&fields, dialect, isFileWhole: isWhole, runsPods: runsPods))
        case .template(let dialect, let scope):
            TemplateDocument.read(&fields, dialect, scope, isFileWhole: isWhole).map { templates.append($0) }
        case .freeze:
            freezeFiles.append(document.node.mark.file)
            FreezeDocument.read(&fields, isFileWhole: isWhole).map { freezes.append($0) }
        }
    }

    private mutating func readItems(_ list: inout Fields, _ isWhole: Bool) {
        for item in list.field("items")?.items ?? [] {
            read(item.reporting(to: newReport()), isWhole: isWhole)
        }
    }
}

extension Reading {
    /// What all the documents come to, once every file is read.
    func joined() -> ManifestSet {
        let library = TemplateLibrary(templates, openSLO)
        library.check()
        refuseSharedNames()
        refuseSharedRoutes()
        let declarations = rollouts.compactMap { $0.declaration(library) }.sorted { $0.name < $1.name }
        let rules = freezes.filter { !$0.isBroken }.map(\.rule).sorted { $0.name < $1.name }
        let names = Set(rollouts.compactMap { $0.metadata?.name }.map(RolloutName.init))
        for freeze in freezes { freeze.checkNames(Array(names)) }
        let refused = names.subtracting(declarations.map(\.name))
        return ManifestSet(
            declarations: declarations, refused: refused.sorted(), freezes: FreezeBook(rules),
            brokenFreezeFiles: Set(freezeFiles).filter { file in
                freezeFiles.count { $0 == file } > rules.count { $0.source == file }
            }.sorted(),
            diagnostics: diagnostics, templates: Set(templates.map(\.name)).sorted(),
            origins: templates.map(TemplateOrigin.init), fileCount: fileCount)
    }

    private func refuseSharedNames() {
        for group in Dictionary(grouping: rollouts.compactMap(\.metadata), by: \.name).values {
            refuseDuplicates(group, "Rollouts")
        }
        for group in Dictionary(grouping: freezes.map(\.metadata), by: \.name).values {
            refuseDuplicates(group, "Freezes")
        }
    }

    /// Two rollouts that write one route would take each other's traffic away.
    private func refuseSharedRoutes() {
        let routes = rollouts.compactMap { rollout in
            rollout.metadata.map {
                (route: rollout.strategy?.frame.traffic?.settings["route"] ?? $0.name, owner: $0)
            }
        }
        for (route, group) in Dictionary(grouping: routes, by: \.route) where group.count > 1 {
            let names = Set(group.map(\.owner.name))
            for owner in group.map(\.owner) where names.count > 1 {
                let others = names.subtracting([owner.name]).sorted().joined(separator: " and ")
                owner.field.refuse("route \(quoted(route)) is moved by \(others) too; give each its own")
            }
        }
    }

    /// Each said once, although several rollouts may lead to the same fault.
    private var diagnostics: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return reports.flatMap(\.sorted).filter { seen.insert($0).inserted }.sorted(by: Diagnostic.isOrdered)
    }
}
