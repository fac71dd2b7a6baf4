extension AsyncStream where Element: Sendable {
    /// The same stream, for at most so long.
    func ending(after seconds: Int?) -> AsyncStream {
        guard let seconds else { return self }
        return AsyncStream { continuation in
            let reading = Task {
                for await element in self { continuation.yield(element) }
                continuation.finish()
            }
            let clock = Task {
                guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
                continuation.finish()
            }
            continuation.onTermination = { _ in
                reading.cancel()
                clock.cancel()
            }
        }
    }
}
