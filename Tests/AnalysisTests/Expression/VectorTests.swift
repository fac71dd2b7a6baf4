import Testing

@testable import Analysis

@Suite("expr's own answers")
struct VectorTests {
    @Test("there are 400 rows, and each is either answered or refused as not supported yet")
    func everyRowIsAccountedFor() {
        let missing = Vector.all.filter { $0.missing != nil }
        #expect(Vector.all.count == 400)
        #expect(missing.count == 72)
    }

    @Test(
        "what the language has, it answers as expr does", arguments: Vector.all.filter { $0.missing == nil })
    func weAnswerAsExprDoes(vector: Vector) throws {
        #expect(try vector.answer() == vector.outcome)
    }
}
