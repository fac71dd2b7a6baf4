/// What a document of a file is, by its `apiVersion` and `kind`.
enum DocumentKind: Equatable {
    case rollout(Dialect)
    case template(Dialect, TemplateScope)
    case freeze
    /// Somebody else's, and read where a rollout names it.
    case openSLO(OpenSLOLibrary.Kind)
    /// Kubernetes' `List`: its items are documents.
    case list
    /// Somebody else's: a Service, a Deployment.
    case foreign
}

/// Where an analysis template can be referred to from. In one set of files the two are two shelves.
enum TemplateScope: String, Hashable, CaseIterable {
    case ordinary = "AnalysisTemplate"
    /// Named by `clusterScope: true`.
    case cluster = "ClusterAnalysisTemplate"
}

extension DocumentKind {
    /// Nil, reported, when the document should be ours and is not.
    init?(_ fields: inout Fields) {
        let version = fields.field("apiVersion")
        let kind = fields.field("kind")
        guard let version, let kind else {
            let missing = version == nil ? "apiVersion" : "kind"
            fields.field.refuse("missing `\(missing)`; known: \(Self.known)")
            return nil
        }
        guard let versionText = version.read(.nonEmptyString), let kindText = kind.read(.nonEmptyString)
        else { return nil }
        if versionText == "v1", kindText == "List" {
            self = .list
            return
        }
        if versionText == OpenSLOLibrary.version, let kind = OpenSLOLibrary.Kind(rawValue: kindText) {
            self = .openSLO(kind)
            return
        }
        guard let dialect = Dialect(rawValue: versionText) else {
            guard !Self.isMeant(versionText, kindText) else {
                version.refuse(unknown("apiVersion", quoted(versionText), versionText, Self.versions))
                return nil
            }
            self = .foreign
            return
        }
        self.init(dialect, kindText, at: kind)
    }

    private init?(_ dialect: Dialect, _ kind: String, at field: Field) {
        if kind == "Rollout" {
            self = .rollout(dialect)
        } else if let scope = TemplateScope(rawValue: kind) {
            self = .template(dialect, scope)
        } else if dialect == .headgate, kind == freezeKind {
            self = .freeze
        } else if dialect == .argo, otherProjects.contains(kind) {
            self = .foreign
        } else {
            field.refuse(Self.complaint(dialect, kind))
            return nil
        }
    }

    static let kinds = ["Rollout"] + TemplateScope.allCases.map(\.rawValue)
    private static let versions = Dialect.allCases.map(\.rawValue)
    private static var known: String {
        "\(kinds.joined(separator: ", ")) of \(versions.joined(separator: " or ")), \(freezeKind) of "
            + Dialect.headgate.rawValue
    }

    /// Whether one of our kinds stands under a version that is a slip away from a known one, or in our own group.
    private static func isMeant(_ version: String, _ kind: String) -> Bool {
        if version == "headgate.dev" || version.hasPrefix("headgate.dev/") { return true }
        return kinds.contains(kind) && nearest(to: version, in: versions) != nil
    }

    private static func complaint(_ dialect: Dialect, _ kind: String) -> String {
        if dialect == .argo, let reason = unsupportedKinds[kind] {
            return "kind \(kind) is not supported yet: \(reason)"
        }
        return unknown("kind", quoted(kind), kind, dialect == .argo ? kinds : kinds + [freezeKind])
    }
}

/// Of our own kind only.
private let freezeKind = "Freeze"

private let unsupportedKinds = [
    "AnalysisRun": "analyses are run as steps of a Rollout",
    "Experiment": "only canary steps move traffic",
]

/// Kinds that Argo CD, Workflows and Events keep in the same group.
private let otherProjects: Set<String> = [
    "Application", "ApplicationSet", "AppProject", "ArgoCD", "ClusterWorkflowTemplate", "CronWorkflow",
    "EventBus", "EventSource", "Sensor", "Workflow", "WorkflowArtifactGCTask", "WorkflowEventBinding",
    "WorkflowTaskResult", "WorkflowTaskSet", "WorkflowTemplate",
]
