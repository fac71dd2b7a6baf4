import TestCluster
import Transport

/// Makes documents that a schema takes, without a thought for what they mean.
struct RandomDocuments {
    private var random: Dice

    init(seed: UInt64) {
        random = Dice(state: seed)
    }

    /// An object of a kind, by its definition.
    mutating func document(_ definition: JSON) -> JSON {
        let spec = definition["spec"] ?? [:]
        let version = spec["versions"]?.array?.first ?? [:]
        let schema = version["schema"]?["openAPIV3Schema"]?["properties"]?["spec"] ?? [:]
        return [
            "apiVersion": "headgate.dev/v1alpha1", "kind": spec["names"]?["kind"] ?? "",
            "metadata": ["name": "random"], "spec": value(schema),
        ]
    }

    /// Thrown again until it fits, from the inside out, so that an object only has to get its own rules right.
    private mutating func value(_ schema: JSON) -> JSON {
        // What is inside fits already.
        var own = schema
        own["properties"] = (schema["properties"]?.object).map { .object($0.mapValues { _ in [:] }) }
        for name in ["items", "additionalProperties"] where schema[name] != nil { own[name] = [:] }
        for _ in 0..<10_000 {
            let value = thrown(schema)
            if Definitions.complaints(about: value, schema: own).isEmpty { return value }
        }
        preconditionFailure("no value that fits was found in 10000 throws: \(schema.text)")
    }

    private mutating func thrown(_ schema: JSON) -> JSON {
        switch schema["type"]?.string {
        case "object": .object(object(schema))
        case "array":
            .array(
                (0..<count(schema["minItems"], schema["maxItems"])).map { _ in value(schema["items"] ?? [:]) }
            )
        case "string": text(schema)
        case "boolean": .bool(Bool.random(using: &random))
        case "integer": number(schema, isWhole: true)
        case "number": number(schema, isWhole: Bool.random(using: &random))
        default: untyped(schema)
        }
    }

    private mutating func untyped(_ schema: JSON) -> JSON {
        if schema["x-kubernetes-int-or-string"] != nil {
            return Bool.random(using: &random) ? number(schema, isWhole: true) : text(schema)
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .object(object(schema))
        case 1: return .bool(Bool.random(using: &random))
        case 2: return number(schema, isWhole: false)
        case 3: return ["a"]
        default: return text(schema)
        }
    }

    private mutating func object(_ schema: JSON) -> [String: JSON] {
        let properties = schema["properties"]?.object ?? [:]
        var names = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
        let others = properties.keys.filter { !names.contains($0) }.sorted()
        let isSparse = Bool.random(using: &random)
        if isSparse, let one = others.randomElement(using: &random) { names.insert(one) }
        names.formUnion(others.filter { _ in !isSparse && Int.random(in: 0..<3, using: &random) == 0 })
        var members: [String: JSON] = [:]
        for name in names.sorted() { members[name] = value(properties[name] ?? [:]) }
        if let values = schema["additionalProperties"] {
            for _ in 0..<count(schema["minProperties"], schema["maxProperties"]) {
                members[word()] = value(values)
            }
        }
        if properties.isEmpty, schema["x-kubernetes-preserve-unknown-fields"] != nil { members["free"] = 1 }
        return members
    }

    private mutating func count(_ least: JSON?, _ most: JSON?) -> Int {
        let least = least?.integer ?? 0
        return least + Int.random(in: 0...min(2, max(0, (most?.integer ?? .max) - least)), using: &random)
    }

    private mutating func number(_ schema: JSON, isWhole: Bool) -> JSON {
        let least = schema["minimum"]?.number ?? 0
        let most = min(schema["maximum"]?.number ?? 1_000, least + 1_000)
        guard least <= most else { return .integer(1) }
        let number = Double.random(in: least...most, using: &random)
        return isWhole ? .integer(Int64(number.rounded())) : .number((number * 100).rounded() / 100)
    }

    private mutating func text(_ schema: JSON) -> JSON {
        if let names = schema["enum"]?.array, let name = names.randomElement(using: &random) { return name }
        return .string(word())
    }

    private mutating func word() -> String {
        let index = Int.random(in: Self.words.indices, using: &random)
        let word = Self.words[index]
        return word == "n" ? "n\(Int.random(in: 0..<1_000, using: &random))" : word
    }

    private static let words = [
        "", "n", "n", "n", "a", "web", "30s", "5m", "2d", "3", "25%", "/api", "result[0] > 1", "x-canary",
        "GET", "https://gate.example", "{{args.web}}", "{{ args.a }}", "now()", "2026-12-23", "0 18 * * fri",
        "Europe/Berlin", "session", "metadata.name",
    ]
}
