import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Traffic

/// How far a router is to prove its routes, and by whom.
struct RouterMeans: Sendable {
    var level = ProofLevel.accepted
    var prometheus: String?
    var sender: any HTTPSender = NobodyToAsk()
}

/// A router, and an object of a user's that it is to split: what every router on Kubernetes is held to is said once,
/// and played on each of these.
struct RouterStage: Sendable, CustomTestStringConvertible {
    let name: String
    let reference: ObjectReference
    /// As the user wrote it.
    let object: JSON
    let target: TrafficTarget
    /// The path of the list that the split's destinations are in: `/spec/http/1/route`.
    let split: String
    /// Whether there can be rules for some requests.
    let takesRules: Bool
    /// What whoever carries it out says of it, and waits to be heard; none where nobody is known to speak.
    var status: JSON?
    /// The least share, in millionths: 100 where weights are percents with two digits behind the point.
    var quantum: UInt32 = 1
    /// Whether an object that is not there is made.
    var makesObject = false
    /// What tells the backends apart in the counts of requests.
    var countLabel = "version"
    let make: @Sendable (any KubernetesAPI & KindDiscovery, RouterMeans) -> any StagedRouter

    var testDescription: String { name }

    func router(
        _ api: any KubernetesAPI & KindDiscovery, _ means: RouterMeans = RouterMeans()
    ) -> any StagedRouter {
        make(api, means)
    }

    /// By destination, as they are stored.
    func weights(_ object: JSON?) -> [Int] {
        items(object).map { Int((($0["weight"]?.number ?? 1) * Double(quantum)).rounded()) }
    }

    private func items(_ object: JSON?) -> [JSON] {
        split.split(separator: "/").reduce(object) { value, step in
            Int(step).map { value?[$0] } ?? value?[String(step)]
        }?.array ?? []
    }

    /// As it stands there: `2000`, or `20`.
    func weight(_ percent: Int) -> String { "\(quantum == 1 ? percent * 100 : percent)" }

    /// The rest of it: without the weights of the split and the mark.
    func rest(_ object: JSON?) throws -> JSON {
        var rest = try #require(object)
        for index in items(rest).indices {
            rest = try rest.patched(.add("\(split)/\(index)/weight", 0))
        }
        rest["metadata"] = ["labels": rest["metadata"]?["labels"] ?? [:]]
        rest["status"] = nil
        return rest
    }

    func write(
        _ route: Route, since: Rollouts.Sequence = 1, previous: Rollouts.Sequence? = nil,
        journal: String = "north", isRollback: Bool = false
    ) -> RouteWrite {
        RouteWrite(
            rollout: RolloutName("web"), target: target, route: route, since: since, previous: previous,
            journal: journal, occupants: [.a: "v1", .b: "v2"], isRollback: isRollback)
    }
}

extension RouterStage {
    /// The same in another namespace.
    func moved(to namespace: String) -> RouterStage {
        var object = object
        object["metadata"]?["namespace"] = .string(namespace)
        object["metadata"]?["resourceVersion"] = nil
        var target = target
        target.settings = target.settings.mapValues {
            $0.replacing("\"namespace\":\"shop\"", with: "\"namespace\":\"\(namespace)\"")
        }
        if target.settings["namespace"] != nil { target.settings["namespace"] = namespace }
        return RouterStage(
            name: name, reference: ObjectReference(reference.kind, reference.name, in: namespace),
            object: object, target: target, split: split, takesRules: takesRules, status: status,
            quantum: quantum, makesObject: makesObject, countLabel: countLabel, make: make)
    }
}

/// A router that keeps watches.
protocol StagedRouter: TrafficRouter {
    func close() async
}

extension IstioRouter: StagedRouter {}
extension GatewayRouter: StagedRouter {}
extension ConsulRouter: StagedRouter {}

extension RouterStage {
    static let all = [
        istio, httpRoute, grpcRoute, tcpRoute, tlsRoute, linkerd, linkerdPolicy, trafficSplit,
        consulResources,
    ]

    static let kinds: Set<CustomKinds> = .init(CustomKinds.istio).union(CustomKinds.gatewayAPI)
        .union(CustomKinds.linkerd).union(CustomKinds.consul)

    private static let istio = RouterStage(
        name: "Istio", reference: webService, object: virtualService(),
        target: TrafficTarget(
            router: "istio", backends: Backends(a: "a", b: "b"),
            settings: IstioTarget(
                split: .subsets, virtualServices: [IstioService("web", in: "shop")], restores: true,
                counts: BackendCounts(label: "version", values: ["a", "b"])
            ).settings),
        split: "/spec/http/1/route", takesRules: true
    ) { api, means in
        IstioRouter(
            IstioSettings(level: means.level, prometheus: means.prometheus), api: api, sender: means.sender,
            sleep: { _ in })
    }

