import Kubernetes
import TestCluster
import Testing
import Transport

@Suite struct PodKeeperTests {
    private let web = ObjectReference(.replicaSet, "web", in: "default")

    @Test func aReplicaSetGetsItsPods() async throws {
        try await withCluster(keeper: PodKeeper()) { cluster in
            cluster.create(replicaSet("web", replicas: 3), .replicaSet)
            let pods = cluster.objects(.pod, labels: "app=web")
            #expect(pods.count == 3)
            #expect(pods.allSatisfy { $0["metadata"]?["ownerReferences"]?[0]?["name"] == "web" })
            #expect(
                cluster.object(web)?["status"] == [
                    "replicas": 3, "fullyLabeledReplicas": 3, "readyReplicas": 3, "availableReplicas": 3,
                    "observedGeneration": 1,
                ])
            cluster.edit(web) { $0["spec"]?["replicas"] = 1 }
            #expect(cluster.objects(.pod).count == 1)
            #expect(cluster.object(web)?["status"]?["observedGeneration"] == 2)
        }
    }

    @Test func podsGoWithTheirReplicaSet() async throws {
        try await withCluster(keeper: PodKeeper()) { cluster in
            cluster.create(replicaSet("web", replicas: 2), .replicaSet)
            cluster.delete(web)
            #expect(cluster.objects(.pod).isEmpty)
        }
    }

    @Test func aPodThatIsDeletedIsReplaced() async throws {
        try await withCluster(keeper: PodKeeper()) { cluster in
            cluster.create(replicaSet("web"), .replicaSet)
            let name = cluster.objects(.pod)[0]["metadata"]?["name"]?.string ?? ""
            cluster.delete(ObjectReference(.pod, name, in: "default"))
            let names = cluster.objects(.pod).compactMap { $0["metadata"]?["name"]?.string }
            #expect(names.count == 1)
            #expect(names != [name])
        }
    }

    @Test func podsTakeTheirTime() async throws {
        let keeper = PodKeeper(fate: .ready(after: .milliseconds(300)))
        try await withCluster(keeper: keeper) { cluster in
            cluster.create(replicaSet("web"), .replicaSet)
            #expect(cluster.object(web)?["status"]?["replicas"] == 1)
            #expect(cluster.object(web)?["status"]?["readyReplicas"] == nil)
            #expect(await eventually { cluster.object(web)?["status"]?["readyReplicas"] == 1 })
        }
    }

    @Test func readyIsNotYetAvailable() async throws {
        try await withCluster(keeper: PodKeeper()) { cluster in
            var object = replicaSet("web")
            object["spec"]?["minReadySeconds"] = 1
            cluster.create(object, .replicaSet)
            #expect(cluster.object(web)?["status"]?["readyReplicas"] == 1)
            #expect(cluster.object(web)?["status"]?["availableReplicas"] == nil)
            #expect(await eventually { cluster.object(web)?["status"]?["availableReplicas"] == 1 })
        }
    }

    @Test func podsFailAsTheirImageSays() async throws {
        let keeper = PodKeeper(fates: ["web:gone": .imagePullBackOff, "web:broken": .crashLoopBackOff])
        try await withCluster(keeper: keeper) { cluster in
            cluster.create(replicaSet("web", containers: container("web:gone")), .replicaSet)
            #expect(reasons(cluster) == ["ImagePullBackOff"])
            cluster.delete(web)
            cluster.create(replicaSet("web", containers: container("web:broken")), .replicaSet)
            #expect(reasons(cluster) == ["CrashLoopBackOff"])
            #expect(cluster.object(web)?["status"]?["readyReplicas"] == nil)
        }
    }

    private func reasons(_ cluster: Cluster) -> [String] {
        cluster.objects(.pod).compactMap { pod in
            pod["status"]?["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"]?.string
        }
    }

    @Test func aServicesEndpointsAreThePodsItSelects() async throws {
        try await withCluster(keeper: PodKeeper()) { cluster in
            let service: JSON = [
                "metadata": ["name": "web"], "spec": ["selector": ["app": "web"], "ports": [["port": 80]]],
            ]
            cluster.create(service, .service)
            cluster.create(replicaSet("web", replicas: 2), .replicaSet)
            let slices = cluster.objects(.endpointSlice, labels: "kubernetes.io/service-name=web")
            #expect(slices.count == 1)
            let endpoints = slices[0]["endpoints"]?.array ?? []
            #expect(endpoints.count == 2)
            #expect(endpoints.allSatisfy { $0["conditions"]?["ready"] == true })
            cluster.delete(ObjectReference(.service, "web", in: "default"))
            #expect(cluster.objects(.endpointSlice).isEmpty)
        }
    }

    @Test func aDeploymentHasAReplicaSetForItsTemplate() async throws {
        try await withCluster(keeper: PodKeeper()) { cluster in
            var object = replicaSet("web", replicas: 2)
            object["kind"] = "Deployment"
            cluster.create(object, .deployment)
            let deployment = ObjectReference(.deployment, "web", in: "default")
            #expect(cluster.object(deployment)?["status"]?["availableReplicas"] == 2)
            let hash = cluster.objects(.pod)[0]["metadata"]?["labels"]?["pod-template-hash"]
            #expect(hash != nil)
            cluster.edit(deployment) { $0["spec"]?["template"]?["spec"]?["containers"] = container("web:2") }
            #expect(cluster.objects(.replicaSet).count == 2)
            #expect(cluster.objects(.pod).count == 2)
            #expect(cluster.objects(.pod)[0]["metadata"]?["labels"]?["pod-template-hash"] != hash)
        }
    }

    @Test func aJobEndsAsItsAnnotationSays() async throws {
        try await withCluster(keeper: PodKeeper()) { cluster in
            cluster.create(job("good", outcome: "success"), .job)
            cluster.create(job("bad", outcome: "failure"), .job)
            let good = cluster.object(ObjectReference(.job, "good", in: "default"))
            #expect(good?["status"]?["succeeded"] == 1)
            #expect(good?["status"]?["conditions"]?[0]?["type"] == "Complete")
            let bad = cluster.object(ObjectReference(.job, "bad", in: "default"))
            #expect(bad?["status"]?["conditions"]?[0]?["type"] == "Failed")
        }
    }

    private func job(_ name: String, outcome: JSON) -> JSON {
        [
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": ["name": JSON(name), "annotations": ["test/outcome": outcome]],
            "spec": ["template": ["spec": ["containers": container("job:1"), "restartPolicy": "Never"]]],
        ]
    }
}
