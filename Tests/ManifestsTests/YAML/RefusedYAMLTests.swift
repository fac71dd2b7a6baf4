import Manifests
import Testing

/// Streams that are not read, or not used, and what their writer is told.
struct RefusedYAMLTests {
    @Test func everyDuplicateKeyIsReported() {
        #expect(
            problems("a: 1\nb: {c: 1, c: 2, 'c': 3}\na: 2\n") == [
                "2:11: b.c: duplicate key; first in line 2",
                "2:17: b.c: duplicate key; first in line 2",
                "3:1: a: duplicate key; first in line 1",
            ])
    }

    @Test func duplicateKeysAreFoundInEveryDocument() {
        #expect(
            problems("steps:\n- a: 1\n  a: 2\n---\nx: 1\nx: 2\n") == [
                "3:3: steps[0].a: duplicate key; first in line 2", "6:1: x: duplicate key; first in line 5",
            ])
    }

    @Test(arguments: [
        ("<<: {a: 1}", "1:1: merge keys (`<<`) are not supported; write the keys out"),
        ("[1, 2]: a", "1:1: a key must be a scalar; this one is a list"),
        ("a:\n  ? {b: 1}\n  : c", "2:5: a: a key must be a scalar; this one is a mapping"),
        ("[&x [1], {*x : 2}]", "1:11: [1]: a key must be a scalar; this one is a list"),
        ("?\n: a", "1:2: a key is missing before `:`"),
        ("a: !!binary aGk=", "1:4: a: unknown tag `!!binary`; leave it out"),
        ("a: [!Foo {b: 1}]", "1:5: a[0]: unknown tag `!Foo`; leave it out"),
        ("!!set {a, b}", "1:1: unknown tag `!!set`; leave it out"),
        ("!!timestamp 2026-01-02", "1:1: unknown tag `!!timestamp`; leave it out"),
        ("a: !!int abc", "1:4: a: !!int does not fit \"abc\""),
        ("a: !!bool yes", "1:4: a: !!bool does not fit \"yes\""),
        ("a: !!seq {}", "1:4: a: !!seq does not fit a mapping"),
        ("a: !!str []", "1:4: a: !!str does not fit a sequence"),
        ("a: !!map 5", "1:4: a: !!map does not fit \"5\""),
    ])
    func aTreeThatIsWrongIsReported(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test func aQuotedMergeKeyIsAKey() throws {
        #expect(try root("'<<': 1").outline == "{<<=1}")
    }

    @Test func aTreeThatIsWrongIsReturnedForItsOtherErrors() {
        let diagnostics = Diagnostics()
        let documents = read("a: 1\na: 2\n[b]: 3\nc: !x 4\n", diagnostics)
        #expect(documents.map(\.root.outline) == ["{a=1 a=2 c=4}"])
        #expect(diagnostics.hasErrors)
    }

    @Test(arguments: [
        ("a: *x", "1:4: the alias *x has no anchor &x before it"),
        ("- &x 1\n---\n- *x\n", "3:3: the alias *x has no anchor &x before it"),
        ("a: &x [1, *x]", "1:11: the alias *x is inside what it stands for"),
        ("&x {a: {b: *x}}", "1:12: the alias *x is inside what it stands for"),
        ("&x a: *x\n&y b: &y {c: *y}", "2:14: the alias *y is inside what it stands for"),
    ])
    func anAliasMustStandForSomethingBeforeIt(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test(arguments: [
        ("a:\n\tb: 1\n", "2:1: a tab stands where YAML wants spaces; indent with spaces"),
        ("a:\n  - b\n\t- c\n", "3:1: a tab stands where YAML wants spaces; indent with spaces"),
    ])
    func aTabIsNamed(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test(arguments: [
        "a: [1, 2", "a: {b: 1", "a: \"b", "a: 'b\n", "a: 1\n b: 2\n", "- a\nb: 1\n", "a: b: c", "}",
        "%YAML 3.0\n---\na",
        "a: \"\\q\"", "&", "*", "!<", "a: |x\n", "@a", "`a`", "? a\n: b\n- c", "%FOO", "--- a\n... b\n[",
        "a: &x &y 1",
    ])
    func brokenSyntaxIsReportedWithItsPlace(text: String) throws {
        let problem = try #require(problems(text).first)
        #expect(problem.contains(try Regex(#"^\d+:\d+: not valid YAML: "#)))
    }

    @Test func aBrokenLaterDocumentIsAnErrorOfTheFile() {
        let diagnostics = Diagnostics()
        let documents = read("a: 1\n---\nb: 2\n---\nc: [1,\n", diagnostics)
        #expect(documents.isEmpty)
        #expect(diagnostics.sorted.map(\.line) == [6])
    }

    @Test func whatStandsAfterADocumentIsNotDropped() {
        #expect(!problems("a: 1\n...\n}\n").isEmpty)
        #expect(!problems("{a: 1}\n{b: 2}\n").isEmpty)
        #expect(!problems("a: 1\n--- b: 2\n").isEmpty)
    }

    @Test(arguments: [
        (Array("a: b\nc: ".utf8) + [0xFF, 0x0A], "2:4: the byte 0xFF is not UTF-8; save the file as UTF-8"),
        (Array("é: ".utf8) + [0xC3], "1:4: the byte 0xC3 is not UTF-8; save the file as UTF-8"),
        ([0xC0, 0x80], "1:1: the byte 0xC0 is not UTF-8; save the file as UTF-8"),
        ([0xED, 0xA0, 0x80], "1:1: the byte 0xED is not UTF-8; save the file as UTF-8"),
        ([0xF5, 0x80, 0x80, 0x80], "1:1: the byte 0xF5 is not UTF-8; save the file as UTF-8"),
        ([0xFF, 0xFE, 0x61, 0x00], "1:1: this is UTF-16; save the file as UTF-8"),
        ([0xFE, 0xFF, 0x00, 0x61], "1:1: this is UTF-16; save the file as UTF-8"),
        ([0x61, 0x00, 0x3A, 0x00], "1:2: a NUL byte; save the file as UTF-8 text"),
        (Array("a: 1\nb: \u{0}\n".utf8), "2:4: a NUL byte; save the file as UTF-8 text"),
        (Array("a: \u{7}".utf8), "1:4: the character U+0007 is not allowed in YAML"),
        (Array("a: \u{1B}[2J".utf8), "1:4: the character U+001B is not allowed in YAML"),
    ])
    func whatIsNotUTF8TextIsRefused(bytes: [UInt8], problem: String) {
        #expect(problems(bytes) == [problem])
    }

    @Test func aMessageMovesNoCursorAndStaysShort() {
        let escapes = problems(#"{"a\e[2J\u202e": 1, "a\e[2J\u202e": 2}"#)
        #expect(escapes == [#"1:21: ["a\u{1b}[2J\u{202e}"]: duplicate key; first in line 1"#])
        let long = String(repeating: "k", count: 1_000)
        #expect(problems("{\(long): 1, \(long): 2}").allSatisfy { $0.utf8.count < 150 })
    }
}
