import Manifests
import Sampling
import Traffic
import Transport

/// The server's configuration: where it listens, where it keeps its journal, and what it talks to.
struct ServerConfiguration {
    var listen = ListenAddress(host: "127.0.0.1", port: 7466)
    var journal: String
    var manifests: [String]
    /// Files with one secret each; any of them may sign, so that a secret can be replaced without a gap.
    var webhookSecretFiles: [String] = []
    /// The files that hold what gates are signed with, by the names that gates call them.
    var gateSecretFiles: [String: String] = [:]
    var envoy: EnvoySettings?
    var prometheus: PrometheusSettings?
    var kubernetes: KubernetesConfiguration?
    var istio: IstioSettings?
    var gatewayAPI: GatewaySettings?
    var linkerd: GatewaySettings?
    var consul: ConsulSettings?
    /// None: this process is the only one, or Kubernetes says who leads.
    var consulElection: ConsulElectionConfiguration?
    var logLevel = "info"

    /// Reads the file. Relative paths in it are relative to the folder it stands in.
    static func read(_ path: String) throws -> ServerConfiguration {
        let diagnostics = Diagnostics()
        let documents = YAMLReader().readFile(path, diagnostics)
        try diagnostics.throwIfErrors()
        guard documents.count == 1, let document = documents.first else {
            throw CommandError("\(path): expected one document, found \(documents.count)")
        }
        let configuration = Field(document, diagnostics).read(.server(relativeTo: Folder(of: path)))
        try diagnostics.throwIfErrors()
        guard let configuration else { throw CommandError("\(path): can't be read") }
        return configuration
    }
}

struct ListenAddress: Equatable {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `127.0.0.1:7466`, `[::1]:7466`.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        guard !host.isEmpty else { return nil }
        self.host =
            host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        self.port = port
    }
}

/// The folder that relative paths start from.
struct Folder {
    private let path: String

    init(of file: String) {
        path = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    }

    func resolve(_ relative: String) -> String {
        relative.hasPrefix("/") ? relative : path + "/" + relative
    }
}

extension Shape where Output == ServerConfiguration {
    static func server(relativeTo folder: Folder) -> Shape {
        .object { fields in
            _ = fields.required("apiVersion", .oneOf(["headgate.dev/v1alpha1": true]))
            _ = fields.required("kind", .oneOf(["Configuration": true]))
            let listen = fields.optional("listen", .listenAddress)
            let journal = fields.required("journal", .path(folder))
            let manifests = fields.required("manifests", .list(of: .path(folder)))
            let secrets = fields.optional("webhooks", .webhooks(folder))
            let gates = fields.optional("gates", .gates(folder))
            let envoy = fields.optional("envoy", .envoy(folder))
            let prometheus = fields.optional("prometheus", .prometheus(folder))
            let kubernetes = fields.optional("kubernetes", .kubernetes(folder))
            let istio = fields.optional("istio", .istio(in: kubernetes?.namespace))
            let gatewayAPI = fields.optional("gatewayAPI", .gateway(in: kubernetes?.namespace))
            let linkerd = fields.optional("linkerd", .gateway(in: kubernetes?.namespace))
            for mesh in ["istio", "gatewayAPI", "linkerd"] where fields.has(mesh) {
                guard !fields.has("kubernetes") else { break }
                fields.field.refuse("\(mesh) needs `kubernetes`: its objects are there")
            }
            let consul = fields.optional("consul", .consul(folder))
            if consul?.election != nil, kubernetes?.election != nil {
                fields.field.refuse(
                    "leaderElection stands in kubernetes and in consul, and only one can say who leads")
            }
            let level = fields.optional("logLevel", .logLevel)
            guard let journal, let manifests else { return nil }
            var configuration = ServerConfiguration(journal: journal, manifests: manifests)
            configuration.listen = listen ?? configuration.listen
            configuration.webhookSecretFiles = secrets ?? []
            configuration.gateSecretFiles = gates ?? [:]
            configuration.envoy = envoy
            configuration.prometheus = prometheus
            configuration.kubernetes = kubernetes
            configuration.istio = istio
            configuration.gatewayAPI = gatewayAPI
            configuration.linkerd = linkerd
            configuration.consul = consul?.settings
            configuration.consulElection = consul?.election
            configuration.logLevel = level ?? configuration.logLevel
            return configuration
        }
    }

}

extension Shape where Output == ListenAddress {
    static var listenAddress: Shape {
        Shape { field in
            guard let text = field.read(.nonEmptyString) else { return nil }
            if let address = ListenAddress(text) { return address }
            field.refuse("expected an address and a port such as 127.0.0.1:7466, found \(quoted(text))")
            return nil
        }
    }
}

extension Shape where Output == String {
    static var logLevel: Shape {
        .oneOf([
            "trace": "trace", "debug": "debug", "info": "info", "notice": "notice", "warning": "warning",
            "error": "error",
        ])
    }

    static func path(_ folder: Folder) -> Shape {
        Shape<String>.nonEmptyString.map { folder.resolve($0) }
    }
}

extension Shape where Output == [String: String] {
    static func gates(_ folder: Folder) -> Shape {
        .object { $0.required("secretFiles", .dictionary(of: .path(folder))) }
    }
}

extension Shape where Output == [String] {
    static func webhooks(_ folder: Folder) -> Shape {
        .object { $0.required("secretFiles", .list(of: .path(folder))) }
    }
}
