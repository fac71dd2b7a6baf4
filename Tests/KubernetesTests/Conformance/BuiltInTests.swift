import TestServer
import Testing
import Transport

extension Conformance {
    /// What built-in kinds demand, and what they add; both are easily forgotten.
    @Suite struct BuiltIn {
        @Test func anUnknownFieldIsNoFieldOfABuiltInKindEither() async throws {
            let scene = try await Scene()
            var object = replicaSet("web")
            object["spec"]?["size"] = 3
            let strict = try await scene.ask(.post, scene.replicaSets("?fieldValidation=Strict"), object)
            #expect(strict.status == 400)
            #expect(
                strict.message == "ReplicaSet in version \"v1\" cannot be handled as a ReplicaSet: "
                    + "strict decoding error: unknown field \"spec.size\"")
            let applied = try await scene.apply(scene.replicaSets("/web"), object, by: "pd")
            #expect(applied.status == 500)
            #expect(
                applied.message == "failed to create typed patch object (/web; apps/v1, Kind=ReplicaSet): "
                    + ".spec.size: field not declared in schema")
            let dropped = try await scene.ask(.post, scene.replicaSets(), object)
            #expect(dropped.headers["Warning"] == "299 - \"unknown field \\\"spec.size\\\"\"")
            #expect(dropped.json["spec"]?["size"] == nil)
        }

        @Test func aWrongTypeIsABadRequest() async throws {
            let scene = try await Scene()
            var object = replicaSet("web")
            object["spec"]?["replicas"] = "three"
            let refused = try await scene.ask(.post, scene.replicaSets(), object)
            #expect(refused.status == 400)
            #expect(refused.message.contains("json: cannot unmarshal string into Go struct field"))
            let applied = try await scene.apply(scene.replicaSets("/web"), object, by: "pd")
            #expect(applied.status == 500)
            #expect(applied.message.hasSuffix(".spec.replicas: expected numeric (int or float), got string"))
        }

        @Test func aSelectorMatchesItsTemplateForEver() async throws {
            let scene = try await Scene()
            var object = replicaSet("web")
            object["spec"]?["selector"] = ["matchLabels": ["app": "other"]]
            let refused = try await scene.ask(.post, scene.replicaSets(), object)
            #expect(refused.status == 422)
            #expect(
                refused.message == "ReplicaSet.apps \"web\" is invalid: spec.template.metadata.labels: "
                    + "Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`")
            var made = try await scene.ask(.post, scene.replicaSets(), replicaSet("web")).json
            made["spec"]?["selector"] = ["matchLabels": ["app": "new"]]
            made["spec"]?["template"]?["metadata"]?["labels"] = ["app": "new"]
            let changed = try await scene.ask(.put, scene.replicaSets("/web"), made)
            #expect(
                changed.message == "ReplicaSet.apps \"web\" is invalid: spec.selector: "
                    + "Invalid value: {\"matchLabels\":{\"app\":\"new\"}}: field is immutable")
        }

        @Test func aTemplateComesBackWithDefaults() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(.post, scene.replicaSets(), replicaSet("web"))
            let spec = made.json["spec"]?["template"]?["spec"]
            #expect(
                spec?["containers"]?[0] == [
                    "name": "web", "image": "web:1", "resources": [:], "imagePullPolicy": "IfNotPresent",
                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                ])
            #expect(spec?["restartPolicy"] == "Always")
            #expect(spec?["dnsPolicy"] == "ClusterFirst")
            #expect(made.json["status"] == ["replicas": 0])
        }

        @Test func aContainerNeedsANameAndAnImage() async throws {
            let scene = try await Scene()
            let none = try await scene.ask(.post, scene.replicaSets(), replicaSet("web", containers: []))
            #expect(none.causes == ["spec.template.spec.containers"])
            let bare = try await scene.ask(
                .post, scene.replicaSets(), replicaSet("web", containers: [["name": "web"]]))
            #expect(
                bare.message == "ReplicaSet.apps \"web\" is invalid: "
                    + "spec.template.spec.containers[0].image: Required value")
        }

        @Test func aDeploymentsAnnotationsAreAGenerationToo() async throws {
            let scene = try await Scene()
            var object = replicaSet("web")
            object["kind"] = "Deployment"
            let path = scene.path("apps/v1", "deployments")
            let made = try await scene.ask(.post, path, object)
            #expect(made.json["spec"]?["progressDeadlineSeconds"] == 600)
            let annotated = try await scene.merge(path + "/web", ["metadata": ["annotations": ["a": "b"]]])
            #expect(annotated.generation == 2)
            let labelled = try await scene.merge(path + "/web", ["metadata": ["labels": ["a": "b"]]])
            #expect(labelled.generation == 2)
        }

        @Test func aLeasesTimesHaveSixDigits() async throws {
            let scene = try await Scene()
            func lease(_ name: String, _ time: JSON) -> JSON {
                ["metadata": ["name": JSON(name)], "spec": ["holderIdentity": "a", "renewTime": time]]
            }
            let right = try await scene.ask(.post, scene.leases(), lease("a", "2026-01-01T00:00:00.123456Z"))
            #expect(right.status == 201)
            for time in ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123Z", "yesterday"] {
                let wrong = try await scene.ask(.post, scene.leases(), lease("b", JSON(time)))
                #expect(wrong.status == 400)
                #expect(
                    wrong.message.hasPrefix(
                        "Lease in version \"v1\" cannot be handled as a Lease: parsing time \"\(time)\" as "
                            + "\"2006-01-02T15:04:05.000000Z07:00\": cannot parse"))
            }
            let duration = try await scene.ask(
                .post, scene.leases(), ["metadata": ["name": "c"], "spec": ["leaseDurationSeconds": 0]])
            #expect(duration.status == 422)
            #expect(duration.message.hasSuffix("Invalid value: 0: must be greater than 0"))
        }

        @Test func anEventIsAboutSomethingInItsNamespace() async throws {
            let scene = try await Scene()
            func event(_ namespace: String) -> JSON {
                let about: JSON = ["kind": "Pod", "name": "web", "namespace": JSON(namespace)]
                return [
                    "metadata": ["generateName": "web."], "involvedObject": about, "reason": "Aborted",
                    "message": "error rate", "type": "Warning", "count": 1,
                ]
            }
            let events = scene.path("v1", "events")
            let right = try await scene.ask(.post, events, event(scene.namespace))
            #expect(right.status == 201)
            let wrong = try await scene.ask(.post, events, event("elsewhere"))
            #expect(wrong.status == 422)
            #expect(
                wrong.message.hasSuffix(
                    "involvedObject.namespace: Invalid value: \"elsewhere\": does not match event.namespace"))
        }

        @Test func aNewEventSaysWhoAndWhen() async throws {
            let scene = try await Scene()
            let events = scene.path("events.k8s.io/v1", "events")
            var event: JSON = [
                "metadata": ["name": "web.1"], "reason": "Aborted", "note": "error rate", "type": "Warning",
                "regarding": ["kind": "Pod", "name": "web", "namespace": JSON(scene.namespace)],
                "action": "Abort", "reportingController": "headgate.dev/headgate", "reportingInstance": "a",
            ]
            let timeless = try await scene.ask(.post, events, event)
            #expect(timeless.message == "Event \"web.1\" is invalid: eventTime: Required value")
            event["eventTime"] = "2026-01-01T00:00:00.000000Z"
            let right = try await scene.ask(.post, events, event)
            #expect(right.status == 201)
            event["metadata"] = ["name": "web.2"]
            event["type"] = "Error"
            let type = try await scene.ask(.post, events, event)
            #expect(type.status == 422)
        }

        @Test func severalPortsOfAServiceHaveNames() async throws {
            let scene = try await Scene()
            func service(_ ports: JSON?) -> JSON {
                var service: JSON = ["metadata": ["name": "web"], "spec": ["selector": ["app": "web"]]]
                service["spec"]?["ports"] = ports
                return service
            }
            let none = try await scene.ask(.post, scene.services(), service(nil))
            #expect(none.message == "Service \"web\" is invalid: spec.ports: Required value")
            let two = try await scene.ask(.post, scene.services(), service([["port": 80], ["port": 81]]))
            #expect(two.causes == ["spec.ports[0].name", "spec.ports[1].name"])
            let named = try await scene.ask(
                .post, scene.services(), service([["name": "a", "port": 80], ["name": "b", "port": 81]]))
            #expect(named.status == 201)
        }

        @Test func aJobSaysWhatBecomesOfItsPods() async throws {
            let scene = try await Scene()
            let jobs = scene.path("batch/v1", "jobs")
            var job: JSON = [
                "metadata": ["name": "job"],
                "spec": ["template": ["spec": ["containers": container("job:1")]]],
            ]
            let refused = try await scene.ask(.post, jobs, job)
            #expect(refused.causes == ["spec.template.spec.restartPolicy"])
            job["spec"]?["template"]?["spec"]?["restartPolicy"] = "Never"
            let made = try await scene.ask(.post, jobs, job)
            #expect(made.json["spec"]?["backoffLimit"] == 6)
        }

        @Test func anAutoscalerNeedsRoom() async throws {
            let scene = try await Scene()
            let autoscalers = scene.path("autoscaling/v2", "horizontalpodautoscalers")
            let target: JSON = ["apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web"]
            let refused = try await scene.ask(
                .post, autoscalers,
                [
                    "metadata": ["name": "web"],
                    "spec": ["minReplicas": 2, "maxReplicas": 1, "scaleTargetRef": target],
                ])
            #expect(refused.causes == ["spec.maxReplicas"])
            let made = try await scene.ask(
                .post, autoscalers,
                ["metadata": ["name": "web"], "spec": ["maxReplicas": 3, "scaleTargetRef": target]])
            #expect(made.json["spec"]?["minReplicas"] == 1)
        }
    }
}
