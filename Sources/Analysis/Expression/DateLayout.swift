/// How a date is written, in Go's way: as the date 2006-01-02 15:04:05 would be.
struct DateLayout {
    /// Those that `date` tries where none is given.
    static let known = [
        "2006-01-02", "15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z07:00", "02 Jan 06 15:04 MST",
        "Monday, 02-Jan-06 15:04:05 MST", "Mon, 02 Jan 2006 15:04:05 MST",
    ]

    private enum Piece {
        case text(Character)
        case field(Field)
    }

    /// Each spelled as in a layout.
    private enum Field: String, CaseIterable {
        // Where one begins like another, the longer one comes first.
        case longMonth = "January"
        case month = "Jan"
        case longWeekday = "Monday"
        case weekday = "Mon"
        case zone = "MST"
        case zeroMonth = "01"
        case zeroDay = "02"
        case zeroHour12 = "03"
        case zeroMinute = "04"
        case zeroSecond = "05"
        case shortYear = "06"
        case hour = "15"
        case numericMonth = "1"
        case year = "2006"
        case paddedDay = "_2"
        case day = "2"
        case hour12 = "3"
        case minute = "4"
        case second = "5"
        case half = "PM"
        case lowerHalf = "pm"
        case colonOffset = "-07:00"
        case offset = "-0700"
        case hourOffset = "-07"
        case zuluColonOffset = "Z07:00"
        case zuluOffset = "Z0700"
        case zuluHourOffset = "Z07"
    }

    private let pieces: [Piece]

    init(_ layout: String) {
        var (pieces, rest) = ([Piece](), layout[...])
        while let first = rest.first {
            if let field = Field.allCases.first(where: { rest.hasPrefix($0.rawValue) }) {
                pieces.append(.field(field))
                rest = rest.dropFirst(field.rawValue.count)
            } else {
                pieces.append(.text(first))
                rest = rest.dropFirst()
            }
        }
        self.pieces = pieces
    }

    /// Nil when the text is not written like this.
    func read(_ text: String) -> WrittenDate? {
        var (date, rest) = (WrittenDate(year: 0), text[...])
        for piece in pieces {
            switch piece {
            case .text(let expected): guard rest.popFirst() == expected else { return nil }
            case .field(let field): guard DateLayout.read(field, &rest, into: &date) else { return nil }
            }
        }
        return rest.isEmpty && date.isPossible ? date : nil
    }
}

extension DateLayout {
    private static func read(_ field: Field, _ rest: inout Substring, into date: inout WrittenDate) -> Bool {
        switch field {
        case .year: rest.number(4...4, into: &date.year)
        case .shortYear: shortYear(&rest, &date)
        case .longMonth: rest.name(of: months, length: nil, into: &date.month)
        case .month: rest.name(of: months, length: 3, into: &date.month)
        case .longWeekday: rest.name(of: weekdays, length: nil, into: &date.weekday)
        case .weekday: rest.name(of: weekdays, length: 3, into: &date.weekday)
        case .zeroMonth: rest.number(2...2, into: &date.month)
        case .numericMonth: rest.number(1...2, into: &date.month)
        case .zeroDay: rest.number(2...2, into: &date.day)
        case .paddedDay: paddedDay(&rest, &date)
        case .day: rest.number(1...2, into: &date.day)
        case .hour, .hour12: rest.number(1...2, into: &date.hour)
        case .zeroHour12: rest.number(2...2, into: &date.hour)
        case .zeroMinute: rest.number(2...2, into: &date.minute)
        case .minute: rest.number(1...2, into: &date.minute)
        case .zeroSecond: rest.number(2...2, into: &date.second) && fraction(&rest, &date)
        case .second: rest.number(1...2, into: &date.second) && fraction(&rest, &date)
        case .half: half(&rest, &date, ["AM", "PM"])
        case .lowerHalf: half(&rest, &date, ["am", "pm"])
        case .zone: zone(&rest, &date)
        case .colonOffset: offset(&rest, &date, separator: ":", hasMinutes: true)
        case .offset: offset(&rest, &date, separator: "", hasMinutes: true)
        case .hourOffset: offset(&rest, &date, separator: "", hasMinutes: false)
        case .zuluColonOffset: rest.take("Z") || offset(&rest, &date, separator: ":", hasMinutes: true)
        case .zuluOffset: rest.take("Z") || offset(&rest, &date, separator: "", hasMinutes: true)
        case .zuluHourOffset: rest.take("Z") || offset(&rest, &date, separator: "", hasMinutes: false)
        }
    }

    private static func shortYear(_ rest: inout Substring, _ date: inout WrittenDate) -> Bool {
        guard rest.number(2...2, into: &date.year) else { return false }
        date.year += date.year >= 69 ? 1_900 : 2_000
        return true
    }

