import Foundation
import Hummingbird

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return text(try encoder.encode(value), type: "application/json", status: status)
    }

    static func text(
        _ bytes: some Sequence<UInt8>, type: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    init(_ error: APIError) throws {
        self = try .json(
            ErrorAnswer(error: ErrorAnswer.Problem(kind: error.kind, message: error.message)),
            status: error.status)
        headers.append(contentsOf: error.headers)
        if error.closes { headers[.connection] = "close" }
    }
}
