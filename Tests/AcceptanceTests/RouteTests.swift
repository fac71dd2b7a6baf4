import Lab
import Server
import Testing

@testable import headgate

/// The server moves the traffic of a real Envoy by a HTTPRoute in an API server, under load.
@Suite(.serialized) struct RouteTests {
    /// The demo tells the same stories.
    @Test(arguments: [DemoMesh.gatewayAPI, .linkerd])
    func aGoodReleaseClimbsDespiteMeddlingAndABadOneIsTakenBack(mesh: DemoMesh) async throws {
        try await withLab { rig in
            let report = try await withRoutes(
                mesh == .linkerd ? .linkerd : .gateway, in: rig, program: try theProgram(),
                manifest: mesh.scenarios[0].manifest
            ) { installation, stage in
                var report = DemoReport()
                for (number, scenario) in mesh.scenarios.enumerated() {
                    let play = DemoPlay(
                        installation: installation, scenario: scenario, version: "v\(number + 2)",
                        perSecond: 200, show: { _, _ in }, say: { _ in }, stage: stage)
                    report.scenarios.append(try await play.run())
                }
                #expect(await stage.follower.trouble == nil)
                return report
            }
            #expect(report.trouble(of: mesh.scenarios) == nil, "\(report.text)")
            #expect(report.scenarios.allSatisfy { $0.requests > 500 }, "\(report.text)")
        }
    }
}
