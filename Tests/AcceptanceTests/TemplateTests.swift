import Analysis
import Testing

/// The templates in `analysis-templates`, asked on a real Prometheus about releases that fared differently.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TemplateTests {
    @Test func theSuccessRateIsRightInTheTrapsThatOthersFallInto() async throws {
        try await ask("success-rate") { fare, measurement in
            switch fare {
            case .good, .slow: measurement.phase == .successful
            case .bad, .burst: measurement.phase == .failed
            case .idle, .unheard: measurement.trouble == .noData
            }
        }
    }

    @Test func theLatencyIsThatOfTheSlowestInMilliseconds() async throws {
        try await ask("latency") { fare, measurement in
            switch fare {
            case .good, .bad, .burst: measurement.phase == .successful
            case .slow: measurement.phase == .failed
            case .idle, .unheard: measurement.trouble == .noData
            }
        }
    }

    @Test func aReleaseWithoutRequestsIsNeitherGoodNorBad() async throws {
        try await ask("request-rate") { fare, measurement in
            switch fare {
            case .good, .bad, .burst, .slow: measurement.phase == .successful
            case .idle: measurement.phase == .inconclusive
            case .unheard: measurement.trouble == .noData
            }
        }
    }

    /// By the templates of each family, and by the builtin on the meshes among them.
    private func ask(
        _ template: String, _ isRight: @escaping (Fare, Measurement) -> Bool
    ) async throws {
        try await TemplateWorld.run { world in
            for family in Family.all {
                for fare in Fare.allCases {
                    let name = family.name + template
                    let about = "\(name) of a release that is \(fare)"
                    if !family.arguments.isEmpty {
                        let measurement = try await world.measurement(name, of: family, fare)
                        #expect(isRight(fare, measurement), "\(about): \(measurement)")
                    }
                    guard family.routing != nil else { continue }
                    let measurement = try await world.measurement(builtin: template, of: family, fare)
                    #expect(isRight(fare, measurement), "builtin, \(about): \(measurement)")
                }
            }
        }
    }
}
