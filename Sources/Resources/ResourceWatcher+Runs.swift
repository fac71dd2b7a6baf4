import Analysis
import Engine
import Kubernetes
import Rollouts
import Transport

// AnalysisRuns beside the Rollouts of Argo's group.

extension ResourceWatcher {
    /// A run whose phase stays what it is is written this often at the most.
    static let runPause = Duration.seconds(2)

    func followRuns(_ query: ObjectQuery, _ changes: Changes) async {
        for await event in api.watch(query) {
            if case .interrupted(let error) = event {
                complain("AnalysisRuns are not written while they can't be watched: \(error)")
            }
            for termination in runs.take(event, query) { await obey(termination, changes) }
            if case .listed = event { changes.add(Array(keys.keys)) }
        }
    }

    func writeRuns(_ key: RolloutKey, _ changes: Changes) async throws(KubernetesError) {
        guard key.group == .argo, let sighting = shelf.rollouts[key], !sighting.isDeleting,
            runs.isListed(key, settings.runQueries), let rollout = await loop.rollout(key.rollout)
        else { return }
        let documents = rollout.analysisRuns(of: key, sighting)
        for deed in runs.deeds(for: documents, of: key, RunShelf.Limits(sighting.content)) {
            try await carryOut(deed, changes)
        }
    }

    private func carryOut(_ deed: RunShelf.Deed, _ changes: Changes) async throws(KubernetesError) {
        switch deed {
        case .create(let document):
            try await write(document, .create(document.json))
        case .write(let document, let version):
            if isTooSoon(document) { return later { changes.add([document.rollout.rollout]) } }
            try await write(document, .patch([.version(version), .add("/status", document.status)]))
        case .delete(let place, let uid):
            runs.forget(place)
            runsWritten[place] = nil
            try await delete(place, uid)
        }
    }

    /// What is gone already is gone.
    private func delete(_ place: RunShelf.Place, _ uid: String) async throws(KubernetesError) {
        do throws(KubernetesError) {
            let write = ObjectWrite(place.reference, .delete(uid: uid), manager: "headgate")
            _ = try await api.write(write, .ordinary)
        } catch {
            if error.kind != .missing { throw error }
        }
    }

    private func write(
        _ document: AnalysisRunDocument, _ deed: ObjectWrite.Deed
    ) async throws(KubernetesError) {
        runsWritten[document.place] = RunWriting(phase: document.phase, at: .now)
        do throws(KubernetesError) {
            let write = ObjectWrite(document.place.reference, deed, manager: "headgate")
            runs.note(try await api.write(write, .ordinary))
            runs.noteAttempt(document)
        } catch {
            // One that is there already comes by the watch, and its status after it.
            if error.kind != .exists { throw error }
        }
    }

    private func isTooSoon(_ document: AnalysisRunDocument) -> Bool {
        guard let last = runsWritten[document.place], last.phase == document.phase else { return false }
        return last.at.duration(to: .now) < Self.runPause
    }
}

/// When a run was written last, and with which phase.
struct RunWriting: Hashable, Sendable {
    let phase: String
    let at: ContinuousClock.Instant
}

// MARK: - What people wish

extension ResourceWatcher {
    /// An analysis that is a step is passed, as with Argo. One beside the steps can't end alone: nothing would watch
    /// the release.
    private func obey(_ termination: RunShelf.Termination, _ changes: Changes) async {
        let name = termination.rollout.rollout
        guard let flight = await loop.rollout(name)?.flight else { return }
        let isGoingOn = flight.runs.contains { id, _ in id.mark == termination.mark }
        guard isGoingOn else { return }
        guard termination.mark == RunID(flight: flight.number, kind: .step(flight.step)).mark else {
            return await decline(
                termination,
                "a background analysis ends with its flight; abort the rollout, or promote it in full")
        }
        do throws(Rejection) {
            _ = try await loop.submit(.promote(from: flight.step), to: name, by: termination.who)
        } catch {
            await decline(termination, "\(error)")
        }
    }

    private func decline(_ termination: RunShelf.Termination, _ why: String) async {
        let message = "\(termination.who) terminates it, which is declined: \(why)"
        complain("AnalysisRun \(termination.run.namespace)/\(termination.run.name): \(message)")
        let event = Announcement(reason: "TerminationDeclined", message: message, isWarning: true)
            .event(about: termination, at: "\(await loop.now)")
        let reference = ObjectReference(
            .event, event["metadata"]["name"]?.string ?? "", in: termination.run.namespace)
        do throws(KubernetesError) {
            _ = try await api.write(ObjectWrite(reference, .create(event), manager: "headgate"), .ordinary)
        } catch {
            if error.kind != .exists { complain("no Event about \(termination.run.name): \(error)") }
        }
    }
}

extension Announcement {
    fileprivate func event(about termination: RunShelf.Termination, at time: String) -> JSON {
        let target = termination.run.reference
        return event(
            about: [
                "apiVersion": JSON(target.kind.apiVersion), "kind": JSON(target.kind.kind),
                "name": JSON(target.name), "namespace": JSON(termination.run.namespace),
                "uid": JSON(termination.uid),
            ], named: "\(target.name.prefix(200)).\(termination.version)", at: time)
    }
}

// MARK: - Which runs there are

extension Rollout {
    /// Those that go on, and those that are over and not forgotten.
    func analysisRuns(of key: RolloutKey, _ sighting: Sighting) -> [AnalysisRunDocument] {
        let isBlueGreen = sighting.content["spec"]["strategy"]["blueGreen"] != nil
        let document = { (id: RunID, run: AnalysisRun, release: String, end: Moment?) in
            AnalysisRunDocument(
                id: id, run: run, release: release, endedAt: end, rollout: key, owner: sighting.uid,
                isBlueGreen: isBlueGreen, isAfterPromotion: self.isAfterPromotion(id))
        }
        let past = pastRuns.map { document($0.id, $0.run, $0.release, $0.endedAt) }
        guard let flight, declaration?.showsRuns == true else { return past.filter { !$0.shown.isEmpty } }
        let present = flight.runs.map { document($0.id, $0.run, flight.release.name, nil) }
        return (past + present).filter { !$0.shown.isEmpty }
    }

    /// Whether the release has all traffic when the step is entered.
    private func isAfterPromotion(_ id: RunID) -> Bool {
        guard case .step(let index) = id.kind, let plan = flight?.plan ?? declaration?.plan else {
            return false
        }
        return plan.exposure(through: index).shares.contains(.all)
    }
}

extension RunID {
    /// `7/step-2`
    var mark: String {
        switch kind {
        case .step(let index): "\(flight)/step-\(index)"
        case .background(let number): "\(flight)/background-\(number)"
        case .slos: "\(flight)/slos"
        }
    }
}
