import Analysis
import Crypto
import Foundation
import Testing
import Transport

@testable import Sampling

/// Amazon's Signature Version 4, worked out anew here from the request as it came.
@Suite(.timeLimit(.minutes(1))) struct SignatureTests {
    private static let secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    private let client = CurlClient()

    @Test(arguments: [nil, "the/session+token"])
    func aQueryIsSignedAsAmazonHasIt(session: String?) async throws {
        try await withStore({ _ in .init(body: ConformingStore.prometheus.good) }) { server in
            let keys = StoreAccount.AWSAccount.Keys(
                accessKey: .text("AKIDEXAMPLE"), secretKey: .text(Self.secretKey),
                sessionToken: session.map { .text($0) })
            let account = StoreAccount(
                address: server.address,
                authorization: .signature(.init(region: "eu-central-1", service: "aps", keys: keys)),
                headers: ["X-Scope-OrgID": "shop"])
            let provider = HTTPProvider(PrometheusDialect(), StoreAccounts([account]), sender: self.client)
            let query = Query(provider: "prometheus", text: "sum(rate(x[1m])) > 0.5")
            #expect(
                await provider.sample(query, at: Moment(microseconds: 0)) == ConformingStore.prometheus.sample
            )
            let question = try #require(server.questions.first)
            #expect(question.headers["x-amz-security-token"] == session)
            let signed = try #require(question.headers["authorization"])
            #expect(signed == (try self.authorization(of: question, as: signed)))
            #expect(!question.text.contains(Self.secretKey))
        }
    }

    /// From the request, the secret key and the names of the headers that were signed.
    private func authorization(of question: StoreServer.Question, as signed: String) throws -> String {
        let names = try #require(signed.split(separator: "SignedHeaders=").last?.prefix { $0 != "," })
        let date = try #require(question.headers["x-amz-date"])
        let headers = names.split(separator: ";").map { "\($0):\(question.headers[String($0)] ?? "?")\n" }
        let request = [
            question.method, question.target, "", headers.joined(), String(names), hash(question.body),
        ].joined(separator: "\n")
        let scope = "\(date.prefix(8))/eu-central-1/aps/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(hash(request))"
        let key = scope.split(separator: "/").reduce(Data("AWS4\(Self.secretKey)".utf8)) {
            mac($0, String($1))
        }
        return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(scope), SignedHeaders=\(names), "
            + "Signature=\(hex(mac(key, text)))"
    }

    private func hash(_ text: String) -> String { hex(SHA256.hash(data: Data(text.utf8))) }

    private func mac(_ key: Data, _ text: String) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
    }

    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }
}
