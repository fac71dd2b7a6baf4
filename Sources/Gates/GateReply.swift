import Foundation
import Rollouts
import Transport

/// What a gate said.
///
/// A body of `{"answer": "yes" | "no" | "wait", "message": "…"}` decides, whatever the status. Without one the status
/// does: 200, 201, 204 and any other success say yes; 202 (taken in, not done), 403 and 423 say wait. A "no" takes the
/// release back, so it is never read from a status: a proxy in front of a gate has 4xx and 5xx of its own.
struct GateReply {
    static let bytesMax = 64 * 1024
    private static let messageLengthMax = 300
    private static let waits: Set<Int> = [202, 403, 423]

    private let response: HTTPResponse

    init(_ response: HTTPResponse) {
        self.response = response
    }

    func answer() throws(GateTrouble) -> GateAnswer {
        if let spoken = try spoken() { return spoken }
        if Self.waits.contains(response.status) { return .wait(nil) }
        if response.isSuccess { return .yes(nil) }
        throw GateTrouble("HTTP \(response.status)")
    }

    private struct Body: Decodable {
        let answer: String?
        let message: String?
    }

    /// None where the body is something else than an object with an `answer`.
    private func spoken() throws(GateTrouble) -> GateAnswer? {
        let body: Body
        do {
            body = try JSONDecoder().decode(Body.self, from: Data(response.body))
        } catch {
            // Not in our words: then the status speaks.
            return nil
        }
        guard let answer = body.answer else { return nil }
        let message = body.message.map { String($0.prefix(Self.messageLengthMax)) }
        switch answer {
        case "yes": return .yes(message)
        case "no": return .no(message)
        case "wait": return .wait(message)
        default: throw GateTrouble("the answer \"\(answer.prefix(32))\" is none of: yes, no, wait")
        }
    }
}
