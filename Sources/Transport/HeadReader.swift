/// Reads the lines before and after a body. A pure value: lines in, at most one head out.
struct HeadReader {
    enum Finding: Equatable {
        /// Nothing to tell yet, or an interim response or a trailer, which nobody asked for.
        case nothing
        /// The head of the response proper; found once.
        case head(HTTPHead)
        /// More lines than any honest server sends.
        case tooLarge
        case malformed
    }

    /// All lines together, of interim responses and trailers too. Envoy allows 60 KiB.
    static let bytesMax = 256 << 10

    private var bytesSeen = 0
    private var isComplete = false
    private var head: HTTPHead?

    mutating func take(_ line: some Collection<UInt8>) -> Finding {
        bytesSeen += line.count
        guard bytesSeen <= HeadReader.bytesMax else { return .tooLarge }
        guard !isComplete else { return .nothing }
        let text = String(decoding: line, as: UTF8.self).filter { !$0.isNewline }
        if text.isEmpty { return finish() }
        if text.hasPrefix("HTTP/") { return start(text) }
        return addField(text)
    }

    private mutating func start(_ line: String) -> Finding {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let version = HTTPVersion(rawValue: String(words[0])),
            let status = Int(words[1])
        else { return .malformed }
        head = HTTPHead(status: status, version: version, headers: [:])
        return .nothing
    }

    private mutating func addField(_ line: String) -> Finding {
        guard head != nil else { return .malformed }
        if line.hasPrefix(" ") || line.hasPrefix("\t") {
            head?.headers.extendLast(with: trimmed(line[...]))
            return .nothing
        }
        guard let colon = line.firstIndex(of: ":") else { return .malformed }
        head?.headers.add(String(line[..<colon]), trimmed(line[line.index(after: colon)...]))
        return .nothing
    }

    /// An interim response (1xx) is followed by another head.
    private mutating func finish() -> Finding {
        guard let head else { return .malformed }
        guard head.status >= 200 else { return .nothing }
        isComplete = true
        return .head(head)
    }
}

private func trimmed(_ text: Substring) -> String {
    func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
    let front = text.drop(while: isSpace)
    guard let last = front.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(front[...last])
}
