/// Five fields of cron, as bits: minute, hour, day of the month, month, day of the week.
struct CronSchedule: Hashable, Sendable {
    let minutes: UInt64
    let hours: UInt64
    let days: UInt64
    let months: UInt64
    let weekdays: UInt64
    /// Whether both kinds of days were narrowed: then a day that fits one of them is enough, as in every cron.
    let isEitherDay: Bool

    private static let day: Int64 = 86_400
    /// The longest wait is that for a leap day across the turn of a century.
    private static let daysMax = 9 * 366

    /// The last time up to a second, unless it is not after another one.
    func last(upTo second: Int64, after limit: Int64, _ clock: WallClock) -> Int64? {
        let offset = clock.offset(at: second)
        // Clocks that were just put back have shown later times already.
        let shown = max(0, clock.offset(at: second - 4 * 3_600) - offset)
        var wall = second + offset + shown
        let end = limit + offset - Self.day
        while wall > end {
            guard let time = lastTime(upTo: wall, downTo: end) else { return nil }
            let found = clock.second(of: time)
            if found <= second { return found > limit ? found : nil }
            wall = time - 1
        }
        return nil
    }

    /// The first time after a second.
    func first(after second: Int64, _ clock: WallClock) -> Int64? {
        let start = clock.wallTime(at: second).flooredDays - 1
        for number in start..<(start + Int64(Self.daysMax)) where fits(CivilDay(number: number)) {
            for hour in Self.bits(of: hours) {
                for minute in Self.bits(of: minutes) {
                    let time = number * Self.day + Int64(hour * 3_600 + minute * 60)
                    let found = clock.second(of: time)
                    if found > second { return found }
                }
            }
        }
        return nil
    }

    /// In wall time.
    private func lastTime(upTo wall: Int64, downTo end: Int64) -> Int64? {
        var number = wall.flooredDays
        var ofDay = wall - number * Self.day
        while number * Self.day + ofDay > end {
            if fits(CivilDay(number: number)), let time = lastTime(ofDayUpTo: ofDay) {
                return number * Self.day + time
            }
            number -= 1
            ofDay = Self.day - 1
        }
        return nil
    }

    private func lastTime(ofDayUpTo second: Int64) -> Int64? {
        let (hour, minute) = (Int(second / 3_600), Int(second / 60 % 60))
        if hours & (1 << hour) != 0, let minute = Self.highest(in: minutes, upTo: minute) {
            return Int64(hour * 3_600 + minute * 60)
        }
        guard hour > 0, let earlier = Self.highest(in: hours, upTo: hour - 1),
            let last = Self.highest(in: minutes, upTo: 59)
        else { return nil }
        return Int64(earlier * 3_600 + last * 60)
    }

    private func fits(_ day: CivilDay) -> Bool {
        let isWeekday = weekdays & (1 << day.weekday) != 0
        if !isWeekday, !isEitherDay { return false }
        let (month, ofMonth) = day.monthAndDay
        guard months & (1 << month) != 0 else { return false }
        let isDay = days & (1 << ofMonth) != 0
        return isEitherDay ? isDay || isWeekday : isDay
    }

    private static func highest(in bits: UInt64, upTo limit: Int) -> Int? {
        let left = bits & ((1 << (limit + 1)) - 1)
        return left == 0 ? nil : 63 - left.leadingZeroBitCount
    }

    private static func bits(of bits: UInt64) -> [Int] { (0..<64).filter { bits & (1 << $0) != 0 } }
}

extension Int64 {
    fileprivate var flooredDays: Int64 { (self >= 0 ? self : self - 86_399) / 86_400 }
}
