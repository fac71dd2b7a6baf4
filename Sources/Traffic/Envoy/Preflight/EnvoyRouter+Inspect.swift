import Engine
import Glibc
package import Rollouts
import Transport

extension EnvoyRouter {
    package func inspect(
        _ inspection: Inspection, of rollout: RolloutName
    ) async throws(RouteFailure) -> [Finding] {
        let target = try EnvoyTarget(rollout, inspection.target)
        let surveys = await withTaskGroup(of: EnvoySurvey.self) { group in
            for admin in admins { group.addTask { await EnvoySurvey(inspection, target, admin) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.name < $1.name }
        }
        return folderFindings + surveys.flatMap(\.findings)
    }

    private var folderFindings: [Finding] {
        guard access(settings.folder, W_OK | X_OK) != 0 else { return [] }
        let reason = String(cString: strerror(errno))
        return [
            Finding(
                .error, "objects", settings.folder, "can't be written to: \(reason)",
                why: "Envoy takes its routes from files there",
                mend: "let the server write there, or correct `envoy.folder` in its configuration")
        ]
    }
}
