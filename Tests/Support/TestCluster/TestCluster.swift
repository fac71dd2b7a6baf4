import Hummingbird
import Kubernetes
import Transport

/// An API server for tests.
package enum TestCluster {}
