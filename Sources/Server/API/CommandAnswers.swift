import Engine
import Hummingbird
import Intake
import Rollouts

/// What operators wish.
struct CommandAnswers: Sendable {
    let house: APIServer.House

    func start(_ call: APICall) async throws -> Response {
        try await submit(.start(release: call.body(as: StartBody.self).release), call)
    }

    func promote(_ call: APICall) async throws -> Response {
        let body = try await call.body(as: PromoteBody.self)
        return try await submit(body.command, call)
    }

    func pause(_ call: APICall) async throws -> Response { try await submitBare(.pause, call) }

    func resume(_ call: APICall) async throws -> Response { try await submitBare(.resume, call) }

    func abort(_ call: APICall) async throws -> Response {
        try await submit(.abort(why: call.body(as: ReasonBody.self).checkedReason()), call)
    }

    func retry(_ call: APICall) async throws -> Response { try await submitBare(.retry, call) }

    func keep(_ call: APICall) async throws -> Response { try await submitBare(.keep, call) }

    func unqueue(_ call: APICall) async throws -> Response { try await submitBare(.unqueue, call) }

    func undo(_ call: APICall) async throws -> Response {
        try await submit(.undo(to: call.body(as: UndoBody.self).release), call)
    }

    func override(_ call: APICall) async throws -> Response {
        let reason = try await call.body(as: ReasonBody.self).checkedReason()
        return try await submit(.overrideFreeze(reason: reason ?? ""), call)
    }

    private func submitBare(_ command: Command, _ call: APICall) async throws -> Response {
        _ = try await call.body(as: EmptyBody.self)
        return try await submit(command, call)
    }

    private func submit(_ command: Command, _ call: APICall) async throws -> Response {
        let decision = try await decision(on: command, call)
        return try .json(
            CommandAnswer(
                changed: !decision.entries.isEmpty, durable: decision.isDurable,
                status: RolloutStatus(decision.rollout, at: await house.loop.now)))
    }

    private func decision(on command: Command, _ call: APICall) async throws(APIError) -> Decision {
        do throws(Rejection) {
            return try await house.loop.submit(command, to: call.rollout, by: call.who)
        } catch {
            throw APIError(error, known: await house.loop.names)
        }
    }
}

private struct EmptyBody: StrictBody {
    static let keys: [String] = []
}

private struct StartBody: StrictBody {
    let release: String

    static let keys = ["release"]
}

private struct PromoteBody: StrictBody {
    /// From one: the step that the person saw. Two promotes of one step then count once.
    let step: Int?
    /// All the way up at once.
    let full: Bool?
    /// With `full`, the arm of a test that is to get all traffic.
    let arm: String?

    static let keys = ["step", "full", "arm"]

    var command: Command {
        get throws(APIError) {
            guard full == true else {
                guard arm == nil else { throw .malformed("`arm` goes with `full`") }
                if let step, step < 1 { throw .malformed("`step` counts from 1") }
                return .promote(from: step.map { $0 - 1 })
            }
            guard step == nil else { throw .malformed("send `step` or `full`, not both") }
            return .promoteFully(arm: arm)
        }
    }
}

private struct UndoBody: StrictBody {
    /// One of the history's; the last one where it is left out.
    let release: String?

    static let keys = ["release"]
}

private struct ReasonBody: StrictBody {
    let reason: String?

    static let keys = ["reason"]
    private static let lengthMax = 500

    func checkedReason() throws(APIError) -> String? {
        guard let reason, !reason.isEmpty else { return nil }
        guard reason.utf8.count <= Self.lengthMax, !reason.unicodeScalars.contains(where: { $0.value < 0x20 })
        else {
            throw .malformed("`reason` is one line of at most \(Self.lengthMax) bytes")
        }
        return reason
    }
}
