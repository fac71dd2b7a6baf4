import Rollouts

extension Scenario {
    /// The platform runs the releases of all its rollouts.
    mutating func runReleases() {
        mesh = .interface
        manifests = manifests.map(\.run)
        deeds = deeds.map { at, deed in
            if case .edit(let declaration) = deed { (at, .edit(declaration.run)) } else { (at, deed) }
        }
    }
}

extension Declaration {
    /// With three to nine instances; how many says its plan, so that an edit changes it.
    fileprivate var run: Declaration {
        var declaration = self
        declaration.workload = WorkloadTarget(
            controller: "kubernetes", release: "v1", replicas: 3 + plan.steps.count % 7)
        return declaration
    }
}
