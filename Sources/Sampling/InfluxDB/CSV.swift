/// Comma-separated values as RFC 4180 has them.
enum CSV {
    /// A blank line is a row of one empty field.
    static func rows(of text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = ""
        var isQuoted = false
        var rest = text.unicodeScalars[...]
        func isNext(_ scalar: Unicode.Scalar) -> Bool { rest.first == scalar }
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"" where isQuoted && isNext("\""): field.unicodeScalars.append(rest.removeFirst())
            case "\"": isQuoted.toggle()
            case _ where isQuoted: field.unicodeScalars.append(scalar)
            case "\r" where isNext("\n"): continue
            case ",":
                row.append(field)
                field = ""
            case "\n":
                rows.append(row + [field])
                (row, field) = ([], "")
            default: field.unicodeScalars.append(scalar)
            }
        }
        return row.isEmpty && field.isEmpty ? rows : rows + [row + [field]]
    }
}
