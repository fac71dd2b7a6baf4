import Foundation
import Transport

extension ClusterState {
    /// That an object is as its kind demands.
    func check(_ object: JSON, _ target: Target, _ name: String, over live: JSON? = nil) throws(Refusal) {
        var faults =
            target.kind.isCustom
            ? target.schema.faults(in: object, at: "") : target.kind.faults(in: object, over: live)
        if !isName(name) { faults.insert(nameFault(name), at: 0) }
        guard faults.isEmpty else { throw .invalid(target.kind, name, faults) }
    }

    private func isName(_ name: String) -> Bool {
        name.count <= 253 && name.range(of: "^\(namePattern)$", options: .regularExpression) != nil
    }

    private func nameFault(_ name: String) -> Fault {
        Fault(
            reason: .invalid, path: "metadata.name",
            message: "Invalid value: \"\(name)\": a lowercase RFC 1123 subdomain must consist of lower case "
                + "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
                + "(e.g. 'example.com', regex used for validation is '\(namePattern)')")
    }

    /// What is being deleted takes no new finalizers.
    func checkFinalizers(_ new: JSON, _ live: JSON, _ target: Target) throws(Refusal) {
        guard live["metadata"]?["deletionTimestamp"] != nil else { return }
        func finalizers(_ object: JSON) -> [String] {
            object["metadata"]?["finalizers"]?.array?.compactMap(\.string) ?? []
        }
        let added = finalizers(new).filter { !finalizers(live).contains($0) }
        guard !added.isEmpty else { return }
        let list = added.map { "\"\($0)\"" }.joined(separator: ", ")
        let fault = Fault(
            reason: .forbidden, path: "metadata.finalizers",
            message: "Forbidden: no new finalizers can be added if the object is being deleted, "
                + "found new finalizers []string{\(list)}")
        throw .invalid(target.kind, target.name ?? "", [fault])
    }
}

private let namePattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
