import Foundation

/// The clocks on the walls of one time zone.
///
/// Wall time is counted in seconds as if the zone were UTC. When the clocks are put forward, a time that they leave
/// out is the moment of the jump; when they are put back, a time that comes twice is the first of the two, or the
/// second where asked.
struct WallClock: Hashable, Sendable {
    static let utc = WallClock(zone: .gmt)

    private let zone: TimeZone

    private init(zone: TimeZone) {
        self.zone = zone
    }

    /// Nil for a name that IANA does not know, such as `GMT+2`.
    init?(zone name: String) {
        if ["UTC", "GMT"].contains(name) {
            self = .utc
        } else if let zone = TimeZone(identifier: name), zone.identifier == name {
            self.zone = zone
        } else {
            return nil
        }
    }

    static var knownZones: [String] { ["UTC"] + TimeZone.knownTimeZoneIdentifiers }

    /// How far the clocks are ahead of UTC.
    func offset(at second: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))))
    }

    func wallTime(at second: Int64) -> Int64 { second + offset(at: second) }

    /// The moment of a wall time, in seconds of UTC.
    func second(of wall: Int64, second wantsSecond: Bool = false) -> Int64 {
        let day: Int64 = 86_400
        let before = offset(at: wall - day)
        let after = offset(at: wall + day)
        guard before != after else { return wall - before }
        let isFirst = offset(at: wall - before) == before
        let isSecond = offset(at: wall - after) == after
        if isFirst, !(wantsSecond && isSecond) { return wall - before }
        return isSecond ? wall - after : jump(from: wall - max(before, after), to: wall - min(before, after))
    }

    /// The first second of UTC in which the clocks show what they show at the end.
    private func jump(from start: Int64, to end: Int64) -> Int64 {
        var (low, high) = (start, end)
        let after = offset(at: end)
        while low < high {
            let middle = low + (high - low) / 2
            if offset(at: middle) == after { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
