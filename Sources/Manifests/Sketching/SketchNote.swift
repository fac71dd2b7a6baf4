/// One thing that a decoder says to a sketch about the values it takes.
package enum SketchNote {
    case kind(SketchKind)
    /// Any value at all.
    case anything
    /// A whole number within a range, whose ends may be open: `.min`, `.max`.
    case whole(ClosedRange<Int>)
    /// A number, in hundredths.
    case hundredths(ClosedRange<Int>)
    /// One of a few texts.
    case names([String])
    case length(from: Int? = nil, to: Int? = nil)
    case items(from: Int? = nil, to: Int? = nil)
    case members(from: Int? = nil, to: Int? = nil)
    /// A regular expression for texts; of several, one has to match.
    case pattern(String)
    /// An argument of a template may stand here instead, as a text.
    case placeholder
    /// The items of a list are told apart by this member.
    case key(String)
    case nullable
    /// An object whose members are somebody else's affair.
    case open
    /// A key that is known and always refused: it has no place in a schema.
    case refused
    /// A member that has to be there.
    case requires(String)
    case rule(SketchRule)

    package static var text: SketchNote { .kind(.string) }

    static func exactlyOne(_ keys: String...) -> SketchNote { .rule(.exactlyOne(keys)) }
    static func atMostOne(_ keys: String...) -> SketchNote { .rule(.atMostOne(keys)) }
    static func atLeastOne(_ keys: String...) -> SketchNote { .rule(.atLeastOne(keys)) }
    static func leadsTo(_ paths: [String]...) -> SketchNote { .rule(.leadsTo(paths)) }
    static func needs(_ key: String, _ other: String) -> SketchNote { .rule(.needs(key, other)) }
    static func excludes(_ key: String, _ path: String...) -> SketchNote { .rule(.excludes(key, path)) }
}

extension Field {
    /// Says to a sketch, where there is one, what a decoder demands in words of its own.
    func note(_ notes: SketchNote...) {
        guard let sketch else { return }
        notes.forEach(sketch.note)
    }
}

extension Shape {
    /// A shape that notes this where it is sketched, and is not read then.
    package init(noting notes: SketchNote..., read: @escaping (Field) -> Output?) {
        self.init { field in
            guard let sketch = field.sketch else { return read(field) }
            notes.forEach(sketch.note)
            return nil
        }
    }

    /// The same shape, which notes this too: what `refusing` says in code.
    func noting(_ notes: SketchNote...) -> Shape {
        Shape { field in
            let output = self.read(field)
            if let sketch = field.sketch { notes.forEach(sketch.note) }
            return output
        }
    }
}
