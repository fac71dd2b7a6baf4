import Lab
import Testing
import Transport

@Suite struct LoadTests {
    @Test func aLoadThatIsStoppedBeforeItBeginsEnds() async throws {
        let load = Load("http://127.0.0.1:1/", http: Silence())
        load.stop()
        await load.run()
        #expect(load.result.requests == 0)
    }

    @Test func whatCouldNotBeSentIsCountedAndIsNoFailure() async throws {
        let load = Load("http://127.0.0.1:1/", perSecond: 1000, inFlightMax: 3, http: Silence())
        let running = Task { await load.run() }
        try await eventually { load.result.unsent > 10 }
        running.cancel()
        await running.value
        #expect(load.result.brokenOff >= 3)
        #expect(load.result.requests == 0)
    }

    @Test func aLoadWaitsForTheAnswersThatAreUnderWay() async throws {
        try await withDemoService("v1") { port, fault in
            fault.set(DemoFault(latency: 0.2))
            let http = CurlClient()
            let load = Load("http://127.0.0.1:\(port)/", perSecond: 1000, inFlightMax: 4, http: http)
            let result = try await load.during { try await eventually { load.result.unsent > 0 } }
            #expect(result.byRelease["v1", default: 0] >= 4)
            #expect(result.brokenOff == 0)
            await http.shutdown()
        }
    }
}

/// Answers nothing until the asker gives up.
private struct Silence: HTTPSender {
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        while !Task.isCancelled {
            // Cancellation ends the sleep, and the loop sees it.
            try? await Task.sleep(for: .seconds(60))
        }
        throw TransportError(.cancelled, at: request.url, "nobody waits any more")
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        throw TransportError(.interrupted, at: request.url, "there are no streams here")
    }
}
