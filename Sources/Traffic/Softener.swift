import Rollouts
import Transport

/// What softens a failure on its way to the caller, whatever a mesh calls it. It is read before a start, and never written:
/// what is there has a say in what a release is judged by.
enum Softener: String, Hashable, Sendable, CaseIterable {
    case timeouts, retries, outliers, breakers
}

extension Finding {
    /// What is set, in the mesh's own words, each once.
    static func present(_ softener: Softener, _ subject: String, _ settings: [JSON?]) -> [Finding] {
        var seen: Set<String> = []
        return settings.compactMap(\.self).filter { !$0.isNull }.map(\.settingWords).filter {
            seen.insert($0).inserted
        }
        .map { .present(softener, subject, words: $0) }
    }

    static func present(_ softener: Softener, _ subject: String, words: String) -> Finding {
        Finding(
            .note, softener.rawValue, subject, "\(softener.noun): \(words)", why: softener.effect,
            mend: "nothing to do")
    }

    static func absent(_ softener: Softener, _ subject: String, _ what: String, mend: String) -> Finding {
        Finding(.note, softener.rawValue, subject, what, why: softener.lack, mend: mend)
    }
}

extension Softener {
    fileprivate var noun: String {
        switch self {
        case .timeouts: "has a timeout"
        case .retries: "tries again"
        case .outliers: "leaves out who fails"
        case .breakers: "has limits"
        }
    }

    fileprivate var effect: String {
        switch self {
        case .timeouts: "what is not answered by then fails, and counts against the release"
        case .retries: "callers count less failures than the release has; its own side counts all of them"
        case .outliers: "a release whose instances are left out gets less than its share"
        case .breakers: "what goes beyond fails at once, and counts against the release"
        }
    }

    fileprivate var lack: String {
        switch self {
        case .timeouts: "a release that hangs holds its callers for as long as they wait"
        case .retries: "what fails once has failed for its caller"
        case .outliers: "a single bad instance goes on getting its share"
        case .breakers: "a slow release piles up requests without an end"
        }
    }
}

extension JSON {
    /// `attempts 2, perTryTimeout 500ms`: each setting by its name, those of one part behind the part's.
    var settingWords: String {
        let words = settings(below: "").map { $0.isEmpty ? $1 : "\($0) \($1)" }
        return words.isEmpty ? "as it is by default" : words.joined(separator: ", ")
    }

    private func settings(below path: String) -> [(path: String, value: String)] {
        switch self {
        case .null: return []
        case .object(let members):
            return members.sorted { $0.key < $1.key }.flatMap { key, value in
                value.settings(below: path.isEmpty ? key : "\(path).\(key)")
            }
        case .array(let items):
            let values = items.map(\.settingWords)
            return values.isEmpty ? [] : [(path, values.joined(separator: " and "))]
        case .string(let text): return [(path, text)]
        case .bool, .integer, .number: return [(path, self.text)]
        }
    }
}
