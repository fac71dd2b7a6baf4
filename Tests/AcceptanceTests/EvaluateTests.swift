import ArgumentParser
import Testing

@testable import headgate

/// `headgate evaluate`: what it prints, and what it says when it can't.
@Suite struct EvaluateTests {
    private func answer(_ arguments: String...) throws -> String {
        try Evaluate.parse(arguments).answer()
    }

    private func complaint(_ arguments: String...) -> String? {
        do {
            return "no complaint, but \(try Evaluate.parse(arguments).answer())"
        } catch {
            return (error as? CommandError)?.description ?? Evaluate.message(for: error)
        }
    }

    @Test func everyKindOfResultCanBeGiven() throws {
        #expect(try answer("result[0] >= 0.95", "--floats", "0.98,0.9") == "true")
        #expect(try answer("len(result)", "--floats", "") == "0")
        #expect(try answer("isNaN(result[1])", "--floats", "1, NaN") == "true")
        #expect(try answer("result / 2", "--float", "5") == "2.5")
        #expect(try answer("result % 4", "--int", "7") == "3")
        #expect(try answer("upper(result)", "--string", "ok") == "\"OK\"")
        #expect(try answer("result.ok && result.n > 1", "--json", #"{"ok":true,"n":2}"#) == "true")
        #expect(try answer("default(result, 0) < 0.05", "--nil") == "true")
    }

    @Test func jsonIsOneEvenAroundQuotes() throws {
        let text = try answer("result + '\"'", "--string", "a", "--output", "json")
        #expect(text.contains(#""outcome" : "\"a\"\"""#) && text.contains(#""type" : "string""#), "\(text)")
    }

    @Test func anErrorIsShownAtItsPlace() {
        #expect(
            complaint("result[0] >", "--floats", "1")
                == "column 12: unexpected the end; expected a value\n  result[0] >\n             ^")
        #expect(
            complaint("result[0] > 1 &&\n\tresult.x", "--floats", "1")
                == "line 2, column 9: an element of an array is named by an int, not by string\n"
                + "  \tresult.x\n  \t       ^")
    }

    @Test func exactlyOneResultIsGiven() {
        #expect(
            complaint("true")?.contains("one of --floats, --float, --int, --string, --json and --nil") == true
        )
        #expect(complaint("true", "--nil", "--int", "1")?.contains("one of --floats") == true)
        #expect(complaint("true", "--float", "x")?.contains("\"x\" is not a number") == true)
        #expect(complaint("true", "--json", "{")?.contains("--json is not JSON") == true)
    }

    @Test func whatIsHardlyMeantIsWarnedOf() throws {
        let command = try Evaluate.parse(["result == nil || result[0] > 1", "--floats", "1"])
        #expect(try command.warnings().map { $0.prefix(10) } == ["column 8: "])
        #expect(try Evaluate.parse(["result[0] > 1", "--floats", "1"]).warnings().isEmpty)
    }
}
