/// One measurement of a metric, with the evidence: what was read, and what was made of it.
package struct Measurement: Hashable, Codable, Sendable {
    package enum Phase: String, Hashable, Codable, Sendable {
        case successful, failed, inconclusive, error
        /// A comparison goes on: nothing is proved yet, either way.
        case comparing
        /// An objective is not met as it must be before anything advances; nothing speaks against the release.
        case held
    }

    /// The three ways to learn nothing. They are never mixed up with a bad release.
    package enum Trouble: String, Hashable, Codable, Sendable {
        /// The metrics store could not be asked.
        case outage
        /// It was asked and had nothing to say: no series, no traffic, not a number.
        case noData
        /// The question or a condition is wrong, and asking again will not mend it.
        case invalid
    }

    package var phase: Phase
    /// Set if and only if the phase is `error`.
    package var trouble: Trouble?
    /// The value as read, cut to a length that a log can bear.
    package var value: String?
    /// Why the measurement is an error; the store's warnings otherwise.
    package var message: String?
    package var startedAt: Moment
    package var finishedAt: Moment
    /// Where a comparison stands after this look.
    package var comparison: ComparisonRun?
    /// Where an objective stands after this look.
    package var slo: SLORun?

    package init(
        phase: Phase, trouble: Trouble? = nil, value: String? = nil, message: String? = nil,
        startedAt: Moment, finishedAt: Moment
    ) {
        self.phase = phase
        self.trouble = trouble
        self.value = value
        self.message = message
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

extension Metric {
    /// Judges one answer of the store by the metric's two conditions.
    package func measurement(
        of sample: Sample, by judgement: Judgement, from startedAt: Moment, to finishedAt: Moment
    ) -> Measurement {
        if let kayenta { return measurement(of: sample, kayenta, from: startedAt, to: finishedAt) }
        let (reading, value, message) = read(sample, by: judgement, at: finishedAt)
        let text = value.map { String($0.description.prefix(400)) }
        var measurement = Measurement(
            phase: .error, value: text, message: message, startedAt: startedAt, finishedAt: finishedAt)
        switch reading {
        case .success(let phase): measurement.phase = phase
        case .failure(let reason):
            measurement.trouble = reason.trouble
            measurement.message = reason.message
        }
        return measurement
    }

    private typealias Reading = Result<Measurement.Phase, Unreadable>

    private struct Unreadable: Error {
        let trouble: Measurement.Trouble
        let message: String

        static let notANumber = Unreadable(
            trouble: .noData,
            message:
                "the query returned NaN, which is what 0/0 gives without traffic; use isNaN to decide on it")
    }

    /// NaN fails every comparison: a success condition would blame the release for having no traffic, and a
    /// failure condition would praise it. Who names `isNaN` has thought of it.
    private var expectsNaN: Bool {
        [successCondition, failureCondition].contains { $0?.contains("isNaN") == true }
    }

    private func read(
        _ sample: Sample, by judgement: Judgement, at now: Moment
    ) -> (Reading, Value?, String?) {
        switch sample {
        case .failure(let failure):
            let reason = Unreadable(trouble: failure.kind.trouble, message: failure.message)
            return (.failure(reason), nil, nil)
        case .counters:
            let message = "the store gave counters, and the metric compares nothing"
            return (.failure(Unreadable(trouble: .invalid, message: message)), nil, nil)
        case .slo, .pairs:
            let message = "the store gave what the metric has not asked for"
            return (.failure(Unreadable(trouble: .invalid, message: message)), nil, nil)
        case .value(let value, let warnings):
            let message = warnings.isEmpty ? nil : "warnings: " + warnings.joined(separator: "; ")
            if judgement == .safe, value.isNotANumber, !expectsNaN {
                return (.failure(.notANumber), value, message)
            }
            return (judge(value, at: now), value, message)
        case .ended(let ending, let message):
            return (judge(ending, message, by: judgement), .string(message), nil)
        }
    }

    /// What was stopped has neither passed nor failed; Argo calls that a failure.
    private func judge(_ ending: Ending, _ message: String, by judgement: Judgement) -> Reading {
        switch (ending, judgement) {
        case (.passed, _): .success(.successful)
        case (.failed, _), (.stopped, .argo): .success(.failed)
        case (.stopped, .safe): .failure(Unreadable(trouble: .noData, message: message))
        }
    }

    /// Both conditions are always evaluated: an error in either makes the measurement an error, even where the
    /// other one decides. Failure beats success; neither is inconclusive.
    private func judge(_ value: Value, at now: Moment) -> Reading {
        do throws(ExpressionError) {
            let isFailure = try holds(failureCondition, for: value, at: now)
            let isSuccess = try holds(successCondition, for: value, at: now)
            if isFailure == true { return .success(.failed) }
            if isSuccess == true { return .success(.successful) }
            if isSuccess == nil { return .success(.successful) }
            return .success(isFailure == nil ? .failed : .inconclusive)
        } catch {
            return .failure(unreadable(value, because: error))
        }
    }

    private func holds(
        _ condition: String?, for value: Value, at now: Moment
    ) throws(ExpressionError) -> Bool? {
        guard let condition else { return nil }
        return try Condition(parsing: condition).holds(for: value, type: value.measuredType, now: now)
    }

    /// An error over an empty answer is lack of data, not a mistake in the condition.
    private func unreadable(_ value: Value, because error: ExpressionError) -> Unreadable {
        guard value.isEmptyAnswer else { return Unreadable(trouble: .invalid, message: "\(error)") }
        return Unreadable(trouble: .noData, message: "the query returned no data")
    }
}

extension SampleFailure.Kind {
    var trouble: Measurement.Trouble {
        switch self {
        case .outage: .outage
        case .refused: .invalid
        case .noData: .noData
        }
    }
}

extension Value {
    /// What stores answer with is a list of floats, also when it is empty: that decides what a condition may do.
    fileprivate var measuredType: ValueType {
        guard case .array(let elements) = self else { return type }
        return elements.allSatisfy { $0.type == .float } ? .array(.float) : type
    }

    /// Not a number, or a list of nothing else.
    fileprivate var isNotANumber: Bool {
        switch self {
        case .float(let number): number.isNaN
        case .array(let elements): !elements.isEmpty && elements.allSatisfy(\.isNotANumber)
        default: false
        }
    }

    /// What a store says when it knows nothing: null, a list without elements, or one of nothing else than these.
    /// Rows of a table and results with names are as empty as what they measured.
    fileprivate var isEmptyAnswer: Bool {
        switch self {
        case .none: true
        case .array(let elements): elements.allSatisfy(\.isEmptyAnswer)
        case .map(let members):
            members.values.contains { $0.isEmptyAnswer } && !members.values.contains(where: \.isMeasured)
        default: false
        }
    }

    private var isMeasured: Bool {
        switch self {
        case .int, .float, .bool, .map: true
        case .array(let elements): !elements.isEmpty
        default: false
        }
    }
}
