import Analysis
import Testing

/// What one answer of the store comes to, by the two conditions.
@Suite struct MeasurementTests {
    private func phase(
        _ number: Double, success: String? = nil, failure: String? = nil, _ judgement: Judgement = .safe
    ) -> Measurement {
        measure(.value(.array([.float(number)]), warnings: []), success, failure, judgement)
    }

    private func measure(
        _ sample: Sample, _ success: String? = nil, _ failure: String? = nil, _ judgement: Judgement = .safe
    ) -> Measurement {
        let now = Moment(microseconds: 0)
        let metric = Metric(
            name: "m", query: Query(provider: "prometheus", text: "q"), successCondition: success,
            failureCondition: failure)
        return metric.measurement(of: sample, by: judgement, from: now, to: now)
    }

    @Test func aSuccessConditionAloneDecidesBothWays() {
        #expect(phase(0.99, success: "result[0] >= 0.95").phase == .successful)
        #expect(phase(0.9, success: "result[0] >= 0.95").phase == .failed)
    }

    @Test func aFailureConditionAloneDecidesBothWays() {
        #expect(phase(0.9, failure: "result[0] < 0.95").phase == .failed)
        #expect(phase(0.99, failure: "result[0] < 0.95").phase == .successful)
    }

    /// What is run says itself how it went. One that was stopped says nothing; Argo calls that a failure.
    @Test func whatWasRunNeedsNoCondition() {
        #expect(measure(.ended(.passed, message: "done")).phase == .successful)
        #expect(measure(.ended(.failed, message: "exit code 1")).phase == .failed)
        #expect(measure(.ended(.failed, message: "exit code 1")).value?.contains("exit code 1") == true)
        #expect(measure(.ended(.stopped, message: "took too long")).trouble == .noData)
        #expect(measure(.ended(.stopped, message: "took too long"), nil, nil, .argo).phase == .failed)
    }

    @Test func betweenTwoConditionsNothingIsDecided() {
        let (success, failure) = ("result[0] >= 0.95", "result[0] < 0.5")
        #expect(phase(0.7, success: success, failure: failure).phase == .inconclusive)
        #expect(phase(0.4, success: success, failure: failure).phase == .failed)
        #expect(phase(0.4, success: "true", failure: failure).phase == .failed, "failure beats success")
    }

    @Test func anErrorInEitherConditionIsAnErrorEvenWhereTheOtherDecides() {
        let measurement = phase(0.4, success: "result[9] > 1", failure: "result[0] < 0.5")
        #expect(measurement.phase == .error)
        #expect(measurement.trouble == .invalid)
    }

    @Test func anEmptyAnswerIsNoData() {
        let measurement = measure(.value(.array([]), warnings: []), "result[0] >= 0.95")
        #expect(measurement.phase == .error)
        #expect(measurement.trouble == .noData)
    }

    /// Results with names and rows of a table, as CloudWatch and New Relic have them.
    @Test(arguments: [
        (
            Value.array([.map(["Id": .string("errors"), "Values": .array([]), "Timestamps": .array([])])]),
            "result[0].Values[0] < 1", Measurement.Trouble.noData
        ),
        (.map(["average": .none]), "result.average < 1", .noData),
        (.array([.none, .none]), "result[0] < 1", .noData),
        (.map(["Id": .string("errors"), "Values": .array([.float(1)])]), "result.Values[1] < 1", .invalid),
        (.map(["average": .none, "count": .float(0)]), "result.average < 1", .invalid),
        (.map(["name": .string("web")]), "result.name < 1", .invalid),
    ])
    func anAnswerOfNothingButGapsIsNoData(value: Value, condition: String, trouble: Measurement.Trouble) {
        let measurement = measure(.value(value, warnings: []), condition)
        #expect(measurement.phase == .error)
        #expect(measurement.trouble == trouble)
    }

    @Test func anEmptyAnswerThatTheConditionExpectsIsDecided() {
        let condition = "len(result) == 0 || result[0] >= 0.95"
        #expect(measure(.value(.array([]), warnings: []), condition).phase == .successful)
    }

    @Test func notANumberIsNoDataUnlessTheConditionExpectsIt() {
        #expect(phase(.nan, success: "result[0] >= 0.95").trouble == .noData)
        #expect(phase(.nan, failure: "result[0] < 0.95").trouble == .noData)
        #expect(phase(.nan, success: "isNaN(result[0]) || result[0] >= 0.95").phase == .successful)
    }

    @Test func argoTakesNotANumberForAnAnswer() {
        #expect(phase(.nan, success: "result[0] >= 0.95", .argo).phase == .failed)
        #expect(phase(.nan, failure: "result[0] < 0.95", .argo).phase == .successful)
    }

    @Test func anOutageAndARefusalAreToldApart() {
        #expect(measure(.failure(SampleFailure(.outage, "connection refused"))).trouble == .outage)
        #expect(measure(.failure(SampleFailure(.refused, "parse error"))).trouble == .invalid)
    }

    @Test func theStoresWarningsAreKeptAsEvidence() {
        let sample = Sample.value(.array([.float(1)]), warnings: ["a store did not answer"])
        #expect(measure(sample, "result[0] > 0").message == "warnings: a store did not answer")
    }
}
