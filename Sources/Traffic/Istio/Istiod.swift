import Foundation
import Rollouts
import Transport

/// Asks an istiod's debug interface which proxies have what it sent them.
struct Istiod: Sendable {
    let address: String
    let timeout: Duration
    let sender: any HTTPSender

    /// The proxies of a namespace that hang on this istiod.
    func proxies(in namespace: String) async throws(IstiodFailure) -> [ProxyState] {
        let response: HTTPResponse
        do {
            response = try await sender.send(Self.request(to: address, about: namespace, timeout: timeout))
        } catch {
            throw IstiodFailure(message: "istiod at \(address): \(error.message)", isForGood: false)
        }
        return try Self.proxies(in: response, of: address)
    }

    static func request(to address: String, about namespace: String, timeout: Duration) -> HTTPRequest {
        var base = address
        while base.hasSuffix("/") { base.removeLast() }
        return HTTPRequest(
            .get, "\(base)/debug/syncz?namespace=\(namespace)", headers: ["Accept": "application/json"],
            timeout: timeout)
    }

    static func proxies(in response: HTTPResponse, of address: String) throws(IstiodFailure) -> [ProxyState] {
        switch response.status {
        case 200: break
        case 401, 403:
            throw IstiodFailure(
                message: "istiod at \(address) answered \(response.status); allow this namespace with "
                    + "DEBUG_ENDPOINT_AUTH_ALLOWED_NAMESPACES", isForGood: true)
        case 404:
            throw IstiodFailure(message: "istiod at \(address) has no /debug/syncz", isForGood: true)
        default:
            throw IstiodFailure(message: "istiod at \(address) answered \(response.status)", isForGood: false)
        }
        do throws(JSON.SyntaxError) {
            let items = try JSON(parsing: response.body)
            // Without any proxy, it is `null`.
            return (items.array ?? []).compactMap(ProxyState.init)
        } catch {
            throw IstiodFailure(message: "istiod at \(address) answered with \(error)", isForGood: false)
        }
    }
}

/// Why an istiod did not say anything; for good where asking again won't help.
struct IstiodFailure: Error, Hashable {
    let message: String
    let isForGood: Bool
}

/// How far a proxy has come with what its istiod sent.
struct ProxyState: Hashable, Sendable {
    /// One kind of configuration: what was sent last, and what the proxy said to it.
    struct Stage: Hashable, Sendable {
        let sent: String
        let acked: String
        let sentAt: Date?
        let error: String?

        var isAcked: Bool { sent == acked && error == nil }
    }

    /// `web-5d.shop`
    let name: String
    /// None where it takes no configuration of that kind.
    let routes: Stage?
    let listeners: Stage?

    init?(_ document: JSON) {
        guard let name = document["proxy"]?.string else { return nil }
        self.name = name
        routes = Stage(document, "route", "RouteConfiguration")
        listeners = Stage(document, "listener", "Listener")
    }
}

extension ProxyState.Stage {
    fileprivate init?(_ document: JSON, _ kind: String, _ type: String) {
        guard let sent = document["\(kind)_sent"]?.string, !sent.isEmpty else { return nil }
        self.sent = sent
        acked = document["\(kind)_acked"]?.string ?? ""
        let resource = document["resources"]?.object?.first { $0.key.hasSuffix(".\(type)") }?.value
        sentAt = resource["sent_time"]?.string.flatMap(moment)
        error = resource["last_error"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// `2026-11-25T10:00:00Z`, also with a fraction of any length; none for anything else.
func moment(_ text: String) -> Date? {
    guard let dot = text.firstIndex(of: ".") else { return try? Date(text, strategy: .iso8601) }
    let digits = text[text.index(after: dot)...].prefix { $0.isASCII && $0.isNumber }
    let whole = text[..<dot] + text[digits.endIndex...]
    guard let date = try? Date(String(whole), strategy: .iso8601), let fraction = Double("0.\(digits)") else {
        return nil
    }
    return date.addingTimeInterval(fraction)
}
