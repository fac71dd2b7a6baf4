import Crypto
import Foundation
import Lab
import Transport

/// Runs etcd and kube-apiserver from a folder, on free ports of the loopback, for as long as the body takes.
func withRealServer(
    _ assets: String, _ http: CurlClient, _ body: @Sendable (APIServer) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kubernetes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let setup = try RealSetup(assets: assets, folder: folder)
    let etcd = Daemon("etcd", setup.etcd, readyURL: setup.etcdURL + "/health", http: http)
    let server = Daemon(
        "kube-apiserver", setup.server, readyURL: setup.url + "/readyz",
        http: Authorized(http: http, connection: setup.connection))
    try await etcd.start()
    do {
        try await server.start(within: .seconds(60))
        try await body(APIServer(url: setup.url, http: http, connection: setup.connection))
    } catch {
        await stop(server, etcd)
        throw error
    }
    await stop(server, etcd)
}

private func stop(_ daemons: Daemon...) async {
    for daemon in daemons { await daemon.crash() }
}

private struct RealSetup {
    let assets: String
    let folder: URL
    let etcdPort: UInt16
    let peerPort: UInt16
    let port: UInt16

    init(assets: String, folder: URL) throws {
        self.assets = assets
        self.folder = folder
        etcdPort = try FreePort.take()
        peerPort = try FreePort.take()
        port = try FreePort.take()
        let key = P256.Signing.PrivateKey()
        try write(key.pemRepresentation, "accounts.key")
        try write(key.publicKey.pemRepresentation, "accounts.pub")
        let accounts = [
            "\(APIServer.token),admin,1,system:masters", "\(APIServer.powerlessToken),powerless,2,",
        ]
        try write(accounts.joined(separator: "\n") + "\n", "tokens.csv")
    }

    var etcdURL: String { "http://127.0.0.1:\(etcdPort)" }
    var url: String { "https://127.0.0.1:\(port)" }

    /// The server signs its own certificate when it starts.
    var connection: ConnectionOptions { ConnectionOptions(verifies: false, proxy: .none) }

    var etcd: ChildProcess.Command {
        ChildProcess.Command(
            assets + "/etcd",
            [
                "--data-dir", path("etcd"), "--listen-client-urls", etcdURL, "--advertise-client-urls",
                etcdURL,
                "--listen-peer-urls", "http://127.0.0.1:\(peerPort)", "--unsafe-no-fsync",
            ], log: path("etcd.log"))
    }

    var server: ChildProcess.Command {
        ChildProcess.Command(
            assets + "/kube-apiserver",
            [
                "--etcd-servers=\(etcdURL)", "--bind-address=127.0.0.1", "--secure-port=\(port)",
                "--cert-dir=\(path("certificates"))", "--token-auth-file=\(path("tokens.csv"))",
                "--authorization-mode=RBAC", "--service-account-issuer=https://accounts.test",
                "--service-account-key-file=\(path("accounts.pub"))",
                "--service-account-signing-key-file=\(path("accounts.key"))",
                // Nobody makes the service accounts that it would ask for.
                "--disable-admission-plugins=ServiceAccount", "--service-cluster-ip-range=10.0.0.0/24",
            ], log: path("server.log"))
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }
}

/// Asks as the tests do; `Daemon` asks as nobody.
private struct Authorized: HTTPSender {
    let http: CurlClient
    let connection: ConnectionOptions

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await http.send(authorized(request))
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        try await http.stream(authorized(request))
    }

    private func authorized(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        request.headers["Authorization"] = "Bearer \(APIServer.token)"
        request.connection = connection
        return request
    }
}
