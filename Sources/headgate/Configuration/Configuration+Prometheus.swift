import Manifests
import Sampling

extension Shape where Output == StoreAccounts {
    /// One store, or the default one and more `stores` that metrics name by their `address`.
    static func prometheus(_ folder: Folder) -> Shape {
        .object { fields in
            let first = fields.prometheusAccount(folder)
            let others = fields.optional("stores", .list(of: .prometheusAccount(folder))) ?? []
            return first.map { StoreAccounts([$0] + others) }
        }
    }
}

extension Shape where Output == StoreAccount {
    fileprivate static func prometheusAccount(_ folder: Folder) -> Shape {
        .object { $0.prometheusAccount(folder) }
    }
}

extension Fields {
    fileprivate mutating func prometheusAccount(_ folder: Folder) -> StoreAccount? {
        let address = required("address", .webAddress)
        var account = account(folder)
        account.address = address.map(StoreAccount.address)
        account.settings = optional("settings", .dictionary(of: .stringOrNumber)) ?? [:]
        return address == nil ? nil : account
    }
}
