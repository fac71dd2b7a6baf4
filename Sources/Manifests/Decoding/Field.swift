/// A value at its place in a document, and where to say what is wrong with it.
package struct Field {
    package let node: YAMLNode
    package let path: FieldPath
    package let diagnostics: Diagnostics
    /// Where there is one, there is no value: what would be read is noted instead.
    package let sketch: Sketch?

    package init(_ node: YAMLNode, at path: FieldPath = .root, _ diagnostics: Diagnostics) {
        self.node = node
        self.path = path
        self.diagnostics = diagnostics
        sketch = nil
    }

    /// A place of which the decoder says what it takes. What it reports is lost.
    package init(sketching sketch: Sketch, at path: FieldPath = .root) {
        node = YAMLNode(.scalar(YAMLScalar("")), at: YAMLMark(file: "", line: 1, column: 1))
        self.path = path
        diagnostics = Diagnostics()
        self.sketch = sketch
    }

    /// The whole of a document.
    package init(_ document: YAMLDocument, _ diagnostics: Diagnostics) {
        self.init(document.root, diagnostics)
    }

    package var isNull: Bool { sketch == nil && node.isNull }

    /// Reads this value in the given shape; nil when it does not have it, which is then reported.
    package func read<Output>(_ shape: Shape<Output>) -> Output? { shape.read(self) }

    /// Reports an error at this value, or at `mark` when the trouble is there.
    package func refuse(at mark: YAMLMark? = nil, _ message: @autoclosure () -> String) {
        report(.error, at: mark ?? node.mark, message())
    }

    /// Reports something that is not wrong but probably not meant.
    package func warn(at mark: YAMLMark? = nil, _ message: @autoclosure () -> String) {
        report(.warning, at: mark ?? node.mark, message())
    }

    /// Reports that something else stands here: `expected a number, found the string "abc"`.
    package func refuse(expected: String) {
        refuse("expected \(expected), found \(node.found)")
    }

    /// The items of a list; nil, reported, when this is none. A sketch has one that stands for all.
    package var items: [Field]? {
        if let sketch {
            sketch.note(.kind(.array))
            return [Field(sketching: sketch.anyItem(), at: path.appending(index: 0))]
        }
        guard let items = node.sequence else {
            refuse(expected: "a list")
            return nil
        }
        return items.enumerated().map { index, item in
            Field(item, at: path.appending(index: index), diagnostics)
        }
    }

    private func report(
        _ severity: Diagnostic.Severity, at mark: YAMLMark, _ message: @autoclosure () -> String
    ) {
        diagnostics.report(
            Diagnostic(at: mark, path: path.description, severity: severity, message()),
            severity: severity, file: mark.file)
    }
}
