import Rollouts
import Transport

/// How many requests each backend got, as the proxies of the callers counted them.
///
/// Two readings are compared here and not by `rate()`, which can't see the first requests of a series that
/// has just begun: those of a canary that got its first share.
struct RequestCounts: Hashable, Sendable {
    var byBackend: [Int]

    /// Since an earlier reading. A counter that fell has begun anew.
    func since(_ earlier: RequestCounts) -> RequestCounts {
        RequestCounts(byBackend: zip(byBackend, earlier.byBackend).map { $0 >= $1 ? $0 - $1 : $0 })
    }

    var total: Int { byBackend.reduce(0, +) }
}

extension RequestCounts {
    enum Verdict: Hashable {
        /// For people: `web-b 19.8% of 430 requests`.
        case agrees(String)
        case differs(String)
        case tooFew(String)
    }

    /// Whether so many requests went where they should: 2.6 standard deviations and a little for what was
    /// under way.
    func verdict(on shares: [Weight], _ names: [String]) -> Verdict {
        let total = total
        guard total >= requestsMin else { return .tooFew("\(total) requests, too few to tell") }
        let parts = zip(names, byBackend).map { "\($0) \(percent($1, of: total))" }
        let text = "\(parts.joined(separator: ", ")) of \(total) requests"
        let agrees = zip(shares, byBackend).allSatisfy { share, count in
            let (p, n) = (share.percent / 100, Double(total))
            let deviation = (p * (1 - p) / n).squareRoot()
            return abs(Double(count) / n - p) <= 2.6 * deviation + slack
        }
        return agrees ? .agrees(text) : .differs(text)
    }
}

private let requestsMin = 50
private let slack = 0.01

private func percent(_ count: Int, of total: Int) -> String {
    let tenths = (count * 1_000 + total / 2) / total
    return "\(tenths / 10).\(tenths % 10)%"
}

/// What counts requests by itself, and which of its series are meant.
struct CountedSeries: Hashable, Sendable {
    let metric: String
    /// `reporter="source"`
    let matchers: [String]

    /// Each request is counted once, by the caller's side or by a waypoint; mirrored ones are not seen there.
    static func istio(in namespace: String) -> CountedSeries {
        CountedSeries(
            metric: "istio_requests_total",
            matchers: [
                #"reporter=~"source|waypoint""#,
                "destination_service_namespace=\(JSON(namespace).text)",
            ])
    }
}

/// Whoever knows how many requests each backend got up to now.
protocol ShareCounter: Sendable {
    /// Throws, in words, where there is no answer to build on.
    func read() async throws(CountFailure) -> RequestCounts
}

/// Reads the counts from Prometheus.
struct RequestCounter: ShareCounter {
    let address: String
    let timeout: Duration
    let sender: any HTTPSender
    let counts: BackendCounts
    /// What counts, where `counts` does not say.
    let series: CountedSeries

    func read() async throws(CountFailure) -> RequestCounts {
        Self.counts(in: try await PrometheusLook(address, timeout, sender).series(query), counts)
    }

    var query: String {
        let values = counts.values.map(quoted).joined(separator: "|")
        let label = counts.label
        let matchers = (counts.metric == nil ? series.matchers : []) + ["\(label)=~\(JSON(values).text)"]
        return "sum by (\(label)) (\(counts.metric ?? series.metric){\(matchers.joined(separator: ","))})"
    }

    /// A backend without a series has had no request.
    static func counts(in result: [JSON], _ counts: BackendCounts) -> RequestCounts {
        var byValue: [String: Int] = [:]
        for series in result {
            guard let value = series["metric"][counts.label]?.string,
                let count = series["value"][1]?.string.flatMap(Double.init), count.isFinite
            else { continue }
            byValue[value] = Int(count)
        }
        return RequestCounts(byBackend: counts.values.map { byValue[$0] ?? 0 })
    }
}

func percentEncoded(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { encoded, byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default: encoded += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
        }
    }
}
