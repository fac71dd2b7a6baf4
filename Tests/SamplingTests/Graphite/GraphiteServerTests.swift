import Analysis
import Foundation
import Testing
import Transport

@testable import Sampling

/// What a real Graphite says: its web application over files of Whisper.
@Suite(.timeLimit(.minutes(1))) struct GraphiteServerTests {
    private let client = CurlClient()

    @Test func pointsGapsAndNothingAreToldApart() async throws {
        let server = try await started()
        #expect(
            await ask(server, "target=shop.web.errors&from=-10min")
                == .value(.array([.float(0.5), .float(2)]), warnings: []))
        #expect(
            await ask(server, "sumSeries(shop.*.errors)")
                == .value(.array([.float(0.5), .float(2)]), warnings: []))
        #expect(
            await ask(server, "target=summarize(\n  shop.web.errors,\n  '1h', 'max', true)\n&from=-1h")
                == .value(.array([.float(2)]), warnings: []))
        #expect(await ask(server, "shop.nothing") == .value(.array([]), warnings: []))
        #expect(
            await ask(server, "target=shop.web.errors&from=-3h&until=-2h") == .value(.array([]), warnings: [])
        )

        let unknown = failure(await ask(server, "noSuchFunction(shop.web.errors)"))
        #expect(unknown != nil, "a function that is not there is no empty answer")
    }

    private func started() async throws -> LabServer {
        let server = try LabServer()
        let folder = server.file("whisper/shop/web")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let now = Int(Date().timeIntervalSince1970)
        try await run("/usr/bin/whisper-create", [folder + "/errors.wsp", "60:1440"])
        try await run(
            "/usr/bin/whisper-update", [folder + "/errors.wsp", "\(now - 240):0.5", "\(now - 120):2"])
        try server.write(
            """
            SECRET_KEY = "of a test"
            STORAGE_DIR = LOG_DIR = "\(server.folder)"
            WHISPER_DIR = "\(server.file("whisper"))"
            STANDARD_DIRS = [WHISPER_DIR]
            CARBONLINK_HOSTS = []
            DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
            """, to: "headgate_settings.py")
        try server.start(
            "/usr/bin/python3", ["-m", "django", "runserver", "--noreload", "127.0.0.1:\(server.port)"],
            environment: [
                "PYTHONPATH": server.folder, "GRAPHITE_SETTINGS_MODULE": "headgate_settings",
                "DJANGO_SETTINGS_MODULE": "graphite.settings",
            ])
        try await server.untilReady("/version/", client)
        return server
    }

    private func run(_ program: String, _ arguments: [String]) async throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: program), "there is no \(program); run make tools")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = nil
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments)")
    }

    private func ask(_ server: LabServer, _ text: String) async -> Sample {
        let account = StoreAccount(address: server.address)
        let provider = HTTPProvider(GraphiteDialect(), StoreAccounts([account]), sender: client)
        let query = Query(provider: "graphite", text: text, timeout: .seconds(10))
        return await provider.sample(query, at: Moment(microseconds: 1_763_837_280_250_000))
    }
}
