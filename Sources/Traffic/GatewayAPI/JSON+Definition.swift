import Kubernetes
import Transport

extension ResourceKind {
    static let definition = ResourceKind(
        "apiextensions.k8s.io", "v1", "CustomResourceDefinition", plural: "customresourcedefinitions",
        isNamespaced: false)
}

extension JSON {
    /// Whether a definition of routes has `sessionPersistence` in its rules, in that version.
    func definesSessions(_ version: String) -> Bool {
        let served = self["spec"]["versions"]?.array?.first { $0["name"]?.string == version }
        let spec = served?["schema"]["openAPIV3Schema"]["properties"]["spec"]
        return spec["properties"]["rules"]["items"]["properties"]["sessionPersistence"] != nil
    }
}
