extension [String]? {
    /// The namespaces to look in, a question for each; the one of no name is all of them.
    package var places: [String?] { if let names = self { names } else { [nil] } }
}
