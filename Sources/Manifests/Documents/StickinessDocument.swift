import Rollouts

extension Stickiness {
    /// What holds where a manifest wants users to stay and says no more.
    static func usual(_ rollout: String) -> Stickiness {
        Stickiness(cookie: "headgate-\(rollout)", maxAge: .seconds(30 * 86_400))
    }
}

extension Shape where Output == Stickiness {
    /// What browsers cut a cookie's life at.
    private static var longest: Duration { .seconds(400 * 86_400) }

    /// `{cookie: shop-user, maxAge: 7d}`; `maxAge: session` ends with the browser.
    static func stickiness(rollout: String) -> Shape {
        .object { fields in
            let usual = Stickiness.usual(rollout)
            let cookie = fields.optional("cookie", .token("cookie")) ?? usual.cookie
            let age = fields.field("maxAge")
            if case .string("session") = age?.node.value { return Stickiness(cookie: cookie) }
            return Stickiness(cookie: cookie, maxAge: age.flatMap { $0.read(lifetime) } ?? usual.maxAge)
        }
    }

    private static var lifetime: Shape<Duration> {
        .positiveSpan.refusing { age in
            if age < .seconds(1) { return "is less than a second, which is the least that a cookie lives" }
            return age > longest
                ? "is more than 400d, which is the most that browsers keep a cookie for" : nil
        }
    }
}

extension Shape where Output == String {
    /// A name as HTTP has it for headers and cookies (RFC 9110, 5.6.2).
    static func token(_ what: String) -> Shape {
        string.refusing { tokenFlaw($0, what) }.noting(.length(from: 1, to: 128))
    }
}

func tokenFlaw(_ text: String, _ what: String) -> String? {
    if text.isEmpty { return "is empty" }
    if text.utf8.count > 128 { return "\(quoted(text)) is longer than 128 characters" }
    if text.unicodeScalars.allSatisfy(\.isTokenCharacter) { return nil }
    return "\(quoted(text)) is no name of a \(what); use letters, digits, - and _"
}

extension Unicode.Scalar {
    fileprivate var isTokenCharacter: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: "!#$%&'*+-.^_`|~".unicodeScalars.contains(self)
        }
    }
}
