import Transport

/// What controllers look at and write to: the state of the double, or a copy of what another server has.
protocol ControlledObjects {
    /// Ordered by namespace and name.
    func all(_ kind: KindID) -> [JSON]

    /// Grows with every change.
    var revision: Int { get }

    /// A number that nobody had before.
    mutating func makeCount() -> Int

    mutating func make(_ object: JSON, _ kind: KindID, in namespace: String, at stamp: Stamp)

    /// Writes only what differs.
    mutating func change(
        _ object: JSON, _ kind: KindID, _ subresource: Subresource?, at stamp: Stamp,
        _ edit: (inout JSON) -> Void)

    mutating func discard(_ object: JSON, _ kind: KindID, at stamp: Stamp)
}

extension ControlledObjects {
    func owned(_ kind: KindID, by owner: JSON) -> [JSON] {
        all(kind).filter { $0.isControlled(by: owner) }
    }
}
