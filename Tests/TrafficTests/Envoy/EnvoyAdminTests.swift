import Testing
import Transport

@testable import Traffic

@Suite struct EnvoyAdminTests {
    @Test func aRoutesNameIsAskedForLiterally() {
        #expect(
            AdminQuestion.routes(named: "web.v1").path
                == "/config_dump?resource=dynamic_route_configs&name_regex=%5Eweb%5C.v1%24")
    }

    @Test func anAdminInterfaceMayBeASocket() {
        let request = AdminQuestion.serverInfo.request(to: "unix:/run/envoy.sock", timeout: .seconds(1))
        #expect(request.url == "http://envoy/server_info")
        #expect(request.connection.unixSocket == "/run/envoy.sock")
    }

    @Test func aDumpIsReadAsRoutesAndAsTheFileThatMakesThem() throws {
        let shown = try #require(shownRoutes(in: JSONTree(parsing: Array(dump.utf8))).first)
        #expect(shown.borne.version == "7")
        #expect(shown.borne.weights == ["web-a": 90, "web-b": 10])
        #expect(BorneRoute(parsing: try #require(shown.file)) == shown.borne)
    }

    @Test func aListenerWithoutItsFirstFileShowsNoRoute() {
        #expect(shownRoutes(in: JSONTree(parsing: Array("{}".utf8))).isEmpty)
        #expect(
            shownRoutes(in: JSONTree(parsing: Array(#"{"configs": [{"version_info": ""}]}"#.utf8))).isEmpty)
    }

    @Test func aBlottedOutSecretIsNotWrittenBack() throws {
        let blotted = dump.replacing("\"web-b\"", with: "\"[redacted]\"")
        #expect(shownRoutes(in: JSONTree(parsing: Array(blotted.utf8))).first?.file == nil)
    }

    @Test func countersOfAllListenersAreAdded() throws {
        let stats = """
            {"stats": [{"name": "http.x.rds.web.update_attempt", "value": 3},
             {"name": "http.x.rds.web.update_rejected", "value": 1},
             {"name": "http.y.rds.web.update_attempt", "value": 4},
             {"name": "http.y.rds.web.update_failure", "value": 2}]}
            """
        let updates = try #require(RouteUpdates(stats: JSONTree(parsing: Array(stats.utf8))))
        #expect(updates.attempts == 7)
        #expect(updates.refusals == 3)
        #expect(RouteUpdates(stats: JSONTree(parsing: Array(#"{"stats": []}"#.utf8))) == nil)
    }

    @Test func envoysReasonIsTheLastOneInTheLog() {
        let log = """
            [2026-11-22][1][warning][config] [x.cc:81] Filesystem config update rejected: Sum of weights
            [2026-11-22][1][warning][config] [x.cc:81] Filesystem config update rejected: route: unknown 'web-b'
            [2026-11-22][1][info][main] something else
            """
        #expect(EnvoyLog.refusal(in: log) == "route: unknown 'web-b'")
        #expect(EnvoyLog.refusal(in: "nothing of the kind") == nil)
    }
}

private let dump = """
    {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump.DynamicRouteConfig",
     "version_info": "7", "last_updated": "2026-11-22T19:10:31.435Z",
     "route_config": {"@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", "name": "web",
      "virtual_hosts": [{"name": "web", "domains": ["*"], "routes": [{"match": {"prefix": "/"},
       "route": {"weighted_clusters": {"clusters": [
        {"name": "web-a", "weight": 90}, {"name": "web-b", "weight": 10}]}}}]}]}}]}
    """
