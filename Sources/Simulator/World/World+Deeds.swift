import Analysis
import Engine
import Rollouts

extension World {
    func carryOut(_ deed: Deed) {
        switch deed {
        case .wish(let command, let rollout, let who):
            wish(command, of: rollout, by: who, tries: who == "ci" ? 20 : 1)
        case .edit(let declaration): declare(declaration)
        case .tamper(let rollout, _) where scenario.mesh == .envoy: edit(rollout)
        case .tamper(let rollout, let route): tamper(rollout, route)
        case .meshOutage(let duration): cutOff(.mesh, for: duration)
        case .storeOutage(let duration): cutOff(.store, for: duration)
        case .diskFull(let duration): fill(for: duration)
        case .crash: if let keeper { kill(keeper, at: .betweenTurns) }
        case .rival(let hasCopy, let duration): wakeRival(hasCopy: hasCopy, for: duration)
        }
    }

    private func cutOff(_ peer: Peer, for duration: Duration) {
        note(.weather("the \(peer) can't be reached"))
        outages[peer, default: 0] += 1
        course.after(duration) { [self] in
            outages[peer, default: 0] -= 1
            note(.weather("the \(peer) can be reached again"))
        }
    }

    private func fill(for duration: Duration) {
        guard let disk = lives.first?.disk, !disk.isFull else { return }
        note(.weather("the disk is full"))
        disk.isFull = true
        course.after(duration) { [self] in
            disk.isFull = false
            note(.weather("the disk has space again"))
        }
    }

    private func wakeRival(hasCopy: Bool, for duration: Duration) {
        // A rival that comes first owns the route; only one that comes late is none of its business.
        guard let disk = lives.first?.disk, manifests.allSatisfy({ mesh.borne[$0.name] != nil }) else {
            return
        }
        let rival = hasCopy ? disk.copy(of: dice.between(0, disk.entries.count)) : Disk(identity: "rival")
        note(
            .weather("a second controller wakes up with \(rival.entries.count) entries of \(rival.identity)"))
        boot(rival, isRival: true)
        let life = lives[lives.count - 1]
        course.after(duration) { [self] in kill(life, at: nil) }
    }
}
