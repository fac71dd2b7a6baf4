/// Reads `0 18 * * fri`.
enum CronParser {
    struct Flaw: Error {
        let message: String
    }

    private struct Unit {
        let name: String
        let range: ClosedRange<Int>
        var names: [String] = []
        /// What the first of the names stands for.
        var first = 0
    }

    private static let units = [
        Unit(name: "minute", range: 0...59),
        Unit(name: "hour", range: 0...23),
        Unit(name: "day of the month", range: 1...31),
        Unit(
            name: "month", range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
            first: 1),
        // Both 0 and 7 are Sunday.
        Unit(
            name: "day of the week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]

    static func parse(_ text: String) throws(Flaw) -> CronSchedule {
        let fields = text.lowercased().split(separator: " ")
        guard fields.count == units.count, text.utf8.count <= 256 else {
            throw Flaw(
                message:
                    "is no schedule; write five fields: minute, hour, day of the month, month, day of the "
                    + "week, such as 0 18 * * fri")
        }
        var bits: [UInt64] = []
        for (field, unit) in zip(fields, units) { bits.append(try read(field, unit)) }
        let schedule = CronSchedule(
            minutes: bits[0], hours: bits[1], days: bits[2], months: bits[3],
            weekdays: (bits[4] | bits[4] >> 7) & 0x7F,
            isEitherDay: !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*"))
        guard schedule.everComes else { throw Flaw(message: "never comes: there is no such day in a year") }
        return schedule
    }

    private static func read(_ field: Substring, _ unit: Unit) throws(Flaw) -> UInt64 {
        var bits: UInt64 = 0
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            bits |= try readPart(part, unit)
        }
        return bits
    }

    private static func readPart(_ part: Substring, _ unit: Unit) throws(Flaw) -> UInt64 {
        let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
        let range = try readRange(pieces[0], unit)
        guard pieces.count > 1 else { return bits(range, step: 1) }
        guard pieces.count == 2, let step = number(pieces[1]), step > 0, pieces[0] == "*" || range.count > 1
        else {
            throw Flaw(
                message: "has \(quoted(String(part))) for the \(unit.name); write steps like */5 or 1-10/2")
        }
        return bits(range, step: step)
    }

    private static func readRange(_ text: Substring, _ unit: Unit) throws(Flaw) -> ClosedRange<Int> {
        // Sunday once: as 0.
        if text == "*" { return unit.range.upperBound == 7 ? 0...6 : unit.range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { throw flaw(text, unit) }
        let first = try value(ends[0], unit)
        guard ends.count == 2 else { return first...first }
        let last = try value(ends[1], unit)
        guard first <= last else {
            throw Flaw(message: "has the range \(String(text)) for the \(unit.name), which is backwards")
        }
        return first...last
    }

    private static func value(_ text: Substring, _ unit: Unit) throws(Flaw) -> Int {
        if let index = unit.names.firstIndex(of: String(text)) { return index + unit.first }
        guard let value = number(text), unit.range.contains(value) else { throw flaw(text, unit) }
        return value
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.count <= 2 && text.allSatisfy(\.isASCIIDigit) ? Int(text) : nil
    }

    private static func flaw(_ text: Substring, _ unit: Unit) -> Flaw {
        let range = "\(unit.range.lowerBound) to \(unit.range.upperBound)"
        let names = unit.names.isEmpty ? "" : " or \(unit.names[0]) to \(unit.names[unit.names.count - 1])"
        return Flaw(message: "has \(quoted(String(text))) for the \(unit.name), which is \(range)\(names)")
    }

    private static func bits(_ range: ClosedRange<Int>, step: Int) -> UInt64 {
        stride(from: range.lowerBound, through: range.upperBound, by: step).reduce(0) { $0 | 1 << $1 }
    }
}

extension CronSchedule {
    /// Whether any month has one of the days; the 31st of a month of 30 days never comes.
    fileprivate var everComes: Bool {
        isEitherDay
            || (1...12).contains { month in
                // A leap year, so that the 29th of February is there.
                let ofMonth: UInt64 = (1 << (CivilDay.length(of: month, 2_024) + 1)) - 1
                return months & (1 << month) != 0 && days & ofMonth != 0
            }
    }
}
