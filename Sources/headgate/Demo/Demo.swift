import ArgumentParser
import Foundation
import Lab
import Server

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "The main job on real parts: Envoy, Prometheus, two releases of a service, and a steady load.",
        discussion: """
            Stories: a good release climbs to all traffic; a bad one is taken back by itself; one waits at a pause and
            is promoted from the command line; then rules and mirrors, blue-green, a switch back, an A/B test by a
            sticky share, and a bake. `--scenario istio`, `gateway-api` and `linkerd` play on the objects of those
            instead, in a Kubernetes API server of their own; `consul` on the entries of a real Consul. Everything runs on
            loopback and is cleaned up at the end.

            Example: headgate demo --scenario bad --json report.json
            """)

    @Option(help: "Only this one; may be given several times.") var scenario: [DemoScenario] = []
    @Option(help: "Requests per second through Envoy.") var load = 250
    @Option(help: "Write the report to this file as JSON.") var json: String?
    @Option(help: "Keep all files (configuration, logs, journal) in this folder.") var keep: String?

    func validate() throws {
        guard (1...2_000).contains(load) else {
            throw ValidationError("--load: between 1 and 2000 per second")
        }
    }

    func run() async throws {
        let (load, keep, scenarios) = (load, keep, DemoScenario.all(of: scenario))
        let report = try await report(of: scenarios, load, keep)
        print("\n" + report.text)
        if let json { try Output.json(report).write(toFile: json, atomically: true, encoding: .utf8) }
        if let trouble = report.trouble(of: scenarios) { throw CommandError(trouble) }
    }

    private func report(of scenarios: [DemoScenario], _ load: Int, _ keep: String?) async throws -> DemoReport
    {
        do {
            return try await cancelledByInterrupt {
                let others = scenarios.filter { $0.mesh == nil && !$0.isOnConsul }
                var report = DemoReport()
                if !others.isEmpty {
                    report.scenarios += try await withLab(in: keep) { rig in
                        try await Self.play(others, in: rig, load)
                    }
                }
                let onConsul = scenarios.filter(\.isOnConsul)
                if !onConsul.isEmpty {
                    report.scenarios += try await withLab(in: keep.map { "\($0)/consul" }) { rig in
                        try await Self.playOnConsul(onConsul, in: rig, load)
                    }
                }
                for mesh in DemoMesh.allCases {
                    let stories = scenarios.filter { $0.mesh == mesh }
                    guard !stories.isEmpty else { continue }
                    report.scenarios += try await withLab(in: keep.map { "\($0)/\(mesh)" }) { rig in
                        try await Self.play(stories, on: mesh, in: rig, load)
                    }
                }
                return report
            }
        } catch is CancellationError {
            Output.complain("interrupted; everything that was started is stopped")
            throw ExitCode(130)
        }
    }

    private static func play(
        _ scenarios: [DemoScenario], in rig: Rig, _ load: Int
    ) async throws -> [DemoReport.Scenario] {
        print("starting Envoy, Prometheus, two places for releases, and headgate …")
        let installation = try await Installation.set(
            in: rig, program: try Tools.thisProgram(), manifest: DemoManifest.climbing)
        try await installation.begin()
        print("v1 is stable; \(load) requests per second go through Envoy at \(try installation.url())")
        return try await play(scenarios, on: installation, load)
    }

    private static func play(
        _ scenarios: [DemoScenario], on mesh: DemoMesh, in rig: Rig, _ load: Int
    ) async throws -> [DemoReport.Scenario] {
        print("starting a Kubernetes API server, Envoy, Prometheus, two places for releases, and headgate …")
        let program = try Tools.thisProgram()
        let play = {
            @Sendable
            (
                installation: Installation, stage: any MeshStage
            ) async throws -> [DemoReport.Scenario] in
            print("v1 is stable; \(load) requests per second go where the \(stage.split.reference) says")
            return try await Self.play(scenarios, on: installation, load) { $0.stage = stage }
        }
        switch mesh {
        case .istio:
            return try await withIstio(in: rig, program: program, manifest: scenarios[0].manifest) {
                try await play($0, $1)
            }
        case .gatewayAPI, .linkerd:
            let routes = mesh == .linkerd ? RouteMesh.linkerd : .gateway
            return try await withRoutes(routes, in: rig, program: program, manifest: scenarios[0].manifest) {
                try await play($0, $1)
            }
        }
    }

    private static func playOnConsul(
        _ scenarios: [DemoScenario], in rig: Rig, _ load: Int
    ) async throws -> [DemoReport.Scenario] {
        print("starting Consul, Envoy, Prometheus, two places for releases, and headgate …")
        return try await withConsul(
            in: rig, program: try Tools.thisProgram(), manifest: DemoManifest.consul
        ) { installation, stage in
            print("v1 is stable; \(load) requests per second go where the service-splitter checkout says")
            return try await play(scenarios, on: installation, load) { $0.consul = stage }
        }
    }

    private static func play(
        _ scenarios: [DemoScenario], on installation: Installation, _ load: Int,
        _ prepare: (inout DemoPlay) -> Void = { _ in }
    ) async throws -> [DemoReport.Scenario] {
        var played: [DemoReport.Scenario] = []
        for (index, scenario) in scenarios.enumerated() {
            print("\n▌\(index + 1) \(scenario.title)")
            let picture = DemoPicture()
            var play = DemoPlay(
                installation: installation, scenario: scenario, version: "v\(index + 2)", perSecond: load,
                show: { picture.show($0, $1) }, say: { picture.say($0) })
            prepare(&play)
            played.append(try await play.run())
        }
        return played
    }
}

/// The live picture: the rollout, and under it what the load sees.
private final class DemoPicture {
    private var screen = Screen()
    private let isTerminal = isatty(STDOUT_FILENO) == 1

    func say(_ text: String) {
        print("  → \(text)")
        fflush(nil)
        screen = Screen()
    }

    func show(_ status: RolloutStatus, _ load: LoadResult) {
        guard isTerminal else { return screen.show(status) }
        screen.show(StatusPicture(status).text + "\n" + line(load))
    }

    private func line(_ load: LoadResult) -> String {
        let recent = load.slices.dropLast().suffix(10)
        let byRelease = recent.reduce(into: [String: Int]()) { $0.merge($1.byRelease, uniquingKeysWith: +) }
        let shares = byRelease.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)/s" }
        return "  load    \(shares.joined(separator: "  "))  failed by release \(load.failedByRelease)"
            + "  by shift \(load.failedByShift)"
    }
}

struct DemoServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-service", abstract: "The service of the demo.", shouldDisplay: false)

    @Option(help: "The port on loopback.") var port: UInt16
    @Option(help: "What it calls itself.") var version: String

    func run() async throws {
        try await runDemoService(port: port, version: version)
    }
}
