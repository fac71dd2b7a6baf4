import Testing

@testable import Kubernetes
@testable import Transport

private let query = ObjectQuery(.pod, in: "shop")

private func news(_ text: String) throws(KubernetesError) -> WatchNews {
    try WatchNews(Array(text.utf8), of: query)
}

private func trouble(_ text: String) -> KubernetesError.Kind? {
    do throws(KubernetesError) {
        _ = try news(text)
        return nil
    } catch {
        return error.kind
    }
}

@Suite struct WatchLinesTests {
    @Test func linesAreWholeWhereverTheNetworkCutsThem() throws {
        let text = Array("{\"a\":1}\n{\"b\":\"é\"}\n\n{\"c\":3}\n{\"rest".utf8)
        for size in 1...text.count {
            var lines = WatchLines()
            var found: [String] = []
            for start in stride(from: 0, to: text.count, by: size) {
                let piece = Array(text[start..<min(start + size, text.count)])
                found += try lines.take(piece).map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(found == ["{\"a\":1}", "{\"b\":\"é\"}", "{\"c\":3}"])
        }
    }

    @Test func aLineWithoutEndDoesNotFillTheMemory() {
        var lines = WatchLines()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        let error = #expect(throws: KubernetesError.self) {
            for _ in 0..<20 { _ = try lines.take(piece) }
        }
        #expect(error?.kind == .unavailable(retryAfter: nil))
    }

    @Test func eventsBearTheVersionToGoOnFrom() throws {
        let web = pod("web", version: 7)
        #expect(try news(line("ADDED", web)) == .event(.added(web), version: "7"))
        #expect(try news(line("MODIFIED", web)) == .event(.modified(web), version: "7"))
        #expect(try news(line("DELETED", web)) == .event(.deleted(web), version: "7"))
        #expect(try news(line("BOOKMARK", web)) == .bookmark(version: "7"))
        #expect(try news(line("BOOKMARK", [:])) == .bookmark(version: nil))
    }

    @Test func anErrorIsReadLikeAnyAnswer() {
        let expired = refusalObject(410, "Expired", "too old resource version: 1 (9)")
        #expect(trouble(line("ERROR", expired)) == .expired)
        let broken = refusalObject(500, "InternalError", "etcd is gone")
        #expect(trouble(line("ERROR", broken)) == .unavailable(retryAfter: nil))
        #expect(trouble(line("ERROR", [:])) == .unavailable(retryAfter: nil))
    }

    @Test func whatNobodyKnowsIsNoEvent() {
        #expect(trouble(line("RENAMED", pod("web"))) == .unavailable(retryAfter: nil))
        #expect(trouble("{}") == .unavailable(retryAfter: nil))
        #expect(trouble("<html>") == .unavailable(retryAfter: nil))
    }
}

@Suite struct WatchBackoffTests {
    @Test func waitsGrowToHalfAMinuteAndStayThere() {
        var backoff = WatchBackoff(query)
        let waits = (0..<12).map { _ in backoff.next() }
        for (index, wait) in waits.enumerated() {
            let whole = min(.milliseconds(200) * (1 << index), Duration.seconds(30))
            #expect(wait >= whole / 2 && wait <= whole)
        }
    }

    @Test func aSuccessForgetsThem() {
        var backoff = WatchBackoff(query)
        for _ in 0..<9 { _ = backoff.next() }
        backoff.succeed()
        #expect(backoff.next() <= .milliseconds(200))
    }

    @Test func whatTheServerAsksForIsKept() {
        var backoff = WatchBackoff(query)
        let error = KubernetesError(.unavailable(retryAfter: .seconds(77)), "later")
        #expect(backoff.next(after: error) == .seconds(77))
    }

    @Test func watchesOfManyNamesDoNotComeBackAtOnce() {
        let waits = (0..<100).map { number in
            var backoff = WatchBackoff(ObjectQuery(.pod, in: "shop", fields: "metadata.name=web-\(number)"))
            return backoff.next()
        }
        #expect(Set(waits).count > 50)
    }
}
