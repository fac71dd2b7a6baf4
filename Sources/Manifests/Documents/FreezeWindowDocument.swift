import Analysis

extension Shape where Output == [FreezeWindow] {
    /// `windows`: spans of days, and times that come again.
    static func freezeWindows(_ clock: WallClock) -> Shape {
        Shape { field in
            let few = "is empty; leave it out to freeze until the document is gone"
            guard let items = field.read(.items(1...100, tooFew: few)) else { return nil }
            return items.compactMap { $0.read(.freezeWindow(clock)) }
        }
    }
}

extension Shape where Output == FreezeWindow {
    fileprivate static func freezeWindow(_ clock: WallClock) -> Shape {
        .object { fields in
            for key in ["from", "to", "cron", "duration"] { _ = fields.field(key) }
            fields.field.note(.excludes("from", "duration"), .excludes("cron", "to"))
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
                "its windows run into each other more than \(FreezeRule.linksMax) times, or never end; write fewer times "
                    + "and a longer duration, or `from` alone")
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
            guard let start = start(after: day * 86_400, clock), let end = rule.end(at: start) else {
                return false
            }
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
