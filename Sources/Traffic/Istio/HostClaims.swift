import Kubernetes
import Transport

/// Which VirtualServices claim which hosts of the mesh: one watch for each namespace, however many rollouts ask.
actor HostClaims {
    private let api: any KubernetesAPI
    private var watches: [String: Task<Void, Never>] = [:]
    /// What is known, namespace by namespace; from the first list on.
    private var indexes: [String: HostIndex] = [:]
    /// What is in the way of the first list.
    private var troubles: [String: KubernetesError] = [:]
    /// Those who wait for either.
    private var waiting: [String: [AsyncStream<Never>.Continuation]] = [:]
    private var isClosed = false

    init(_ api: any KubernetesAPI) {
        self.api = api
    }

    deinit {
        for watch in watches.values { watch.cancel() }
    }

    /// The names of those that claim one of the hosts. Waits for the first list, and no longer than until that fails.
    func claimants(of hosts: Set<String>, in namespace: String) async throws(KubernetesError) -> Set<String> {
        follow(namespace)
        while indexes[namespace] == nil, troubles[namespace] == nil {
            guard !isClosed, !Task.isCancelled else {
                throw KubernetesError(.cancelled, "nobody waits for the VirtualServices of \(namespace)")
            }
            let (news, bell) = AsyncStream<Never>.makeStream()
            waiting[namespace, default: []].append(bell)
            for await _ in news {}
        }
        if let index = indexes[namespace] { return index.claimants(of: hosts) }
        if let trouble = troubles[namespace] { throw trouble }
        return []
    }

    func close() {
        isClosed = true
        for watch in watches.values { watch.cancel() }
        for namespace in waiting.keys { ring(namespace) }
    }
}

extension HostClaims {
    private func follow(_ namespace: String) {
        guard watches[namespace] == nil, !isClosed else { return }
        let events = api.watch(ObjectQuery(.virtualService, in: namespace))
        watches[namespace] = Task { [weak self] in
            for await event in events { await self?.take(event, namespace) }
        }
    }

    private func take(_ event: ObjectEvent, _ namespace: String) {
        switch event {
        case .listed(let objects): indexes[namespace] = HostIndex(objects)
        case .added(let object), .modified(let object): indexes[namespace]?.note(object)
        case .deleted(let object): indexes[namespace]?.forget(object.name)
        case .interrupted(let trouble): troubles[namespace] = trouble
        }
        ring(namespace)
    }

    private func ring(_ namespace: String) {
        for bell in waiting.removeValue(forKey: namespace) ?? [] { bell.finish() }
    }
}

/// The VirtualServices of a namespace by the hosts of the mesh that they claim.
///
/// Within gateways, VirtualServices of a host are merged; within the mesh they are not.
struct HostIndex {
    private var hosts: [String: Set<String>] = [:]
    private var services: [String: Set<String>] = [:]

    init(_ objects: [JSON]) {
        for object in objects { note(object) }
    }

    mutating func note(_ object: JSON) {
        forget(object.name)
        for host in object.meshHosts {
            hosts[object.name, default: []].insert(host)
            services[host, default: []].insert(object.name)
        }
    }

    mutating func forget(_ service: String) {
        for host in hosts.removeValue(forKey: service) ?? [] { services[host]?.remove(service) }
    }

    func claimants(of hosts: Set<String>) -> Set<String> {
        hosts.reduce(into: []) { $0.formUnion(services[$1] ?? []) }
    }
}

extension JSON {
    /// Which hosts a VirtualService claims within the mesh.
    var meshHosts: Set<String> {
        let gateways = self["spec"]["gateways"]?.array
        guard gateways?.contains("mesh") ?? true else { return [] }
        return Set((self["spec"]["hosts"]?.array ?? []).compactMap(\.string))
    }
}
