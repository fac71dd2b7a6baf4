import Kubernetes
import Rollouts
import Transport

/// Finds out who carries a route out: by what its parents say, or by who has written its status.
///
/// What a Gateway's class says is asked once, for as long as the process lives; what could not be asked is asked again.
actor Implementations {
    private let api: any KubernetesAPI
    private var known: [ObjectReference: Implementation] = [:]

    init(_ api: any KubernetesAPI) {
        self.api = api
    }

    /// One for each parent.
    func of(_ object: GatewayObject) async -> [Implementation] {
        if object.reference.kind.group == RouteGroup.linkerd.rawValue {
            return [Implementation(profile: .linkerdPolicy)]
        }
        if let name = object.target.implementation {
            return [Implementation(profile: GatewayProfile.named(name))]
        }
        var found: [Implementation] = []
        for parent in object.object["spec"]["parentRefs"]?.array ?? [] {
            found.append(await implementation(of: ParentReference(parent), object))
        }
        return found
    }

    private func implementation(
        of parent: ParentReference, _ object: GatewayObject
    ) async -> Implementation {
        if parent.kind == "Gateway" {
            let reference = ObjectReference(
                .gateway, parent.name, in: parent.namespace ?? object.reference.namespace)
            if let found = await implementation(of: reference) { return found }
        }
        let controllers = RouteStatus(object.object).controllers(for: parent)
        return Implementation(
            profile: controllers.compactMap(GatewayProfile.of).first, controller: controllers.first)
    }

    /// None where nobody may ask, or nothing is there: then the status of the route may tell.
    private func implementation(of gateway: ObjectReference) async -> Implementation? {
        if let known = known[gateway] { return known }
        do throws(KubernetesError) {
            let name = try await api.read(gateway, .ordinary)["spec"]["gatewayClassName"]?.string ?? ""
            let reference = ObjectReference(.gatewayClass, name, in: nil)
            let found = Implementation(ofClass: try await api.read(reference, .ordinary))
            known[gateway] = found
            return found
        } catch {
            return nil
        }
    }
}

extension Implementation {
    /// Features were texts before they were objects with a name.
    init(ofClass object: JSON) {
        let features = (object["status"]["supportedFeatures"]?.array ?? []).compactMap {
            $0.string ?? $0["name"]?.string
        }
        controller = object["spec"]["controllerName"]?.string
        profile = controller.flatMap(GatewayProfile.of)
        supports = features.isEmpty ? nil : Set(features)
    }
}
