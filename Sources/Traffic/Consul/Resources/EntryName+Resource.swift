import Kubernetes
import Transport

// An entry as Consul has it, and the custom resource that consul-k8s makes it from. Annotations stand where an entry has
// its `Meta`, so that plans need not know which of the two they are made for.

extension EntryName {
    func entry(of resource: JSON) -> JSON {
        var entry = SpecWords.of(kind).swapped(resource["spec"] ?? [:])
        entry["Kind"] = .string(kind.rawValue)
        entry["Name"] = .string(service)
        entry["Meta"] = resource.annotations
        return entry
    }

    func spec(of entry: JSON) -> JSON {
        var content = entry
        for key in ["Kind", "Name", "Meta"] { content[key] = nil }
        return SpecWords.of(kind).swapped(content)
    }

    /// The resource with an entry in it; a new one where there is none.
    func resource(with entry: JSON, in present: JSON?) -> JSON {
        var object =
            present ?? [
                "apiVersion": .string(kind.resource.apiVersion), "kind": .string(kind.resource.kind),
                "metadata": ["name": .string(service)],
            ]
        if present == nil { object["metadata"]["namespace"] = namespace.map(JSON.string) }
        object["spec"] = spec(of: entry)
        object["metadata"]["annotations"] = entry["Meta"]
        return object
    }
}
