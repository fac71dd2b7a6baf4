import Manifests
import Testing

struct DiagnosticsTests {
    private let mark = YAMLMark(file: "rollouts/checkout.yaml", line: 14, column: 9)

    @Test func aDiagnosticSaysWhereWhatAndWhy() {
        let diagnostic = Diagnostic(at: mark, path: "steps[2].setWeight", "120 is more than 100")
        #expect(
            diagnostic.description == "rollouts/checkout.yaml:14:9: steps[2].setWeight: 120 is more than 100")
    }

    @Test func aWarningSaysThatItIsOne() {
        let diagnostic = Diagnostic(at: mark, path: "a", severity: .warning, "never reached")
        #expect(diagnostic.description == "rollouts/checkout.yaml:14:9: warning: a: never reached")
    }

    @Test func whatHasNoPlaceOrPathLeavesThemOut() {
        #expect(Diagnostic(file: "a.yaml", "is a folder").description == "a.yaml: is a folder")
        #expect(Diagnostic(at: mark, "bad").description == "rollouts/checkout.yaml:14:9: bad")
    }

    @Test func diagnosticsAreSortedByPlaceAndThenByReport() {
        let diagnostics = Diagnostics()
        for (file, line, column, message) in [
            ("b", 1, 1, "5"), ("a", 10, 1, "4"), ("a", 2, 5, "2"), ("a", 2, 5, "3"), ("a", 2, 3, "1"),
        ] {
            diagnostics.report(Diagnostic(at: YAMLMark(file: file, line: line, column: column), message))
        }
        diagnostics.report(Diagnostic(file: "a", "0"))
        #expect(diagnostics.sorted.map(\.message) == ["0", "1", "2", "3", "4", "5"])
    }

    @Test func onlyErrorsStop() throws {
        let diagnostics = Diagnostics()
        diagnostics.report(Diagnostic(at: mark, severity: .warning, "odd"))
        #expect(!diagnostics.hasErrors)
        try diagnostics.throwIfErrors()
        diagnostics.report(Diagnostic(at: mark, "wrong"))
        #expect(diagnostics.hasErrors)
        #expect(throws: InvalidDocument.self) { try diagnostics.throwIfErrors() }
    }

    @Test func anInvalidDocumentPrintsOneLineEach() {
        do {
            _ = try YAMLReader().read(Array("a: 1\na: 2\na: 3".utf8), file: "x.yaml")
            Issue.record("was read")
        } catch {
            #expect(
                error.description == """
                    x.yaml:2:1: a: duplicate key; first in line 1
                    x.yaml:3:1: a: duplicate key; first in line 1
                    """)
        }
    }

    @Test func anErrorThatIsNotKeptStillCounts() {
        let diagnostics = Diagnostics()
        for _ in 0..<Diagnostics.countMax {
            diagnostics.report(Diagnostic(at: mark, severity: .warning, "odd"))
        }
        diagnostics.report(Diagnostic(at: mark, "wrong"))
        #expect(diagnostics.hasErrors)
        #expect(throws: InvalidDocument.self) { try diagnostics.throwIfErrors() }
    }

    @Test(arguments: [
        (FieldPath.root, ""),
        (.key("spec", in: .root), "spec"),
        (.index(2, in: .key("steps", in: .key("spec", in: .root))), "spec.steps[2]"),
        (.index(0, in: .root), "[0]"),
        (.key("a", in: .index(0, in: .root)), "[0].a"),
        (
            .key("headgate.dev/owner", in: .key("annotations", in: .root)),
            #"annotations["headgate.dev/owner"]"#
        ),
        (.key("", in: .root), #"[""]"#),
        (.key("a\nb", in: .root), #"["a\nb"]"#),
    ])
    func aPathReadsLikeAnExpression(path: FieldPath, text: String) {
        #expect(path.description == text)
    }
}
