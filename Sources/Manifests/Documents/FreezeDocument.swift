import Analysis
import Rollouts

/// A document of kind Freeze: a time in which nothing starts and nothing advances.
struct FreezeDocument {
    let metadata: Metadata
    let rule: FreezeRule
    /// Where the names of `scope` stand.
    let names: [Field]
    let diagnostics: Diagnostics
    let isFileWhole: Bool

    var isBroken: Bool { !isFileWhole || diagnostics.hasErrors }

    /// Nil: reported.
    static func read(_ document: inout Fields, isFileWhole: Bool) -> FreezeDocument? {
        let metadata = Metadata.read(&document, .headgate, lengthMax: 63)
        document.ignore("status")
        let spec: Spec? = document.required("spec", .object { Spec(&$0) })
        document.refuseUnknown()
        guard let metadata, let spec else { return nil }
        let rule = FreezeRule(
            name: metadata.name, reason: spec.reason ?? "", owner: spec.owner, scope: spec.scope,
            source: metadata.field.node.mark.file, windows: spec.windows, clock: spec.clock)
        return FreezeDocument(
            metadata: metadata, rule: rule, names: spec.names, diagnostics: document.field.diagnostics,
            isFileWhole: isFileWhole)
    }

    private struct Spec {
        let reason: String?
        let owner: String?
        let clock: WallClock
        let scope: FreezeScope
        let names: [Field]
        let windows: [FreezeWindow]

        init(_ fields: inout Fields) {
            reason = fields.required("reason", .sentence)
            owner = fields.optional("owner", .sentence)
            clock = fields.optional("timeZone", .timeZone) ?? .utc
            let clock = self.clock
            let scope = fields.field("scope")
            self.scope = scope?.read(.freezeScope) ?? FreezeScope()
            names = scope?.child("names")?.children ?? []
            windows = fields.optional("windows", .freezeWindows(clock)) ?? []
        }
    }

    /// A name that fits nobody is most likely misspelt, and would leave somebody unfrozen.
    func checkNames(_ known: [RolloutName]) {
        guard !known.isEmpty else { return }
        for (name, field) in zip(rule.scope.names, names)
        where !known.contains(where: { FreezeScope.covers(name, $0) }) {
            field.warn("no rollout that is read here fits \(quoted(name))")
        }
    }
}

extension Shape where Output == String {
    fileprivate static var sentence: Shape {
        nonEmptyString.refusing { text in
            if text.utf8.count > 500 { return "is longer than 500 characters" }
            return text.contains(where: \.isControl) ? "\(quoted(text)) must be one line" : nil
        }.noting(.length(to: 500))
    }

    fileprivate static var scopedName: Shape {
        nonEmptyString.refusing { name in
            let isPlain = name.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "0"..."9", "-", ".", "*": true
                default: false
                }
            }
            if isPlain, name.utf8.count <= 63 { return nil }
            return "\(quoted(name)) fits no rollout; use a-z, 0-9, -, . and * for the rest of a name"
        }.noting(.length(to: 63))
    }
}

extension Shape where Output == WallClock {
    fileprivate static var timeZone: Shape {
        Shape { field in
            guard let name = field.read(.nonEmptyString) else { return nil }
            if let clock = WallClock(zone: name) { return clock }
            let meant = nearest(to: name, in: WallClock.knownZones)
            let hint = meant.map { "; did you mean `\($0)`?" } ?? "; write it like Europe/Berlin or UTC"
            field.refuse("\(quoted(name)) is no time zone that IANA knows\(hint)")
            return nil
        }
    }
}

extension Shape where Output == FreezeScope {
    fileprivate static var freezeScope: Shape {
        .object { fields in
            let names: [String]? = fields.optional("names") { field in
                guard field.read(.items(1...100, tooFew: "is empty; leave it out for every name")) != nil
                else { return nil }
                return field.read(.list(of: .scopedName))
            }
            let labels = fields.optional("labels", .dictionary(of: .string).noting(.members(from: 1)))
            fields.field.note(.members(from: 1))
            if fields.field.node.mapping?.isEmpty == true || labels?.isEmpty == true {
                fields.field.refuse("says nothing; leave it out to freeze everything")
            }
            return FreezeScope(names: names ?? [], labels: labels ?? [:])
        }
    }
}
