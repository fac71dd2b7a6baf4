import TestCluster
import TestServer
import Testing

/// What a Kubernetes API server does, told by tests that know nothing of which server it is: the double of `TestCluster`
/// in `make test`, a real kube-apiserver in `make test-kubernetes`. What differs there is a mistake of the double.
@Suite(.serialized, .apiServer(Set(CustomKinds.allCases))) enum Conformance {}
