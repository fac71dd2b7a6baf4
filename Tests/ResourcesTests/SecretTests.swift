import Engine
import Foundation
import Kubernetes
import Logging
import Rollouts
import Server
import Synchronization
import TestCluster
import Testing
import Transport

@testable import Resources

/// A secret is used, and nobody hears of it.
@Suite(.timeLimit(.minutes(2))) struct SecretTests {
    private static let secret = "pa55-phrase"

    /// Two metrics have a store that repeats what it was asked with: one in an error, one as a value.
    private static let template: JSON = [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": ["name": "errors"],
        "spec": [
            "args": [
                ["name": "token", "valueFrom": ["secretKeyRef": ["name": "prometheus", "key": "token"]]]
            ],
            "dryRun": [["metricName": "telltale.*"]],
            "metrics": [
                metric("good", delay: "2s"), metric("telltale-error"), metric("telltale-value"),
                metric("telltale-query", query: "{{args.token}}"),
            ],
        ],
    ]

    private static func metric(_ name: String, query: String? = nil, delay: String = "0s") -> JSON {
        [
            "name": JSON(name), "initialDelay": JSON(delay),
            "provider": [
                "prometheus": [
                    "query": JSON(query ?? name),
                    "headers": [["key": "Authorization", "value": "Bearer {{args.token}}"]],
                ]
            ],
        ]
    }

    @Test func aSecretIsUsedAndStandsNowhere() async throws {
        let (store, lines) = (Telltale(), Lines())
        try await withCluster(CustomKinds.istio.union(CustomKinds.argo)) { cluster in
            cluster.create(Stage.virtualService(), .virtualService, in: Stage.shop)
            cluster.create(Self.template, ResourceGroup.argo.templates, in: Stage.shop)
            let data = Data(Self.secret.utf8).base64EncodedString()
            cluster.create(
                ["metadata": ["name": "prometheus"], "data": ["token": JSON(data)]], .secret,
                in: Stage.shop)
            try await withJournal { path in
                try await Stage.run(on: cluster, journal: path, asking: store, log: lines.logger) {
                    stage async throws in
                    let steps: JSON = [
                        ["analysis": ["templates": [["templateName": "errors"]]]], ["pause": [:]],
                    ]
                    try await stage.applyRollout(Stage.rollout(steps: steps))
                    #expect(try await stage.until { try await stage.status["phase"] != nil })
                    try await stage.start("v1")
                    #expect(try await stage.untilPhase("Healthy"))
                    try await stage.start("v2")
                    #expect(try await stage.until { store.authorizations.count >= 3 })
                    let rollout = try #require(await stage.loop.rollout(RolloutName("web.shop")))
                    let answer = try JSONEncoder().encode(RolloutStatus(rollout, at: await stage.loop.now))
                    #expect(!String(decoding: answer, as: UTF8.self).contains(Self.secret))
                    #expect(try await stage.untilPhase("Paused"))
                }
                #expect(store.authorizations.allSatisfy { $0 == "Bearer \(Self.secret)" })
                let journal = try Self.bytes(beside: path)
                #expect(journal.contains("(concealed)") && journal.contains("{{secret.args.token}}"))
                for (what, text) in [("journal", journal), ("log", lines.text)] {
                    #expect(!text.contains(Self.secret), "in the \(what)")
                }
            }
            let kinds = [
                ResourceGroup.argo.rollouts, ResourceGroup.argo.analysisRuns, .event, .virtualService,
            ]
            for object in kinds.flatMap({ cluster.objects($0) }) {
                #expect(!String(decoding: object.bytes, as: UTF8.self).contains(Self.secret))
            }
        }
    }

    /// Of all files in the journal's folder.
    private static func bytes(beside path: String) throws -> String {
        let folder = URL(filePath: path).deletingLastPathComponent()
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }.joined()
    }
}

/// A metrics store that repeats the secrets it is sent.
private final class Telltale: HTTPSender {
    private let seen = Mutex<[String]>([])

    var authorizations: [String] { seen.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let (form, header) = (
            String(decoding: request.body ?? [], as: UTF8.self), request.headers["Authorization"] ?? ""
        )
        seen.withLock { $0.append(header) }
        if form.contains("query=good") {
            return Self.success(#"{"resultType": "scalar", "result": [1, "1"]}"#)
        }
        if form.contains("value") {
            return Self.success(#"{"resultType": "string", "result": [1, "\#(header)"]}"#)
        }
        let error = form.contains("error") ? "who is \(header)?" : "parse error: \(form)"
        let body = #"{"status": "error", "errorType": "bad_data", "error": "\#(error)"}"#
        return HTTPResponse(status: 400, body: Array(body.utf8))
    }

    private static func success(_ data: String) -> HTTPResponse {
        HTTPResponse(status: 200, body: Array(#"{"status": "success", "data": \#(data)}"#.utf8))
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        throw TransportError(.invalidRequest, at: request.url, "a telltale knows no streams")
    }
}

/// All that is logged, at every level.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        init(lines: Lines) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append("\(event.message)") }
        }
    }
}
