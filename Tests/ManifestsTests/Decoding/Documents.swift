import Manifests

/// Reads a text with a decoder, and says what it became and what was reported, one line each without the file.
func decode<Output>(_ text: String, _ shape: Shape<Output>) -> (value: Output?, problems: [String]) {
    let diagnostics = Diagnostics()
    let documents = YAMLReader().read(Array(text.utf8), file: "t", diagnostics)
    let value = documents.first.flatMap { Field($0, diagnostics).read(shape) }
    return (value, diagnostics.sorted.map { String($0.description.dropFirst("t:".count)) })
}
