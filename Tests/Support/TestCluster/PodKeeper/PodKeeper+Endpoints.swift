import Foundation
import Transport

extension PodKeeper {
    /// One EndpointSlice for each Service that selects pods.
    func settleEndpoints(_ state: inout some ControlledObjects, _ round: inout Round) {
        for service in state.all(.services) {
            guard let selector = service["spec"]?["selector"], selector.object?.isEmpty == false else {
                continue
            }
            let selection = Selection(
                namespace: service.namespace, labels: LabelRequirement.read(["matchLabels": selector]))
            let pods = state.all(.pods).filter(selection.contains)
            let endpoints = pods.compactMap(endpoint)
            guard let slice = state.owned(.endpointSlices, by: service).first else {
                state.make(
                    slice(of: service, .array(endpoints)), .endpointSlices, in: service.namespace,
                    at: round.stamp)
                continue
            }
            // A server shows none as null.
            guard slice["endpoints"]?.array ?? [] != endpoints else { continue }
            state.change(slice, .endpointSlices, nil, at: round.stamp) { $0["endpoints"] = .array(endpoints) }
        }
    }

    /// A pod without an address is none.
    private func endpoint(_ pod: JSON) -> JSON? {
        guard let address = pod["status"]?["podIP"] else { return nil }
        let isReady = JSON.bool(pod.isReady)
        return [
            "addresses": [address],
            "conditions": ["ready": isReady, "serving": isReady, "terminating": false],
            "targetRef": [
                "kind": "Pod", "namespace": JSON(pod.namespace), "name": JSON(pod.name), "uid": JSON(pod.uid),
            ],
        ]
    }

    private func slice(of service: JSON, _ endpoints: JSON) -> JSON {
        [
            "metadata": [
                "generateName": JSON(service.name + "-"),
                "labels": ["kubernetes.io/service-name": JSON(service.name)],
                "ownerReferences": [service.reference("v1", "Service")],
            ],
            "addressType": "IPv4", "endpoints": endpoints,
            "ports": .array(
                (service["spec"]?["ports"]?.array ?? []).map { port in
                    [
                        "name": port["name"] ?? "", "port": port["targetPort"] ?? port["port"] ?? 0,
                        "protocol": port["protocol"] ?? "TCP",
                    ]
                }),
        ]
    }
}
