import Foundation
package import Transport

/// Keeps an Envoy's route file as a service's discovery chain and the health of its instances want it.
///
/// A chain that can't be translated, and a Consul that doesn't answer, leave the file as it is: a sidecar goes on with
/// what it has.
package actor ConsulFollower {
    private var bridge: ConsulBridge
    private let url: String
    private let http: any HTTPSender
    private let file: String
    /// Why the file is not as Consul wants it; none where it is.
    package private(set) var trouble: String?
    /// How often the file was replaced.
    package private(set) var writes: UInt64 = 0
    private var last: JSON?

    package init(_ bridge: ConsulBridge, consul url: String, http: any HTTPSender, file: String) {
        (self.bridge, self.url, self.http, self.file) = (bridge, url, http, file)
    }

    /// An instance at that port is reached by that cluster.
    package func note(cluster: String, at port: UInt16) { bridge.clusters[port] = cluster }

    /// Until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for question in ["discovery-chain", "health/connect"] {
                group.addTask { await self.follow("/v1/\(question)/\(self.bridge.service)") }
            }
        }
    }

    /// One answer after the other, each as soon as something has changed.
    private func follow(_ path: String) async {
        var index = 0
        while !Task.isCancelled {
            do {
                let response = try await get("\(path)?index=\(index)&wait=10s", within: .seconds(15))
                let new = response.headers["X-Consul-Index"].flatMap { Int($0) } ?? 0
                if new != index { try await write() }
                index = new < index ? 0 : max(new, 1)
            } catch {
                (trouble, index) = ("\(error)", 0)
                // Ends with the task: then there is nothing to wait for.
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func write() async throws {
        let chain = try JSON(parsing: try await get("/v1/discovery-chain/\(bridge.service)").body)
        var instances: [String: [UInt16]] = [:]
        for (name, target) in chain["Chain"]["Targets"]?.object ?? [:] {
            instances[name] = try await ports(of: target)
        }
        let document = try bridge.translate(chain, instances: instances, version: writes + 1)
        trouble = nil
        guard document["resources"] != last else { return }
        // Envoy reacts to a file that is moved into place, and this is how an atomic write ends.
        try Data(document.bytes).write(to: URL(filePath: file), options: .atomic)
        (last, writes) = (document["resources"], writes + 1)
    }

    private func ports(of target: JSON) async throws -> [UInt16] {
        var query = target["Subset"]["OnlyPassing"] == true ? "?passing=1" : "?"
        if let filter = target["Subset"]["Filter"]?.string, !filter.isEmpty {
            let allowed = CharacterSet.alphanumerics
            query += "&filter=\(filter.addingPercentEncoding(withAllowedCharacters: allowed) ?? filter)"
        }
        let service = target["Service"]?.string ?? bridge.service
        let response = try await get("/v1/health/connect/\(service)\(query)")
        return (try JSON(parsing: response.body).array ?? []).compactMap { instance in
            instance["Service"]["Port"]?.integer.flatMap { UInt16(exactly: $0) }
        }
    }

    private func get(_ path: String, within limit: Duration = .seconds(2)) async throws -> HTTPResponse {
        let response = try await http.send(HTTPRequest(.get, url + path, timeout: limit))
        guard response.isSuccess else {
            throw BridgeError("\(path): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
        }
        return response
    }
}
