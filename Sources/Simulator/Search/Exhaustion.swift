package import Rollouts

/// All orders of events of a small plan: every wish, every report and every fate of a write, in every state
/// that can be reached, upon the pure `Rollout` and a mesh of one route.
///
/// States that differ in nothing but numbers and moments count as one (see `Knot.Shape`), so there is an end
/// to it.
package struct Exhaustion {
    package struct Finding: Sendable {
        package let text: String
        /// How the state was come to, first move first.
        package let path: [String]
    }

    package private(set) var states = 0
    package private(set) var moves = 0
    package private(set) var findings: [Finding] = []
    /// What each wish came to in each stage: `taken`, or the refusal's name.
    package private(set) var answers: [String: Set<String>] = [:]
    /// Whether the limit was hit before the end.
    package private(set) var isCutShort = false

    private let declaration: Declaration
    private let limit: Int

    package init(_ declaration: Declaration, limit: Int = 200_000) {
        (self.declaration, self.limit) = (declaration, limit)
    }

    package mutating func run() {
        var (queue, head) = ([Knot(declaration)], 0)
        var seen: Set<Knot.Shape> = [queue[0].shape]
        while head < queue.count {
            let knot = queue[head]
            head += 1
            states += 1
            check(knot)
            for next in steps(from: knot) where seen.insert(next.shape).inserted {
                guard seen.count <= limit else { return isCutShort = true }
                queue.append(next)
            }
        }
    }

    private mutating func check(_ knot: Knot) {
        for flaw in knot.flaws { findings.append(Finding(text: flaw, path: knot.path)) }
    }

    private mutating func steps(from knot: Knot) -> [Knot] {
        knot.moves.compactMap { move in
            moves += 1
            do throws(Refusal) {
                let next = try knot.taking(move)
                note(move, in: knot, "taken")
                return next
            } catch {
                note(move, in: knot, error.word)
                return nil
            }
        }
    }

    private mutating func note(_ move: Knot.Move, in knot: Knot, _ answer: String) {
        guard case .wish(let command) = move else { return }
        answers["\(knot.rollout.stageName) + \(command.word)", default: []].insert(answer)
    }
}

extension Refusal {
    /// The name of its case; its text where it has nothing to say beside.
    package var word: String {
        Mirror(reflecting: self).children.first?.label ?? description
    }
}
