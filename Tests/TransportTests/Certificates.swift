import Foundation

/// Two authorities that don't know each other, and what the first signed: a server and a client.
struct Certificates: Sendable {
    private let folder: Folder

    init(in folder: Folder) throws {
        self.folder = folder
        for authority in ["ca", "stranger"] {
            try openssl(
                newKey(authority) + [
                    "-x509", "-days", "2", "-subj", "/CN=\(authority)", "-out", pem(authority),
                ])
        }
        try sign("server", extensions: "subjectAltName=DNS:headgate.test,IP:127.0.0.1")
        try sign("client", extensions: "extendedKeyUsage=clientAuth")
    }

    func file(_ name: String) -> String { folder.file(name) }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: file(name), encoding: .utf8)
    }

    private func sign(_ name: String, extensions: String) throws {
        try openssl(newKey(name) + ["-subj", "/CN=\(name)", "-out", file("\(name).csr")])
        try Data(extensions.utf8).write(to: URL(fileURLWithPath: file("\(name).ext")))
        try openssl([
            "x509", "-req", "-in", file("\(name).csr"), "-CA", pem("ca"), "-CAkey", file("ca.key"),
            "-CAcreateserial", "-days", "2", "-extfile", file("\(name).ext"), "-out", pem(name),
        ])
    }

    private func newKey(_ name: String) -> [String] {
        [
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", file("\(name).key"),
        ]
    }

    private func pem(_ name: String) -> String { file("\(name).pem") }

    private func openssl(_ arguments: [String]) throws {
        guard try Child(["openssl"] + arguments).end() == 0 else {
            throw EnvoyFailure("openssl \(arguments.joined(separator: " ")) failed; is openssl installed?")
        }
    }
}
