import Testing

@testable import Transport

@Suite struct HeadReaderTests {
    @Test func fieldsAreTrimmedAndFoundInAnyCase() {
        let head = read("HTTP/1.1 200 OK", "Content-Type:  text/plain \t", "x-empty:", "")
        #expect(head?.status == 200 && head?.version == .http1_1)
        #expect(head?.headers["content-TYPE"] == "text/plain")
        #expect(head?.headers["X-Empty"] == "")
        #expect(head?.headers["absent"] == nil)
    }

    @Test func anHTTP2HeadHasNoReason() {
        let head = read("HTTP/2 404 ", "")
        #expect(head == HTTPHead(status: 404, version: .http2, headers: [:]))
    }

    @Test func aFoldedLineContinuesTheLastField() {
        #expect(read("HTTP/1.1 200 OK", "A: one", "\t two", "")?.headers["a"] == "one two")
    }

    @Test func trailersAreNotASecondHead() {
        var reader = HeadReader()
        _ = ["HTTP/1.1 200 OK\r\n", "\r\n"].map { reader.take(Array($0.utf8)) }
        #expect(reader.take(Array("Grpc-Status: 0\r\n".utf8)) == .nothing)
    }

    @Test(arguments: [["A: 1"], [""], ["HTTP/3 200"], ["HTTP/1.1"], ["HTTP/1.1 200 OK", "no colon"]])
    func whatIsNoHeadIsMalformed(_ lines: [String]) {
        var reader = HeadReader()
        #expect(lines.map { reader.take(Array("\($0)\r\n".utf8)) }.last == .malformed)
    }

    @Test func settingAHeaderReplacesAllOfItsName() {
        var headers: HTTPHeaders = ["A": "1", "a": "2", "B": "3"]
        headers["A"] = "4"
        #expect(headers.values("a") == ["4"])
        headers["b"] = nil
        #expect(headers.fields.map(\.name) == ["A"])
    }

    private func read(_ lines: String...) -> HTTPHead? {
        var reader = HeadReader()
        guard case .head(let head) = lines.map({ reader.take(Array("\($0)\r\n".utf8)) }).last else {
            return nil
        }
        return head
    }
}
