import Analysis
import Rollouts

extension Set<Action> {
    /// In an order that is the same in every process; a set's own is not.
    var inOrder: [Action] {
        count < 2 ? Array(self) : sorted { $0.rank < $1.rank }
    }
}

extension Action {
    /// Traffic first, everything else after.
    fileprivate var rank: (Int, Int64, Int, Int) {
        switch self {
        case .route(let order): (0, Int64(clamping: order.since), order.attempt, 0)
        case .scale(let order):
            (order.isRollback ? 0 : 1, Int64(clamping: order.since), order.attempt, 0)
        case .ask(let order): (2, Int64(order.step), order.number, 0)
        case .inspect(let order): (2, Int64(clamping: order.flight), 0, 0)
        case .measure(let order): (3, order.run.kind.rank, order.metric, order.number)
        case .wake(let moment): (4, moment.microseconds, 0, 0)
        }
    }
}

extension RunID.Kind {
    fileprivate var rank: Int64 {
        switch self {
        case .background(let number): Int64(number) * 2
        case .step(let step): Int64(step) * 2 + 1
        case .slos: -1
        }
    }
}
