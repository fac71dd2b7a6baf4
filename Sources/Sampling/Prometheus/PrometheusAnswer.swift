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
    /// VictoriaMetrics says so where Thanos warns: a part of the store did not answer.
    let isPartial: Bool

    private enum Key: String, CodingKey {
        case status, data, errorType, error, warnings, infos, isPartial
    }

    init(from decoder: any Decoder) throws {
        let answer = try decoder.container(keyedBy: Key.self)
        status = try answer.decode(String.self, forKey: .status)
        errorType = try answer.decodeIfPresent(String.self, forKey: .errorType)
        error = try answer.decodeIfPresent(String.self, forKey: .error)
        warnings = try answer.decodeIfPresent([String].self, forKey: .warnings) ?? []
        infos = try answer.decodeIfPresent([String].self, forKey: .infos) ?? []
        isPartial = try answer.decodeIfPresent(Bool.self, forKey: .isPartial) ?? false
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
    var notes: [String] {
        (isPartial ? ["the answer is partial: a part of the store did not answer"] : []) + warnings + infos
    }

    private var failure: SampleFailure {
        let kind = errorType ?? "unknown error"
        let words = error ?? "no message"
        return SampleFailure(Self.isRefusal(kind, words) ? .refused : .outage, "\(kind): \(shown(words))")
    }

    /// A query that takes too long or was called off is the store's trouble; one that it can't read is ours.
    private static func isRefusal(_ kind: String, _ words: String) -> Bool {
        // VictoriaMetrics has the status for a kind.
        if let status = Int(kind) { return !isTrouble(status) }
        // Thanos can't carry out what a part of it that is down would have to answer.
        if kind == "execution", words.contains("rpc error: code = ") { return false }
        return ["bad_data", "execution", "not_found", "not_acceptable"].contains(kind)
    }
}

/// Reads a response of any status.
func answer(in response: HTTPResponse) throws(SampleFailure) -> PrometheusAnswer {
    let status = response.status
    do {
        let answer = try JSONDecoder().decode(PrometheusAnswer.self, from: Data(response.body))
        if response.isSuccess || answer.status == "error" && !isTrouble(status) { return answer }
        if let error = answer.error { throw SampleFailure(status: status, saying: error) }
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
    throw SampleFailure(status: status, saying: complaint(in: response.body))
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
