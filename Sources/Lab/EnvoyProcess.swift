import Foundation
package import Transport

/// A real Envoy built to a design.
package struct EnvoyProcess: Sendable {
    package let design: EnvoyDesign
    package let daemon: Daemon

    /// Writes the bootstrap into the folder, and a first file for each route that has none.
    package init(
        _ design: EnvoyDesign, program: String, folder: String, http: any HTTPSender
    ) throws {
        let bootstrap = "\(folder)/envoy-\(design.adminPort).json"
        for folder in [folder, design.routesFolder] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        try design.bootstrap().write(to: URL(filePath: bootstrap))
        try design.writeFirstRoutes()
        self.design = design
        daemon = Daemon(
            "envoy",
            .init(program, arguments(bootstrap), log: "\(folder)/envoy-\(design.adminPort).log"),
            readyURL: "http://127.0.0.1:\(design.adminPort)/ready", http: http)
    }

    package var adminURL: String { "http://127.0.0.1:\(design.adminPort)" }

    /// Where clients reach a route.
    package func url(route: String) throws(LabError) -> String {
        guard let listener = design.listeners.first(where: { $0.route == route }) else {
            let known = design.listeners.map(\.route).joined(separator: ", ")
            throw LabError("no listener for route \(route); known: \(known)")
        }
        return "http://127.0.0.1:\(listener.port)/"
    }
}

/// Hot restart is off because two Envoys of one machine would meet in its shared memory.
private func arguments(_ bootstrap: String) -> [String] {
    ["-c", bootstrap, "--concurrency", "2", "--disable-hot-restart", "--log-level", "warning"]
}

extension EnvoyDesign {
    fileprivate func writeFirstRoutes() throws {
        for listener in listeners where !FileManager.default.fileExists(atPath: routeFile(of: listener)) {
            try firstRoute(of: listener).write(to: URL(filePath: routeFile(of: listener)), options: .atomic)
        }
    }
}
