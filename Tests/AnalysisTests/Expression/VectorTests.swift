import Testing

@testable import Analysis

@Suite("expr's own answers")
struct VectorTests {
    @Test("there are 400 rows")
    func everyRowIsThere() {
        #expect(Vector.all.count == 400)
    }

    @Test("every row is answered as expr answers it", arguments: Vector.all)
    func weAnswerAsExprDoes(vector: Vector) throws {
        #expect(try vector.answer() == vector.outcome)
    }
}
