import Engine
import Rollouts
import Transport

// The custom resources of a target, before a release is moved by them.

extension ConsulRouter {
    func resourceFindings(_ sight: ConsulSight) async -> [Finding] {
        var findings = sight.entries.flatMap(\.resourceFindings)
        if sight.resolver.document == nil, !sight.target.definesSubsets {
            findings.append(
                .unfit(
                    "\(sight.resolver.name)",
                    "is not there, and it would say what the subsets are; or name `filters` or `releaseMeta`")
            )
        }
        return findings + (await strangers(sight))
    }

    /// Entries that consul-k8s has not made, and so leaves alone whatever its resources say.
    private func strangers(_ sight: ConsulSight) async -> [Finding] {
        guard settings.address != nil else { return [] }
        var findings: [Finding] = []
        for name in sight.entries.map(\.name) {
            do throws(ConsulError) {
                let entry = try await api.read(name.inConsul)
                guard entry.document != nil, !entry.isOfKubernetes else { continue }
                findings.append(
                    Finding(
                        .error, "owner", "\(name.inConsul)", "was not made by consul-k8s",
                        why:
                            "consul-k8s writes over no entry of somebody else, so that \(name) comes to nothing",
                        mend: "delete it in Consul, or annotate the resource with "
                            + "consul.hashicorp.com/migrate-entry: \"true\""))
            } catch {
                findings.append(.unread("\(name.inConsul)", error.message))
            }
        }
        return findings
    }
}

extension ConsulEntry {
    fileprivate var resourceFindings: [Finding] {
        guard let resource else { return [] }
        var findings = [Finding.owner(of: name.kind.splitPath, in: resource, "\(name.resource)")].compactMap(
            \.self)
        if resource["metadata"]["deletionTimestamp"] != nil {
            findings.append(.unfit("\(name)", "is being deleted"))
        }
        if let (isSaid, text) = SyncStatus(self).objection {
            findings.append(
                Finding(
                    isSaid ? .error : .warning, "synced", "\(name)", text,
                    why: "Consul has not what it says, and goes by what was there before",
                    mend: isSaid
                        ? "mend what the condition names"
                        : "see whether consul-k8s runs, and looks at the namespace"))
        }
        return findings
    }
}

extension Finding {
    static var consulUnseen: Finding {
        Finding(
            .warning, Finding.mtls, "Consul", "was not looked at: the server has no `consul.address`",
            why: "whether there are instances, callers that are let in, and mutual TLS only is not proved",
            mend: "add the address of an agent or a server")
    }
}
