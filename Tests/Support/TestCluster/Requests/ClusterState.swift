import Foundation
import Transport

/// The whole cluster as a value: what is stored, what it serves, and how it misbehaves.
struct ClusterState: Sendable {
    var catalog: Catalog
    var storage: Storage
    var access = Access.open
    var faults: [ClusterFault] = []
    var warnings: [KindID: [String]] = [:]
    var log: [LoggedRequest] = []
    /// The rest of lists that were handed out in part.
    var pages: [String: Page] = [:]
    /// Of what was made so far: names and uids differ, and are the same in every run.
    private var made = 0

    init(_ kinds: [ServedKind], historyMax: Int) {
        catalog = Catalog(kinds)
        storage = Storage(historyMax: historyMax)
    }

    struct Page: Sendable {
        let items: [JSON]
        let revision: Int
    }

    /// Everything but faults, which need time to pass or a connection to break.
    mutating func answer(_ request: ClusterRequest, at now: Date) -> ClusterAnswer {
        do throws(Refusal) {
            let user = try access.user(of: request)
            if let page = try discovery(of: request) { return page }
            guard let target = try Target.find(request.path, in: catalog) else {
                return ClusterAnswer(404, .text("404 page not found\n"))
            }
            let verb = try target.verb(of: request)
            try access.check(user, verb, target, namedIn: request)
            var answer = try carryOut(verb, target, request, at: Stamp(now))
            answer.warnings += warnings[target.kind.id] ?? []
            return answer
        } catch {
            return error.answer
        }
    }

    private mutating func carryOut(
        _ verb: Verb, _ target: Target, _ request: ClusterRequest, at stamp: Stamp
    ) throws(Refusal) -> ClusterAnswer {
        switch verb {
        case .get: return ClusterAnswer(try read(target))
        case .list: return ClusterAnswer(try list(target, request))
        case .watch: return ClusterAnswer(200, .watch(try watchTerms(target, request)))
        case .create, .update, .patch:
            var write = try Write(target, request, at: stamp)
            return try carryOut(verb, &write, request)
        case .delete: return ClusterAnswer(try delete(target, request, at: stamp))
        case .deletecollection: return ClusterAnswer(try deleteAll(target, request, at: stamp))
        }
    }

    private mutating func carryOut(
        _ verb: Verb, _ write: inout Write, _ request: ClusterRequest
    ) throws(Refusal) -> ClusterAnswer {
        var answer: ClusterAnswer =
            switch (verb, write.target.subresource) {
            case (.create, .eviction): try evict(write, request)
            case (.create, _): ClusterAnswer(try create(&write, request), status: 201)
            case (.update, _): try replace(&write, request)
            default: try patch(&write, request)
            }
        answer.warnings += write.warnings
        return answer
    }
}

extension ClusterState {
    /// Looks like a random one, and is not.
    mutating func makeUID() -> String {
        made += 1
        let digits = String(made, radix: 16)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// What a generated name ends in.
    mutating func makeSuffix() -> String {
        made += 1
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        var left = made
        return String(
            (0..<5).map { _ in
                defer { left /= alphabet.count }
                return alphabet[left % alphabet.count]
            })
    }

    mutating func makeCount() -> Int {
        made += 1
        return made
    }
}

/// A moment as objects bear it: to the second.
struct Stamp: Hashable, Sendable {
    let date: Date
    let text: String

    init(_ date: Date) {
        self.date = date
        text = date.formatted(.iso8601)
    }
}
