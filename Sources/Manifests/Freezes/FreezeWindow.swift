/// When a freeze is in force. Seconds are counted since 1970 in UTC.
enum FreezeWindow: Hashable, Sendable {
    /// None: until the document is taken out.
    case span(from: Int64, to: Int64?)
    /// So many seconds from every time that the schedule gives.
    case repeating(CronSchedule, lasts: Int64)

    /// The end of the window that the second lies in.
    func end(at second: Int64, _ clock: WallClock) -> Int64? {
        switch self {
        case .span(let from, let to):
            let end = to ?? .max
            return from <= second && second < end ? end : nil
        case .repeating(let schedule, let length):
            return schedule.last(upTo: second, after: second - length, clock).map { $0 + length }
        }
    }

    /// The next start; none where there is no other.
    func start(after second: Int64, _ clock: WallClock) -> Int64? {
        switch self {
        case .span(let from, _): from > second ? from : nil
        case .repeating(let schedule, _): schedule.first(after: second, clock)
        }
    }
}
