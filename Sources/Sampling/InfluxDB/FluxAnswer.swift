import Analysis

/// InfluxDB's annotated CSV: tables with a row of types, a row of names and rows of values, a blank line between them.
enum FluxAnswer {
    /// Of the column `_value`, as its type says. A row without that column counts as nil, as with Argo.
    static func values(in body: [UInt8]) throws(SampleFailure) -> [Value] {
        // Without a table there is an empty line still.
        guard !body.isEmpty else { throw SampleFailure.unreadable("nothing at all") }
        let rows = CSV.rows(of: String(decoding: body, as: UTF8.self))
        var table = Table()
        var values: [Value] = []
        for row in rows {
            if let value = try table.read(row) { values.append(value) }
        }
        return values
    }

    private struct Table {
        private var types: [String] = []
        private var names: [String] = []

        /// The value of a row of values; nil of any other row.
        mutating func read(_ row: [String]) throws(SampleFailure) -> Value? {
            guard row != [""] else {
                self = Table()
                return nil
            }
            if row[0].hasPrefix("#") {
                if row[0] == "#datatype" { (types, names) = (row, []) }
                return nil
            }
            guard row[0].isEmpty, row.count > 1 else { throw SampleFailure.unreadable("no annotated CSV") }
            guard !names.isEmpty else {
                names = row
                return nil
            }
            return try value(row)
        }

        private func value(_ row: [String]) throws(SampleFailure) -> Value {
            if let error = names.firstIndex(of: "error"), error < row.count {
                throw SampleFailure(.refused, shown(row[error]))
            }
            guard row.count == names.count, types.count == names.count else {
                throw SampleFailure.unreadable("a row with \(row.count) columns of \(names.count)")
            }
            guard let index = names.firstIndex(of: "_value") else { return .none }
            guard let value = FluxAnswer.value(row[index], types[index]) else {
                throw SampleFailure.unreadable("\(shown(row[index])) is no \(types[index])")
            }
            return value
        }
    }

    private static func value(_ text: String, _ type: String) -> Value? {
        switch type {
        case _ where text.isEmpty && type != "string": Value.none
        case "double": Double(text).map(Value.float)
        case "long": Int64(text).map(Value.int)
        case "unsignedLong": Int64(text).map(Value.int) ?? Double(text).map(Value.float)
        case "boolean": ["true": Value.bool(true), "false": .bool(false)][text]
        default: .string(text)
        }
    }
}