    private static func paddedDay(_ rest: inout Substring, _ date: inout WrittenDate) -> Bool {
        _ = rest.take(" ")
        return rest.number(1...2, into: &date.day)
    }

    /// Parts of a second may stand behind it, whether the layout has them or not.
    private static func fraction(_ rest: inout Substring, _ date: inout WrittenDate) -> Bool {
        guard rest.first == "." || rest.first == ",", rest.dropFirst().first?.isDecimal == true else {
            return true
        }
        rest.removeFirst()
        let digits = rest.prefix { $0.isDecimal }
        rest = rest.dropFirst(digits.count)
        date.nanosecondsOfSecond =
            Int64(digits.prefix(9) + String(repeating: "0", count: max(0, 9 - digits.count))) ?? 0
        return true
    }

    private static func half(_ rest: inout Substring, _ date: inout WrittenDate, _ words: [String]) -> Bool {
        guard let half = words.firstIndex(where: { rest.hasPrefix($0) }) else { return false }
        rest = rest.dropFirst(2)
        date.half = half
        return true
    }

    /// Abbreviations tell nothing that is known everywhere, but `GMT+2` does.
    private static func zone(_ rest: inout Substring, _ date: inout WrittenDate) -> Bool {
        let letters = rest.prefix { "A"..."Z" ~= $0 }
        guard 3...5 ~= letters.count else { return false }
        rest = rest.dropFirst(letters.count)
        guard letters == "GMT", let sign = rest.first, sign == "+" || sign == "-" else { return true }
        rest.removeFirst()
        var hours: Int64 = 0
        guard rest.number(1...2, into: &hours), hours <= 23 else { return false }
        date.offset = (sign == "-" ? -hours : hours) * 3_600
        return true
    }

    private static func offset(
        _ rest: inout Substring, _ date: inout WrittenDate, separator: String, hasMinutes: Bool
    ) -> Bool {
        guard let sign = rest.popFirst(), sign == "+" || sign == "-" else { return false }
        var (hours, minutes) = (Int64(0), Int64(0))
        guard rest.number(2...2, into: &hours) else { return false }
        if hasMinutes {
            guard separator.isEmpty || rest.take(separator), rest.number(2...2, into: &minutes) else {
                return false
            }
        }
        guard hours <= 24, minutes <= 59 else { return false }
        date.offset = (sign == "-" ? -1 : 1) * (hours * 3_600 + minutes * 60)
        return true
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November",
        "December",
    ]
    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
}

/// A date as it was written; what was not is that of the year 0.
struct WrittenDate {
    var year: Int64
    var month: Int64 = 1
    var day: Int64 = 1
    var hour: Int64 = 0
    var minute: Int64 = 0
    var second: Int64 = 0
    var nanosecondsOfSecond: Int64 = 0
    /// Read, and never compared with the day: Go does not either.
    var weekday: Int64 = 0
    /// Before noon, or after.
    var half: Int?
    /// East of Greenwich, in seconds.
    var offset: Int64 = 0

    fileprivate var isPossible: Bool {
        let hours: ClosedRange<Int64> = half == nil ? 0...23 : 0...12
        return CivilDate(year: year, month: month, day: day) != nil && hours.contains(hour) && minute < 60
            && second < 60
    }

    /// Since 1970; nil when that is too long ago, or too far ahead.
    var sinceEpoch: Int64? {
        guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
        let hours = half == nil ? hour : hour % 12 + (half == 1 ? 12 : 0)
        let seconds = ((date.daysSince1970 * 24 + hours) * 60 + minute) * 60 + second - offset
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = product.addingReportingOverflow(nanosecondsOfSecond)
        return overflow || carried ? nil : sum
    }
}

extension Substring {
    fileprivate mutating func take(_ text: String) -> Bool {
        guard hasPrefix(text) else { return false }
        self = dropFirst(text.count)
        return true
    }

    fileprivate mutating func number(_ width: ClosedRange<Int>, into number: inout Int64) -> Bool {
        let digits = prefix { $0.isDecimal }.prefix(width.upperBound)
        guard digits.count >= width.lowerBound, let value = Int64(digits) else { return false }
        self = dropFirst(digits.count)
        number = value
        return true
    }

    /// The number of the name from one on; in any case of letters.
    fileprivate mutating func name(of names: [String], length: Int?, into number: inout Int64) -> Bool {
        let found = names.firstIndex { name in
            prefix(length ?? name.count).lowercased() == name.prefix(length ?? name.count).lowercased()
        }
        guard let found else { return false }
        self = dropFirst(length ?? names[found].count)
        number = Int64(found + 1)
        return true
    }
}

extension Character {
    fileprivate var isDecimal: Bool { "0"..."9" ~= self }
}
