import Analysis
import Engine
import Journal
import Logging
import Rollouts
import Testing

@testable import Traffic

/// What becomes of a route that somebody else has changed, in every mesh: by the real loop, its journal and the router.
@Suite(.serialized, .cluster(RouterStage.kinds), .timeLimit(.minutes(5))) struct DriftPolicyTests {
    @Test(arguments: MeshGround.all)
    func aRouteThatIsReassertedIsWrittenAgain(ground: MeshGround) async throws {
        try await ground.play { mesh in
            try await mesh.driven(.reassert) { driven in
                try await mesh.meddle()
                try await driven.until("it is written again") { _ in try await mesh.gives(20) }
                try await driven.until("it is in force again") { $0.routing?.isApplied == true }
                #expect(await driven.loop.meters.drifts >= 1)
                #expect(await driven.rollout?.routing?.stray == nil)
            }
        }
    }

    @Test(arguments: MeshGround.all)
    func oneThatIsYieldedIsLeftUntilSomebodyResumes(ground: MeshGround) async throws {
        try await ground.play { mesh in
            try await mesh.driven(.yield) { driven in
                try await driven.strays(in: mesh)
                #expect(await driven.rollout?.heldBy != nil, "and the release is held")
                try await driven.order(.resume)
                try await driven.until("it is written again") { rollout in
                    guard rollout.routing?.isApplied == true else { return false }
                    return try await mesh.gives(20)
                }
            }
        }
    }

    @Test(arguments: MeshGround.all)
    func oneThatIsAlarmedAboutCountsAgainWhenItIsPutRight(ground: MeshGround) async throws {
        try await ground.play { mesh in
            try await mesh.driven(.alarm) { driven in
                let putBack = try await mesh.bookmark()
                try await driven.strays(in: mesh)
                try await putBack()
                try await driven.until("it counts again") { $0.routing?.isApplied == true }
                #expect(try await mesh.gives(20))
            }
        }
    }

    /// Whoever meddled, and whatever is to become of that: the stable release gets everything.
    @Test(arguments: MeshGround.all, [DriftPolicy.yield, .alarm])
    func aRollbackWritesInAnyCase(ground: MeshGround, policy: DriftPolicy) async throws {
        try await ground.play { mesh in
            try await mesh.driven(policy) { driven in
                try await driven.strays(in: mesh)
                try await driven.order(.abort(why: "it is bad"))
                try await driven.until("everything is on the stable release") { rollout in
                    guard rollout.routing?.isApplied == true else { return false }
                    return try await mesh.gives(0)
                }
            }
        }
    }
}
