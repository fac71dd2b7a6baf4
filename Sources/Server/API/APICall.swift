import Foundation
import HTTPTypes
import Hummingbird
import Intake
import Rollouts

/// A request that reached its endpoint, by somebody who may use it.
struct APICall: Sendable {
    let request: Request
    let parameters: [String: String]
    /// None at an endpoint that is open or signed.
    let caller: Caller?
    let limits: APILimits

    var rollout: RolloutName { RolloutName(parameters["name"] ?? "") }

    var who: String { caller?.who ?? "nobody" }

    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { request.headers[$0] }
    }

    /// A whole number in the query; nil when it is not there.
    func number(_ name: String, in range: ClosedRange<UInt64>) throws(APIError) -> UInt64? {
        guard let text = request.uri.queryParameters[Substring(name)] else { return nil }
        guard let number = UInt64(text), range.contains(number) else {
            throw .malformed("\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The whole body, within the limits of size and time.
    func body(bytesMax: Int) async throws(APIError) -> [UInt8] {
        if let announced = request.headers[.contentLength].flatMap({ Int($0) }), announced > bytesMax {
            throw .tooLarge(limit: bytesMax)
        }
        do {
            let body = try await within(bodyDeadline) { try await request.body.bytes(max: bytesMax) }
            guard let body else { throw APIError.slowRequest }
            return body
        } catch let error as APIError {
            throw error
        } catch {
            throw .malformed("the body broke off")
        }
    }

    /// Reading must have ended when the answer is late: two readers of one connection are a crash.
    private var bodyDeadline: Duration { min(limits.bodyDeadline, limits.answerDeadline / 2) }

    /// The body of a command. None at all stands for an empty object.
    func body<Body: StrictBody>(as type: Body.Type) async throws(APIError) -> Body {
        let bytes = try await body(bytesMax: limits.bodyBytesMax)
        if !bytes.isEmpty { try requireJSON() }
        do throws(MalformedBody) {
            return try Body(json: bytes.isEmpty ? Array("{}".utf8) : bytes)
        } catch {
            throw .malformed(error.description)
        }
    }

    func requireJSON() throws(APIError) {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }
        guard type?.trimmingCharacters(in: .whitespaces).lowercased() == "application/json" else {
            throw .contentType
        }
    }
}

extension RequestBody {
    fileprivate func bytes(max: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await buffer in self {
            bytes += buffer.readableBytesView
            if bytes.count > max { throw APIError.tooLarge(limit: max) }
        }
        return bytes
    }
}

/// Nil when the time was over first; then the body is cancelled, and has ended.
private func within<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}
