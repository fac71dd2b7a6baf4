import Foundation
package import Transport

/// A real Consul on loopback: one server, and its only agent.
package struct ConsulProcess: Sendable {
    package let port: UInt16
    package let daemon: Daemon

    /// What the access lists give all rights to, where they are on.
    package static let rootToken = "00000000-0000-4000-8000-000000000001"

    /// - Parameters:
    ///   - keepsData: what it knows survives a restart; else it starts quicker and with nothing.
    ///   - hasAccessLists: nobody may do anything without a token.
    package init(
        program: String, folder: String, keepsData: Bool = false, hasAccessLists: Bool = false,
        http: any HTTPSender
    ) throws {
        let ports = try ConsulPorts()
        let place = "\(folder)/consul-\(ports.http)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try ports.configuration(hasAccessLists: hasAccessLists)
            .write(toFile: "\(place)/consul.json", atomically: true, encoding: .utf8)
        let kind = keepsData ? ["-server", "-bootstrap-expect=1", "-data-dir=\(place)/data"] : ["-dev"]
        port = ports.http
        // With a leader and not before: an answer that only a leader can give.
        let token = hasAccessLists ? "&token=\(Self.rootToken)" : ""
        daemon = Daemon(
            "consul",
            .init(
                program,
                ["agent"] + kind + [
                    "-node=lab", "-bind=127.0.0.1", "-client=127.0.0.1", "-config-file=\(place)/consul.json",
                    "-log-level=warn",
                ], log: "\(place)/consul.log"),
            readyURL: "http://127.0.0.1:\(port)/v1/catalog/nodes?consistent\(token)", http: http)
    }

    package var url: String { "http://127.0.0.1:\(port)" }
}

private struct ConsulPorts {
    let http, grpc, server, serfLAN, serfWAN: UInt16

    init() throws {
        http = try FreePort.take()
        grpc = try FreePort.take()
        server = try FreePort.take()
        serfLAN = try FreePort.take()
        serfWAN = try FreePort.take()
    }

    /// Elections of a server that is alone need not take the usual seconds.
    func configuration(hasAccessLists: Bool) -> String {
        let lists = """
            , "acl": {"enabled": true, "default_policy": "deny", "down_policy": "deny",
                      "tokens": {"master": "\(ConsulProcess.rootToken)", "agent": "\(ConsulProcess.rootToken)"}}
            """
        return """
            {"ports": {"http": \(http), "grpc": \(grpc), "server": \(server), "serf_lan": \(serfLAN),
                       "serf_wan": \(serfWAN), "dns": -1},
             "connect": {"enabled": true}, "performance": {"raft_multiplier": 1}, "leave_on_terminate": false,
             "disable_update_check": true, "telemetry": {"disable_hostname": true}\(hasAccessLists ? lists : "")}

            """
    }
}

extension Rig {
    /// Starts a Consul and waits until it has a leader.
    package func startConsul(
        keepsData: Bool = false, hasAccessLists: Bool = false
    ) async throws -> ConsulProcess {
        let consul = try ConsulProcess(
            program: try Tools.findConsul(), folder: folder, keepsData: keepsData,
            hasAccessLists: hasAccessLists, http: http)
        try await start(consul.daemon)
        return consul
    }
}
