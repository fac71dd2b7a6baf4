import CYAML

/// What stopped libyaml, in words that say what to do.
struct YAMLSyntaxError {
    private let parser: yaml_parser_t

    /// For a parser whose last call failed.
    init(_ parser: yaml_parser_t) {
        self.parser = parser
    }

    func diagnostic(_ bytes: UnsafeBufferPointer<UInt8>, file: String) -> Diagnostic {
        if parser.error == YAML_READER_ERROR {
            let mark = YAMLMark(offset: parser.problem_offset, in: bytes, file: file)
            return Diagnostic(at: mark, unreadable(bytes))
        }
        let mark = YAMLMark(parser.problem_mark, file: file)
        if bytes.byte(at: mark) == UInt8(ascii: "\t") {
            return Diagnostic(at: mark, "a tab stands where YAML wants spaces; indent with spaces")
        }
        return Diagnostic(at: mark, "not valid YAML: \(problem)\(context)")
    }

    /// The reader's errors are about bytes: it has no mark, only an offset.
    private func unreadable(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        if problem.hasPrefix("control") {
            let character = hexadecimal(UInt32(bitPattern: parser.problem_value), width: 4)
            return "the character U+\(character) is not allowed in YAML"
        }
        // libyaml gives sometimes the byte, sometimes what it stands for, and sometimes -1.
        let byte = bytes.dropFirst(parser.problem_offset).first.map { hexadecimal(UInt32($0), width: 2) }
        return "the byte 0x\(byte ?? "") is not UTF-8; save the file as UTF-8"
    }

    private var problem: String {
        parser.problem.map { String(cString: $0) } ?? "it cannot be read"
    }

    private var context: String {
        guard let context = parser.context else { return "" }
        let line = Int(parser.context_mark.line) + 1
        return " (\(String(cString: context)) that begins in line \(line))"
    }

    private func hexadecimal(_ value: UInt32, width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension YAMLMark {
    /// Where the byte at `offset` stands.
    init(offset: Int, in bytes: UnsafeBufferPointer<UInt8>, file: String) {
        let before = bytes.prefix(offset)
        let line = before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let column = (line.last ?? before).count { $0 & 0xC0 != 0x80 }
        self.init(file: file, line: max(line.count, 1), column: column + 1)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The byte at a mark, in lines of ASCII up to there; nil when there is none.
    fileprivate func byte(at mark: YAMLMark) -> UInt8? {
        let lines = split(
            separator: UInt8(ascii: "\n"), maxSplits: mark.line, omittingEmptySubsequences: false)
        guard mark.line <= lines.count else { return nil }
        return lines[mark.line - 1].dropFirst(mark.column - 1).first
    }
}
