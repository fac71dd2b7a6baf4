import Analysis
import Transport

/// Stores that said when they want to be asked again (`Retry-After`), and are left alone until then.
///
/// A store that limits how often it is asked counts the questions that it declines, too: whoever goes on asking is
/// never heard again.
actor RestingStores {
    private var until: [StoreAccount: Moment] = [:]
    /// No store may silence a measurement for longer than this.
    private static let longest = Duration.seconds(300)

    /// Throws while the store rests.
    func check(_ account: StoreAccount, at now: Moment) throws(SampleFailure) {
        guard let end = until[account], now < end else { return }
        throw SampleFailure(.outage, "wants not to be asked for another \((end - now).text)")
    }

    /// The failure that the store's answer is, with the time that it asked for.
    func failure(
        _ failure: SampleFailure, in response: HTTPResponse, of account: StoreAccount, at now: Moment
    ) -> SampleFailure {
        guard let rest = response.rest else { return failure }
        until = until.filter { now < $0.value }
        until[account] = now + min(rest, Self.longest)
        return SampleFailure(
            failure.kind, "\(failure.message); it wants not to be asked for \(min(rest, Self.longest).text)")
    }
}

extension HTTPResponse {
    /// In seconds. A date would be one of the store's clock, which need not agree with ours.
    fileprivate var rest: Duration? {
        guard status == 429 || status == 503, let text = headers["Retry-After"], let seconds = Int64(text),
            seconds > 0
        else { return nil }
        return .seconds(min(seconds, 1 << 30))
    }
}
