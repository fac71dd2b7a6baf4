/// The next move towards names that are true: each name's subset stands for the release that has the role.
///
/// A subset is only ever re-pointed while it carries nothing, so that no request is on its way to pods that
/// are no longer there. Where a name that carries has to change, what it carries goes to another name of the
/// same release first; at a promotion that is the canary's, which has everything already.
enum RoleMove: Hashable {
    /// The names are true: write the route.
    case finish
    /// Point these subsets, by backend, at releases.
    case point([Int: String])
    /// Give everything to one backend first.
    case gather(Int)
    /// There is no way without a gap.
    case stuck

    /// - Parameters:
    ///   - labels: the release that each subset stands for; none: for all of them.
    ///   - wanted: the release that each is to stand for; none: whatever it is.
    ///   - carrying: the subsets that get requests.
    init(labels: [String?], wanted: [String?], carrying: Set<Int>) {
        let wrong = wanted.indices.filter { wanted[$0] != nil && wanted[$0] != labels[$0] }
        // A subset without the label has all pods: the label only takes some away, so that nothing is
        // missing.
        let free = wrong.filter { !carrying.contains($0) || labels[$0] == nil }
        let stable = wanted.first ?? nil
        let refuge = labels.firstIndex { $0 == stable && stable != nil }
        let idle = labels.indices.first { !carrying.contains($0) }
        let point = RoleMove.point(
            Dictionary(uniqueKeysWithValues: free.compactMap { index in wanted[index].map { (index, $0) } }))
        self =
            if wrong.isEmpty {
                .finish
            } else if free == wrong {
                point
            } else if let refuge {
                carrying == [refuge] ? point : .gather(refuge)
            } else if let idle, let stable {
                // Nobody stands for the stable release yet: for a while, this one does.
                .point([idle: stable])
            } else {
                free.isEmpty ? .stuck : point
            }
    }

    /// The backend that takes everything in one write, before any name is put right; the names as they are.
    static func refuge(labels: [String?], stable: String?) -> Int {
        labels.firstIndex { $0 == stable && stable != nil } ?? 0
    }
}
