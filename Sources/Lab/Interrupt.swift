import Dispatch
import Glibc

/// Runs the body, and cancels it when the user presses Ctrl-C or the process is told to end.
///
/// A second Ctrl-C ends the process at once.
package func cancelledByInterrupt<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let task = Task { try await body() }
    let sources = [SIGINT, SIGTERM].map { onFirst($0) { task.cancel() } }
    defer {
        for source in sources { source.cancel() }
    }
    return try await withTaskCancellationHandler {
        try await task.value
    } onCancel: {
        task.cancel()
    }
}

/// The default action would come before the source: it is put off until the source is gone.
private func onFirst(
    _ number: Int32, _ act: @escaping @Sendable () -> Void
) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler {
        signal(number, SIG_DFL)
        act()
    }
    source.setCancelHandler { signal(number, SIG_DFL) }
    source.resume()
    return source
}
