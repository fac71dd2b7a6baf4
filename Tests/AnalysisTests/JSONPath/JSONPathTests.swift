import Testing

@testable import Analysis

/// Paths as Kubernetes writes them, beside what its own reader (client-go's jsonpath) finds.
@Suite struct JSONPathTests {
    private static let document = """
        {"kind": "List", "count": 3, "empty": [], "none": null,
         "items": [
           {"name": "one", "rate": 0.5, "ok": true, "status": {"addresses": [{"ip": "10.0.0.1"}]}},
           {"name": "two", "rate": 2, "ok": false, "status": {"addresses": []}},
           {"name": "three", "rate": 5, "labels": {"a.b/c": "x", "it's": "y", "z\\\\": "w"}}],
         "users": [{"name": "me", "user": {"age": 30}}, {"name": "e2e", "user": {"age": 9}}]}
        """

    @Test(arguments: [
        ("{$.kind}", #"["List"]"#), ("{.kind}", #"["List"]"#), ("{ $.kind }", #"["List"]"#),
        ("{@.kind}", #"["List"]"#), ("{$['kind']}", #"["List"]"#), (#"{$["kind"]}"#, #"["List"]"#),
        ("{$.count}", "[3.0]"), ("{$.none}", "[nil]"), ("{$.empty}", "[[]]"), ("{$.empty[*]}", "[]"),
        ("{$.items[0].name}", #"["one"]"#), ("{$.items[-1].name}", #"["three"]"#),
        ("{$.items[*].rate}", "[0.5, 2.0, 5.0]"), ("{$.items[1:3].name}", #"["two", "three"]"#),
        ("{$.items[:2].name}", #"["one", "two"]"#), ("{$.items[-2:].name}", #"["two", "three"]"#),
        ("{$.items[0:3:2].name}", #"["one", "three"]"#), ("{$.items[1:1].name}", "!"),
        ("{$.items[1:1]}", "[]"),
        ("{$.items[0,2].name}", #"["one", "three"]"#), ("{$.items[0]['name','rate']}", #"["one", 0.5]"#),
        ("{$.items[*]['name', 'ok']}", #"["one", "two", "three", true, false]"#),
        ("{$..ip}", #"["10.0.0.1"]"#), ("{$..age}", "[30.0, 9.0]"), ("{$.users..name}", #"["me", "e2e"]"#),
        ("{$.items[0].status.*}", #"[[{"ip": "10.0.0.1"}]]"#), ("{$.users[0].user.*}", "[30.0]"),
        (#"{$.items[2].labels.a\.b/c}"#, #"["x"]"#), ("{$.items[2].labels['a.b/c']}", #"["x"]"#),
        (#"{$.items[2].labels['it\'s']}"#, #"["y"]"#), (#"{$.items[2].labels['z\\']}"#, #"["w"]"#),
        ("{$.items[?(@.rate > 1)].name}", #"["two", "three"]"#),
        ("{$.items[?(@.rate>=5)].name}", #"["three"]"#), ("{$.items[?(@.rate == 2)].name}", #"["two"]"#),
        ("{$.items[?(@.ok == true)].name}", #"["one"]"#), ("{$.items[?(@.ok)].name}", #"["one", "two"]"#),
        ("{$.items[?(@.name != 'two')].name}", #"["one", "three"]"#),
        (#"{$.items[?(@.name == "two")].rate}"#, "[2.0]"),
        ("{$.items[?(@.rate < $.count)].name}", #"["one", "two"]"#),
        ("{$.users[?(@.user.age <= 9)].name}", #"["e2e"]"#), ("{$.items[?(@.rate > 100)]}", "[]"),
        ("{$.items[?(@.status.addresses[0].ip == '10.0.0.1')].name}", #"["one"]"#),
        ("{$.items[?(@.name > 1)]}", "[]"),
        ("{$.missing}", "!"), ("{$.kind.deeper}", "!"), ("{$.items[3]}", "!"), ("{$.items[-4]}", "!"),
        ("{$.items[0:9]}", "!"), ("{$.items[2:1]}", "!"), ("{$.kind[0]}", "!"), ("{$.items.name}", "!"),
        ("{$..missing}", "!"), ("{$.kind[?(@.a)]}", "!"), ("{$.items[?(@.rate == @.*)]}", "!"),
    ])
    func aPathLeadsWhereKubernetesSays(path: String, found: String) throws {
        let document = try #require(Value(json: Self.document))
        let read = try JSONPath(parsing: path)
        if found == "!" {
            #expect(throws: JSONPathError.self) { try read.matches(in: document) }
        } else {
            #expect(Value.array(try read.matches(in: document)).description == found)
        }
    }

    @Test func theWholeDocumentIsAPathToo() throws {
        for path in ["{$}", "{}", "{@}", "{.}"] {
            #expect(try JSONPath(parsing: path).matches(in: .float(3)) == [.float(3)], "\(path)")
        }
    }

    @Test(arguments: [
        "", "$.a", "{", "{$", "{$.a", "{$.a}}", "{$.a}{$.b}", "text {$.a}", "{$.a} text", "{$.a b}", "{$[}",
        "{$[]}", "{$['a}", "{$['a'}", "{$[0}", "{$[1:2:0]}", "{$[1:2:-1]}", "{$[a]}", "{$[0,]}", "{$.a[?()]}",
        "{$.a[?(@.b}", "{$.a[?(@.b)}", "{$.a[?(@.b ==)]}", "{$.a[?(@.b = 1)]}", "{$.a[?(@.b && @.c)]}",
        "{$.a[99999999999999999999]}", "{range .items[*]}", "{$.a\\", "{end}", "{'text'}",
        "{$.a[?(@.b == 1e999x)]}",
    ])
    func whatIsNoPathIsRefusedWithItsPlace(path: String) {
        let error = #expect(throws: JSONPathError.self) { try JSONPath(parsing: path) }
        #expect(error?.description.hasPrefix("at character ") == true)
    }

    @Test func hostilePathsAndDocumentsEnd() throws {
        #expect(throws: JSONPathError.self) {
            try JSONPath(parsing: "{$" + String(repeating: ".a", count: 5_000) + "}")
        }
        let nested = String(repeating: "[?(@.a", count: 50)
        #expect(throws: JSONPathError.self) { try JSONPath(parsing: "{$\(nested)}") }
        let deep = (0..<10).reduce(Value.float(1)) { inner, _ in .array([inner, inner]) }
        let descents = String(repeating: "..*", count: 6)
        let unions = String(repeating: "[*,*]", count: 10)
        for path in ["{$\(descents)}", "{$\(unions)}", "{$..[?($..*)]}"] {
            let error = #expect(throws: JSONPathError.self, "\(path)") {
                try JSONPath(parsing: path).matches(in: deep)
            }
            #expect(error?.description.contains("leads to too much") == true)
        }
    }

    /// Whatever comes, it is read or refused, and walked in bounded time.
    @Test func dicedPathsNeverTrap() throws {
        var dice = SystemRandomNumberGenerator()
        let pieces = [
            "{", "}", "$", "@", ".", "..", "[", "]", "*", "?(", ")", "'", "\"", "\\", ":", ",", "-", "1", "9",
            "a", " ", "==", "<", "é", "items",
        ]
        let document = try #require(Value(json: Self.document))
        for _ in 0..<20_000 {
            let inside = (0..<Int.random(in: 0...12, using: &dice)).map { _ in
                pieces.randomElement(using: &dice) ?? ""
            }
            guard let path = try? JSONPath(parsing: "{$" + inside.joined() + "}") else { continue }
            _ = try? path.matches(in: document)
        }
    }
}

extension Value {
    fileprivate init?(json: String) {
        var reader = JSONReader(Array(json.utf8))
        guard let value = reader.document() else { return nil }
        self = value
    }
}
