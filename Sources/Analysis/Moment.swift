/// A point in time, as whole microseconds since 1970 in UTC.
///
/// Time arrives in the pure modules as a value: nobody below the engine asks a clock.
package struct Moment: Hashable, Sendable, Comparable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Since 1970; saturates 292 years away from it.
    var nanoseconds: Int64 {
        let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? microseconds < 0 ? .min : .max : product
    }

    package static func < (left: Moment, right: Moment) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Saturates instead of trapping: a pause of ten thousand years is an odd wish, not a crash.
    package static func + (moment: Moment, duration: Duration) -> Moment {
        let (sum, overflow) = moment.microseconds.addingReportingOverflow(duration.wholeMicroseconds)
        guard overflow else { return Moment(microseconds: sum) }
        return Moment(microseconds: duration < .zero ? .min : .max)
    }

    package static func - (later: Moment, earlier: Moment) -> Duration {
        let (difference, overflow) = later.microseconds.subtractingReportingOverflow(earlier.microseconds)
        guard overflow else { return .microseconds(difference) }
        return .microseconds(later < earlier ? Int64.min : Int64.max)
    }
}

extension Moment: Codable {
    package init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }
}

extension Moment: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-11-22T18:48:00.250Z`.
    package var description: String {
        let days = microseconds.flooredDivision(by: 86_400_000_000)
        let ofDay = microseconds - days * 86_400_000_000
        let date = CivilDate(daysSince1970: days)
        let (hours, minutes) = (ofDay / 3_600_000_000, ofDay / 60_000_000 % 60)
        let (seconds, millis) = (ofDay / 1_000_000 % 60, ofDay / 1_000 % 1_000)
        let clock = "\(padded(hours, 2)):\(padded(minutes, 2)):\(padded(seconds, 2)).\(padded(millis, 3))"
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(clock)Z"
    }

    private func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A day of the proleptic Gregorian calendar, worked out from a count of days.
///
/// The arithmetic counts years from March, so that the leap day is the last day of its year.
struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    init(daysSince1970: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Nil when there is no such day.
    init?(year: Int64, month: Int64, day: Int64) {
        guard 1...12 ~= month, 1...31 ~= day, 0...9_999 ~= year else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        guard CivilDate(daysSince1970: daysSince1970).day == day else { return nil }
    }

    var daysSince1970: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.flooredDivision(by: 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Duration {
    /// The duration in microseconds, rounded towards zero and saturated at the ends of `Int64`.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        guard overflow || carried else { return sum }
        return seconds < 0 ? .min : .max
    }

    /// `1h30m`, `90s`, `250ms`: the way durations are written in a rollout.
    package var text: String {
        let micros = wholeMicroseconds
        guard micros != 0 else { return "0s" }
        guard micros > 0 else { return "-" + Duration.microseconds(micros == .min ? .max : -micros).text }
        if micros < 1_000 { return "\(micros)us" }
        if micros % 1_000_000 != 0 {
            return micros < 1_000_000
                ? "\(micros / 1_000)ms" : "\(micros / 100_000 / 10).\(micros / 100_000 % 10)s"
        }
        return Self.wholeText(seconds: micros / 1_000_000)
    }

    private static func wholeText(seconds: Int64) -> String {
        let parts = [(seconds / 3_600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
        return parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
    }
}
