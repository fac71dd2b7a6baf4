import Testing

@testable import headgate

/// The bench takes its figures from the real journal, engine, routers and Envoy. They are never asserted, but what they
/// mean is.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BenchTests {
    @Test(arguments: BenchMesh.allCases)
    func aRollbackIsMeasuredFromTheBadNumberToTheLastRequest(mesh: BenchMesh) async throws {
        let row = try await RollbackBench(rollbacks: 2, program: try theProgram()).run(mesh)
        #expect(row.mesh == mesh.rawValue)
        for part in [row.verdict, row.stored, row.applied, row.observed] { #expect(part.rollbacks == 2) }
        #expect(row.verdict.minMs > 0)
        #expect(row.verdict.maxMs <= row.stored.maxMs && row.stored.maxMs <= row.applied.maxMs)
        #expect(row.requests > 100)
        #expect(row.failedRequests == 0, "a rollback fails nobody's request")
        let lines = BenchReport.table(of: [row]).split(separator: "\n")
        #expect(lines.count == 2 && lines[1].hasPrefix(mesh.rawValue), "\(lines)")
    }
}
