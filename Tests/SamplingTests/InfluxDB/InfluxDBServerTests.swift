import Analysis
import Foundation
import Testing
import Transport

@testable import Sampling

/// What a real InfluxDB 1.x says, asked in InfluxQL.
@Suite(.timeLimit(.minutes(1))) struct InfluxDBServerTests {
    private let client = CurlClient()

    @Test func valuesGapsErrorsAndStrangersAreToldApart() async throws {
        let server = try await started()
        #expect(
            await ask(server, "SELECT mean(value) FROM errors")
                == .value(.array([.float(0.5)]), warnings: []))
        #expect(
            await ask(server, "SELECT value, code FROM errors")
                == .value(
                    .array([.float(0.25), .string("500"), .float(0.75), .string("503")]), warnings: []))
        #expect(await ask(server, "SELECT mean(value) FROM nothing") == .value(.array([]), warnings: []))
        let gap = "SELECT mean(value) FROM errors WHERE time >= 0 AND time < 3m GROUP BY time(1m)"
        #expect(
            await ask(server, gap)
                == .value(.array([.float(0.25), .none, .float(0.75)]), warnings: []))

        for (text, message) in [("SELECT mean(", "error parsing query"), ("SELECT x", "error parsing query")]
        {
            let refused = failure(await ask(server, text))
            #expect(refused?.kind == .refused && refused?.message.contains(message) == true, "\(text)")
        }
        let elsewhere = failure(await ask(server, "SELECT mean(value) FROM errors", of: "gone"))
        #expect(elsewhere?.kind == .refused)
        #expect(elsewhere?.message.contains("database not found: gone") == true)
        let stranger = failure(await ask(server, "SELECT mean(value) FROM errors", password: "guessed"))
        #expect(stranger?.kind == .refused)
        #expect(stranger?.message.contains("answered 401") == true)
        #expect(stranger?.message.contains("guessed") == false)
    }

    private func started() async throws -> LabServer {
        let server = try LabServer()
        try server.start(
            FileManager.default.currentDirectoryPath + "/.build/tools/influxd",
            ["run", "-config", "/dev/null"],
            environment: [
                "INFLUXDB_REPORTING_DISABLED": "true", "INFLUXDB_BIND_ADDRESS": "127.0.0.1:\(freePort())",
                "INFLUXDB_HTTP_BIND_ADDRESS": "127.0.0.1:\(server.port)",
                "INFLUXDB_HTTP_AUTH_ENABLED": "true", "INFLUXDB_META_DIR": server.file("meta"),
                "INFLUXDB_DATA_DIR": server.file("data"), "INFLUXDB_DATA_WAL_DIR": server.file("wal"),
            ])
        try await server.untilReady("/ping", client)
        try await tell(server, "/query", "q=CREATE USER headgate WITH PASSWORD 'sesame' WITH ALL PRIVILEGES")
        try await tell(server, "/query", "q=CREATE DATABASE shop")
        let lines = ["errors value=0.25,code=\"500\" 0", "errors value=0.75,code=\"503\" 150000000000"]
        try await tell(server, "/write?db=shop", lines.joined(separator: "\n"))
        return server
    }

    private func tell(_ server: LabServer, _ path: String, _ body: String) async throws {
        var request = HTTPRequest(.post, server.address + path)
        request.headers["Authorization"] = "Basic " + Data("headgate:sesame".utf8).base64EncodedString()
        request.headers["Content-Type"] =
            path == "/query" ? "application/x-www-form-urlencoded" : "text/plain"
        request.body = Array(body.utf8)
        let answer = try await client.send(request)
        try #require((200..<300).contains(answer.status), "\(String(decoding: answer.body, as: UTF8.self))")
    }

    private func ask(
        _ server: LabServer, _ text: String, of database: String = "shop", password: String = "sesame"
    ) async -> Sample {
        let account = StoreAccount(
            address: server.address, authorization: .basic(user: "headgate", password: .text(password)))
        let provider = HTTPProvider(InfluxDBDialect(), StoreAccounts([account]), sender: client)
        let query = Query(
            provider: "influxdb", text: text, timeout: .seconds(10),
            details: .map(["database": .string(database)]))
        return await provider.sample(query, at: Moment(microseconds: 1_763_837_280_250_000))
    }
}
