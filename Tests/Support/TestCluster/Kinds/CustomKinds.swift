import Foundation
import Manifests
import Synchronization
package import Transport

/// Kinds that come as CustomResourceDefinitions.
package enum CustomKinds: String, CaseIterable, Sendable {
    case virtualService = "virtualservices.networking.istio.io"
    case destinationRule = "destinationrules.networking.istio.io"
    case peerAuthentication = "peerauthentications.security.istio.io"
    case httpRoute = "httproutes.gateway.networking.k8s.io"
    case grpcRoute = "grpcroutes.gateway.networking.k8s.io"
    case tcpRoute = "tcproutes.gateway.networking.k8s.io"
    case tlsRoute = "tlsroutes.gateway.networking.k8s.io"
    case gateway = "gateways.gateway.networking.k8s.io"
    case gatewayClass = "gatewayclasses.gateway.networking.k8s.io"
    case linkerdRoute = "httproutes.policy.linkerd.io"
    case serviceProfile = "serviceprofiles.linkerd.io"
    case trafficSplit = "trafficsplits.split.smi-spec.io"
    case rollout = "rollouts.argoproj.io"
    case analysisRun = "analysisruns.argoproj.io"
    case analysisTemplate = "analysistemplates.argoproj.io"
    case clusterAnalysisTemplate = "clusteranalysistemplates.argoproj.io"

    package static let istio: Set = [virtualService, destinationRule, peerAuthentication]
    package static let gatewayAPI: Set = [httpRoute, grpcRoute, tcpRoute, tlsRoute, gateway, gatewayClass]
    package static let linkerd: Set = [httpRoute, grpcRoute, linkerdRoute, serviceProfile, trafficSplit]
    package static let argo: Set = [rollout, analysisRun, analysisTemplate, clusterAnalysisTemplate]

    /// The definition as it is sent to an API server.
    package var definition: JSON {
        guard let path = Bundle.module.path(forResource: rawValue, ofType: "yaml", inDirectory: "CRDs") else {
            preconditionFailure("Tests/Support/TestCluster/CRDs has no \(rawValue).yaml; write it")
        }
        return Self.read(path)
    }

    /// A definition takes a while to read, and many tests need the same.
    private static let known = Mutex<[CustomKinds: ServedKind]>([:])

    var served: ServedKind {
        if let kind = Self.known.withLock({ $0[self] }) { return kind }
        let kind = ServedKind(definition: definition)
        Self.known.withLock { $0[self] = kind }
        return kind
    }

    private static func read(_ path: String) -> JSON {
        let limits = YAMLLimits(bytes: 8 << 20, nodes: 2_000_000, aliasedNodes: 0)
        do {
            let documents = try YAMLReader(limits: limits).readFile(path)
            precondition(documents.count == 1, "\(path) has \(documents.count) documents; one is wanted")
            return documents[0].root.json
        } catch {
            preconditionFailure("\(path) can't be read: \(error)")
        }
    }
}

extension ServedKind {
    /// A kind as a CustomResourceDefinition describes it.
    init(definition: JSON) {
        let spec = definition["spec"] ?? [:]
        let versions = (spec["versions"]?.array ?? []).filter { $0["served"] == true }
        let subresources = versions.first?["subresources"]
        group = spec["group"]?.string ?? ""
        kind = spec["names"]?["kind"]?.string ?? ""
        plural = spec["names"]?["plural"]?.string ?? ""
        shortNames = spec["names"]?["shortNames"]?.array?.compactMap(\.string) ?? []
        isNamespaced = spec["scope"] == "Namespaced"
        storageVersion = versions.first { $0["storage"] == true }?["name"]?.string ?? ""
        schemas = Dictionary(
            versions.map { ($0["name"]?.string ?? "", .object($0["schema"]?["openAPIV3Schema"] ?? [:])) }
        ) { first, _ in first }
        self.subresources = Set((subresources?.object ?? [:]).keys.compactMap(Subresource.init))
        scale = subresources?["scale"].map(ScalePaths.init)
        traits = [.isCustom, .countsGenerations]
    }
}

extension ScalePaths {
    /// From the paths of a definition: `.spec.replicas`
    fileprivate init(_ json: JSON) {
        func path(_ name: String) -> [String]? {
            json[name]?.string?.split(separator: ".").map(String.init)
        }
        specReplicas = path("specReplicasPath") ?? []
        statusReplicas = path("statusReplicasPath") ?? []
        selector = path("labelSelectorPath")
    }
}

extension YAMLNode {
    var json: JSON {
        switch content {
        case .scalar(let scalar): scalar.json
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let entries):
            .object(Dictionary(entries.map { ($0.key.text, $0.value.json) }) { first, _ in first })
        }
    }
}

extension YAMLScalar {
    fileprivate var json: JSON {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): JSON(value)
        case .hugeInteger: .string(text)
        case .float(let value): .number(value)
        case .string(let value): .string(value)
        }
    }
}
