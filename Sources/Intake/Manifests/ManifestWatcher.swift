package import Analysis
package import Engine
import Foundation
package import Logging
package import Manifests
import Rollouts

/// Keeps the control loop's declarations equal to the manifests in a checkout.
///
/// It looks at the stamps of all files once in an interval, and reads them when they changed and then kept still
/// for one interval: a checkout that goes on, or a file that is still being written, is never taken for final.
/// What is broken changes nothing: the last good version of each rollout stays in force, and the problem is
/// reported until it is gone. A rollout is withdrawn when no file speaks of it any more and none that could is
/// broken.
package actor ManifestWatcher {
    private let paths: [String]
    private let root: String?
    private let runsPods: Bool
    private let loop: ControlLoop
    private let interval: Duration
    private let log: Logger

    /// The newest survey, whatever came of it.
    private var latest: FileSurvey?
    /// The survey that `manifests` was read from, and that set.
    private var settled: (survey: FileSurvey, manifests: ManifestSet)?
    private var isInForce = true
    /// The freezes in force: with one that is broken, the last good version of it.
    private var freezes: FreezeBook?
    private var reported: Set<Diagnostic> = []
    /// What was said of manifests that are not in force yet, since the files changed last.
    private var complaints: Set<String> = []
    /// When the manifests were last read; none before the first time.
    package private(set) var readAt: Moment?

    /// - Parameters:
    ///   - paths: files, and folders with everything in them that is named like YAML or JSON.
    ///   - root: with a root, paths are below it, and declarations name their files by what they are below it.
    package init(
        paths: [String], root: String? = nil, runsPods: Bool = false, loop: ControlLoop,
        interval: Duration = .seconds(1), log: Logger
    ) {
        self.paths = paths
        self.root = root
        self.runsPods = runsPods
        self.loop = loop
        self.interval = interval
        self.log = log
    }

    /// Looks again and again until cancelled.
    package func run() async {
        while !Task.isCancelled {
            await look()
            // Woken early only to end.
            guard (try? await Task.sleep(for: interval)) != nil else { return }
        }
    }

    /// Reads what there is before anything runs, so that no rollout advances in a freeze that is not known yet. What
    /// it says about rollouts is handed in by the first look.
    package func readAhead() async {
        while settled == nil, !Task.isCancelled {
            await read(await survey())
            // The files changed while they were read. Woken early only to end.
            if settled == nil, (try? await Task.sleep(for: .milliseconds(100))) == nil { return }
        }
    }

    /// Looks once: reads what changed and keeps still, and hands in what is not in force yet.
    package func look() async {
        let survey = await survey()
        let isStill = survey == latest || settled == nil && isOld(survey)
        latest = survey
        if survey != settled?.survey, isStill { await read(survey) }
        if !isInForce { isInForce = await enforce() }
    }

    /// Everything that is to be said about the manifests, by file and from top to bottom.
    package var problems: [Diagnostic] { settled?.manifests.diagnostics ?? [] }

    package var fileCount: Int { settled?.manifests.fileCount ?? 0 }

    /// Rollouts that stand in the files without an error.
    package var rolloutCount: Int { settled?.manifests.declarations.count ?? 0 }
}

// MARK: - Reading

extension ManifestWatcher {
    /// Not on the actor: it answers while the files are read.
    private nonisolated func survey() async -> FileSurvey {
        FileSurvey.take(
            paths.map { path in root.map { path.hasPrefix("/") ? path : "\($0)/\(path)" } ?? path })
    }

    private nonisolated func load() async -> ManifestSet {
        ManifestSet.load(paths: paths, root: root, runsPods: runsPods)
    }

    /// What was there before the start is taken at once; a file that somebody is writing was touched just now.
    private func isOld(_ survey: FileSurvey) -> Bool {
        guard let touchedAt = survey.touchedAt else { return false }
        let age = Duration.seconds(Int64(Date().timeIntervalSince1970) - Int64(touchedAt))
        return age > max(interval, .seconds(1))
    }

    /// What changed while it was read is read again at the next look.
    private func read(_ survey: FileSurvey) async {
        let manifests = await load()
        latest = await self.survey()
        guard latest == survey else { return }
        (settled, isInForce) = ((survey, manifests), false)
        complaints = []
        readAt = await loop.now
        let inForce = manifests.freezes(after: freezes)
        freezes = inForce
        await loop.use(inForce)
        report()
    }

    /// Says each problem once, when it shows up.
    private func report() {
        let current = Set(problems)
        for problem in problems where !reported.contains(problem) {
            log.log(level: problem.severity == .error ? .error : .warning, "\(problem)")
        }
        if current.isEmpty, !reported.isEmpty { log.notice("all manifests are in order again") }
        reported = current
    }
}

// MARK: - Handing in

extension ManifestWatcher {
    /// So many wishes at a time go into one turn of the loop: few commits, and no turn that makes a rollback wait.
    private static let wishesAtOnce = 500

    /// Whether all of it is in force now.
    private func enforce() async -> Bool {
        guard let settled else { return true }
        let wishes = Self.wishes(
            of: settled.manifests, for: await loop.all,
            isWhole: settled.manifests.fileCount >= settled.survey.stamps.count)
        if !wishes.isEmpty { log.info("the manifests change \(wishes.count) rollouts") }
        for start in stride(from: 0, to: wishes.count, by: Self.wishesAtOnce) {
            let some = wishes[start..<min(start + Self.wishesAtOnce, wishes.count)]
            guard await submit(some) else { return false }
        }
        return true
    }

    private struct Wish: Sendable {
        let rollout: RolloutName
        let command: Command
    }

    /// Of a set that is not whole nothing can be said to be gone.
    private static func wishes(of manifests: ManifestSet, for rollouts: [Rollout], isWhole: Bool) -> [Wish] {
        let known = Dictionary(uniqueKeysWithValues: rollouts.map { ($0.name, $0) })
        let new = manifests.declarations.filter { known[$0.name]?.bears($0) != true }
        let declared = Set(manifests.declarations.map(\.name))
        let gone = rollouts.filter { isWhole && !declared.contains($0.name) && $0.isGone(from: manifests) }
        return new.map { Wish(rollout: $0.name, command: .declare($0)) }
            + gone.map { Wish(rollout: $0.name, command: .withdraw) }
    }

    private func submit(_ wishes: ArraySlice<Wish>) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for wish in wishes { group.addTask { await self.submit(wish) } }
            var areTaken = true
            for await isTaken in group where !isTaken { areTaken = false }
            return areTaken
        }
    }

    /// Says each once: it is tried again every second.
    private func complain(_ text: String) {
        if complaints.insert(text).inserted { log.warning("\(text)") }
    }

    private nonisolated func submit(_ wish: Wish) async -> Bool {
        do throws(Rejection) {
            _ = try await loop.submit(wish.command, to: wish.rollout, by: "git")
            return true
        } catch {
            await complain("\(wish.rollout): its manifest is not in force yet: \(error); it is tried again")
            return false
        }
    }
}

extension Rollout {
    fileprivate func isGone(from manifests: ManifestSet) -> Bool {
        guard let declaration, !isWithdrawn, !ClusterSource.isOne(declaration.source) else { return false }
        return manifests.isGone(declaration)
    }
}
