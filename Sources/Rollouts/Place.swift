/// One of the places that a rollout's releases run in: an Envoy cluster, a subset, a service.
///
/// A release keeps its place for life. At a promotion the places swap roles and nothing is re-pointed, so there
/// is no moment at which a name stands for neither release. Two places are enough but for a test of more than two
/// arms.
package enum Place: String, Hashable, Codable, Sendable, CaseIterable, Comparable {
    case a, b, c, d, e, f

    package static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
}

/// A build of the service, under the name that CI gave it, in the place where it runs.
package struct Release: Hashable, Codable, Sendable {
    package let name: String
    package let place: Place

    package init(name: String, place: Place) {
        self.name = name
        self.place = place
    }
}
