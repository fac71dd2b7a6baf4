import Analysis
import Foundation
import Manifests
import Rollouts
import Testing

/// A Freeze as a document: what it says, what it is about, and what is refused.
struct FreezeDocumentTests {
    @Test func aFreezeSaysWhyWhoseAndUntilWhen() throws {
        let book = try book("windows: [{from: 2026-12-23, to: 2027-01-02}]", zone: "Europe/Berlin")
        let expected = Freeze(
            name: "f", reason: "no changes", owner: "payments", until: try moment("2027-01-01T23:00:00Z"))
        #expect(book.freeze(of: shop, at: try moment("2026-12-25T00:00:00Z")) == expected)
    }

    @Test func withoutWindowsOnlyTheManifestEndsIt() throws {
        let freeze = try #require(try book("").freeze(of: shop, at: Moment(microseconds: 0)))
        #expect(freeze.until == nil)
        let open = try book("windows: [{from: 2026-12-23}]")
        #expect(open.freeze(of: shop, at: try moment("2026-12-22T23:59:59Z")) == nil)
        #expect(open.freeze(of: shop, at: try moment("2036-12-22T23:59:59Z"))?.until == nil)
    }

    @Test(arguments: [
        ("", true), ("scope: {names: [shop]}", true), ("scope: {names: [other, sh*]}", true),
        ("scope: {names: ['*op']}", true), ("scope: {names: ['s*o*p']}", true),
        ("scope: {names: [sho]}", false),
        ("scope: {names: ['shop*x']}", false), ("scope: {labels: {team: pay}}", true),
        ("scope: {labels: {team: ship}}", false), ("scope: {labels: {team: pay, tier: '1'}}", false),
        ("scope: {names: [shop], labels: {team: ship}}", false),
        ("scope: {names: [shop], labels: {team: pay}}", true),
    ])
    func aFreezeIsAboutWhatItsScopeFits(scope: String, isFrozen: Bool) throws {
        #expect((try book(scope).freeze(of: shop, at: Moment(microseconds: 0)) != nil) == isFrozen)
    }

    @Test func theFreezeThatEndsLastIsTold() throws {
        let set = load([
            "a": freezeText("windows: [{from: 2026-01-01, to: 2026-01-05}]", name: "a"),
            "b": freezeText("windows: [{from: 2026-01-02, to: 2026-01-09}]", name: "b"),
            "c": freezeText("windows: [{from: 2026-01-03, to: 2026-01-04}]", name: "c"),
        ])
        #expect(set.freezes.rules.map(\.name) == ["a", "b", "c"])
        #expect(set.freezes.freeze(of: shop, at: try moment("2026-01-03T12:00:00Z"))?.name == "b")
        #expect(set.freezes.freeze(of: shop, at: try moment("2026-01-01T12:00:00Z"))?.name == "a")
        #expect(set.freezes.freeze(of: shop, at: try moment("2026-01-09T00:00:00Z")) == nil)
    }

