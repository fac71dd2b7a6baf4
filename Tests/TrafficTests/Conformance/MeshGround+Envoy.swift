import Engine
import Foundation
import Kubernetes
import Rollouts
import Testing
import Transport

@testable import Traffic

extension MeshGround {
    /// A real Envoy on a plain machine.
    static let envoy = MeshGround(name: "Envoy", takesRules: true, resolution: 0) { claim in
        let (envoy, client) = (try LabEnvoy(), CurlClient())
        let router = try EnvoyRouter(
            EnvoySettings(folder: envoy.routes, admins: [envoy.admin]), sender: client)
        let mesh = EnvoyMesh(router: router, file: "\(envoy.routes)/web.json", target: order(0).target)
        _ = try await router.write(mesh.write(.all(to: .a), since: 1))
        try await envoy.startServing(client)
        try await claim(mesh)
        router.close()
        envoy.stop()
        await client.shutdown()
    }
}

private struct EnvoyMesh: RoutedMesh {
    let router: EnvoyRouter
    let file: String
    let target: TrafficTarget

    func weights() throws -> [Int] {
        let clusters = try split(of: try document())["clusters"]?.array ?? []
        return ["web-a", "web-b"].map { name in
            clusters.first { $0["name"]?.string == name }?["weight"]?.integer ?? 0
        }
    }

    /// Each write is another file, moved into place.
    func version() throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        return "\(attributes[.systemFileNumber] ?? 0)"
    }

    func rest() throws -> JSON {
        var document = try document()
        document["version_info"] = nil
        document = try document.patched(.remove("/resources/0/metadata"))
        for index in routes(of: document).indices {
            document = try document.weighted(index) { _ in 0 }
        }
        return document
    }

    func meddle() throws {
        let document = try document()
        let edited = try document.weighted(routes(of: document).count - 1) { $0 == 0 ? 600_000 : 400_000 }
        try edited.text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    func bookmark() throws -> PutBack {
        let (file, text) = (file, try String(contentsOfFile: file, encoding: .utf8))
        return { try text.write(toFile: file, atomically: true, encoding: .utf8) }
    }

    func close() { router.close() }

    private func document() throws -> JSON {
        try JSON(parsing: [UInt8](Data(contentsOf: URL(filePath: file))))
    }

    private func routes(of document: JSON) -> [JSON] {
        document["resources"][0]["virtual_hosts"][0]["routes"]?.array ?? []
    }

    /// The last route is the one for all other requests.
    private func split(of document: JSON) throws -> JSON {
        try #require(routes(of: document).last?["route"]["weighted_clusters"])
    }
}

extension JSON {
    /// With other weights in a route that splits.
    fileprivate func weighted(_ route: Int, _ weight: (Int) -> Int) throws -> JSON {
        let path = [
            "resources", "0", "virtual_hosts", "0", "routes", "\(route)", "route", "weighted_clusters",
        ]
        let clusters = path.reduce(Optional(self)) { value, step in
            Int(step).map { value?[$0] } ?? value?[step]
        }
        let places = clusters?["clusters"]?.array?.indices ?? 0..<0
        return try places.reduce(self) { document, place in
            let pointer = "/" + path.joined(separator: "/") + "/clusters/\(place)/weight"
            return try document.patched(.add(pointer, JSON(weight(place))))
        }
    }
}
