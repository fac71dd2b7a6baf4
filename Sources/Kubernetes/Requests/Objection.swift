import Transport

/// What an API server says against a request: its `Status` object, as far as anybody acts on it.
struct Objection: Hashable, Sendable {
    let status: Int
    let reason: String?
    let message: String
    let causes: [Cause]
    let retryAfter: Duration?
    /// Whether the object was named, so that it is the object that is missing and not its kind.
    private let hasName: Bool
    /// Whether an API server said it. A balancer's 404 must not pass for an object that is gone.
    let isAnswerOfServer: Bool
    /// Longer than that nobody is kept waiting, whatever a server says.
    private static let longestWait = 300

    struct Cause: Hashable, Sendable {
        let reason: String?
        let message: String
        let field: String?
    }

    /// What is no JSON says nothing but its status.
    init(_ response: HTTPResponse) {
        do throws(JSON.SyntaxError) {
            self.init(response, try JSON(parsing: response.body))
        } catch {
            self.init(response, .null)
        }
    }

    init(_ response: HTTPResponse, _ body: JSON) {
        let wait = response.headers["Retry-After"].flatMap { Int($0.trimmingPrefix(while: \.isWhitespace)) }
        let text = String(decoding: response.body.prefix(200), as: UTF8.self)
        self.init(status: response.status, body, text: text, retryAfter: wait)
    }

    /// `status` wins over what the body says: a proxy may have put its own on the way.
    init(status: Int, _ body: JSON, text: String = "", retryAfter: Int? = nil) {
        self.status = status
        let details = body["details"]
        reason = body["reason"]?.string
        let said = body["message"]?.string
        message = said.map(Self.bounded) ?? "the server answered HTTP \(status)\(Self.firstLine(of: text))"
        causes = (details["causes"]?.array ?? []).prefix(1_000).map(Cause.init)
        hasName = details["name"]?.string?.isEmpty == false
        // Paths that it does not know it answers in plain text.
        isAnswerOfServer =
            body["kind"]?.string == "Status" || text.hasPrefix("404 page not found") || status == 401
            || status == 403
        let wait = retryAfter ?? details["retryAfterSeconds"]?.integer
        self.retryAfter = wait.map { .seconds(min(max($0, 0), Self.longestWait)) }
    }

    private static func firstLine(of text: String) -> String {
        let line = text.prefix { !$0.isNewline }
        return line.isEmpty || line.hasPrefix("{") ? "" : ": \(line)"
    }

    /// Error texts may quote whole objects.
    private static func bounded(_ text: String) -> String {
        text.count > 1_000 ? text.prefix(1_000) + "…" : text
    }

    var isAboutUnknownField: Bool {
        message.contains("field not declared in schema") || message.contains("unknown field")
    }

    var isAboutKind: Bool {
        !hasName || message.contains("the server could not find the requested resource")
    }

    /// Whether a webhook or a policy refused what was written. A webhook may do so with any status: that of a missing
    /// right is usual, and that of a lost race would be asked again for ever.
    var isDenial: Bool {
        guard (400..<500).contains(status), status != 429 else { return false }
        return message.contains(/admission webhook ".*" denied the request/)
            || message.contains(/ValidatingAdmissionPolicy '.*' with binding '.*' denied request/)
    }

    /// Whether it is for want of an RBAC rule. A quota, or a namespace that goes away, forbids things too.
    var isAboutRights: Bool { message.contains(/User ".*" cannot [a-z]+\b/) }

    /// Who owns the fields that an apply would have changed.
    var owners: (managers: [String], fields: [String])? {
        let conflicts = causes.filter { $0.reason == "FieldManagerConflict" }
        guard !conflicts.isEmpty || message.hasPrefix("Apply failed with") else { return nil }
        let texts = conflicts.isEmpty ? [message] : conflicts.map(\.message)
        var managers: [String] = []
        for name in texts.flatMap(Self.managers) where !managers.contains(name) { managers.append(name) }
        return (managers.isEmpty ? ["another manager"] : managers, conflicts.compactMap(\.field))
    }

    /// `conflict with "gitops" using v1` → `gitops`
    private static func managers(in text: String) -> [String] {
        text.matches(of: /conflicts? with "(.+?)"/).map { String($0.1) }
    }
}

extension Objection.Cause {
    fileprivate init(_ json: JSON) {
        reason = json["reason"]?.string
        message = json["message"]?.string ?? ""
        field = json["field"]?.string
    }
}
