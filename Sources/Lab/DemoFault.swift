import Foundation
import Synchronization

/// What is wrong with a demo service. As JSON: `{"rate": 0.5, "status": 503, "after": 10, "latency": 0.02}`,
/// each part optional, times in seconds.
package struct DemoFault: Sendable, Hashable, Codable {
    /// The share of requests that fail, from 0 to 1.
    package var rate: Double
    /// With which status they fail.
    package var status: Int
    /// How many seconds after it was set the fault begins.
    package var after: Double
    /// How many seconds every answer waits, also the good ones.
    package var latency: Double

    package init(rate: Double = 0, status: Int = 503, after: Double = 0, latency: Double = 0) {
        self.rate = rate
        self.status = status
        self.after = after
        self.latency = latency
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        rate = try fields.decodeIfPresent(Double.self, forKey: .rate) ?? 0
        status = try fields.decodeIfPresent(Int.self, forKey: .status) ?? 503
        after = try fields.decodeIfPresent(Double.self, forKey: .after) ?? 0
        latency = try fields.decodeIfPresent(Double.self, forKey: .latency) ?? 0
        guard (0...1).contains(rate), (500...599).contains(status), after >= 0, latency >= 0 else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "rate is from 0 to 1, status from 500 to 599, times are not negative"))
        }
    }
}

/// Where a running demo service looks up its fault; may be turned at any time.
package final class DemoFaultSwitch: Sendable {
    private let setting: Mutex<(fault: DemoFault, since: ContinuousClock.Instant)>

    package init(_ fault: DemoFault = DemoFault()) {
        setting = Mutex((fault, .now))
    }

    package func set(_ fault: DemoFault) {
        setting.withLock { $0 = (fault, .now) }
    }

    /// The fault that is in force now.
    package var current: DemoFault {
        let (fault, since) = setting.withLock { $0 }
        return ContinuousClock.now >= since + .seconds(fault.after) ? fault : DemoFault()
    }
}
