package import Analysis

extension Sample {
    /// Without the secrets that whoever answered may have repeated: a store may answer with what it was asked.
    package func concealed(by concealment: Concealment) -> Sample {
        switch self {
        case .value(let value, let warnings):
            return .value(value.concealed(by: concealment), warnings: warnings.map(concealment.concealed))
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
}

extension Value {
    fileprivate func concealed(by concealment: Concealment) -> Value {
        switch self {
        case .string(let text): .string(concealment.concealed(in: text))
        case .array(let elements): .array(elements.map { $0.concealed(by: concealment) })
        case .map(let map):
            .map(
                Dictionary(
                    map.map { (concealment.concealed(in: $0.key), $0.value.concealed(by: concealment)) }
                ) { first, _ in first })
        default: self
        }
    }
}
