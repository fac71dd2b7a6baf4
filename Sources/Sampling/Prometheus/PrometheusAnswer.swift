import Analysis
import Foundation
import Transport

/// What Prometheus's HTTP API answers, as far as we read it: labels and moments are passed over.
struct PrometheusAnswer: Decodable {
    let status: String
    let result: PrometheusResult?
    let errorType: String?
    let error: String?
    let warnings: [String]
    let infos: [String]

    private enum Key: String, CodingKey {
        case status, data, errorType, error, warnings, infos
    }

    init(from decoder: any Decoder) throws {
        let answer = try decoder.container(keyedBy: Key.self)
        status = try answer.decode(String.self, forKey: .status)
        errorType = try answer.decodeIfPresent(String.self, forKey: .errorType)
        error = try answer.decodeIfPresent(String.self, forKey: .error)
        warnings = try answer.decodeIfPresent([String].self, forKey: .warnings) ?? []
        infos = try answer.decodeIfPresent([String].self, forKey: .infos) ?? []
        // Beside an error there may be a half of a result, which nobody may build on.
        result = status == "success" ? try answer.decode(PrometheusResult.self, forKey: .data) : nil
    }

    func sample() throws(SampleFailure) -> Sample {
        guard let result else { throw failure }
        return .value(result.value, warnings: notes)
    }

    func series() throws(SampleFailure) -> [PrometheusSeries] {
        guard let result else { throw failure }
        return result.series
    }

    /// The store's own words about what it left out.
    var notes: [String] { warnings + infos }

    /// A query that takes too long or was called off is the store's trouble; one that it can't read is ours.
    private var failure: SampleFailure {
        let kind = errorType ?? "unknown error"
        let isRefusal = ["bad_data", "execution", "not_found", "not_acceptable"].contains(kind)
        return SampleFailure(isRefusal ? .refused : .outage, "\(kind): \(shown(error ?? "no message"))")
    }
}

/// Reads a response of any status.
func answer(in response: HTTPResponse) throws(SampleFailure) -> PrometheusAnswer {
    let status = response.status
    do {
        let answer = try JSONDecoder().decode(PrometheusAnswer.self, from: Data(response.body))
        if response.isSuccess || answer.status == "error" && !isTrouble(status) { return answer }
        if let error = answer.error { throw unusable(status, ": \(shown(error))") }
    } catch let failure as SampleFailure {
        throw failure
    } catch let objection as NativeHistogram {
        throw SampleFailure(.refused, objection.message)
    } catch {
        if response.isSuccess {
            throw SampleFailure(
                .outage, "answered \(status) with what is no answer of Prometheus: \(reason(error))")
        }
    }
    throw unusable(status, "")
}

/// The statuses with which a store, or what stands before it, says that it can't answer now.
private func isTrouble(_ status: Int) -> Bool {
    status >= 500 || status == 408 || status == 425 || status == 429
}

private func unusable(_ status: Int, _ message: String) -> SampleFailure {
    guard !isTrouble(status) else { return SampleFailure(.outage, "answered \(status)\(message)") }
    let advice =
        switch status {
        case 401, 403: "; check the credentials that are configured for this address"
        case 404: "; check the address: Prometheus's API is not there"
        case 300..<400: "; redirects are not followed: give the address that it leads to"
        default: ""
        }
    return SampleFailure(.refused, "answered \(status)\(message)\(advice)")
}

/// Where the document went wrong, without the document.
private func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty: "not JSON, or cut short"
    case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
        DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context):
        "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
    default: "not JSON"
    }
}

/// In one line, and not longer than people read.
private func shown(_ text: String) -> String {
    let line = String(text.prefix(500).map { $0.isNewline ? " " : $0 })
    return line.count < text.count ? line + "…" : line
}
