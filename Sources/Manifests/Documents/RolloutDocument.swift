/// A Rollout as it was written: decoded, not yet joined with its templates.
struct RolloutDocument {
    /// None: reported. The rest is looked at nevertheless, to say at once what is wrong with it.
    let metadata: Metadata?
    let dialect: Dialect
    /// The whole document: where arguments that refer to the manifest look.
    let root: Field
    let isPaused: Bool
    /// None: reported.
    let canary: CanaryDocument?
    let isFileWhole: Bool

    var file: String { root.node.mark.file }
    var diagnostics: Diagnostics { root.diagnostics }
    var isBroken: Bool { !isFileWhole || diagnostics.hasErrors }
}

extension RolloutDocument {
    /// The name becomes a file's name and a label's value.
    private static let nameLengthMax = 63

    static func read(_ document: inout Fields, _ dialect: Dialect, isFileWhole: Bool) -> RolloutDocument {
        let metadata = Metadata.read(&document, dialect, lengthMax: nameLengthMax)
        if dialect == .argo { document.ignore("status") }
        let name = metadata?.name ?? "rollout"
        let spec: Spec? = document.required("spec", .object { Spec(&$0, dialect, name) })
        document.refuseUnknown()
        return RolloutDocument(
            metadata: metadata, dialect: dialect, root: document.field, isPaused: spec?.isPaused ?? false,
            canary: spec?.canary, isFileWhole: isFileWhole)
    }

    private struct Spec {
        let isPaused: Bool
        let canary: CanaryDocument?

        init(_ fields: inout Fields, _ dialect: Dialect, _ name: String) {
            isPaused = fields.optional("paused", in: dialect, .bool) ?? false
            if dialect == .argo { Pods.read(&fields) }
            canary = fields.required("strategy", .object { Self.strategy(&$0, dialect, name) })
        }

        private static func strategy(
            _ fields: inout Fields, _ dialect: Dialect, _ name: String
        ) -> CanaryDocument? {
            let canary = fields.field("canary", in: dialect)
            let isBlueGreen = fields.has("blueGreen")
            fields.refuseUnsupported(["blueGreen": "the strategy that works is canary"])
            if canary == nil, !isBlueGreen { fields.field.refuse("missing `canary`") }
            return canary?.read(.object { CanaryDocument(&$0, dialect, name) })
        }
    }
}
