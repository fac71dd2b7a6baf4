import Analysis
import Rollouts

/// The secrets of one request: read for it, and gone with it.
struct Revealed: Sendable {
    private let values: [String: String]
    private let concealment: Concealment

    init(_ secrets: [String: SecretReference], by reader: (any SecretReader)?) async throws(SecretFailure) {
        var values: [String: String] = [:]
        for (label, secret) in secrets {
            guard let reader else { throw .noReader(secret) }
            values[label] = try await reader.read(secret)
        }
        self.values = values
        concealment = Concealment(Array(values.values))
    }

    /// A text with its tokens filled in, in one pass: a secret that looks like a token stays what it is.
    func filled(_ text: String) -> String {
        guard !values.isEmpty else { return text }
        var filled = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}")
        {
            let token = String(rest[start.lowerBound..<end.upperBound])
            let value = values.first { SecretReference.token($0.key) == token }?.value
            filled += rest[..<start.lowerBound] + (value ?? token)
            rest = rest[end.upperBound...]
        }
        return filled + rest
    }

    func concealed(_ sample: Sample) -> Sample {
        guard !values.isEmpty else { return sample }
        switch sample {
        case .value(let value, let warnings):
            return .value(concealed(value), warnings: warnings.map(concealment.concealed))
        case .counters(let reading, let warnings):
            return .counters(reading, warnings: warnings.map(concealment.concealed))
        case .pairs(let pairs, let warnings):
            return .pairs(pairs, warnings: warnings.map(concealment.concealed))
        case .slo(let reading, let warnings):
            return .slo(reading, warnings: warnings.map(concealment.concealed))
        case .failure(let failure):
            return .failure(SampleFailure(failure.kind, concealment.concealed(in: failure.message)))
        case .ended(let ending, let message):
            return .ended(ending, message: concealment.concealed(in: message))
        }
    }

    func concealed(_ answer: GateAnswer) -> GateAnswer {
        guard !values.isEmpty else { return answer }
        switch answer {
        case .yes(let text): return .yes(text.map(concealment.concealed))
        case .no(let text): return .no(text.map(concealment.concealed))
        case .wait(let text): return .wait(text.map(concealment.concealed))
        case .trouble(let text): return .trouble(concealment.concealed(in: text))
        }
    }

    /// A store may answer with what it was asked.
    private func concealed(_ value: Value) -> Value {
        switch value {
        case .string(let text): .string(concealment.concealed(in: text))
        case .array(let elements): .array(elements.map(concealed))
        case .map(let map): .map(map.mapValues(concealed))
        default: value
        }
    }
}

extension SecretFailure {
    fileprivate static func noReader(_ secret: SecretReference) -> SecretFailure {
        SecretFailure(
            isOutage: false,
            "Secret \(secret.name) can't be read: the server's configuration names no cluster; add `kubernetes`"
        )
    }
}
