import Testing

@testable import Analysis

@Suite("Patterns are RE2's, and take linear time")
struct PatternTests {
    private func fits(_ pattern: String, _ text: String) throws -> Bool {
        var search = PatternSearch(try Pattern(pattern))
        for scalar in text.unicodeScalars { search.feed(scalar) }
        return search.end()
    }

    @Test(
        "what fits",
        arguments: [
            ("", ""), ("b", "abc"), ("^abc$", "abc"), ("a.c", "a☃c"), ("a|b", "b"), ("^(a|bc)+$", "abcbc"),
            ("^a{2}$", "aa"), ("^a{2,}$", "aaaa"), ("^a{1,3}$", "aaa"), ("a{", "a{"), ("a{,2}", "a{,2}"),
            ("x*", ""),
            ("^[a-c]+$", "abc"), ("^[^a-c]+$", "xyz\n"), ("^[]a]+$", "]a"), ("^[a-]+$", "a-"),
            ("[\\d-z]", "-"),
            ("\\d\\D\\w\\W\\s\\S", "1a_! x"), ("^[[:alpha:]]+$", "aZ"), ("[[:^digit:]]", "x"),
            ("\\bfoo\\b", "a foo b"),
            ("o\\Bo", "foo"), ("(?i)straSSe", "STRASSE"), ("(?i)k", "\u{212A}"), ("(?i)[a-z]", "\u{17F}"),
            ("(?i:a)b", "Ab"), ("(?s)a.b", "a\nb"), ("(?m)^b$", "a\nb\nc"), ("\\Ab\\z", "b"),
            ("\\Qa.b\\E", "a.b"),
            ("\\x41\\x{1F600}\\101", "A😀A"), ("\\pL\\p{Lu}\\P{L}", "aA1"), ("\\p{^L}", "1"),
            ("\\p{Any}", "x"),
            ("(?P<name>a)(?<other>b)", "ab"), ("a*?b+?", "b"), ("(a*)*$", "aaa"),
            ("^(?:a?){30}a{30}$", String(repeating: "a", count: 30)),
            ("\\.", "."), ("[.]", "."), ("é", "é"), ("^$", ""), ("(|a)b", "b"), ("(?U)a+", "a"),
            ("[[:word:]]", "_"),
        ])
    func whatFits(pattern: String, text: String) throws {
        #expect(try fits(pattern, text), "\(pattern) should fit \(text)")
    }

    @Test(
        "what does not",
        arguments: [
            ("abc", "ab"), ("^b", "ab"), ("a$", "ab"), ("a.c", "a\nc"), ("^a{2}$", "aaa"), ("^b$", "a\nb"),
            ("[^a]", "a"), ("\\bo", "foo"), ("(?i:a)b", "AB"), ("(?i)(?-i)a", "A"), ("\\pL", "1"),
            ("[[:digit:]]", "٣"),
            ("\\d", "٣"), ("(?i)[^k]", "\u{212A}"), ("\\z.", "a"), ("[a-c]", "-"), ("x{3}", "xx"),
        ])
    func whatDoesNotFit(pattern: String, text: String) throws {
        #expect(try !fits(pattern, text), "\(pattern) should not fit \(text)")
    }

    @Test(
        "what RE2 refuses is refused by name",
        arguments: [
            ("(?=a)", "it looks ahead or behind, which RE2 does not"),
            ("(?<!a)", "it looks ahead or behind, which RE2 does not"),
            ("(a)\\1", "`\\1` refers back to a group, which RE2 does not"),
            ("a++", "`+` repeats what is repeated already; put that in parentheses"),
            ("a{2}{3}", "`{` repeats what is repeated already; put that in parentheses"),
            ("*a", "nothing stands before `*` that it could repeat"), ("(a", "a `(` has no `)`"),
            ("a)", "a `)` has no `(`"),
            ("[a", "a `[` has no `]`"), ("[b-a]", "the range `b-a` runs backwards"),
            ("\\", "it ends with a backslash"),
            ("\\y", "unknown escape `\\y`"),
            ("a{1001}", "a repeat counts up to 1000, the smaller number first"),
            ("a{2,1}", "a repeat counts up to 1000, the smaller number first"),
            ("((a{20}){20}){20}", "it repeats something more than 1000 times"),
            ("(abcdefghijklmnopqrstuvwxyz){1000}", "it is too large"),
            ("(?z)", "unknown flag `z` in `(?…)`; known: i, m, s, U"),
            (
                "[[:foo:]]",
                "unknown class `[:foo:]`; known: alnum, "
                    + "alpha, ascii, blank, cntrl, digit, graph, lower, print, punct, space, upper, word, xdigit"
            ),
        ])
    func refusals(pattern: String, message: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(error?.message == message)
    }

    @Test("a script is not known, and the categories are listed")
    func scripts() {
        let error = #expect(throws: PatternError.self) { try Pattern("\\p{Greek}") }
        #expect(error?.message.hasPrefix("unknown category `\\p{Greek}`; known: Lu, Ll") == true)
    }

    @Test("brackets in brackets are refused before they fill the stack", arguments: [101, 5_000])
    func nesting(depth: Int) {
        let pattern = String(repeating: "(", count: depth) + String(repeating: ")", count: depth)
        #expect(throws: PatternError.self) { try Pattern(pattern) }
    }

    @Test("what makes other engines run for years is answered or gives up")
    func hostilePatterns() {
        let text = Value.string(String(repeating: "a", count: 30_000))
        #expect(outcome(of: #"result matches "^(a+)+$""#, for: text) == .success(.bool(true)))
        #expect(outcome(of: #"result matches "^(a|aa)+b$""#, for: text) == .success(.bool(false)))
        let error = outcome(of: #"result matches "[ab]{900}b""#, for: text).failure
        #expect(error?.message == "gave up after 2000000 steps")
    }
}
