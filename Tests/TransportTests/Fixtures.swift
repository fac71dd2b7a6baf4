import Foundation
import Testing

@testable import Transport

/// A client for as long as `body` runs. It sees nothing of the environment of whoever runs the tests.
func withClient<Result>(
    proxies: Proxies = Proxies(environment: [:]), _ body: (CurlClient) async throws -> Result
) async throws -> Result {
    let client = CurlClient(proxies: proxies)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

/// The error that `body` must throw.
func failure(
    _ location: SourceLocation = #_sourceLocation, of body: () async throws -> Void
) async throws -> TransportError {
    do {
        try await body()
    } catch let error as TransportError {
        return error
    }
    let failure: TransportError? = nil
    return try #require(failure, "the request should have failed", sourceLocation: location)
}

/// Answers every request with its own head and body, again and again on one connection.
@Sendable func echo(_ connection: RawConnection) {
    while let request = connection.readRequest() {
        let body = request.head + "\r\n\r\n" + String(decoding: request.body, as: UTF8.self)
        guard connection.answer(body) else { return }
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Waits until something holds that another thread brings about; gives up after ten seconds.
func eventually(_ holds: () -> Bool, _ location: SourceLocation = #_sourceLocation) async throws {
    for _ in 0..<1_000 {
        if holds() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("waited ten seconds in vain", sourceLocation: location)
}

/// A folder that is gone afterwards.
struct Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "headgate-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func remove() throws { try FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}

/// A count that several threads keep.
final class Count: @unchecked Sendable {
    // Proof for `@unchecked`: `number` is touched under `lock` only.
    private let lock = NSLock()
    private var number = 0

    var value: Int { lock.withLock { number } }

    func add(_ more: Int = 1) { lock.withLock { number += more } }
}

/// Lines that several threads write.
final class Lines: @unchecked Sendable {
    // Proof for `@unchecked`: `lines` is touched under `lock` only.
    private let lock = NSLock()
    private var lines: [String] = []

    var all: [String] { lock.withLock { lines } }

    func add(_ line: String) { lock.withLock { lines.append(line) } }
}

func usleepMilliseconds(_ milliseconds: UInt32) { usleep(milliseconds * 1_000) }

/// Lets a server's thread wait until the test says go, once for each `open`.
struct Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() { semaphore.wait() }

    func open() { semaphore.signal() }
}
