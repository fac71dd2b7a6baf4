import Engine
import Kubernetes
import Rollouts
import Transport

/// The writes for a wanted route, from the objects as they were read. Pure.
///
/// A route has all its weights in one object, and each object is written at once: no request sees half a shift.
struct GatewayPlan: RoutePlan, Hashable {
    let writes: [ObjectWrite]
    let isLast = true

    /// Throws `rejected` with what to change, `fenced`, or `foreign`.
    init(_ write: RouteWrite, _ objects: [GatewayObject], epoch: Int?) throws(RouteFailure) {
        let fence = Fence(write: write, epoch: epoch)
        for object in objects {
            try fence.check(object.object, "\(object.reference)", backends: object.backendNames) {
                object.isIntact($0, write.target)
            }
        }
        let wanted = try NamedRoute(write, managed: [])
        let mark = ObjectMark(write, epoch: epoch)
        var writes: [ObjectWrite] = []
        for object in objects {
            if let write = object.write(to: try object.routed(wanted, mark)) { writes.append(write) }
        }
        self.writes = writes
    }
}
