import Analysis

/// What a request goes to.
enum Peer: Hashable, Sendable {
    case mesh, store, gate, platform
}

extension World {
    /// A request and its answer, with all that can happen to them on the way. `land` is carried out at the
    /// other end when the request arrives, which may be after its sender died, or twice, or never. None: no
    /// answer came.
    ///
    /// Nobody answers a lost request: the caller waits for as long as it is given, or until it is cancelled.
    func exchange<Answer>(
        _ life: Life, with peer: Peer, within limit: Duration? = nil, _ land: @escaping () -> Answer
    ) async -> Answer? {
        if crashes(life, at: .beforeSend) { return nil }
        let answer = Letter<Answer>()
        let number = course.reserve()
        send(land, to: peer) { [self] value in
            answer.text = value
            course.wake(number)
        }
        if let limit { course.after(limit) { [self] in course.wake(number) } }
        if crashes(life, at: .afterSend) { return nil }
        guard await course.wait(number, life), !crashes(life, at: .afterReceive) else { return nil }
        return answer.text
    }

    private func send<Answer>(
        _ land: @escaping () -> Answer, to peer: Peer, then receive: @escaping (Answer) -> Void
    ) {
        let isAnswered = !happens(\.answerLost)
        let copies = happens(\.requestLost) ? 0 : happens(\.duplicated) ? 2 : 1
        for copy in 0..<copies {
            course.after(travelTime()) { [self] in
                if isOut(peer) { return }
                let value = land()
                guard isAnswered, copy == 0 else { return }
                course.after(travelTime()) { receive(value) }
            }
        }
    }

    private func travelTime() -> Duration {
        happens(\.slow)
            ? dice.duration(.milliseconds(100), .seconds(20))
            : dice.duration(.microseconds(100), .milliseconds(2))
    }

    func appendTime() -> Duration {
        happens(\.appendSlow)
            ? dice.duration(.milliseconds(100), .seconds(5))
            : dice.duration(.microseconds(50), .microseconds(500))
    }
}

/// What an answer is written on.
private final class Letter<Text> {
    var text: Text?
}
