import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Create {
        @Test func anObjectIsNumberedAndFiled() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(
                .post, scene.virtualServices(),
                virtualService("web", ["hosts": ["web"], "http": split(100, 0)]))
            #expect(made.status == 201)
            #expect(made.generation == 1)
            #expect(made.json["metadata"]?["namespace"] == JSON(scene.namespace))
            #expect(made.json["metadata"]?["uid"]?.string?.isEmpty == false)
            #expect(made.json["metadata"]?["creationTimestamp"]?.string?.hasSuffix("Z") == true)
            #expect(made.owners == ["tests Update": ["f:spec": [".": [:], "f:hosts": [:], "f:http": [:]]]])

            let read = try await scene.ask(.get, scene.virtualServices("/web"))
            #expect(read.json == made.json)
        }

        @Test func theSecondIsRefused() async throws {
            let scene = try await Scene()
            let object = virtualService("web", ["hosts": ["web"]])
            _ = try await scene.ask(.post, scene.virtualServices(), object)
            let refused = try await scene.ask(.post, scene.virtualServices(), object)
            #expect(refused.status == 409)
            #expect(
                refused.json == [
                    "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
                    "message": "virtualservices.networking.istio.io \"web\" already exists",
                    "reason": "AlreadyExists", "code": 409,
                    "details": ["name": "web", "group": "networking.istio.io", "kind": "virtualservices"],
                ])
        }

        @Test func aNameIsMadeUpWhereOnlyItsStartIsGiven() async throws {
            let scene = try await Scene()
            let object: JSON = [
                "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
                "metadata": ["generateName": "web-"], "spec": ["hosts": ["web"]],
            ]
            let one = try await scene.ask(.post, scene.virtualServices(), object)
            let other = try await scene.ask(.post, scene.virtualServices(), object)
            let names = [one, other].compactMap { $0.json["metadata"]?["name"]?.string }
            #expect(names.allSatisfy { $0.hasPrefix("web-") && $0.count == 9 })
            #expect(Set(names).count == 2)
        }

        @Test func anObjectNeedsANameAndANamespaceThatIsThere() async throws {
            let scene = try await Scene()
            let nameless = try await scene.ask(
                .post, scene.virtualServices(),
                ["apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": [:]])
            #expect(nameless.status == 422)
            #expect(
                nameless.message == "VirtualService.networking.istio.io \"\" is invalid: "
                    + "metadata.name: Required value: name or generateName is required")

            let badName = try await scene.ask(.post, scene.virtualServices(), virtualService("Web_1", [:]))
            #expect(badName.status == 422)
            #expect(badName.causes == ["metadata.name"])

            let nowhere = try await scene.ask(.post, "/api/v1/namespaces/nowhere/configmaps", configMap("a"))
            #expect(nowhere.status == 404)
            #expect(nowhere.message == "namespaces \"nowhere\" not found")

            let elsewhere = virtualService("web", [:], ["namespace": "elsewhere"])
            let refused = try await scene.ask(.post, scene.virtualServices(), elsewhere)
            #expect(refused.status == 400)
            #expect(
                refused.message
                    == "the namespace of the provided object does not match the namespace sent on the request"
            )
        }

        @Test func aBodyOfAnotherKindIsRefused() async throws {
            let scene = try await Scene()
            var object = virtualService("web", [:])
            object["apiVersion"] = "networking.istio.io/v1beta1"
            let version = try await scene.ask(.post, scene.virtualServices(), object)
            #expect(version.status == 400)
            #expect(
                version.message == "the API version in the data (networking.istio.io/v1beta1) "
                    + "does not match the expected API version (networking.istio.io/v1)")

            object["apiVersion"] = "networking.istio.io/v1"
            object["kind"] = "Gateway"
            let kind = try await scene.ask(.post, scene.virtualServices(), object)
            #expect(kind.status == 422)
            #expect(
                kind.message == "Gateway.networking.istio.io \"web\" is invalid: "
                    + "kind: Invalid value: \"Gateway\": must be VirtualService")

            let type = try await scene.ask(.post, scene.virtualServices(), object, as: "text/plain")
            #expect(type.status == 415)
            #expect(type.reason == "UnsupportedMediaType")
        }

        @Test func theServerAddsWhatAServiceNeeds() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(
                .post, scene.services(),
                [
                    "metadata": ["name": "web"],
                    "spec": ["selector": ["app": "web"], "ports": [["port": 80]]],
                ])
            #expect(made.status == 201)
            #expect(made.json["kind"] == "Service")
            #expect(made.json["spec"]?["type"] == "ClusterIP")
            #expect(made.json["spec"]?["clusterIP"]?.string?.isEmpty == false)
            #expect(made.json["spec"]?["ports"] == [["port": 80, "protocol": "TCP", "targetPort": 80]])
            #expect(made.json["status"] == ["loadBalancer": [:]])
        }

        @Test func aDryRunLeavesNothing() async throws {
            let scene = try await Scene()
            let object = virtualService("web", ["hosts": ["web"]])
            let dry = try await scene.ask(.post, scene.virtualServices("?dryRun=All"), object)
            #expect(dry.status == 201)
            #expect(dry.version.isEmpty)
            let read = try await scene.ask(.get, scene.virtualServices("/web"))
            #expect(read.status == 404)
            let wrong = try await scene.ask(.post, scene.virtualServices("?dryRun=Some"), object)
            #expect(wrong.status == 422)
            #expect(wrong.causes == ["dryRun"])
        }
    }
}
