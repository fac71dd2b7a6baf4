import TestServer
import Testing
import Transport

extension Conformance {
    @Suite struct Validation {
        @Test func anUnknownFieldIsRefusedWhereThatIsWanted() async throws {
            let scene = try await Scene()
            let object = virtualService("web", ["hosts": ["web"], "hostz": 1, "http": [["rout": 1]]])
            let refused = try await scene.ask(
                .post, scene.virtualServices("?fieldValidation=Strict"), object)
            #expect(refused.status == 400)
            #expect(refused.reason == "BadRequest")
            #expect(
                refused.message == "VirtualService in version \"v1\" cannot be handled as a VirtualService: "
                    + "strict decoding error: unknown field \"spec.hostz\", unknown field \"spec.http[0].rout\""
            )
        }

        @Test func anUnknownFieldIsDroppedWithAWarningElse() async throws {
            let scene = try await Scene()
            let object = virtualService("web", ["hosts": ["web"], "hostz": 1])
            let made = try await scene.ask(.post, scene.virtualServices(), object)
            #expect(made.json["spec"] == ["hosts": ["web"]])
            #expect(made.headers.values("Warning") == ["299 - \"unknown field \\\"spec.hostz\\\"\""])
            let silent = try await scene.ask(
                .post, scene.virtualServices("?dryRun=All&fieldValidation=Ignore"),
                virtualService("other", ["hostz": 1]))
            #expect(silent.status == 201)
            #expect(silent.headers.values("Warning").isEmpty)
        }

        @Test func typesAreChecked() async throws {
            let scene = try await Scene()
            let refused = try await scene.ask(
                .post, scene.virtualServices(),
                virtualService("web", ["hosts": [1], "http": [["timeout": 5]]]))
            #expect(refused.status == 422)
            #expect(refused.reason == "Invalid")
            #expect(refused.causes.sorted() == ["spec.hosts[0]", "spec.http[0].timeout"])
            #expect(
                refused.message.contains(
                    "spec.hosts[0]: Invalid value: \"integer\": "
                        + "spec.hosts[0] in body must be of type string: \"integer\""))
        }

        @Test(arguments: BackendMistake.all)
        func limitsAreChecked(_ mistake: BackendMistake) async throws {
            let scene = try await Scene()
            let refused = try await scene.ask(
                .post, scene.httpRoutes(), httpRoute("web", rules: [["backendRefs": [mistake.backend]]]))
            #expect(refused.status == 422)
            #expect(
                refused.message == "HTTPRoute.gateway.networking.k8s.io \"web\" is invalid: "
                    + "spec.rules[0].backendRefs[0].\(mistake.complaint)")
        }

        @Test func choicesLengthsAndPatternsAreChecked() async throws {
            let scene = try await Scene()
            let long = String(repeating: "x", count: 1025)
            let path: JSON = ["path": ["type": "Suffix", "value": JSON(long)]]
            let refused = try await scene.ask(
                .post, scene.httpRoutes(), httpRoute("web", rules: [["matches": [path]]]))
            let place = "spec.rules[0].matches[0].path"
            #expect(refused.causes.sorted() == ["\(place).type", "\(place).value"])
            #expect(
                refused.message.contains(
                    "\(place).type: Unsupported value: \"Suffix\": supported values: "
                        + "\"Exact\", \"PathPrefix\", \"RegularExpression\""))
            #expect(refused.message.contains("\(place).value: Too long: may not be more than 1024 bytes"))
            let named = try await scene.ask(
                .post, scene.httpRoutes(), httpRoute("web", rules: [["name": "No Name"]]))
            #expect(named.causes == ["spec.rules[0].name"])
            #expect(named.message.contains("in body should match '^[a-z0-9]"))
        }

        @Test func listsAreCountedAndTheirKeysMayNotRepeat() async throws {
            let scene = try await Scene()
            let none = try await scene.ask(.post, scene.httpRoutes(), httpRoute("web", rules: []))
            #expect(
                none.message.hasSuffix(
                    "spec.rules: Invalid value: 0: spec.rules in body should have at least 1 items"))
            let backends = JSON.array(Array(repeating: ["name": "a"], count: 20))
            let many = try await scene.ask(
                .post, scene.httpRoutes(), httpRoute("web", rules: [["backendRefs": backends]]))
            #expect(
                many.message.hasSuffix("spec.rules[0].backendRefs: Too many: 20: must have at most 16 items"))
            let headers: JSON = [["name": "a", "value": "1"], ["name": "a", "value": "2"]]
            let twice = try await scene.ask(
                .post, scene.httpRoutes(), httpRoute("web", rules: [["matches": [["headers": headers]]]]))
            #expect(twice.message.hasSuffix("headers[1]: Duplicate value: {\"name\":\"a\"}"))
        }

        @Test func alternativesExcludeEachOther() async throws {
            let scene = try await Scene()
            let both: JSON = ["uri": ["exact": "/a", "prefix": "/b"]]
            let refused = try await scene.ask(
                .post, scene.virtualServices(), virtualService("web", ["http": [["match": [both]]]]))
            #expect(refused.status == 422)
            #expect(
                refused.message.contains(
                    "\"spec.http[0].match[0].uri\" must validate one and only one schema (oneOf). "
                        + "Found 2 valid alternatives"))
        }

        @Test func aWeightIsAWholeNumberOf32Bits() async throws {
            let scene = try await Scene()
            for weight in [1.5, 3_000_000_000] as [JSON] {
                let route: JSON = [["destination": ["host": "web"], "weight": weight]]
                let refused = try await scene.ask(
                    .post, scene.virtualServices(), virtualService("web", ["http": [["route": route]]]))
                #expect(refused.status == 422)
                #expect(refused.message.contains("must be of type integer with format int32"))
            }
        }

        @Test func aNullIsNothing() async throws {
            let scene = try await Scene()
            let made = try await scene.ask(
                .post, scene.virtualServices(), virtualService("web", ["hosts": .null]))
            #expect(made.status == 201)
            #expect(made.json["spec"] == [:])
            #expect(made.owners == ["tests Update": ["f:spec": [:]]])
        }
    }
}

struct BackendMistake: Sendable {
    let backend: JSON
    let complaint: String

    private static let place = "spec.rules[0].backendRefs[0]"

    static let all: [BackendMistake] = [
        BackendMistake(
            backend: ["name": "a", "port": 80, "weight": 1_000_001],
            complaint:
                "weight: Invalid value: 1000001: \(place).weight in body should be less than or equal to 1000000"
        ),
        BackendMistake(
            backend: ["name": "a", "port": 80, "weight": -1],
            complaint:
                "weight: Invalid value: -1: \(place).weight in body should be greater than or equal to 0"),
        BackendMistake(backend: ["port": 80], complaint: "name: Required value"),
        BackendMistake(
            backend: ["name": ""],
            complaint: "name: Invalid value: \"\": \(place).name in body should be at least 1 chars long"),
    ]
}
