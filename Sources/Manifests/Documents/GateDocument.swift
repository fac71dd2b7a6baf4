import Analysis
import Rollouts

extension Shape where Output == Gate {
    /// A step that asks somebody outside.
    static var gate: Shape {
        .object { fields in
            let name = fields.required("name", .plainName)
            let url = fields.required("url", .gateAddress)
            var gate = Gate(name: name ?? "", url: url ?? "")
            gate.interval = fields.optional("interval", .pace) ?? gate.interval
            gate.timeout = fields.optional("timeout", .patience) ?? gate.timeout
            gate.deadline = fields.optional("deadline", .positiveSpan)
            let overdue = fields.field("whenOverdue")
            fields.field.note(.needs("whenOverdue", "deadline"))
            gate.whenOverdue = overdue?.read(.name(of: Overdue.self)) ?? gate.whenOverdue
            gate.secret = fields.optional("secret", .plainName)
            let headers = fields.optional("headers", .headers(.headgate))
            gate.headers = headers?.headers
            gate.secrets = headers?.secrets
            if let overdue, !fields.has("deadline") {
                overdue.refuse("says what follows a deadline, and there is none; add `deadline: 1h`")
            }
            return name == nil || url == nil ? nil : gate
        }
    }
}

extension Shape where Output == String {
    /// A name that stays readable in a log, a URL and a file.
    static var plainName: Shape {
        nonEmptyString.refusing { name in
            let isPlain = name.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
                default: false
                }
            }
            guard !isPlain || name.utf8.count > 63 else { return nil }
            return "\(quoted(name)) is no usable name; use at most 63 letters, digits, . _ and -"
        }.noting(.length(to: 63))
    }

    fileprivate static var gateAddress: Shape {
        nonEmptyString.refusing { text in
            if text.contains(where: { $0.isWhitespace }) { return "has a space in it" }
            return text.utf8.count > 2_048 ? "is longer than 2048 characters" : addressFlaw(text)
        }.noting(.length(to: 2_048))
    }
}

extension Shape where Output == Duration {
    fileprivate static var pace: Shape {
        span.refusing { $0 < .seconds(1) ? "\($0.text) is less than 1s; somebody has to answer" : nil }
    }

    fileprivate static var patience: Shape {
        positiveSpan.refusing {
            $0 > .seconds(300) ? "\($0.text) is more than 5m; let the gate answer \"wait\" instead" : nil
        }
    }
}
