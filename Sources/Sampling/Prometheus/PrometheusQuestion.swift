import Analysis
import Transport

/// A query as Prometheus's HTTP API takes it: a path, and a form.
struct PrometheusQuestion: Hashable, Sendable {
    let path: String
    let form: [Field]
    let headers: [RequestHeader]

    struct Field: Hashable, Sendable {
        let name: String
        let value: String
    }

    /// An instant query leaves out the time: the store's own clock decides what *now* is. Ours may be a little
    /// ahead of it, and would then ask for what has not been scraped yet.
    init(_ query: Query, at now: Moment) throws(SampleFailure) {
        headers = query.headers ?? []
        var form = [Field(name: "query", value: query.text)]
        if let range = query.range {
            form += try range.fields(at: now)
            path = "/api/v1/query_range"
        } else {
            path = "/api/v1/query"
        }
        form.append(.timeout(query.timeout))
        self.form = form
    }

    /// Counters as they were scraped. The time is said here: what is younger may not be whole yet.
    init(_ piece: CounterPlan.Piece, headers: [RequestHeader] = [], timeout: Duration) {
        self.headers = headers
        path = "/api/v1/query"
        form = [
            Field(name: "query", value: piece.text),
            Field(name: "time", value: decimal(microseconds: piece.until.microseconds)), .timeout(timeout),
        ]
    }

    /// As a POST, because a query may be longer than a URL can be.
    func request(
        to address: String, _ store: PrometheusStore, _ credentials: Credentials, timeout: Duration
    ) -> HTTPRequest {
        var headers = credentials.headers
        for header in self.headers { headers[header.name] = header.value }
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Accept"] = "application/json"
        return HTTPRequest(
            .post, address + path, headers: headers, body: Array(encodedForm.utf8), timeout: timeout,
            responseBytesMax: store.responseBytesMax, connection: store.connection)
    }

    private var encodedForm: String {
        form.map { "\($0.name)=\(formEncoded($0.value))" }.joined(separator: "&")
    }
}

extension PrometheusQuestion.Field {
    /// The store then stops computing what nobody waits for any more.
    fileprivate static func timeout(_ timeout: Duration) -> Self {
        Self(name: "timeout", value: decimal(microseconds: timeout.wholeMicroseconds) + "s")
    }
}

extension QueryRange {
    fileprivate func fields(at now: Moment) throws(SampleFailure) -> [PrometheusQuestion.Field] {
        let (start, end) = (try time(start, "start", now), try time(end, "end", now))
        guard start <= end else { throw SampleFailure(.refused, "the range ends before it starts") }
        guard step > .zero else {
            throw SampleFailure(.refused, "the range's step is \(step.text); give it a length")
        }
        return [
            .init(name: "start", value: decimal(microseconds: start)),
            .init(name: "end", value: decimal(microseconds: end)),
            .init(name: "step", value: decimal(microseconds: step.wholeMicroseconds)),
        ]
    }

    private func time(_ source: String, _ name: String, _ now: Moment) throws(SampleFailure) -> Int64 {
        let (nanoseconds, overflow) = now.microseconds.multipliedReportingOverflow(by: 1_000)
        precondition(!overflow, "the year is between 1678 and 2262")
        do throws(ExpressionError) {
            let environment = Environment(result: .none, nowNanoseconds: nanoseconds)
            let value = try Expression(parsing: source).evaluate(environment)
            if case .time(let nanoseconds) = value { return nanoseconds / 1_000 }
        } catch {
            throw SampleFailure(.refused, "the range's \(name) \"\(source)\": \(error)")
        }
        throw SampleFailure(
            .refused, "the range's \(name) \"\(source)\" is no time; write now() - duration(\"5m\")")
    }
}

/// Seconds with as many digits as they need: `1763837280.25`.
private func decimal(microseconds: Int64) -> String {
    let (seconds, fraction) = (microseconds.magnitude / 1_000_000, microseconds.magnitude % 1_000_000)
    let sign = microseconds < 0 ? "-" : ""
    guard fraction > 0 else { return "\(sign)\(seconds)" }
    var digits = String(String(fraction + 1_000_000).dropFirst())
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(sign)\(seconds).\(digits)"
}

private func formEncoded(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { encoded, byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        case UInt8(ascii: " "): encoded += "+"
        default: encoded += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
        }
    }
}
