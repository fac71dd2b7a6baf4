import Analysis

/// Which account a query goes by.
package enum AccountChoice: Sendable, Hashable {
    /// The one of this address, which needs none; without an address the first.
    case at(String?)
    /// The one of this name, which has to be there; without a name the first.
    case named(String?)
    /// The one below whose address this URL is, which needs none.
    case below(String)
}

/// The accounts of one kind of store. The first is the usual one.
package struct StoreAccounts: Sendable, Hashable {
    package var all: [StoreAccount]

    package init(_ all: [StoreAccount] = []) {
        self.all = all
    }

    /// - Parameter kind: for what is said when there is none.
    func account(_ choice: AccountChoice, of kind: String) throws(SampleFailure) -> StoreAccount {
        switch choice {
        case .at(let address?):
            let address = withoutSlashes(address)
            return all.first { $0.address == address } ?? StoreAccount(address: address)
        case .below(let url):
            return all.filter { $0.address.map { leads(url, below: $0) } ?? false }
                .max { $0.address?.count ?? 0 < $1.address?.count ?? 0 } ?? StoreAccount(address: url)
        case .at(nil):
            guard let first = all.first, first.address != nil else {
                throw SampleFailure(
                    .refused, "the query names no address and none is configured; set the metric's `address`")
            }
            return first
        case .named(nil):
            guard let first = all.first else { throw missing("an account", kind) }
            return first
        case .named(let name?):
            guard let account = all.first(where: { $0.name == name }) else {
                throw missing("the account \"\(name)\"", kind)
            }
            return account
        }
    }

    private func missing(_ what: String, _ kind: String) -> SampleFailure {
        let names = all.compactMap(\.name).joined(separator: ", ")
        return SampleFailure(
            .refused,
            "\(kind) needs \(what) in the server's configuration; add it to `stores`"
                + (names.isEmpty ? "" : " (there: \(names))"))
    }
}
