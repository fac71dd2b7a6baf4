extension Query {
    /// What a store is asked as it is written. It may have tokens in it, of a release or of a secret. Counters are
    /// another matter: they are not asked in words.
    package var texts: [String] {
        [text] + (headers ?? []).map(\.value) + (slo?.parts.map(\.text) ?? [])
            + (kayenta?.pairs.flatMap { [$0.canary, $0.baseline] } ?? [])
    }

    /// The same question in other words.
    func rewritten(_ change: (String) -> String) -> Query {
        var query = self
        query.text = change(text)
        query.headers = headers?.map { RequestHeader(name: $0.name, value: change($0.value)) }
        query.slo = slo.map { SLOQuestion($0.parts.map { .init($0.key, change($0.text)) }) }
        query.kayenta?.pairs =
            kayenta?.pairs.map {
                .init(canary: change($0.canary), baseline: change($0.baseline))
            } ?? []
        return query
    }
}
