import Transport

/// Schemas of built-in kinds from what little of them matters here: a line is a path and what is said of it.
///
/// `spec.ports: map port,protocol` · `spec.selector: atomic` · `metadata.finalizers: set` ·
/// `spec.ports.protocol: default "TCP"`. A path goes on through the items of a list.
struct SchemaTable {
    private var root: JSON = ["open": true]

    init(_ lines: String) {
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimming() }
            precondition(parts.count == 2, "a line of a schema table has a path and a rule: \(line)")
            add(parts[0].split(separator: ".").map(String.init)[...], rule: parts[1], to: &root)
        }
    }

    var json: JSON { root }

    private func add(_ path: ArraySlice<String>, rule: String, to node: inout JSON) {
        guard let first = path.first else { return apply(rule, to: &node) }
        if node["items"] != nil {
            var items = node["items"] ?? [:]
            add(path, rule: rule, to: &items)
            node["items"] = items
        } else {
            var member = node[path: ["properties", first]] ?? ["open": true]
            add(path.dropFirst(), rule: rule, to: &member)
            node[path: ["properties", first]] = member
        }
    }

    private func apply(_ rule: String, to node: inout JSON) {
        let words = rule.split(separator: " ", maxSplits: 1).map(String.init)
        switch words[0] {
        case "map":
            node["x-kubernetes-list-type"] = "map"
            node["x-kubernetes-list-map-keys"] = JSON(words[1].split(separator: ",").map(String.init))
            node["items"] = ["open": true]
        case "set": node["x-kubernetes-list-type"] = "set"
        case "list": node["items"] = ["open": true]
        case "atomic": node["x-kubernetes-map-type"] = "atomic"
        case "default": node["default"] = JSON(readable: words[1])
        default: preconditionFailure("no such rule of a schema table: \(rule)")
        }
    }
}

extension Substring {
    fileprivate func trimming() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
