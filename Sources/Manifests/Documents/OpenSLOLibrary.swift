import Analysis

/// The OpenSLO documents of a set of files. They are somebody else's: only what a rollout names is read, and what is
/// wrong with it is said where the rollout names it.
struct OpenSLOLibrary {
    enum Kind: String, CaseIterable {
        case slo = "SLO"
        case indicator = "SLI"
        case source = "DataSource"
    }

    static let version = "openslo/v1"

    private var documents: [Kind: [String: Field]] = [:]

    mutating func take(_ document: Field, _ kind: Kind) {
        guard let name = document.node["metadata"]?["name"]?.scalar?.text else { return }
        documents[kind, default: [:]][name] = document
    }

    /// An objective of a document of that name. Nil, reported at `field`, when there is none, or it can't be reckoned
    /// with.
    func objective(_ name: String, _ wanted: String?, for field: Field) -> OpenSLOObjective? {
        guard let document = documents[.slo]?[name] else {
            field.refuse(missing(.slo, name))
            return nil
        }
        let diagnostics = Diagnostics()
        let reader = OpenSLOReader(library: self, wanted: wanted)
        let objective = document.reporting(to: diagnostics).read(reader.slo)
        for diagnostic in diagnostics.sorted where diagnostic.severity == .error {
            field.refuse("OpenSLO \(quoted(name)) does not fit here: \(diagnostic)")
        }
        return diagnostics.hasErrors ? nil : objective
    }

    /// What a document refers to, reporting to whoever reads it.
    func find(_ kind: Kind, _ name: String, for field: Field) -> Field? {
        guard let document = documents[kind]?[name] else {
            field.refuse(missing(kind, name))
            return nil
        }
        return document.reporting(to: field.diagnostics)
    }

    private func missing(_ kind: Kind, _ name: String) -> String {
        let names = (documents[kind] ?? [:]).keys.sorted()
        return unknown("\(kind.rawValue) of \(Self.version)", quoted(name), name, names)
    }
}

/// An objective as its document has it.
struct OpenSLOObjective {
    let target: Double
    let window: Duration
    let indicator: SLOIndicator
    /// Where its data source is.
    let address: String?
}
