import Analysis
import Engine
import Foundation
import Transport

/// What proves to a store that we may ask; read for one query.
struct Credentials: Sendable {
    let headers: HTTPHeaders
    /// For messages, should the store repeat to us what it was sent.
    private let concealment: Concealment

    init(of store: PrometheusStore) throws(SampleFailure) {
        var headers = store.headers
        var secrets = store.headers.fields.map(\.value)
        switch store.authorization {
        case .none: break
        case .basic(let user, let password):
            let password = try password.text()
            let token = Data("\(user):\(password)".utf8).base64EncodedString()
            headers["Authorization"] = "Basic \(token)"
            secrets += [password, token]
        case .bearer(let token):
            let token = try token.text()
            headers["Authorization"] = "Bearer \(token)"
            secrets.append(token)
        }
        self.headers = headers
        concealment = Concealment(secrets)
    }

    func concealed(in message: String) -> String {
        concealment.concealed(in: message)
    }
}

extension PrometheusStore.Secret {
    /// Without the line break at the end that an editor leaves there.
    fileprivate func text() throws(SampleFailure) -> String {
        switch self {
        case .text(let text): return text
        case .file(let path):
            let text: String
            do {
                text = try String(contentsOfFile: path, encoding: .utf8)
            } catch {
                // Waited out like an outage: a rotation may be under way.
                throw SampleFailure(.outage, "can't read the credentials in \(path); put them there")
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
