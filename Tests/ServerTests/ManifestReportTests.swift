import Foundation
import Intake
import Server
import Testing

/// What the interface says about the manifests.
@Suite struct ManifestReportTests {
    @Test func aBrokenManifestIsReportedWithItsPlace() async throws {
        let house = House()
        let folder = house.scratch.path
        try "apiVersion: headgate.dev/v1alpha1\nkind: Rollout\nspec: {}\n"
            .write(toFile: folder + "/broken.yaml", atomically: true, encoding: .utf8)
        try await house.serve(manifests: folder) { guest in
            let token = try await guest.token(.viewer)
            await guest.watcher?.look()
            await guest.watcher?.look()
            let report = try await guest.ask("GET", "/v1/manifests", token: token).decoded(
                as: ManifestReport.self)
            #expect(report.files == 1 && report.rollouts == 0 && report.readAt != nil)
            let problem = try #require(report.problems.first)
            #expect(problem.file == folder + "/broken.yaml" && problem.severity == "error")
            let metrics = try await guest.ask("GET", "/metrics").body
            #expect(metrics.contains("headgate_manifest_problems \(report.problems.count)\n"))
        }
    }
}
