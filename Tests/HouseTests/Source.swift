import Foundation

/// A Swift file of the product, as text.
struct Source {
    let path: String
    let module: String
    let text: String

    static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    static func all() throws -> [Source] {
        let sources = root.appending(path: "Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        return try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }.map { url in
            let path = url.path.dropFirst(root.path.count + 1)
            return Source(
                path: String(path), module: String(path.split(separator: "/")[1]),
                text: try String(contentsOf: url, encoding: .utf8))
        }
    }

    /// Without comments.
    var code: String {
        lines.filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }.joined(separator: "\n")
    }

    private var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var imports: Set<String> {
        Set(
            lines.compactMap { line in
                let words = line.split(separator: " ").filter {
                    !["package", "@preconcurrency"].contains($0)
                }
                guard words.count >= 2, words[0] == "import", !line.hasPrefix(" ") else { return nil }
                return words.last.map { String($0.split(separator: ".")[0]) }
            })
    }

    var declaredTypes: Set<String> {
        Set(
            lines.compactMap { line in
                let words = line.split(whereSeparator: { " :<".contains($0) }).map(String.init)
                let kinds: Set<String> = ["struct", "enum", "class", "actor", "protocol", "typealias"]
                guard let kind = words.firstIndex(where: kinds.contains), words.indices.contains(kind + 1),
                    words[..<kind].allSatisfy({
                        ["package", "final", "private", "fileprivate", "indirect"].contains($0)
                    })
                else { return nil }
                return words[kind + 1]
            })
    }

    /// Name and length of each function, found by the indentation of its closing brace.
    var functions: [(name: String, length: Int)] {
        var found: [(String, Int)] = []
        var open: (name: String, indent: Int, start: Int)?
        for (index, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            if let function = open {
                guard line.trimmingCharacters(in: .whitespaces).hasPrefix("}"), indent == function.indent
                else { continue }
                found.append((function.name, index - function.start))
                open = nil
            } else if line.hasSuffix("{"), line.contains("func ") || line.contains("init(") {
                open = (line.trimmingCharacters(in: .whitespaces), indent, index)
            }
        }
        return found
    }
}
