import Foundation
import Subprocess
import SystemPackage
import TestCluster
import Transport

/// `deploy/helm/headgate`, rendered by helm as an administrator would have it.
struct Chart {
    /// What helm makes of it.
    let text: String
    let objects: [JSON]

    /// - Parameter values: as after `--set`.
    init(_ release: String, in namespace: String, _ values: [String: String] = [:]) async throws {
        let sets = values.sorted { $0.key < $1.key }.flatMap { ["--set", "\($0.key)=\($0.value)"] }
        let run = try await Deployed.run("helm", ["template", release, Self.folder, "-n", namespace] + sets)
        guard run.isSuccess else { throw ChartError(description: run.errors) }
        text = run.output
        objects = try Definitions.json(yaml: run.output)
    }

    static let folder = Deployed.path("deploy/helm/headgate")

    func object(_ kind: String, _ name: String) -> JSON? {
        objects.first { $0["kind"]?.string == kind && $0["metadata"]["name"]?.string == name }
    }
}

struct ChartError: Error, CustomStringConvertible {
    let description: String
}

/// What stands in `deploy`, and the tools that read it.
enum Deployed {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func path(_ path: String) -> String { root.appending(path: path).path }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The objects of the kustomize base, as `kubectl apply -k` has them.
    static func base() throws -> [JSON] {
        let folder = "deploy/kubernetes/base"
        let kustomization = try Definitions.json(yaml: text("\(folder)/kustomization.yaml"))[0]
        let files = (kustomization["resources"]?.array ?? []).compactMap(\.string)
        return try files.flatMap { try Definitions.json(yaml: text("\(folder)/\($0)")) }.map { object in
            var object = object
            let isWide = ["Namespace", "ClusterRole", "ClusterRoleBinding"].contains(object["kind"]?.string)
            if !isWide { object["metadata"]["namespace"] = kustomization["namespace"] }
            return object
        }
    }

    struct Run {
        let isSuccess: Bool
        let output: String
        let errors: String
    }

    /// Runs one of the programs that `make tools` brings.
    static func run(_ tool: String, _ arguments: [String], input: String = "") async throws -> Run {
        let program = path(".build/tools/\(tool)")
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw ChartError(description: "\(tool) is not installed; run `make tools`")
        }
        let run = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), input: .string(input),
            output: .string(limit: 4 << 20), error: .string(limit: 1 << 20))
        return Run(
            isSuccess: run.terminationStatus.isSuccess, output: run.standardOutput, errors: run.standardError)
    }
}
