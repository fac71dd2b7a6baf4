import Manifests
import Testing

struct TreeTests {
    @Test func keysKeepTheOrderOfTheFile() throws {
        #expect(try root("z: 1\na: [x, {y: 2}]\nm:\n  - b\n").outline == "{z=1 a=['x' {y=2}] m=['b']}")
    }

    @Test func everyNodeKnowsItsLineAndColumn() throws {
        let node = try root("steps:\n  - setWeight: 5\n  - pause: {duration: 1h}\n")
        let second = try #require(node["steps"]?.sequence?[1])
        let duration = try #require(second["pause"]?.mapping?.first)
        #expect(node.mark == YAMLMark(file: "test.yaml", line: 1, column: 1))
        #expect(second.mark == YAMLMark(file: "test.yaml", line: 3, column: 5))
        #expect(duration.key.mark == YAMLMark(file: "test.yaml", line: 3, column: 13))
        #expect(duration.value.mark == YAMLMark(file: "test.yaml", line: 3, column: 23))
    }

    @Test func columnsCountCharactersNotBytes() throws {
        let entries = try #require(try root("{é: 1, 日本: 2}").mapping)
        #expect(entries.map(\.key.mark.column) == [2, 8])
    }

    @Test func anAliasBearsTheMarkOfItsUse() throws {
        let node = try root("a: &x\n  b: 1\nc: *x\n")
        let used = try #require(node["c"])
        #expect(used.outline == "{b=1}")
        #expect(used.mark == YAMLMark(file: "test.yaml", line: 3, column: 4))
        #expect(used["b"]?.mark.line == 2)
    }

    @Test func aLaterAnchorReplacesAnEarlierOne() throws {
        #expect(try root("[&a 1, *a, &a 2, *a]").outline == "[1 1 2 2]")
    }

    @Test func anAliasCanBeAKey() throws {
        #expect(try root("[&a name, {*a : 1}]").outline == "['name' {name=1}]")
    }

    @Test func aStreamHoldsSeveralDocuments() {
        let diagnostics = Diagnostics()
        let documents = read("a: 1\n---\nb: 2\n---\n---\n# only words\n...\n", diagnostics)
        #expect(documents.map(\.root.outline) == ["{a=1}", "{b=2}", "", ""])
        #expect(documents.map(\.isEmpty) == [false, false, true, true])
        #expect(diagnostics.sorted.isEmpty)
    }

    @Test(arguments: ["", "\n\n", "# nothing\n"])
    func aStreamCanBeEmpty(text: String) {
        let diagnostics = Diagnostics()
        #expect(read(text, diagnostics).isEmpty)
        #expect(diagnostics.sorted.isEmpty)
    }

    @Test func jsonIsYAML() throws {
        let json = #"{"a": [1, 2.5, true, null, "é\n\"\/"], "b": {}}"#
        #expect(try root(json).outline == "{a=[1 2.5 true null 'é\n\"/'] b={}}")
    }

    @Test func jsonIndentedWithTabsIsYAML() throws {
        #expect(try root("{\n\t\"a\": [\n\t\t1\n\t]\n}\n").outline == "{a=[1]}")
    }

    @Test func aByteOrderMarkBeforeUTF8IsNotText() throws {
        let node = try root("\u{FEFF}a: 1")
        #expect(node.outline == "{a=1}")
        #expect(node.mark.column == 1)
    }

    @Test func windowsLineEndsAreLineEnds() throws {
        let node = try root("a: 1\r\nb: 2\r\n")
        #expect(node.outline == "{a=1 b=2}")
        #expect(node["b"]?.mark.line == 2)
    }
}
