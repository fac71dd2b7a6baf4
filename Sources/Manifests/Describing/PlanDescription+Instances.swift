import Rollouts

extension PlanDescription.Instances {
    init(of workload: WorkloadTarget, _ plan: Plan) {
        let climbs = plan.steps.indices.map { index in
            let sizes = plan.sizes(of: workload, through: index + 1)
            return Scale(step: index + 1, release: sizes.release, stable: sizes.stable)
        }
        // Only where something changes.
        let changes = climbs.indices.filter { index in
            let former =
                index > 0 ? (climbs[index - 1].release, climbs[index - 1].stable) : (0, workload.replicas)
            return former != (climbs[index].release, climbs[index].stable)
        }
        self.init(
            controller: workload.controller, release: workload.release,
            writes: changes.map { climbs[$0] } + [Scale(step: nil, release: workload.replicas, stable: 0)])
    }
}