    static let httpRoute = gateway(.httpRoute, takesRules: true)
    private static let grpcRoute = gateway(.grpcRoute, takesRules: true)
    private static let tcpRoute = gateway(.tcpRoute, takesRules: false)
    private static let tlsRoute = gateway(.tlsRoute, takesRules: false)
    private static let linkerd = gateway(.httpRoute, of: "linkerd", takesRules: true)
    private static let linkerdPolicy = gateway(
        .httpRoute, of: "linkerd", in: .linkerd, takesRules: true)
    private static let trafficSplit = gateway(.trafficSplit, of: "linkerd", takesRules: false)

    private static func gateway(
        _ kind: RouteKind, of router: String = "gatewayAPI", in group: RouteGroup? = nil, takesRules: Bool
    ) -> RouterStage {
        let route = GatewayRoute(kind, "web", in: "shop", group: group)
        // Linkerd counts by itself what a route sends to each backend.
        let countsItself = router == "linkerd" && takesRules
        let counts = BackendCounts(metric: "requests_total", label: "version", values: ["web-a", "web-b"])
        let settings = GatewayTarget(
            routes: [route], restores: true, counts: countsItself ? nil : counts
        ).settings(of: router)
        let served = kind.kinds(in: group)[0]
        return RouterStage(
            name: "\(served.kind) of \(router) in \(served.apiVersion)",
            reference: ObjectReference(served, "web", in: "shop"),
            object: gatewayObject(kind, group),
            target: TrafficTarget(
                router: router, backends: Backends(a: "web-a", b: "web-b"), settings: settings),
            split: kind == .trafficSplit ? "/spec/backends" : "/spec/rules/\(takesRules ? 1 : 0)/backendRefs",
            takesRules: takesRules, status: countsItself ? .some(linkerdStatus) : .none,
            countLabel: countsItself ? "backend_name" : "version"
        ) { api, means in
            GatewayRouter(
                GatewaySettings(level: means.level, prometheus: means.prometheus), of: router, api: api,
                sender: means.sender, sleep: { _ in })
        }
    }
}

/// As Linkerd writes it: without a word on which version it is about.
private let linkerdStatus: JSON = [
    "parents": [
        [
            "parentRef": ["group": "", "kind": "Service", "name": "web", "port": 80],
            "controllerName": "linkerd.io/policy-controller",
            "conditions": [
                [
                    "type": "Accepted", "status": "True", "reason": "Accepted", "message": "",
                    "lastTransitionTime": "2026-11-25T10:00:00Z",
                ]
            ],
        ]
    ]
]

/// A route with a rule of the user's before the split, and one behind it, where its kind has several.
func gatewayObject(_ kind: RouteKind, _ group: RouteGroup? = nil) -> JSON {
    let served = kind.kinds(in: group)[0]
    var object: JSON = [
        "apiVersion": .string(served.apiVersion), "kind": .string(served.kind),
        "metadata": ["name": "web", "namespace": "shop", "labels": ["team": "shop"]],
    ]
    let parent: JSON = ["group": "", "kind": "Service", "name": "web", "port": 80]
    let pair: JSON = [
        ["name": "web-a", "port": 80, "weight": 100], ["name": "web-b", "port": 80, "weight": 0],
    ]
    switch kind {
    case .trafficSplit:
        object["spec"] = [
            "service": "web",
            "backends": [["service": "web-a", "weight": 100], ["service": "web-b", "weight": 0]],
        ]
    case .httpRoute:
        object["spec"] = [
            "parentRefs": [parent],
            "rules": [
                [
                    "matches": [["path": ["type": "Exact", "value": "/health"]]],
                    "backendRefs": [["name": "probe", "port": 80]],
                ],
                ["filters": [requestHeader], "backendRefs": pair],
                [
                    "matches": [["path": ["type": "PathPrefix", "value": "/rest"]]],
                    "backendRefs": [["name": "web-b", "port": 80]],
                ],
            ],
        ]
    case .grpcRoute:
        object["spec"] = [
            "parentRefs": [parent],
            "rules": [
                [
                    "matches": [["method": ["service": "grpc.health.v1.Health"]]],
                    "backendRefs": [["name": "probe", "port": 80]],
                ],
                ["filters": [requestHeader], "backendRefs": pair],
            ],
        ]
    case .tcpRoute, .tlsRoute:
        object["spec"] = ["parentRefs": [parent], "rules": [["backendRefs": pair]]]
        if kind == .tlsRoute { object["spec"]?["hostnames"] = ["web.example"] }
    }
    return object
}

private let requestHeader: JSON = [
    "type": "RequestHeaderModifier", "requestHeaderModifier": ["set": [["name": "x-split", "value": "1"]]],
]

/// A Service for each name, with port 80.
func services(_ names: [String] = ["web", "web-a", "web-b"]) -> [(ObjectReference, JSON)] {
    names.map { name in
        (
            ObjectReference(.service, name, in: "shop"),
            ["spec": ["selector": ["app": .string(name)], "ports": [["port": 80, "protocol": "TCP"]]]]
        )
    }
}
