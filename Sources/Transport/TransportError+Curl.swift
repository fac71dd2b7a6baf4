import CCurl
import CCurlShim

/// How far an exchange came, for the text of a timeout.
enum CurlStage: String {
    case resolving = "looking up the name"
    case connecting = "connecting"
    case handshaking = "agreeing on TLS"
    case waiting = "waiting for the response"
    case receiving = "receiving the response"

    /// libcurl notes the time at which each stage was passed; zero is never.
    init(of easy: UnsafeMutableRawPointer) {
        func passed(_ info: CURLINFO) -> Bool {
            var microseconds: curl_off_t = 0
            return curlshim_get_offset(easy, info, &microseconds) == CURLE_OK && microseconds > 0
        }
        self =
            passed(CURLINFO_STARTTRANSFER_TIME_T)
            ? .receiving
            : passed(CURLINFO_PRETRANSFER_TIME_T)
                ? .waiting
                : passed(CURLINFO_CONNECT_TIME_T)
                    ? .handshaking
                    : passed(CURLINFO_NAMELOOKUP_TIME_T) ? .connecting : .resolving
    }
}

extension TransportError {
    /// Translates libcurl's code. `detail` is libcurl's own text, used where it names only hosts, ports,
    /// files and certificates.
    init(_ code: CURLcode, detail: String, _ stage: CurlStage, at place: String) {
        let reason = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        let isUnderTLS = place.hasPrefix("https:") && stage == .handshaking
        let kind = TransportError.Kind(code, detail: detail, isUnderTLS: isUnderTLS)
        self.init(kind, at: place, TransportError.text(kind, reason, stage))
    }

    private static func text(_ kind: Kind, _ reason: String, _ stage: CurlStage) -> String {
        switch kind {
        case .resolve: "can't look up the name: \(reason); check the host's name and the DNS server"
        case .connect: "can't connect: \(reason); check that the server is up, and the address and port"
        case .tls:
            "TLS failed: \(reason); check the authorities, the server's name and the client certificate"
        case .timeout: "timed out while \(stage.rawValue); check that the server answers, or allow more time"
        case .interrupted:
            "the connection broke while \(stage.rawValue): \(reason); try again, and check the server's log "
                + "(one that misses a client certificate may hang up like this)"
        case .protocolViolation: "not the HTTP that was agreed: \(reason); check what listens there"
        case .invalidRequest, .cancelled, .tooLarge, .shutDown: reason
        }
    }
}

extension TransportError.Kind {
    /// `isUnderTLS` says that it broke when TLS was being agreed on.
    ///
    /// Under TLS 1.3 a server refuses a client certificate only after the handshake. What we see then is a
    /// matter of timing: an alert in place of the response, or a connection that breaks under our request.
    init(_ code: CURLcode, detail: String, isUnderTLS: Bool) {
        let isAlert = detail.contains("SSL routines") || detail.contains(" alert ")
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: self = .connect
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        // A proxy that won't make a tunnel is reported as a failure to read.
        case CURLE_RECV_ERROR where detail.contains("CONNECT"): self = .connect
        case _ where tlsCodes.contains(code.rawValue): self = .tls
        case _ where brokenCodes.contains(code.rawValue):
            self = isAlert || isUnderTLS ? .tls : .interrupted
        // Also how libcurl reports that it could not even send HTTP/2's first bytes.
        case CURLE_HTTP2 where isUnderTLS: self = .tls
        case CURLE_HTTP2 where detail.contains("failure"): self = .interrupted
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT: self = .invalidRequest
        default: self = .protocolViolation
        }
    }
}

private let tlsCodes: Set<UInt32> = Set(
    [
        CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
        CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED,
        CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
    ].map(\.rawValue))

private let brokenCodes = Set(
    [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE].map(\.rawValue))