    @Test(arguments: [
        ("reason: ''", "spec.reason: is empty"), ("owner: 5", "expected a string, found the number 5"),
        ("timeZone: Europe/Berln", "did you mean `Europe/Berlin`?"),
        ("timeZone: GMT+2", #""GMT+2" is no time zone that IANA knows"#),
        ("scope: {}", "spec.scope: says nothing; leave it out to freeze everything"),
        ("scope: {names: []}", "spec.scope.names: is empty; leave it out for every name"),
        ("scope: {names: [Shop]}", #"spec.scope.names[0]: "Shop" fits no rollout"#),
        ("scope: {label: {}}", "unknown key `label`; did you mean `labels`?"),
        ("windows: []", "is empty; leave it out to freeze until the document is gone"),
        ("windows: [{}]", "windows[0]: needs one of: from, cron"),
        ("windows: [{from: 2026-02-30}]", #""2026-02-30" is no date; write it like 2026-12-23"#),
        ("windows: [{from: '2026-12-23T18:00Z'}]", "without an offset: `timeZone` says it"),
        ("windows: [{from: 2026-12-23, to: 2026-12-23}]", "windows[0].to: is not after `from`"),
        ("windows: [{from: 2026-12-23, duration: 2d}]", "has from and duration; write `to` instead"),
        ("windows: [{cron: '0 18 * * fri'}]", "missing `duration`"),
        ("windows: [{cron: '0 18 * * fri', duration: 1s}]", "1s is less than 1m"),
        ("windows: [{cron: '0 18 * * fri', duration: 400d}]", "is more than 366d"),
        ("windows: [{cron: '0 18 * *', duration: 1h}]", "is no schedule; write five fields"),
        ("windows: [{cron: '@daily', duration: 1h}]", "is no schedule; write five fields"),
        ("windows: [{cron: '60 18 * * *', duration: 1h}]", #"has "60" for the minute, which is 0 to 59"#),
        (
            "windows: [{cron: '0 18 * * fre', duration: 1h}]",
            #"has "fre" for the day of the week, which is 0 to 7 or sun to sat"#
        ),
        (
            "windows: [{cron: '0 18 * * fri-mon', duration: 1h}]",
            "the range fri-mon for the day of the week, which is backwards"
        ),
        ("windows: [{cron: '5/10 * * * *', duration: 1h}]", "write steps like */5 or 1-10/2"),
        ("windows: [{cron: '*/0 * * * *', duration: 1h}]", "write steps like */5 or 1-10/2"),
        ("windows: [{cron: '0 0 30 2 *', duration: 1h}]", "never comes: there is no such day in a year"),
        (
            "windows: [{cron: '0 0 * * *', duration: 24h}]",
            "run into each other more than 400 times, or never end"
        ),
        (
            "windows: [{cron: '* * * * *', duration: 1m}]",
            "run into each other more than 400 times, or never end"
        ),
        ("window: []", "unknown key `window`; did you mean `windows`?"),
    ])
    func aFreezeThatCannotBeMeantIsRefused(line: String, message: String) {
        let owner = line.hasPrefix("owner") ? "" : "owner: payments\n  "
        let reason = line.hasPrefix("reason") ? "" : "reason: no changes\n  "
        let set = load(["f.yaml": "\(freezeHead("f"))\(reason)\(owner)\(line)\n"])
        let said = set.diagnostics.map(\.description)
        #expect(said.count == 1 && said[0].contains(message), "\(said)")
        #expect(set.freezes.rules.isEmpty)
    }

    @Test func aFreezeNeedsAReason() {
        let set = load(["f.yaml": "\(freezeHead("f"))owner: x\n"])
        #expect(set.errors.map(\.description) == ["f.yaml:5:3: spec: missing `reason`"])
    }

    @Test func twoFreezesOfOneNameAreRefused() {
        let set = load(["a": freezeText(""), "b": freezeText("")])
        #expect(set.errors.count == 2 && set.freezes.rules.isEmpty)
        #expect("\(set.errors[0])".contains(#"two Freezes are named "f"; the other is at b:3:18"#))
    }

    @Test func aNameThatFitsNobodyIsWarnedOf() {
        let set = load([
            "f": freezeText("scope: {names: [checkuot, 'ch*']}"), "r": native(steps: "{setWeight: 5}"),
        ])
        #expect(
            set.diagnostics.map(\.description) == [
                #"f:7:19: warning: spec.scope.names[0]: no rollout that is read here fits "checkuot""#
            ])
        #expect(load(["f": freezeText("scope: {names: [checkuot]}")]).diagnostics.isEmpty)
    }

    @Test func argosGroupHasNoFreeze() {
        let text = freezeText("").replacing("headgate.dev", with: "argoproj.io")
        #expect(
            load(["f": text]).errors.first.map(\.description)?.contains(#"unknown kind "Freeze""#) == true)
    }

    @Test func aSlipOfTheKeyboardThawsNothing() throws {
        let former = load(["f": freezeText("")]).freezes
        for broken in [freezeText("windws: []"), "kind: [", "- 1"] {
            #expect(load(["f": broken]).freezes(after: former) == former)
        }
        #expect(load(["f": native(steps: "{setWeight: 5}")]).freezes(after: former).rules.isEmpty)
        let changed = load(["f": freezeText("windows: [{from: 2026-12-23}]")])
        #expect(changed.freezes(after: former) == changed.freezes)
    }

    /// After a start nobody knows what it said before: nothing may advance until it is mended.
    @Test func aFreezeThatIsBrokenFromTheStartHoldsEverything() throws {
        let set = load([
            "freeze.yaml": "apiVersion: headgate.dev/v1alpha1\nkind: Freeze\nmetadata: {name: x}\nspec: {}\n"
        ])
        let declaration = try #require(load(["a": native(steps: "{setWeight: 5}")]).declarations.first)
        let moment = Moment(microseconds: 0)
        let held = set.freezes(after: nil).freeze(of: declaration, at: moment)
        #expect(held?.reason == "freeze.yaml has a freeze with errors; mend it")
        let mended = load(["a": native(steps: "{setWeight: 5}")])
        #expect(mended.freezes(after: set.freezes(after: nil)).freeze(of: declaration, at: moment) == nil)
        #expect(load(["freeze.yaml": "{"]).freezes(after: nil).rules.isEmpty, "no freeze is to be seen in it")
    }
}

/// When windows are in force, on the clocks of a zone.
struct FreezeWindowTests {
    private func until(_ windows: String, _ zone: String = "UTC", at time: String) throws -> String? {
        let freeze = try book("windows: [\(windows)]", zone: zone).freeze(of: shop, at: try moment(time))
        return freeze?.until.map { $0.description.replacing(".000Z", with: "Z") }
    }

    private func start(_ windows: String, _ zone: String = "UTC", after time: String) throws -> String? {
        let next = try book("windows: [\(windows)]", zone: zone).upcoming(for: shop, at: try moment(time))
            .first
        return next?.from.description.replacing(".000Z", with: "Z")
    }

    @Test func datesBeginAndEndAtTheStartOfTheirDay() throws {
        let dates = "{from: 2026-12-23, to: 2027-01-02}"
        #expect(try until(dates, "Europe/Berlin", at: "2026-12-22T22:59:59Z") == nil)
        #expect(try until(dates, "Europe/Berlin", at: "2026-12-22T23:00:00Z") == "2027-01-01T23:00:00Z")
        #expect(try until(dates, "Europe/Berlin", at: "2027-01-01T22:59:59Z") == "2027-01-01T23:00:00Z")
        #expect(try until(dates, "Europe/Berlin", at: "2027-01-01T23:00:00Z") == nil)
        #expect(try until(dates, at: "2026-12-23T00:00:00Z") == "2027-01-02T00:00:00Z")
    }

    @Test func timesAreThoseOfTheWall() throws {
        let times = "{from: '2026-07-01T09:30', to: '2026-07-01 17:00:30'}"
        #expect(try until(times, "America/New_York", at: "2026-07-01T13:30:00Z") == "2026-07-01T21:00:30Z")
        #expect(try until(times, "America/New_York", at: "2026-07-01T13:29:59Z") == nil)
    }

    @Test func theWeekendIsFrozenFromFridayEvening() throws {
        let weekend = "{cron: '0 18 * * fri', duration: 62h}"
        #expect(try until(weekend, "Europe/Berlin", at: "2026-11-20T16:59:59Z") == nil)
        #expect(try until(weekend, "Europe/Berlin", at: "2026-11-20T17:00:00Z") == "2026-11-23T07:00:00Z")
        #expect(try until(weekend, "Europe/Berlin", at: "2026-11-23T06:59:59Z") == "2026-11-23T07:00:00Z")
        #expect(try until(weekend, "Europe/Berlin", at: "2026-11-23T07:00:00Z") == nil)
        #expect(try start(weekend, "Europe/Berlin", after: "2026-11-23T07:00:00Z") == "2026-11-27T17:00:00Z")
    }

    @Test func aDurationIsTimeThatPassesAlsoWhenTheClocksJump() throws {
        let weekend = "{cron: '0 18 * * fri', duration: 62h}"
        // 09:00 by the clocks that were put forward in between, and 07:00 by those put back.
        #expect(try until(weekend, "Europe/Berlin", at: "2026-03-28T00:00:00Z") == "2026-03-30T07:00:00Z")
        #expect(try until(weekend, "Europe/Berlin", at: "2026-10-24T00:00:00Z") == "2026-10-26T06:00:00Z")
        #expect(try until(weekend, "America/New_York", at: "2026-03-07T00:00:00Z") == "2026-03-09T13:00:00Z")
    }

    @Test func aTimeThatTheClocksLeaveOutIsTheMomentOfTheJump() throws {
        let night = "{cron: '30 2 * * *', duration: 1h}"
        #expect(try until(night, "Europe/Berlin", at: "2026-03-29T00:59:59Z") == nil)
        #expect(try until(night, "Europe/Berlin", at: "2026-03-29T01:00:00Z") == "2026-03-29T02:00:00Z")
        #expect(try until(night, "America/New_York", at: "2026-03-08T07:00:00Z") == "2026-03-08T08:00:00Z")
        #expect(try until(night, "America/New_York", at: "2026-03-08T06:59:59Z") == nil)
        let dates = "{from: '2026-03-29T02:30', to: '2026-03-29T04:00'}"
        #expect(try until(dates, "Europe/Berlin", at: "2026-03-29T01:00:00Z") == "2026-03-29T02:00:00Z")
        #expect(try until(dates, "Europe/Berlin", at: "2026-03-29T00:59:59Z") == nil)
    }

    @Test func aTimeThatComesTwiceCountsOnceAndTheFirstTime() throws {
        let night = "{cron: '30 2 * * *', duration: 30m}"
        #expect(try until(night, "Europe/Berlin", at: "2026-10-25T00:30:00Z") == "2026-10-25T01:00:00Z")
        #expect(try until(night, "Europe/Berlin", at: "2026-10-25T01:30:00Z") == nil)
        let york = "{cron: '30 1 * * *', duration: 30m}"
        #expect(try until(york, "America/New_York", at: "2026-11-01T05:30:00Z") == "2026-11-01T06:00:00Z")
        #expect(try until(york, "America/New_York", at: "2026-11-01T06:30:00Z") == nil)
    }

    @Test func aWindowGoesOnWhileTheClocksShowItsTimeAgain() throws {
        let night = "{cron: '45 2 * * *', duration: 40m}"
        #expect(try until(night, "Europe/Berlin", at: "2026-10-25T01:10:00Z") == "2026-10-25T01:25:00Z")
    }

    @Test func anEndThatComesTwiceIsTheSecondOfTheTwo() throws {
        let dates = "{from: 2026-10-24, to: '2026-10-25T02:30'}"
        #expect(try until(dates, "Europe/Berlin", at: "2026-10-24T12:00:00Z") == "2026-10-25T01:30:00Z")
    }

    @Test func monthsEndWhereTheyEnd() throws {
        let last = "{cron: '0 0 31 * *', duration: 24h}"
        #expect(try start(last, after: "2026-04-01T00:00:00Z") == "2026-05-31T00:00:00Z")
        #expect(try until(last, at: "2026-04-30T12:00:00Z") == nil)
        #expect(try until(last, at: "2026-05-31T12:00:00Z") == "2026-06-01T00:00:00Z")
    }

    @Test func aLeapDayComesInLeapYears() throws {
        let leap = "{cron: '0 0 29 feb *', duration: 24h}"
        #expect(try start(leap, after: "2026-01-01T00:00:00Z") == "2028-02-29T00:00:00Z")
        #expect(try start(leap, after: "2096-03-01T00:00:00Z") == "2104-02-29T00:00:00Z")
        #expect(try until(leap, at: "2028-02-29T23:59:59Z") == "2028-03-01T00:00:00Z")
        #expect(try until(leap, at: "2027-03-01T00:00:00Z") == nil)
    }

    @Test func whereBothKindsOfDaysAreNarrowedOneIsEnough() throws {
        let days = "{cron: '0 0 13 * fri', duration: 24h}"
        for day in ["2026-11-06", "2026-11-13", "2026-12-13"] {
            #expect(try until(days, at: "\(day)T01:00:00Z") != nil)
        }
        #expect(try until(days, at: "2026-11-12T01:00:00Z") == nil)
    }

    @Test(arguments: [
        ("0 9-17/4 * * *", ["2026-06-01T09:00:00Z", "2026-06-01T13:00:00Z", "2026-06-01T17:00:00Z"]),
        ("0,30 8 * * mon-fri", ["2026-06-01T08:00:00Z", "2026-06-01T08:30:00Z", "2026-06-02T08:00:00Z"]),
        ("15 6 1 jan,jul *", ["2026-07-01T06:15:00Z", "2027-01-01T06:15:00Z"]),
        ("0 0 * * 7", ["2026-06-07T00:00:00Z", "2026-06-14T00:00:00Z"]),
        ("0 0 * * SUN", ["2026-06-07T00:00:00Z"]),
        ("*/20 23 31 12 *", ["2026-12-31T23:00:00Z", "2026-12-31T23:20:00Z"]),
    ])
    func aScheduleIsReadAsCronReadsIt(cron: String, expected: [String]) throws {
        let book = try book("windows: [{cron: '\(cron)', duration: 1m}]")
        var after = try moment("2026-06-01T00:00:00Z")
        for time in expected {
            let next = try #require(book.upcoming(for: shop, at: after).first)
            #expect(next.from == (try moment(time)))
            after = try #require(next.until)
        }
    }

    @Test func windowsThatTouchAreOne() throws {
        let both =
            "{from: 2026-01-01, to: 2026-01-05}, {from: 2026-01-05, to: 2026-01-06}, {cron: '0 0 6 1 *', duration: 2d}"
        #expect(try until(both, at: "2026-01-02T00:00:00Z") == "2026-01-08T00:00:00Z")
        let nights = "{cron: '*/30 20-23 * * *', duration: 30m}"
        #expect(try until(nights, at: "2026-01-02T20:10:00Z") == "2026-01-03T00:00:00Z")
    }

    /// Method: at every seventh minute around the jumps of the clocks, the answer is compared with a search that
    /// goes through the minutes before, one by one, and asks Foundation what the clocks showed.
    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
    func aScheduleAgreesWithAWalkThroughTheMinutes(zone: String) throws {
        let calendar = try calendar(zone)
        for (hour, minute, length) in [(0, 15, 50), (1, 30, 70), (3, 5, 200), (23, 45, 90)] {
            let book = try book(
                "windows: [{cron: '\(minute) \(hour) * * *', duration: \(length)m}]", zone: zone)
            for day in ["2026-03-07", "2026-03-28", "2026-04-04", "2026-10-03", "2026-10-24", "2026-10-31"] {
                let first = try moment("\(day)T00:00:00Z")
                let minutes = 0..<(3 * 24 * 60)
                let fired = minutes.map { fires(at: first + .seconds($0 * 60), calendar, hour, minute) }
                for offset in stride(from: length, to: minutes.count, by: 7) {
                    let isFrozen = book.freeze(of: shop, at: first + .seconds(offset * 60)) != nil
                    let expected = fired[(offset - length + 1)...offset].contains(true)
                    #expect(
                        isFrozen == expected, "\(zone) \(day) +\(offset)m, \(hour):\(minute) for \(length)m")
                }
            }
        }
    }

    private func calendar(_ zone: String) throws -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        return calendar
    }

    /// Whether the clocks show the time, and did not show it two hours before or less.
    private func fires(at moment: Moment, _ calendar: Calendar, _ hour: Int, _ minute: Int) -> Bool {
        let date = Date(timeIntervalSince1970: Double(moment.microseconds) / 1e6)
        let shown = { (date: Date) in
            calendar.component(.hour, from: date) == hour && calendar.component(.minute, from: date) == minute
        }
        return shown(date) && ![30.0, 60, 120].contains { shown(date - $0 * 60) }
    }
}

private let shop = Declaration(
    name: RolloutName("shop"), traffic: TrafficTarget(router: "envoy", backends: Backends(a: "a", b: "b")),
    plan: Plan(steps: [], judgement: .safe), source: "s", labels: ["team": "pay"])

private func freezeHead(_ name: String) -> String {
    "apiVersion: headgate.dev/v1alpha1\nkind: Freeze\nmetadata: {name: \(name)}\nspec:\n  "
}

private func freezeText(_ line: String, name: String = "f", zone: String? = nil) -> String {
    let timeZone = zone.map { "timeZone: \($0)\n  " } ?? ""
    return "\(freezeHead(name))reason: no changes\n  owner: payments\n  \(timeZone)\(line)\n"
}

private func book(_ line: String, zone: String? = nil) throws -> FreezeBook {
    let set = load(["f": freezeText(line, zone: zone)])
    #expect(set.errors == [])
    return set.freezes
}

private func moment(_ text: String) throws -> Moment {
    let date = try #require(ISO8601DateFormatter().date(from: text))
    return Moment(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
}
