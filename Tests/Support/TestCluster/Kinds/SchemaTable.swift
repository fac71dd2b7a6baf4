import Transport

/// Schemas of built-in kinds, in as many lines as matter here. A line is a path and a rule; a path goes on through
/// the items of a list.
///
/// - `spec: fields replicas/int paused/bool name/text selector` is all that may be in it; a field without a type may be
///   anything.
/// - `spec.ports: map port,protocol` is a list whose items are owned one by one, `set` one of plain values, `list` one
///   that is owned as a whole.
/// - `spec.selector: atomic` is an object that is owned as a whole.
/// - `spec.ports.protocol: default "TCP"`
struct SchemaTable {
    private(set) var json: JSON = ["open": true]

    init(_ lines: String) {
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            precondition(parts.count == 2, "a line of a schema table has a path and a rule: \(line)")
            add(parts[0].split(separator: ".").map(String.init)[...], String(parts[1].dropFirst()), to: &json)
        }
    }

    private func add(_ path: ArraySlice<String>, _ rule: String, to node: inout JSON) {
        guard let first = path.first else { return apply(rule, to: &node) }
        let place = node["items"] == nil ? ["properties", first] : ["items"]
        var below = node[path: place] ?? ["open": true]
        add(node["items"] == nil ? path.dropFirst() : path, rule, to: &below)
        node[path: place] = below
    }

    private func apply(_ rule: String, to node: inout JSON) {
        let words = rule.split(separator: " ").map(String.init)
        switch words[0] {
        case "fields":
            // Of a list, those of its items.
            let place = node["items"] == nil ? [] : ["items"]
            var closed = node[path: place] ?? [:]
            close(&closed, words.dropFirst())
            node[path: place] = closed
        case "map":
            node["x-kubernetes-list-type"] = "map"
            node["x-kubernetes-list-map-keys"] = JSON(words[1].split(separator: ",").map(String.init))
            makeList(&node)
        case "set": node["x-kubernetes-list-type"] = "set"
        case "list": makeList(&node)
        case "atomic": node["x-kubernetes-map-type"] = "atomic"
        case "default": node["default"] = JSON(readable: words.dropFirst().joined(separator: " "))
        default: preconditionFailure("no such rule of a schema table: \(rule)")
        }
    }

    private func makeList(_ node: inout JSON) {
        node["items"] = ["open": true]
        node["type"] = "array"
        node["open"] = nil
    }

    private func close(_ node: inout JSON, _ fields: ArraySlice<String>) {
        node["open"] = nil
        node["type"] = "object"
        for field in fields {
            let parts = field.split(separator: "/").map(String.init)
            node[path: ["properties", parts[0]]] = type(parts.count > 1 ? parts[1] : "any")
        }
    }

    private func type(_ name: String) -> JSON {
        switch name {
        case "int": ["type": "integer", "format": "int32"]
        case "long": ["type": "integer", "format": "int64"]
        case "text": ["type": "string"]
        case "bool": ["type": "boolean"]
        case "texts": ["type": "object", "additionalProperties": ["type": "string"]]
        case "time": ["type": "string", "format": "date-time"]
        case "micro": ["type": "string", "format": "microtime"]
        case "any": ["open": true]
        default: preconditionFailure("no such type of a schema table: \(name)")
        }
    }
}
