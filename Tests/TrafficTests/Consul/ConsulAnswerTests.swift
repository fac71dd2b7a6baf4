import Kubernetes
import Rollouts
import Synchronization
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// What becomes of what a Consul in trouble answers.
@Suite(.timeLimit(.minutes(1))) struct ConsulAnswerTests {
    private static let settings = ConsulSettings(address: "http://consul:8500", settle: .zero)

    private func router(_ consul: ScriptedConsul) -> ConsulRouter {
        ConsulRouter(
            Self.settings, sender: consul, sleep: { _ in try await Task.sleep(for: .milliseconds(2)) })
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        let status: Int
        let words: String
        let kind: RouteFailure.Kind
        var advice = ""

        var testDescription: String { "\(status) \(words)" }
    }

    /// 1.8.7's were heard; the others are of 1.11 to 1.17.
    static let answers = [
        Answer(
            status: 500, words: "No cluster leader", kind: .unavailable,
            advice: "it is tried again when there is one"),
        Answer(
            status: 500, words: "rpc error making call: leadership lost while committing log",
            kind: .unavailable),
        Answer(
            status: 500,
            words:
                "rpc error getting client: failed to get conn: dial tcp 10.0.0.1: cannot assign requested address",
            kind: .unavailable),
        Answer(status: 500, words: "rpc error making call: i/o deadline exceeded", kind: .unavailable),
        Answer(status: 503, words: "Service Unavailable", kind: .unavailable),
        Answer(status: 408, words: "Request Timeout", kind: .unavailable),
        Answer(
            status: 429, words: "rate limit exceeded, try again later or against a different server",
            kind: .unavailable, advice: "raise `limits` of its agents"),
        Answer(
            status: 403, words: "Permission denied", kind: .unavailable,
            advice: "add to the token's policy: service \"web\" { policy = \"write\" }"),
        Answer(
            status: 403,
            words:
                "Permission denied: token with AccessorID '7b' lacks permission 'service:write' on \"web\"",
            kind: .unavailable, advice: "add to the token's policy: service \"web\" { policy = \"write\" }"),
        Answer(
            status: 403, words: "ACL not found", kind: .unavailable, advice: "the token is not known there"),
        Answer(
            status: 500, words: "the sum of all split weights must be 100, not 99.000000", kind: .rejected),
        Answer(
            status: 500, words: "service \"web\" does not have a subset named \"v9\"", kind: .rejected,
            advice: "declare it in the service-resolver"),
        Answer(
            status: 400,
            words: "Bad request: Request decoding failed: invalid config key \"Splits[0].ResponseHeaders\"",
            kind: .rejected, advice: "too old for that"),
        Answer(
            status: 400,
            words:
                "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature",
            kind: .rejected, advice: "not the Enterprise edition"),
    ]

    @Test(arguments: answers) func everyAnswerHasItsKindAndItsWords(answer: Answer) async throws {
        let consul = ScriptedConsul { request in
            request.method == .put ? .consul(answer.status, answer.words) : nil
        }
        let router = router(consul)
        let target = try consulTarget { ($0.filters, $0.failsOver, $0.proto) = ([], false, nil) }
        let write = consulWrite(.all(to: .a), target, isRollback: true)
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == answer.kind, "\(failure?.message ?? "")")
        #expect(failure?.message.contains(answer.words) == true)
        #expect(failure?.message.contains(answer.advice) == true, "\(failure?.message ?? "")")
        await router.close()
    }

    @Test func whatIsAnsweredFromMemoryIsNothingToPlanBy() async throws {
        let consul = ScriptedConsul { _ in
            .consul(404, "no", ["X-Consul-KnownLeader": "false", "X-Consul-LastContact": "4200"])
        }
        let router = router(consul)
        let write = consulWrite(try split(20), try consulTarget())
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == .unavailable)
        #expect(
            failure?.message.contains("has no leader, and answered from memory, from 4200 ms ago") == true)
        #expect(consul.requests.allSatisfy { $0.method == .get && $0.url.contains("consistent") })
        await router.close()
    }

    @Test func aRaceThatIsLostForEverIsSaid() async throws {
        let consul = ScriptedConsul { $0.method == .put ? .consul(200, "false") : nil }
        let router = router(consul)
        let target = try consulTarget { ($0.filters, $0.failsOver, $0.proto) = ([], false, nil) }
        let failure = await #expect(throws: RouteFailure.self) {
            try await router.write(consulWrite(.all(to: .a), target, isRollback: true))
        }
        #expect(failure?.kind == .unavailable)
        #expect(failure?.message == "service-splitter web: somebody keeps changing it; see who, and stop it")
        #expect(consul.requests.count { $0.method == .put } == 5)
        await router.close()
    }

    /// Later Consuls and what stands before them may tell it by the status.
    @Test func aConflictIsARaceThatWasLost() async throws {
        let conflicts = Mutex(1)
        let consul = ScriptedConsul { request in
            guard request.method == .put else { return nil }
            let isFirst = conflicts.withLock { left in
                left -= 1
                return left >= 0
            }
            return isFirst ? .consul(409, "CAS failure") : .consul(200, "true")
        }
        let router = router(consul)
        let target = try consulTarget { ($0.filters, $0.failsOver, $0.proto) = ([], false, nil) }
        let receipt = try await router.write(consulWrite(.all(to: .a), target, isRollback: true))
        #expect(receipt.text == "wrote service-splitter web")
        #expect(consul.requests.count { $0.method == .put } == 2, "it was read and planned anew")
        await router.close()
    }

    /// The write was carried out, and nobody heard of it.
    @Test func aWriteWhoseAnswerIsLateIsFoundInPlace() async throws {
        let stored = Mutex<JSON?>(nil)
        let consul = ScriptedConsul { request in
            if request.method == .put, var entry = request.json {
                entry["ModifyIndex"] = 7
                stored.withLock { [entry] in $0 = entry }
                return .late
            }
            guard request.url.contains("/service-splitter/web") else { return nil }
            return stored.withLock { entry in entry.map { .consul(200, $0.text) } }
        }
        let router = router(consul)
        let target = try consulTarget { ($0.filters, $0.failsOver, $0.proto) = ([], false, nil) }
        let write = consulWrite(.all(to: .a), target, isRollback: true)
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == .unavailable)
        #expect(try await router.write(write).text == "found in place: service-splitter web")
        await router.close()
    }

    /// Later Consuls reckon a hash of each entry: it is not part of what anybody says, and old ones decline it.
    @Test func aHashOfConsulsIsNoDifference() throws {
        let name = EntryName(kind: .splitter, service: "web", scope: ConsulScope())
        let entry = ConsulEntry(
            name, ["Kind": "service-splitter", "Name": "web", "Hash": 12, "ModifyIndex": 4])
        #expect(entry.content == name.bare && entry.index == 4)
    }

    // MARK: - Watching

    /// Consul counts anew after its servers were restored from a copy: what was read at a higher number is no proof that
    /// nothing has changed.
    @Test func anIndexThatGoesBackIsAskedForAnewAndOldNumbersCountNothing() async throws {
        let splitter: JSON = ["Kind": "service-splitter", "Name": "web", "ModifyIndex": 900]
        var edited = splitter
        edited["Splits"] = [["Weight": 100, "ServiceSubset": "web-b"]]
        edited["ModifyIndex"] = 3
        let answers = [("900", splitter), ("12", edited), ("12", edited)]
        let asked = Mutex(0)
        let consul = ScriptedConsul { [answers] _ in
            let number = asked.withLock { number in
                number += 1
                return number - 1
            }
            guard number < answers.count else { return .late }
            return .consul(200, "[\(answers[number].1.text)]", ["X-Consul-Index": answers[number].0])
        }
        let watch = EntryWatch(ConsulAPI(settings: Self.settings, sender: consul)) { _ in
            try await Task.sleep(for: .milliseconds(2))
        }
        let name = EntryName(kind: .splitter, service: "web", scope: ConsulScope())
        await watch.learn(ConsulEntry(name, splitter), of: RolloutName("web"))
        #expect(await watch.next() == RolloutName("web"))
        let urls = consul.requests.map(\.url)
        #expect(urls.first?.contains("index=") == false, "the first one is answered at once")
        #expect(urls.dropFirst().first?.contains("index=900") == true)
        for _ in 0..<500 where consul.requests.count < 3 { try await Task.sleep(for: .milliseconds(2)) }
        #expect(consul.requests[2].url.contains("index=") == false, "and so is the one after a new count")
        await watch.close()
    }
}
