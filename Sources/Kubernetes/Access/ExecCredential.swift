import Foundation
import Transport

/// What a plugin hands out.
struct ExecCredential: Hashable, Sendable {
    let token: String?
    let certificate: ConnectionOptions.ClientCertificate?
    /// None: good until the server says otherwise.
    let expiresAt: Date?

    /// The text is a secret, and stands in no message.
    init(_ text: String, from plugin: ExecPlugin) throws(KubernetesError) {
        let status = try Self.status(in: text, from: plugin)
        token = status["token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        certificate = try Self.certificate(in: status, from: plugin)
        expiresAt = try Self.end(in: status, from: plugin)
        guard token != nil || certificate != nil else {
            throw plugin.refusal("printed an ExecCredential without a token or a certificate")
        }
    }

    private static func status(in text: String, from plugin: ExecPlugin) throws(KubernetesError) -> JSON {
        let document: JSON
        do throws(JSON.SyntaxError) {
            document = try JSON(parsing: text)
        } catch {
            throw plugin.refusal("printed no ExecCredential: \(text.utf8.count) bytes that are no JSON")
        }
        guard document["kind"]?.string == "ExecCredential" else {
            throw plugin.refusal("printed no ExecCredential: its kind is another")
        }
        guard document["apiVersion"]?.string == plugin.apiVersion else {
            throw plugin.refusal("printed an ExecCredential of another version than \(plugin.apiVersion)")
        }
        return document["status"] ?? .null
    }

    private static func certificate(
        in status: JSON, from plugin: ExecPlugin
    ) throws(KubernetesError) -> ConnectionOptions.ClientCertificate? {
        switch (status["clientCertificateData"]?.string, status["clientKeyData"]?.string) {
        case (nil, nil): return nil
        case (let chain?, let key?): return .init(certificate: .text(chain), key: .text(key))
        default: throw plugin.refusal("printed one of a certificate and its key; they go together")
        }
    }

    private static func end(in status: JSON, from plugin: ExecPlugin) throws(KubernetesError) -> Date? {
        guard let text = status["expirationTimestamp"]?.string else { return nil }
        for style in [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)] {
            // What neither can read is refused below.
            if let date = try? style.parse(text) { return date }
        }
        throw plugin.refusal("printed an expirationTimestamp that is no time")
    }
}
