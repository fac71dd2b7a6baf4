import Foundation
import Testing

/// One input that `make fuzz` has left in `Vectors/found`: a byte that chose the result, and the source.
struct FoundInput: Sendable, CustomTestStringConvertible {
    let name: String
    let source: String

    var testDescription: String { name }

    static let all: [FoundInput] = {
        let folder = Bundle.module.url(forResource: "Vectors/found", withExtension: nil)
        let files = folder.flatMap {
            try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)
        }
        return (files ?? []).compactMap { file in
            (try? Data(contentsOf: file)).map { data in
                FoundInput(
                    name: file.lastPathComponent, source: String(decoding: data.dropFirst(), as: UTF8.self))
            }
        }.sorted { $0.name < $1.name }
    }()
}
