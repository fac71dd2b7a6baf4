import Engine
import Rollouts

@testable import Workloads

/// A place where a controller carries orders out.
protocol Ordered: Sendable {
    var workloads: KubernetesWorkloads { get }
}

extension Ordered {
    /// Gives up after a while, as the engine does.
    @discardableResult
    func scale(_ write: ScaleWrite, within limit: Duration = .seconds(20)) async throws -> String {
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { try await workloads.scale(write).text }
            group.addTask {
                // Cut short means that the order was carried out.
                try? await Task.sleep(for: limit)
                return nil
            }
            var outcome: String?
            while outcome == nil, let next = try await group.next() {
                outcome = next
                group.cancelAll()
            }
            return outcome ?? ""
        }
    }

    func failure(_ write: ScaleWrite, within limit: Duration = .seconds(20)) async -> WorkloadFailure? {
        do {
            try await scale(write, within: limit)
            return nil
        } catch {
            return error as? WorkloadFailure
        }
    }
}
