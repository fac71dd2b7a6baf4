/// What must be true of a stream's bytes before libyaml sees them. That they are UTF-8, libyaml checks.
struct YAMLEncoding {
    private let bytes: [UInt8]
    private let file: String
    private let limits: YAMLLimits

    init(_ bytes: [UInt8], file: String, limits: YAMLLimits) {
        self.bytes = bytes
        self.file = file
        self.limits = limits
    }

    /// The bytes without the byte order mark that some editors put before UTF-8.
    func text() throws(Diagnostic) -> ArraySlice<UInt8> {
        guard bytes.count <= limits.bytes else {
            throw Diagnostic(file: file, "the file is larger than \(limits.size)")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw Diagnostic(at: mark(0), "this is UTF-16; save the file as UTF-8")
        }
        if let zero = bytes.firstIndex(of: 0) {
            throw Diagnostic(at: mark(zero), "a NUL byte; save the file as UTF-8 text")
        }
        if let directive = tagDirective {
            throw Diagnostic(at: mark(directive), "%TAG is not supported; leave it out")
        }
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    /// Where a line begins with `%TAG`.
    ///
    /// libyaml compares each with all before it, and copies its prefix to every node that uses it: a file of 1 MiB
    /// could keep it busy for minutes. A line may also end with one of Unicode's own line breaks.
    private var tagDirective: Int? {
        var rest = bytes[...]
        while let index = rest.firstIndex(of: UInt8(ascii: "%")) {
            rest = bytes[index...]
            if rest.starts(with: "%TAG".utf8), beginsLine(index) { return index }
            rest.removeFirst()
        }
        return nil
    }

    private func beginsLine(_ index: Int) -> Bool {
        index == 0 || [0x0A, 0x0D].contains(bytes[index - 1]) || bytes[index - 1] >= 0x80
    }

    private func mark(_ offset: Int) -> YAMLMark {
        bytes.withUnsafeBufferPointer { YAMLMark(offset: offset, in: $0, file: file) }
    }
}
