import Engine
import Foundation
import Rollouts
import Server
import Testing

/// What Prometheus reads.
@Suite struct MetricsTests {
    @Test func everyLineIsOneThatPrometheusCanRead() async throws {
        try await House().serve { guest in
            try await guest.launch(.checkout([.setWeight(weight(20)), .pause(nil)]))
            try await guest.until { $0.isWaiting }
            _ = try await guest.ask("GET", "/v1/rollouts")
            _ = try await guest.ask("PURGE", "/nothing")
            let answer = try await guest.ask("GET", "/metrics")
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let sample = #/[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+/#
            let comment = #/# (HELP|TYPE) [a-z_]+ .+/#
            for line in answer.body.split(separator: "\n") {
                #expect(line.wholeMatch(of: sample) != nil || line.wholeMatch(of: comment) != nil, "\(line)")
            }
            let lines = Set(answer.body.split(separator: "\n").map(String.init))
            #expect(lines.contains(#"headgate_rollouts{phase="Paused"} 1"#))
            #expect(
                lines.contains(
                    #"headgate_http_requests_total{route="/v1/rollouts",method="GET",status="401"} 1"#))
            #expect(
                lines.contains(#"headgate_http_requests_total{route="none",method="other",status="404"} 1"#))
            #expect(lines.contains("headgate_journal_trouble 0"))
            #expect(lines.contains(#"headgate_build_info{version="test"} 1"#))
            let isEachOnce = lines.count == answer.body.split(separator: "\n").count
            #expect(isEachOnce)
        }
    }

    @Test func theBucketsOfARollbackAreCumulative() async throws {
        try await House().serve { guest in
            try await guest.launch(.checkout([.setWeight(weight(20)), .pause(nil)]))
            try await guest.until { $0.isWaiting }
            _ = try await guest.loop.submit(.abort(why: nil), to: RolloutName("checkout"), by: "test")
            try await guest.until { $0.isAborted && $0.routing?.isApplied == true }
            let body = try await guest.ask("GET", "/metrics").body
            let name = "headgate_verdict_to_applied_seconds"
            let buckets = body.matches(of: try Regex(name + #"_bucket\{le="([^"]+)"\} ([0-9]+)"#)).map {
                match in
                (bound: String(match[1].substring ?? ""), count: Int(match[2].substring ?? "") ?? -1)
            }
            #expect(buckets.count == 17 && buckets.last?.bound == "+Inf")
            #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0.count <= $1.count })
            #expect(body.contains("\(name)_count \(buckets.last?.count ?? -1)\n"))
            #expect(buckets.last?.count == 1)
            #expect(body.contains("headgate_rollbacks_total 1\n"))
        }
    }
}
