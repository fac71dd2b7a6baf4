import Manifests
import Rollouts
import Testing

/// Pods that Headgate runs.
@Suite struct WorkloadTests {
    private static let pods = """
        replicas: 4
        selector: {matchLabels: {app: web}}
        minReadySeconds: 5
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: app, image: "web:1.4"}]}
        """

    private static let routing = """
        stableService: web-stable
        canaryService: web-canary
        trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
        """

    private func load(_ text: String) -> ManifestSet {
        ManifestsTests.load(["r.yaml": text], runsPods: true)
    }

    private func manifest(
        _ kind: String = "headgate.dev/v1alpha1", pods: String = pods, canary: String = routing,
        steps: String = "[{setWeight: 20}, {pause: {}}]"
    ) -> String {
        """
        apiVersion: \(kind)
        kind: Rollout
        metadata: {name: web, namespace: shop}
        spec:
        \(pods.indented(2))
          strategy:
            canary:
        \(canary.indented(6))
              steps: \(steps)
        """
    }

    @Test func aTemplateIsARelease() throws {
        let set = load(manifest())
        #expect(set.errors == [])
        let workload = try #require(set.declarations.first?.workload)
        #expect(workload.controller == "kubernetes")
        #expect(workload.replicas == 4)
        #expect(workload.release.count == 10)
        #expect(workload.namesRoles == true)
        let settings = try #require(workload.settings["kubernetes"])
        #expect(settings.contains(#""namespace":"shop""#))
        #expect(settings.contains(#""services":{"canary":"web-canary","stable":"web-stable"}"#))
        #expect(settings.contains(#""selector":{"app":"web"}"#))
        #expect(settings.contains(#""image":"web:1.4""#))
        #expect(set.declarations.first?.traffic.namesRoles == true, "the Services are pointed at releases")
    }

    @Test func theSameTemplateIsTheSameReleaseHoweverItIsWritten() throws {
        let other = Self.pods.replacing(
            "{containers: [{name: app, image: \"web:1.4\"}]}",
            with: "\n    containers:\n    - image: 'web:1.4'\n      name: app")
        let names = try [Self.pods, other].map { pods in
            try #require(load(manifest(pods: pods)).declarations.first?.workload?.release)
        }
        #expect(names[0] == names[1])
        let changed = Self.pods.replacing("web:1.4", with: "web:1.5")
        #expect(load(manifest(pods: changed)).declarations.first?.workload?.release != names[0])
        let more = Self.pods.replacing("replicas: 4", with: "replicas: 9")
        #expect(load(manifest(pods: more)).declarations.first?.workload?.release == names[0])
    }

    @Test func argosPodsAreRunWhereThatIsAskedFor() throws {
        let file = ManifestFile(path: "r.yaml", bytes: Array(manifest("argoproj.io/v1alpha1").utf8))
        let left = ManifestSet.load([file])
        #expect(left.errors == [] && left.declarations.first?.workload == nil)
        #expect(
            left.diagnostics.contains { $0.description.contains("pods are left to whoever deploys them") })
        let run = ManifestSet.load([file], runsPods: true)
        #expect(run.errors == [] && run.diagnostics == [])
        #expect(run.declarations.first?.workload?.replicas == 4)
    }

    @Test func theScaleOfACanaryIsAStep() throws {
        let steps =
            "[{setCanaryScale: {replicas: 2}}, {setCanaryScale: {weight: 50}}, {setCanaryScale: {matchTrafficWeight: true}}]"
        let plan = try #require(load(manifest(steps: steps)).declarations.first?.plan)
        #expect(
            plan.steps == [.setScale(.instances(2)), .setScale(.share(.percent(50))), .setScale(.traffic)])
    }

    @Test func whatCannotBeRunIsRefused() {
        let envoy = load(manifest(canary: "trafficRouting: {envoy: {}}")).errors.map(\.description)
        #expect(
            envoy.contains { $0.contains("nothing that moves traffic on Kubernetes is named") },
            "\(envoy)")
        let reference =
            Self.pods.split(separator: "template:")[0] + "workloadRef: {kind: Deployment, name: web}"
        let refused = load(manifest(pods: String(reference))).errors.map(\.description)
        #expect(refused.contains { $0.contains("`workloadRef` is not supported yet") }, "\(refused)")
        let bare = load(manifest(pods: "replicas: 3")).errors.map(\.description)
        #expect(bare.contains { $0.contains("spec: missing `template`") }, "\(bare)")
    }

    // MARK: Without a mesh

    @Test func aCanaryWithoutAMeshIsDividedByTheNumberOfInstances() throws {
        let declaration = try #require(load(manifest(canary: "maxUnavailable: 1")).declarations.first)
        #expect(declaration.workload?.division == .instances(canSurge: true))
        #expect(declaration.traffic.router == "kubernetes" && declaration.traffic.namesRoles == nil)
        let tight = load(manifest(canary: "maxSurge: 0\nmaxUnavailable: 1")).declarations.first
        #expect(tight?.workload?.division == .instances(canSurge: false))
        #expect(load(manifest()).declarations.first?.workload?.division == nil)
    }

    @Test(arguments: [
        (
            "[{setHeaderRoute: {name: a, match: [{headerName: x, headerValue: {exact: y}}]}}]",
            "needs a mesh"
        ),
        ("[{setCanaryScale: {replicas: 2}}]", "the number of instances is what divides the traffic"),
    ])
    func whatNeedsAMeshIsRefusedWithoutOne(steps: String, words: String) {
        let errors = load(manifest(canary: "maxSurge: 1", steps: steps)).errors.map(\.description)
        #expect(errors.contains { $0.contains(words) }, "\(errors)")
    }

    @Test(arguments: ["headgate.dev/v1alpha1", "argoproj.io/v1alpha1"])
    func theServicesOfACanaryArePointedWithoutAMeshToo(kind: String) throws {
        let set = load(manifest(kind, canary: "stableService: web-stable\ncanaryService: web-canary"))
        #expect(set.errors == [])
        let workload = try #require(set.declarations.first?.workload)
        #expect(workload.division == .instances(canSurge: true) && workload.namesRoles == true)
        let services = #""services":{"canary":"web-canary","stable":"web-stable"}"#
        #expect(workload.settings["kubernetes"]?.contains(services) == true)
        #expect(set.declarations.first?.traffic.namesRoles == nil, "nobody routes by them")
    }

    @Test func aBlueGreenWithoutAMeshIsDividedByItsServices() throws {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: shop}
            spec:
            \(Self.pods.indented(2))
              strategy:
                blueGreen:
                  activeService: web-active
                  previewService: web-preview
                  previewReplicaCount: 1
                  autoPromotionEnabled: false
            """
        let set = load(text)
        #expect(set.errors == [])
        let declaration = try #require(set.declarations.first)
        #expect(declaration.workload?.division == .names && declaration.workload?.namesRoles == true)
        #expect(
            declaration.plan.steps == [
                .setScale(.instances(1)), .pause(nil), .setScale(.share(.all)), .setWeight(.all),
            ])
        let left = ManifestSet.load([ManifestFile(path: "r.yaml", bytes: Array(text.utf8))])
        #expect(left.declarations.first?.plan.steps == [.pause(nil), .setWeight(.all)])
    }
}
