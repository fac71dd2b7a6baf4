import Testing

@testable import Kubernetes

@Suite struct ResourceKindTests {
    @Test func theCoreGroupHasNoName() {
        #expect(ResourceKind.pod.apiVersion == "v1")
        #expect(ResourceKind.replicaSet.apiVersion == "apps/v1")
    }
}
