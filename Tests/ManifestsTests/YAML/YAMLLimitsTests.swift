import Manifests
import Testing

/// Streams that ask for more than a reader should give.
struct YAMLLimitsTests {
    @Test func aBillionLaughsAreNotWrittenOut() {
        var text = "a0: &a0 [lol]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(problems(text) == ["5:25: aliases stand for more than 10000 nodes"])
    }

    @Test func aLongTextIsNotRepeatedThroughAliases() {
        let text =
            "- &a \(String(repeating: "x", count: 500_000))\n" + String(repeating: "- *a\n", count: 500)
        #expect(problems(text) == ["3:3: more than 1 MiB of text once aliases are written out"])
    }

    @Test func aliasesDoNotNestDeeperThanTheLimit() {
        var text = "- &a0 [x]\n"
        for level in 1...40 { text += "- &a\(level) [[*a\(level - 1)]]\n" }
        #expect(problems(text) == ["33:10: nested more than 64 deep"])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "[{a: "])
    func deepNestingIsRefused(opening: String) {
        let text = String(repeating: opening, count: 100_000)
        #expect(problems(text).count == 1)
        #expect(problems(text)[0].hasSuffix(": nested more than 64 deep"))
    }

    @Test func theDepthThatIsAllowedIsAllowed() {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(problems(deep).isEmpty)
        #expect(problems("[\(deep)]") == ["1:65: nested more than 64 deep"])
    }

    @Test func aMillionKeysAreRefused() {
        let keys = (0..<1_000_000).map { "k\($0): 1\n" }.joined()
        #expect(problems(keys) == ["the file is larger than 1 MiB"].map { " " + $0 })
        let roomy = YAMLLimits(bytes: 100 << 20)
        #expect(problems(keys, limits: roomy) == ["50001:1: more than 100000 nodes in one file"])
    }

    @Test func aThousandDocumentsAreEnough() {
        #expect(problems(String(repeating: "---\n", count: 1_000)).isEmpty)
        let more = String(repeating: "---\n", count: 1_001)
        #expect(problems(more) == ["1001:1: more than 1000 documents in one file"])
    }

    @Test func limitsAreTheCallersChoice() {
        #expect(problems("[1, 2, 3]", limits: YAMLLimits(nodes: 4)).isEmpty)
        #expect(problems("[1, 2, 3]", limits: YAMLLimits(nodes: 3)) == ["1:1: more than 3 nodes in one file"])
        #expect(problems("[1, 2, 3]", limits: YAMLLimits(bytes: 8)) == [" the file is larger than 8 bytes"])
        #expect(
            problems("[&a 1, *a]", limits: YAMLLimits(aliasedNodes: 0)) == [
                "1:8: aliases stand for more than 0 nodes"
            ])
        #expect(problems("", limits: YAMLLimits(bytes: 0)).isEmpty)
    }

    @Test func aHundredThousandErrorsAreCounted() {
        let text = String(repeating: "a: 1\n", count: 40_000)
        let said = problems(text)
        #expect(said.count == Diagnostics.countMax + 1)
        #expect(said.last == " and 38999 more")
    }

    /// One alone is harmless; of many, each is compared with all before it.
    @Test(arguments: ["", "%YAML 1.2\n", "a: 1\n...\r", "a: 1\n...\u{2028}", "a: 1\n...\u{85}", "\u{FEFF}"])
    func tagDirectivesAreRefused(before: String) {
        let said = problems(before + "%TAG !e! tag:example.com,2026:\n---\na: 1\n")
        #expect(said.count == 1)
        #expect(said[0].hasSuffix(": %TAG is not supported; leave it out"))
    }

    @Test func aPercentInTextIsText() {
        #expect(problems("a: '%TAG'\nb: |\n  %TAG\nc: 50%\n").isEmpty)
    }
}
