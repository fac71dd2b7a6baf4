import DequeModule

/// Where a job runs: through the bounded lane of a backend, or past all of them.
package enum Lane: Hashable, Sendable {
    /// Only so many at a time reach this backend, so that a slow one delays its own rollouts only.
    case backend(String)
    /// Taking traffic back waits for nobody.
    case free
}

/// How many jobs each backend carries, and who waits for a place.
struct Lanes {
    private struct Occupancy {
        var running = 0
        var waiting: Deque<Job> = []
    }

    private let capacity: Int
    private var occupancies: [String: Occupancy] = [:]

    init(capacity: Int) {
        precondition(capacity > 0, "a lane without a place would never start anything")
        self.capacity = capacity
    }

    /// Whether the job may start now. If not it waits for `leave`.
    mutating func enter(_ job: Job, _ lane: Lane) -> Bool {
        guard case .backend(let name) = lane else { return true }
        guard occupancies[name, default: Occupancy()].running < capacity else {
            occupancies[name]?.waiting.append(job)
            return false
        }
        occupancies[name, default: Occupancy()].running += 1
        return true
    }

    /// Gives a place back, and hands it to the one that has waited longest.
    mutating func leave(_ lane: Lane) -> [Job] {
        guard case .backend(let name) = lane, var occupancy = occupancies[name] else { return [] }
        guard let next = occupancy.waiting.popFirst() else {
            occupancy.running -= 1
            occupancies[name] = occupancy.running == 0 ? nil : occupancy
            return []
        }
        occupancies[name] = occupancy
        return [next]
    }

    mutating func leaveQueue(_ job: Job, _ lane: Lane) {
        guard case .backend(let name) = lane else { return }
        occupancies[name]?.waiting.removeAll { $0 == job }
    }
}
