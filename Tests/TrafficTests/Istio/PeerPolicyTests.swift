import Testing
import Transport

@testable import Traffic

/// Which of several PeerAuthentications counts.
struct PeerPolicyTests {
    private func policy(
        _ name: String, _ mode: String?, in namespace: String = "shop", for selector: JSON? = nil,
        ports: JSON? = nil, since: String = "2026-01-01T00:00:00Z"
    ) -> JSON {
        var policy: JSON = [
            "metadata": [
                "name": .string(name), "namespace": .string(namespace), "creationTimestamp": .string(since),
            ], "spec": [:],
        ]
        policy["spec"]["mtls"] = mode.map { ["mode": .string($0)] }
        policy["spec"]["selector"] = selector.map { ["matchLabels": $0] }
        policy["spec"]["portLevelMtls"] = ports
        return policy
    }

    private func mode(_ policies: JSON..., port: Int? = nil) -> PeerPolicy {
        PeerPolicy(
            of: ["app": "web", "version": "v2"], port: port, in: "shop", root: "istio-system", policies)
    }

    @Test func withoutAnyPlainTextIsTakenToo() {
        #expect(mode().mode == .permissive)
    }

    @Test func theClosestOneCounts() {
        let mesh = policy("default", "STRICT", in: "istio-system")
        let namespace = policy("default", "PERMISSIVE")
        let workload = policy("web", "STRICT", for: ["app": "web"])
        #expect(mode(mesh).mode == .strict)
        #expect(mode(mesh, namespace).mode == .permissive)
        #expect(mode(mesh, namespace, workload).mode == .strict)
        #expect(mode(mesh, namespace, workload).evidence == "PeerAuthentication shop/web says STRICT")
    }

    @Test func onesOfOtherPodsAndOtherNamespacesDoNotCount() {
        #expect(mode(policy("api", "STRICT", for: ["app": "api"])).mode == .permissive)
        #expect(mode(policy("default", "STRICT", in: "other")).mode == .permissive)
        let ofRootsOwn = policy("gateway", "STRICT", in: "istio-system", for: ["app": "web"])
        #expect(mode(ofRootsOwn).mode == .permissive)
    }

    @Test func unsetLeavesItToTheNextLevel() {
        let workload = policy("web", "UNSET", for: ["app": "web"])
        #expect(mode(workload, policy("default", "STRICT")).mode == .strict)
        #expect(mode(policy("web", nil, for: ["app": "web"])).mode == .permissive)
    }

    @Test func onePortMayBeAnExceptionOfItsWorkload() {
        let workload = policy("web", "STRICT", for: ["app": "web"], ports: ["8080": ["mode": "DISABLE"]])
        #expect(mode(workload, port: 8080).mode == .disabled)
        #expect(
            mode(workload, port: 8080).evidence == "PeerAuthentication shop/web says DISABLE for port 8080")
        #expect(mode(workload, port: 9090).mode == .strict)
    }

    @Test func ofTwoAlikeTheOldestCounts() {
        let young = policy("a", "PERMISSIVE", since: "2026-02-01T00:00:00Z")
        let old = policy("b", "STRICT", since: "2026-01-01T00:00:00Z")
        #expect(mode(young, old).mode == .strict)
        #expect(mode(old, young).mode == .strict)
    }
}
