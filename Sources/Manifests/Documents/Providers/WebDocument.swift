import Analysis

extension Shape where Output == Query {
    /// `web: {url: …, jsonPath: "{$.data.ok}"}`, in Argo's words.
    static func web(_ dialect: Dialect) -> Shape {
        .object { fields in
            let url = fields.required("url", .webURL)
            let method = fields.optional("method", in: dialect, .webMethod)
            let headers = fields.optional("headers", in: dialect, .headers(dialect, ofBody: true))
            let body = fields.optional("body", in: dialect, .string)
            let json = fields.optional("jsonBody", in: dialect, .openJSON)
            let path = fields.optional("jsonPath", in: dialect, .jsonPath)
            let timeout = fields.optional("timeoutSeconds", in: dialect, .wholeSeconds)
            let access = fields.access(dialect)
            fields.refuseBodies(method)
            guard let url else { return nil }
            var details = access?.members ?? [:]
            details["method"] = method.map(Value.string)
            details["body"] = body.map(Value.string)
            details["jsonBody"] = json
            details["jsonPath"] = path.map(Value.string)
            return Query(
                provider: "web", text: url, timeout: timeout ?? .seconds(10), headers: headers?.headers,
                secrets: headers?.secrets, details: details.isEmpty ? nil : .map(details))
        }
    }
}

extension Fields {
    fileprivate func refuseBodies(_ method: String?) {
        field.note(.rule(.atMostOne(["body", "jsonBody"])))
        guard field.sketch == nil else { return }
        if has("body"), has("jsonBody") {
            field.refuse("has body and jsonBody; only one of them can be meant")
        }
        if has("body") || has("jsonBody"), method == nil || method == "GET" {
            field.refuse("a GET has no body; set `method: POST`, or PUT")
        }
    }
}

extension Shape where Output == String {
    /// A whole URL. Its path and query may take something from a release and from a secret, its host may not.
    fileprivate static var webURL: Shape {
        Shape { field in
            guard let text = field.read(.nonEmptyString) else { return nil }
            if field.isOpen { return text }
            let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? ""
            let end = rest.firstIndex { "/?#".contains($0) } ?? text.endIndex
            guard let flaw = addressFlaw(String(text[..<end])) else { return text }
            field.refuse(flaw)
            return nil
        }
    }

    fileprivate static var webMethod: Shape {
        .oneOf(["GET": "GET", "POST": "POST", "PUT": "PUT"])
    }

    /// A way through a JSON document: `{$.data.ok}`.
    static var jsonPath: Shape {
        Shape { field in
            guard let text = field.read(.nonEmptyString) else { return nil }
            if field.isOpen { return text }
            do throws(JSONPathError) {
                _ = try JSONPath(parsing: text)
                return text
            } catch {
                field.refuse("\(quoted(text)) is no path: \(error)")
                return nil
            }
        }
    }
}

extension Shape where Output == Duration {
    fileprivate static var wholeSeconds: Shape {
        Shape<Int>.int(in: 1...600).map { .seconds($0) }.unlessOpen
    }
}

extension Shape where Output == Value {
    /// Any JSON, kept as it is written.
    static var openJSON: Shape {
        Shape(noting: .anything) { field in field.node.jsonValue }
    }
}

extension YAMLNode {
    /// What an expression would call it. A number that is too large for one is the text that was written.
    fileprivate var jsonValue: Value {
        switch content {
        case .scalar(let scalar): scalar.jsonValue
        case .sequence(let items): .array(items.map(\.jsonValue))
        case .mapping(let entries):
            .map(Dictionary(entries.map { ($0.key.text, $0.value.jsonValue) }) { first, _ in first })
        }
    }
}

extension YAMLScalar {
    fileprivate var jsonValue: Value {
        switch value {
        case .null: .none
        case .bool(let flag): .bool(flag)
        case .integer(let number): .int(Int64(number))
        case .float(let number) where number.isFinite: .float(number)
        case .float, .hugeInteger: .string(text)
        case .string(let text): .string(text)
        }
    }
}
