import Testing

@testable import Engine

/// What others say about a request, without the secrets in it.
struct ConcealmentTests {
    private let concealment = Concealment(["to\"ken", "a+b/c=d", "xyz"])

    @Test(arguments: [
        ("who is to\"ken?", "who is (concealed)?"),
        (#"parse error at "to\"ken""#, #"parse error at "(concealed)""#),
        ("GET /?q=a%2Bb%2Fc%3Dd", "GET /?q=(concealed)"),
        ("a+b/c=d and a+b/c=d", "(concealed) and (concealed)"),
        ("nothing of the kind", "nothing of the kind"),
        // Cut to a length, in the middle of a secret.
        ("a long message about a+b/c", "a long message about (concealed)"),
        ("a long message about a+b/…", "a long message about (concealed)…"),
        // Too short to be one.
        ("xyz stays", "xyz stays"),
    ])
    func everySpellingIsConcealed(text: String, shown: String) {
        #expect(concealment.concealed(in: text) == shown)
    }
}
