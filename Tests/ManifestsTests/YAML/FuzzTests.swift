import Manifests
import Testing

/// Whatever is done to a file, it is read or refused; nothing traps, and nothing is dropped in silence.
///
/// Method: known good texts are mutated by a seeded generator (bytes changed, pieces cut, doubled and swapped,
/// words of YAML's own grammar thrown in), read, and every shape is tried on every value that comes out.
struct FuzzTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func mutatedFilesNeverTrap(seed: UInt64) {
        var random = SplitMix(state: seed)
        for _ in 0..<400 {
            let bytes = mutated(&random)
            let diagnostics = Diagnostics()
            let documents = YAMLReader().read(bytes, file: "f", diagnostics)
            for document in documents { visit(Field(document, diagnostics)) }
            #expect(isOrdered(diagnostics.sorted))
        }
    }

    private func mutated(_ random: inout SplitMix) -> [UInt8] {
        var bytes = Array(Self.seeds[Int.random(in: Self.seeds.indices, using: &random)].utf8)
        for _ in 0...Int.random(in: 0..<12, using: &random) { mutate(&bytes, &random) }
        return bytes
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let from = Int.random(in: 0...bytes.count, using: &random)
        let to = min(bytes.count, from + Int.random(in: 0..<20, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.replaceSubrange(from..<to, with: [UInt8.random(in: 0...255, using: &random)])
        case 1: bytes.removeSubrange(from..<to)
        case 2: bytes.insert(contentsOf: bytes[from..<to], at: 0)
        case 3: bytes.insert(contentsOf: bytes[from..<to], at: to)
        default:
            bytes.insert(
                contentsOf: Self.words[Int.random(in: Self.words.indices, using: &random)].utf8, at: from)
        }
    }

    private func visit(_ field: Field) {
        for shape in Self.shapes { _ = shape(field) }
        switch field.node.content {
        case .scalar: break
        case .sequence: field.items?.forEach(visit)
        case .mapping:
            var fields = Fields(field)
            _ = fields?.optional("setWeight", .hundredths(in: 0...100))
            fields?.refuseUnknown()
            fields?.all().forEach { visit($0.field) }
        }
    }

    private func isOrdered(_ diagnostics: [Diagnostic]) -> Bool {
        let places = diagnostics.dropLast(diagnostics.last?.line == nil ? 1 : 0)
        return zip(places, places.dropFirst()).allSatisfy { !Diagnostic.isOrdered($1, before: $0) }
    }

    private static var shapes: [(Field) -> Any?] {
        [
            Shape<String>.string.read, Shape<String>.stringOrNumber.read, Shape<Bool>.bool.read,
            Shape<Int>.int(in: -5...5).read, Shape<Int>.hundredths(in: 0...10_000).read,
            Shape<Double>.number.read,
            Shape<Duration>.duration.read, Shape<Duration>.durationOrSeconds.read,
            Shape<IntOrString>.intOrString.read, Shape<[String: Int]>.dictionary(of: .int).read,
        ]
    }

    private static let words = [
        "&a ", "*a", "<<: ", "!!str ", "!Foo ", "---\n", "...\n", "\t", ": ", "- ", "? ", "[", "]", "{", "}",
        "|\n ",
        ">-\n", "\"", "'", "#", "%TAG ! x\n", "\u{FEFF}", "\u{2028}", "99999999999999999999", "-1e999", "0x",
        "9999999h",
        "-5s", ".nan", "\r\n", "\0", "92233720368547758.08",
    ]

    private static let seeds = [
        "apiVersion: headgate.dev/v1alpha1\nkind: Rollout\nmetadata: {name: checkout}\nspec:\n  steps:\n"
            + "    - setWeight: 12.5\n    - pause: {duration: 1h30m}\n    - &s setWeight: 50\n    - *s\n",
        #"{"a": [1, 2.5, true, null, "é\u00e9\n"], "b": {"c": "0x1F"}, "d": -9223372036854775808}"#,
        "a: |\n  text\n  more\nb: >-\n  folded\n---\n- ~\n- .inf\n- 0o17\n- ? k\n  : v\n...\n---\nlast: 'it''s'\n",
    ]
}

/// A small generator with a seed, so that a failure can be seen again.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
