import Analysis

/// One of the `args` of a template, where it is declared, or of a rollout, where it is given.
struct Argument {
    let name: String
    /// None in a template: the rollout has to give it.
    let value: Value?
    let field: Field

    enum Value: Hashable {
        case text(String)
        /// What only a running release can fill.
        case placeholder(Placeholder)
        /// Something that the rollout's own manifest says.
        case reference(FieldReference)
        /// What is read when it is needed, and written down nowhere.
        case secret(SecretReference)
        /// What an experiment calls one of its variants.
        case variant(VariantName)
    }
}

extension Argument {
    /// The arguments that a rollout gives.
    static func given(_ dialect: Dialect) -> Shape<[Argument]> {
        list { fields in
            let value = read(&fields, dialect) { dialect == .argo ? fromPods(&$0) : fromRelease(&$0) }
            _ = fields.exactlyOne(of: ["value", "valueFrom"])
            return value
        }
    }

    /// The arguments that an analysis of an experiment gives: the variants have names, too.
    static func ofExperiment(_ dialect: Dialect) -> Shape<[Argument]> {
        list(upTo: 20) { fields in
            let variant = fields.field("value").flatMap { $0.sketch == nil ? VariantName($0) : nil }
            let value =
                variant.map(Value.variant)
                ?? read(&fields, dialect) { dialect == .argo ? fromPods(&$0) : fromRelease(&$0) }
            _ = fields.exactlyOne(of: ["value", "valueFrom"])
            return value
        }
    }

    /// The arguments that a template asks for.
    static func declared(_ dialect: Dialect) -> Shape<[Argument]> {
        list { fields in
            let value = read(&fields, dialect) { fromManifest(&$0, names: ["fieldRef", "secretKeyRef"]) }
            fields.atMostOne(of: ["value", "valueFrom"])
            return value
        }
    }

    private static func read(
        _ fields: inout Fields, _ dialect: Dialect, from source: @escaping (inout Fields) -> Value?
    ) -> Value? {
        let text = fields.optional("value", in: dialect, .argumentText)
        return text ?? fields.optional("valueFrom", in: dialect, .object(source))
    }

    private static func list(
        upTo countMax: Int = 100, _ read: @escaping (inout Fields) -> Value?
    ) -> Shape<[Argument]> {
        let item = Shape<Argument>.object { fields in
            let name = fields.required("name", .nonEmptyString)
            let value = read(&fields)
            return name.map { Argument(name: $0, value: value, field: fields.field) }
        }
        return Shape { field in
            field.note(.key("name"), .items(to: countMax))
            let arguments = field.read(.list(of: item))
            if let count = arguments?.count, count > countMax {
                field.refuse("has \(count) arguments; the limit is \(countMax)")
            }
            arguments.map(refuseDuplicates)
            return arguments
        }
    }

    private static func refuseDuplicates(_ arguments: [Argument]) {
        var seen: Set<String> = []
        for argument in arguments where !seen.insert(argument.name).inserted {
            argument.field.refuse("a second argument \(quoted(argument.name)) in the same list")
        }
    }
}

// MARK: - Where a value comes from

extension Argument {
    /// Our own kind: the release, the backend that carries it, or the manifest.
    private static func fromRelease(_ fields: inout Fields) -> Value? {
        let release = fields.optional(
            "release", .oneOf(["canary": Placeholder.canaryRelease, "stable": .stableRelease]))
        let backend = fields.optional(
            "backend", .oneOf(["canary": Placeholder.canaryBackend, "stable": .stableBackend]))
        let manifest = fromManifest(&fields, names: ["backend", "fieldRef", "release", "secretKeyRef"])
        return (release ?? backend).map(Value.placeholder) ?? manifest
    }

    /// Argo's kind: what it calls by the hash of a pod template is a release here.
    private static func fromPods(_ fields: inout Fields) -> Value? {
        let release = fields.optional(
            "podTemplateHashValue", nullIsAbsent: true,
            Shape.oneOf(["Latest": Placeholder.canaryRelease, "Stable": .stableRelease]).read)
        let manifest = fromManifest(&fields, names: ["fieldRef", "podTemplateHashValue"])
        return release.map(Value.placeholder) ?? manifest
    }

    private static func fromManifest(_ fields: inout Fields, names: [String]) -> Value? {
        let reference = fields.optional("fieldRef", .fieldReference).map(Value.reference)
        // Argo has it in templates only.
        guard names.contains("secretKeyRef") else {
            let advice = "put it into the `args` of the template, as Argo has it"
            if !fields.refuseUnsupported(["secretKeyRef": advice]) { _ = fields.exactlyOne(of: names) }
            return reference
        }
        let secret = fields.optional("secretKeyRef", .secretReference).map(Value.secret)
        _ = fields.exactlyOne(of: names)
        return reference ?? secret
    }
}

extension Shape where Output == Argument.Value {
    /// A text or a number, taken as it is written.
    static var argumentText: Shape {
        Shape<String>.stringOrNumber
            .refusing {
                $0.contains("{{") ? "an argument's value is taken as it is; `{{` in it is never filled" : nil
            }
            .map(Argument.Value.text)
    }
}
