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
        }
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
        }
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
                guard field.read(.items(max: 100)) != nil else { return nil }
                if field.node.sequence?.isEmpty == true { field.refuse("is empty; leave it out for every name") }
                return field.read(.list(of: .scopedName))
            }
            let labels = fields.optional("labels", .dictionary(of: .string))
            if fields.field.node.mapping?.isEmpty == true || labels?.isEmpty == true {
                fields.field.refuse("says nothing; leave it out to freeze everything")
            }
            return FreezeScope(names: names ?? [], labels: labels ?? [:])
        }
    }
}

// MARK: - Windows

extension Shape where Output == [FreezeWindow] {
    fileprivate static func freezeWindows(_ clock: WallClock) -> Shape {
        Shape { field in
            guard let items = field.read(.items(max: 100)) else { return nil }
            if items.isEmpty { field.refuse("is empty; leave it out to freeze until the document is gone") }
            return items.compactMap { $0.read(.freezeWindow(clock)) }
        }
    }
}

extension Shape where Output == FreezeWindow {
    fileprivate static func freezeWindow(_ clock: WallClock) -> Shape {
        .object { fields in
            for key in ["from", "to", "cron", "duration"] { _ = fields.field(key) }
            switch fields.exactlyOne(of: ["from", "cron"]) {
            case "from": return span(&fields, clock)
            case "cron": return repeating(&fields, clock)
            default: return nil
            }
        }
    }

    private static func span(_ fields: inout Fields, _ clock: WallClock) -> FreezeWindow? {
        let from = fields.required("from", .wallTime).map { clock.second(of: $0) }
        let written = fields.field("to")
        let to = written?.read(.wallTime).map { clock.second(of: $0, second: true) }
        if fields.has("duration") { fields.field.refuse("has from and duration; write `to` instead") }
        if let from, let to, to <= from { written?.refuse("is not after `from`") }
        return from.map { .span(from: $0, to: to) }
    }

    private static func repeating(_ fields: inout Fields, _ clock: WallClock) -> FreezeWindow? {
        let schedule = fields.required("cron", .cron)
        let lasts = fields.required("duration", .freezeLength)
        if fields.has("to") { fields.field.refuse("has cron and to; write `duration` instead") }
        guard let schedule, let lasts else { return nil }
        let window = FreezeWindow.repeating(schedule, lasts: lasts.wholeMicroseconds / 1_000_000)
        if window.runsOn(clock) {
            fields.field.refuse(
                "its windows run into each other without an end in sight; write fewer times, or `from` alone")
        }
        return window
    }
}

extension FreezeWindow {
    /// Whether it hardly ever thaws. Looked at in every month of a year.
    fileprivate func runsOn(_ clock: WallClock) -> Bool {
        let rule = FreezeRule(
            name: "", reason: "", owner: nil, scope: FreezeScope(), source: "", windows: [self], clock: clock)
        return (1...12).contains { month in
            let day = CivilDay(year: 2_026, month: month, day: 1)?.number ?? 0
            guard let start = start(after: day * 86_400, clock), let end = rule.end(at: start) else { return false }
            return self.end(at: end, clock) != nil
        }
    }
}

extension Shape where Output == Duration {
    fileprivate static var freezeLength: Shape {
        positiveSpan.refusing { length in
            if length < .seconds(60) { return "\(length.text) is less than 1m" }
            return length > .seconds(366 * 86_400) ? "\(length.text) is more than 366d" : nil
        }
    }
}

extension Shape where Output == CronSchedule {
    fileprivate static var cron: Shape {
        Shape { field in
            guard let text = field.read(.nonEmptyString) else { return nil }
            do throws(CronParser.Flaw) {
                return try CronParser.parse(text)
            } catch {
                field.refuse("\(quoted(text)) \(error.message)")
                return nil
            }
        }
    }
}

extension Shape where Output == Int64 {
    /// A day or a time of the zone's own, in seconds of wall time: `2026-12-23`, `2026-12-23T18:00`.
    fileprivate static var wallTime: Shape {
        Shape { field in
            guard let text = field.read(.nonEmptyString) else { return nil }
            if let time = wallSeconds(text) { return time }
            let hasZone = text.count > 11 && text.dropFirst(11).contains { "Zz+-".contains($0) }
            field.refuse(
                "\(quoted(text)) is no date; write it like 2026-12-23 or 2026-12-23T18:00"
                    + (hasZone ? ", without an offset: `timeZone` says it" : ""))
            return nil
        }
    }
}

private func wallSeconds(_ text: String) -> Int64? {
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
    guard let date = numbers(parts[0], "-", lengths: [4, 2, 2]), (1_970...2_400).contains(date[0]),
        let day = CivilDay(year: date[0], month: date[1], day: date[2])
    else { return nil }
    guard parts.count == 2 else { return day.number * 86_400 }
    guard let time = numbers(parts[1], ":", lengths: [2, 2]) ?? numbers(parts[1], ":", lengths: [2, 2, 2]),
        time[0] < 24, time.dropFirst().allSatisfy({ $0 < 60 })
    else { return nil }
    let seconds = time[0] * 3_600 + time[1] * 60 + (time.count > 2 ? time[2] : 0)
    return day.number * 86_400 + Int64(seconds)
}

private func numbers(_ text: Substring, _ separator: Character, lengths: [Int]) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == lengths, parts.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }) else {
        return nil
    }
    return parts.compactMap { Int($0) }
}
