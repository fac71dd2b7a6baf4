import Transport

/// What a kind says of a value: its type, its limits, and how the lists and maps in it are owned.
///
/// The structural schemas of custom resources, and the little that the built-in kinds need of theirs.
final class Schema: Sendable {
    /// `object`, `array`, `string`, `integer`, `number`, `boolean`; none: any.
    let type: String?
    let properties: [String: Schema]
    /// Of the members of a map that have no property.
    let additional: Schema?
    let items: Schema?
    let required: [String]
    let defaultValue: JSON?
    let ownership: Ownership
    let isNullable: Bool
    let isIntOrString: Bool
    let isEmbedded: Bool
    /// What has no property is kept.
    let keepsUnknown: Bool
    /// What has no property counts as one all the same: built-in kinds, whose properties are not all written here.
    let isOpen: Bool
    let limits: SchemaLimits
    let combinations: Combinations
    let rules: SchemaRules

    /// By whole, or by part.
    enum Ownership: Hashable, Sendable {
        /// Objects by member, lists as a whole, as the schema's type says.
        case plain
        case atomic
        case set
        case map(keys: [String])
    }

    /// Each alternative may say `required`, types and limits, but no new properties.
    struct Combinations: Sendable {
        let all: [Schema]
        let any: [Schema]
        let one: [Schema]
        let not: [Schema]

        var isEmpty: Bool { all.isEmpty && any.isEmpty && one.isEmpty && not.isEmpty }
    }

    init(_ json: JSON) {
        type = json["type"]?.string
        properties = (json["properties"]?.object ?? [:]).mapValues(Schema.init)
        additional = json["additionalProperties"].flatMap { $0.object == nil ? nil : Schema($0) }
        items = json["items"].map(Schema.init)
        required = json["required"]?.array?.compactMap(\.string) ?? []
        defaultValue = json["default"]
        ownership = Ownership(json)
        isNullable = json["nullable"]?.bool ?? false
        isIntOrString = json["x-kubernetes-int-or-string"]?.bool ?? false
        isEmbedded = json["x-kubernetes-embedded-resource"]?.bool ?? false
        keepsUnknown = json["x-kubernetes-preserve-unknown-fields"]?.bool ?? false
        isOpen = json["open"]?.bool ?? false
        limits = SchemaLimits(json)
        combinations = Combinations(json)
        rules = SchemaRules(json)
    }

    /// The schema of a member; none where the member is unknown.
    func member(_ name: String) -> Schema? {
        properties[name] ?? additional ?? (isOpen ? .openDefault : nil) ?? (keepsUnknown ? .anything : nil)
    }

    /// Whether a member is a field of a structure, and no entry of a map.
    func isField(_ name: String) -> Bool { properties[name] != nil || isOpen }

    /// Whatever there is, owned as its own shape suggests.
    static let anything = Schema(["x-kubernetes-preserve-unknown-fields": true])
    static let openDefault = Schema(["open": true])
}

extension Schema.Ownership {
    init(_ json: JSON) {
        switch (json["x-kubernetes-list-type"]?.string, json["x-kubernetes-map-type"]?.string) {
        case ("map", _):
            self = .map(keys: json["x-kubernetes-list-map-keys"]?.array?.compactMap(\.string) ?? [])
        case ("set", _): self = .set
        case ("atomic", _), (_, "atomic"): self = .atomic
        default: self = .plain
        }
    }
}

extension Schema.Combinations {
    init(_ json: JSON) {
        func list(_ name: String) -> [Schema] { (json[name]?.array ?? []).map(Schema.init) }
        all = list("allOf")
        any = list("anyOf")
        one = list("oneOf")
        not = json["not"].map { [Schema($0)] } ?? []
    }
}
