import Foundation

/// Where the programs are that the lab starts.
package struct Tools: Sendable, Hashable {
    package let envoy: String
    package let prometheus: String

    package init(envoy: String, prometheus: String) {
        self.envoy = envoy
        self.prometheus = prometheus
    }

    /// Looks for Envoy in `HEADGATE_ENVOY`, then in `.build/tools` of the folder and all above it, then on
    /// `PATH`; for Prometheus on `PATH`.
    package static func find(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        from folder: String = FileManager.default.currentDirectoryPath
    ) throws(LabError) -> Tools {
        let search = ToolSearch(environment: environment, folder: folder)
        return Tools(envoy: try search.envoy(), prometheus: try search.prometheus())
    }

    /// Looks for Consul in `HEADGATE_CONSUL`, then in `.build/tools` of the folder and all above it, then on `PATH`.
    package static func findConsul(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        from folder: String = FileManager.default.currentDirectoryPath
    ) throws(LabError) -> String {
        try ToolSearch(environment: environment, folder: folder).consul()
    }

    /// The program that runs right now.
    package static func thisProgram() throws(LabError) -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            throw LabError("can't tell which program this is: \(error.localizedDescription)")
        }
    }
}

private struct ToolSearch {
    let environment: [String: String]
    let folder: String

    func envoy() throws(LabError) -> String { try installed("envoy", orNamedBy: "HEADGATE_ENVOY") }

    func consul() throws(LabError) -> String { try installed("consul", orNamedBy: "HEADGATE_CONSUL") }

    private func installed(_ name: String, orNamedBy variable: String) throws(LabError) -> String {
        if let named = environment[variable], !named.isEmpty {
            guard isProgram(named) else {
                throw LabError("\(variable) is \(named), which is no program; correct or unset it")
            }
            return named
        }
        let installed = foldersUpward().map { "\($0)/.build/tools/\(name)" }.first(where: isProgram)
        guard let program = installed ?? onPath(name) else { throw missing(name) }
        return program
    }

    func prometheus() throws(LabError) -> String {
        guard let prometheus = onPath("prometheus") else { throw missing("prometheus") }
        return prometheus
    }

    private func onPath(_ name: String) -> String? {
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first(where: isProgram)
    }

    private func foldersUpward() -> [String] {
        var folders: [String] = []
        var url = URL(filePath: folder).standardizedFileURL
        while url.path != "/", folders.count < 64 {
            folders.append(url.path)
            url.deleteLastPathComponent()
        }
        return folders
    }

    private func missing(_ name: String) -> LabError {
        LabError("\(name) is not installed; run `make tools`")
    }
}

private func isProgram(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        && FileManager.default.isExecutableFile(atPath: path)
}
