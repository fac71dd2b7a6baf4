import Engine
import Rollouts
import Testing
import Transport

@testable import Traffic

/// What every router is held to, whatever mesh it moves traffic in: a real Envoy, a real Consul, and the objects of an
/// API server.
@Suite(.serialized, .cluster(RouterStage.kinds), .timeLimit(.minutes(3))) struct EveryRouterTests {
    @Test(arguments: MeshGround.all) func aRouteIsWrittenProvedAndReadBack(ground: MeshGround) async throws {
        try await ground.play { mesh in
            let write = mesh.write(try split(20), since: 12)
            let receipt = try await mesh.router.write(write)
            #expect(receipt.text.hasPrefix("wrote "), "\(receipt.text)")
            #expect(try await !mesh.router.confirm(receipt).text.isEmpty)
            let observed = try await mesh.observed()
            #expect(observed?.route == write.route && observed?.since == 12 && observed?.journal == "north")
        }
    }

    @Test(arguments: MeshGround.all)
    func noShareIsLostToRoundingAndSomethingIsAlwaysReached(ground: MeshGround) async throws {
        try await ground.play { mesh in
            let shares: [UInt32] = [1, 999_999, 333_333, 10_000, 1_000_000, 0, 1_234]
            for (number, millionths) in shares.enumerated() {
                // What is finer than the mesh can be is rounded; where nothing would be left of it, refused.
                let share = try #require(Weight(checking: millionths))
                let route = Route(giving: [(.b, share)], rest: .a)
                let write = mesh.write(route, since: Rollouts.Sequence(number + 10))
                let parts = [share, share.complement].filter { $0 != .none }
                guard parts.allSatisfy({ $0.millionths >= ground.resolution }) else {
                    #expect(await mesh.failure(of: write)?.kind == .rejected)
                    continue
                }
                _ = try await mesh.router.write(write)
                let weights = try await mesh.weights()
                #expect(
                    try await mesh.gives(share, within: ground.resolution), "\(share) became \(weights)")
            }
        }
    }

    @Test(arguments: MeshGround.all) func twoEqualWritesWriteOnce(ground: MeshGround) async throws {
        try await ground.play { mesh in
            let write = mesh.write(try split(20), since: 10)
            _ = try await mesh.router.write(write)
            let version = try await mesh.version()
            #expect(try await mesh.router.write(write).text.hasPrefix("found in place: "))
            #expect(try await mesh.version() == version)
        }
    }

    @Test(arguments: MeshGround.all) func aStaleFenceNeverWrites(ground: MeshGround) async throws {
        try await ground.play { mesh in
            _ = try await mesh.router.write(mesh.write(split(50), since: 15))
            let version = try await mesh.version()
            let older = await mesh.failure(of: mesh.write(try split(10), since: 14))
            #expect(older?.kind == .fenced)
            let unknowing = await mesh.failure(of: mesh.write(try split(10), since: 19, previous: 14))
            #expect(unknowing?.kind == .fenced && unknowing?.bears == 15)
            let stranger = await mesh.failure(of: mesh.write(try split(10), since: 19, journal: "south"))
            #expect(stranger?.kind == .foreign)
            #expect(try await mesh.version() == version, "none of them has written")
            _ = try await mesh.router.write(mesh.write(split(60), since: 19, previous: 15))
            #expect(try await mesh.gives(60))
        }
    }

    @Test(arguments: MeshGround.all) func twoRolloutsDoNotShareABackend(ground: MeshGround) async throws {
        try await ground.play { mesh in
            _ = try await mesh.router.write(mesh.write(split(50), since: 10))
            let failure = await mesh.failure(of: mesh.write(try split(10), since: 20, rollout: "api"))
            #expect(failure?.kind == .foreign && failure?.message.contains("web") == true)
            #expect(try await mesh.gives(50))
        }
    }

    @Test(arguments: MeshGround.all)
    func nothingButTheWeightsOfTheSplitIsTouched(ground: MeshGround) async throws {
        try await ground.play { mesh in
            let before = try await mesh.rest()
            for (number, percent) in [20, 70, 100, 0].enumerated() {
                // Routes say whose they are, also where the other one has everything.
                let route = try split(percent, home: .a)
                try await mesh.carry(mesh.write(route, since: Rollouts.Sequence(number + 10)))
                #expect(try await mesh.rest() == before)
            }
        }
    }

    @Test(arguments: MeshGround.all.filter(\.takesRules))
    func rulesComeWithTheSplitAndLeaveNothingBehind(ground: MeshGround) async throws {
        try await ground.play { mesh in
            let before = try await mesh.rest()
            let ruled = try split(20, rules: [istioSend("beta", betaHeader)])
            try await mesh.carry(mesh.write(ruled, since: 10))
            #expect(try await mesh.rest() != before)
            #expect(try await mesh.observed()?.route == ruled, "and is read back")
            try await mesh.carry(mesh.write(split(20), since: 11))
            #expect(try await mesh.gives(20), "the split stays")
            try await mesh.carry(mesh.write(ruled, since: 12))
            try await mesh.carry(mesh.write(.all(to: .a), since: 13, isRollback: true))
            #expect(try await mesh.gives(0))
            #expect(try await mesh.rest() == before, "what was there is restored")
        }
    }

    @Test(arguments: MeshGround.all) func anEditIsNoticedAndMended(ground: MeshGround) async throws {
        try await ground.play { mesh in
            let write = mesh.write(try split(20), since: 10)
            try await mesh.carry(write)
            var news = mesh.router.disturbances().makeAsyncIterator()
            try await mesh.meddle()
            #expect(await news.next() == RolloutName("web"))
            #expect(try await !mesh.gives(20))
            let observed = try await mesh.observed()
            #expect(observed?.route == nil && observed?.since == 10)
            _ = try await mesh.router.write(write)
            #expect(try await mesh.gives(20))
            #expect(try await mesh.observed()?.route == write.route)
            await mesh.close()
            while await news.next() != nil {}
        }
    }

    /// Whatever the mesh was told last, the stable release gets everything in one order.
    @Test(arguments: MeshGround.all) func takingTrafficBackNeedsNoOther(ground: MeshGround) async throws {
        try await ground.play { mesh in
            try await mesh.carry(mesh.write(split(50), since: 10))
            try await mesh.meddle()
            try await mesh.carry(mesh.write(.all(to: .a), since: 11, previous: 10, isRollback: true))
            #expect(try await mesh.gives(0))
            #expect(try await mesh.observed()?.route == .all(to: .a))
        }
    }
}

extension RoutedMesh {
    fileprivate func observed() async throws -> ObservedRoute? {
        try await router.observe(RolloutName("web"), target)
    }
}
