package import Analysis
import Engine
import Foundation
import Subprocess
import SystemPackage

/// Runs a program for a measurement: without a shell, with the environment it is given, for a bounded time.
package struct ExecProvider: MetricProvider {
    package let kind = "exec"
    private let settings: ExecSettings
    private let slots: Slots
    private static let bytesMax = 1 << 20

    package init(_ settings: ExecSettings) {
        self.settings = settings
        slots = Slots(max(settings.concurrency, 1))
    }

    package func backend(of query: Query) -> String {
        "exec \(query.details?["command"]?.elements?.first?.text ?? "")"
    }

    package func sample(_ query: Query, at now: Moment) async -> Sample {
        do throws(SampleFailure) {
            let order = try ExecOrder(query, settings, own: ProcessInfo.processInfo.environment)
            do throws(SampleFailure) {
                let printed = try await printed(order, within: query.timeout)
                let output = query.details?["output"]?.text.flatMap(ExecOutput.init) ?? .number
                let path = query.details?["jsonPath"]?.text ?? "{$}"
                return .value(try output.value(printed, path: path), warnings: [])
            } catch {
                throw SampleFailure(error.kind, "exec \(order.name): \(error.message)")
            }
        } catch {
            return .failure(error)
        }
    }

    private func printed(_ order: ExecOrder, within limit: Duration) async throws(SampleFailure) -> String {
        let result: Result<String, SampleFailure> = await withTaskGroup { group in
            group.addTask { await self.slots.hold { await order.run(bytesMax: Self.bytesMax) } }
            group.addTask {
                // Cut short means that the program has ended.
                try? await Task.sleep(for: limit)
                return .failure(SampleFailure(.outage, "did not end within \(limit.text) and was killed"))
            }
            let first = await group.next() ?? .failure(SampleFailure(.outage, "did not run"))
            // Kills the program, too.
            group.cancelAll()
            return first
        }
        return try result.get()
    }
}

extension ExecOrder {
    /// A program that fails says why on its standard error. It could not measure; that says nothing of the release.
    fileprivate func run(bytesMax: Int) async -> Result<String, SampleFailure> {
        if Task.isCancelled { return .failure(SampleFailure(.outage, "did not run")) }
        do {
            let result = try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments), environment: spoken,
                platformOptions: Self.inGroup, input: .none, output: .string(limit: bytesMax),
                error: .string(limit: bytesMax))
            guard result.terminationStatus.isSuccess else {
                let words = result.standardError.trimmingBlanks
                let said = words.isEmpty ? "" : ": \(shown(words))"
                return .failure(SampleFailure(.outage, "failed (\(result.terminationStatus))\(said)"))
            }
            return .success(result.standardOutput)
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .failure(SampleFailure(.refused, "printed more than \(bytesMax >> 20) MiB; print less"))
        } catch {
            return .failure(
                SampleFailure(
                    .refused, "\(program) could not be run: \(shown("\(error)")); check that it is there"))
        }
    }

    private var spoken: Subprocess.Environment {
        .custom(
            Dictionary(environment.map { (Subprocess.Environment.Key(stringLiteral: $0.key), $0.value) }) {
                first, _ in
                first
            })
    }

    /// In a group of its own, so that what it has started dies with it.
    private static var inGroup: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        return options
    }
}

/// So many at once, the others in the order in which they came.
private actor Slots {
    private var free: Int
    private var waiting: [(id: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var lastID = 0

    init(_ count: Int) {
        free = count
    }

    func hold<Output: Sendable>(_ work: @Sendable () async -> Output) async -> Output {
        await enter()
        let output = await work()
        leave()
        return output
    }

    /// Also returns when the task is cancelled: then the work sees that it is, and ends at once.
    private func enter() async {
        if free > 0 {
            free -= 1
            return
        }
        lastID += 1
        let id = lastID
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    free -= 1
                    continuation.resume()
                } else {
                    waiting.append((id, continuation))
                }
            }
        } onCancel: {
            Task { await self.giveUp(id) }
        }
    }

    private func giveUp(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        free -= 1
        waiting.remove(at: index).continuation.resume()
    }

    private func leave() {
        free += 1
        if free > 0, !waiting.isEmpty {
            free -= 1
            waiting.removeFirst().continuation.resume()
        }
    }
}
