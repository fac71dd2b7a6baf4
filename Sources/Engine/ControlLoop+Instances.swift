import Journal
import Logging
import Rollouts

extension ControlLoop {
    func watch(_ controller: any WorkloadController) async {
        for await name in controller.disturbances() {
            await inspect(name)
            // Pods come and go by the dozen: looked at one by one they would take all of the loop's time.
            guard await clock.hasSlept(for: limits.instancesPause) else { return }
        }
    }

    /// Looks whether instances are missing that were ready, and wants them again if so.
    func inspect(_ name: RolloutName) async {
        guard let rollout = rollouts[name], let scaling = rollout.scaling, scaling.isReady,
            let target = rollout.declaration?.workload, let controller = ports.workloads[target.controller]
        else { return }
        let write = ScaleWrite(
            rollout: name, target: target, sizes: scaling.sizes, roles: scaling.roles, since: scaling.since,
            journal: journal.identity)
        do throws(WorkloadFailure) {
            guard let found = try await inspect(write, by: controller) else { return }
            log.warning("\(name): instances are missing: \(found)")
            note(.shrunk(since: scaling.since, found: found), of: name)
        } catch {
            log.warning("\(name): the instances could not be looked at: \(error.message)")
            doubt(name)
        }
    }

    /// A platform that hangs must not keep the others from being looked at.
    private func inspect(
        _ write: ScaleWrite, by controller: any WorkloadController
    ) async throws(WorkloadFailure) -> String? {
        let result = await clock.within(limits.routeDeadline) {
            () async -> Result<String?, WorkloadFailure> in
            do throws(WorkloadFailure) {
                return .success(try await controller.inspect(write))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
