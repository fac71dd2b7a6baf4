import Rollouts

/// How Envoy keeps users in their shares.
///
/// Envoy can draw a number from a cookie, and can give out a cookie, but the number that it draws for the request
/// that gets the cookie is another one than that of all later requests. So the cookie is made here, of what the
/// first request's number is drawn from: the first half of its `x-request-id`. Not more than that, because a
/// tracer notes its decision in the second half after the number was drawn.
extension Stickiness {
    var hashPolicy: [[String: Any]] {
        let half: [String: Any] = ["pattern": ["regex": "^(.{13}).*$"], "substitution": "\\1"]
        return [
            ["cookie": ["name": cookie], "terminal": true],
            ["header": ["header_name": "x-request-id", "regex_rewrite": half]],
        ]
    }

    /// Who gets a cookie. A request with an id of another form is drawn anew each time: there may be nothing in
    /// it that was drawn, and it must not become part of a header.
    var newcomers: [[String: Any]] {
        let present = "(?:.*;[ \\t]*)?\(quoted(cookie))=[^;\"][^;]*(?:;.*)?"
        let hex = "[0-9a-fA-F]"
        let id = "\(hex){8}-\(hex){4}-\(hex){4}-\(hex){4}-\(hex){12}"
        return [
            [
                "name": "cookie", "string_match": TextMatch.regex(present).envoy,
                "invert_match": true, "treat_missing_header_as_empty": true,
            ],
            ["name": "x-request-id", "string_match": TextMatch.regex(id).envoy],
        ]
    }

    var issue: [String: Any] {
        let name = cookie.replacing("%", with: "%%")
        let age = maxAge.map { "; Max-Age=\($0.components.seconds)" } ?? ""
        let value = "\(name)=%REQ(X-REQUEST-ID):13%; Path=/\(age); HttpOnly; SameSite=Lax"
        return ["response_headers_to_add": [["header": ["key": "Set-Cookie", "value": value]]]]
    }
}
