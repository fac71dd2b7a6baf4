import Engine
import Foundation
import Intake
import Manifests
import Rollouts
import Testing

/// What is in force follows the files, and never a file that is broken or half written.
@Suite struct ManifestWatcherTests {
    @Test func whatIsWrittenIsDeclaredAndWhatChangesIsDeclaredAnew() async throws {
        let checkout = try Checkout()
        try checkout.write("checkout.yaml", manifest("checkout"))
        try await checkout.follow { loop, watcher in
            await watcher.settle()
            #expect(await watcher.problems == [])
            #expect(await loop.weight(of: "checkout") == 20)
            try checkout.write("checkout.yaml", manifest("checkout", weight: 50))
            await watcher.settle()
            #expect(await loop.weight(of: "checkout") == 50)
        }
    }

    @Test func aFileThatIsBeingWrittenIsNotRead() async throws {
        let checkout = try Checkout()
        try checkout.write("checkout.yaml", manifest("checkout"))
        try await checkout.follow { loop, watcher in
            await watcher.settle()
            for weight in 30...34 {
                try checkout.write("checkout.yaml", manifest("checkout", weight: weight))
                await watcher.look()
                #expect(await loop.weight(of: "checkout") == 20)
            }
            await watcher.look()
            #expect(await loop.weight(of: "checkout") == 34)
        }
    }

    @Test func aBrokenFileChangesNothingAndIsReportedUntilItIsMended() async throws {
        let checkout = try Checkout()
        try checkout.write("checkout.yaml", manifest("checkout"))
        try checkout.write("payments.yaml", manifest("payments"))
        try await checkout.follow { loop, watcher in
            await watcher.settle()
            for broken in [String(manifest("checkout").prefix(120)), manifest("checkout", weight: 120), "{"] {
                try checkout.write("checkout.yaml", broken)
                try checkout.write("payments.yaml", manifest("payments", weight: 40))
                await watcher.settle()
                #expect(await watcher.problems.contains { $0.file.hasSuffix("/checkout.yaml") })
                #expect(await loop.weight(of: "checkout") == 20)
                #expect(await loop.isWithdrawn("checkout") == false)
                #expect(await loop.weight(of: "payments") == 40, "the others go on")
            }
            try checkout.write("checkout.yaml", manifest("checkout", weight: 60))
            await watcher.settle()
            #expect(await watcher.problems == [])
            #expect(await loop.weight(of: "checkout") == 60)
        }
    }

    @Test func aDeletedFileWithdrawsItsRolloutAndItsReturnDeclaresItAgain() async throws {
        let checkout = try Checkout()
        try checkout.write("checkout.yaml", manifest("checkout"))
        try await checkout.follow { loop, watcher in
            await watcher.settle()
            try checkout.remove("checkout.yaml")
            await watcher.look()
            #expect(await loop.isWithdrawn("checkout") == false, "it may be about to be written anew")
            await watcher.look()
            #expect(await loop.isWithdrawn("checkout") == true)
            try checkout.write("checkout.yaml", manifest("checkout"))
            await watcher.settle()
            #expect(await loop.isWithdrawn("checkout") == false)
        }
    }

    /// Known before anything runs: a start in the first second of a server must not slip through.
    @Test func aFreezeHoldsWhatIsAnnouncedUntilItIsTakenOut() async throws {
        let checkout = try Checkout()
        try checkout.write("checkout.yaml", manifest("checkout"))
        try checkout.write("freeze.yaml", freeze)
        try await checkout.follow { loop, watcher in
            await watcher.readAhead()
            await watcher.settle()
            let name = RolloutName("checkout")
            _ = try await loop.submit(.start(release: "v1"), to: name, by: "ci")
            #expect(await loop.rollout(name)?.queued?.name == "v1")
            #expect(await loop.rollout(name)?.frozen?.name == "year-end")

            // A slip of the keyboard thaws nothing.
            try checkout.write("freeze.yaml", freeze.replacing("reason", with: "raeson"))
            await watcher.settle()
            #expect(await loop.rollout(name)?.queued?.name == "v1")

            try checkout.remove("freeze.yaml")
            await watcher.settle()
            // Nobody here moves traffic, so that the look before the start may have refused it by now.
            let isStarted = await loop.until(name) { $0.flight?.announced == "v1" || $0.landed == "v1" }
            #expect(isStarted, "nothing started after the freeze")
        }
    }

    private var freeze: String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Freeze
        metadata: {name: year-end}
        spec:
          reason: no changes over the holidays
          owner: payments

        """
    }

    @Test func aFolderThatIsGoneWithdrawsNothing() async throws {
        let checkout = try Checkout()
        try checkout.write("checkout.yaml", manifest("checkout"))
        try await checkout.follow { loop, watcher in
            await watcher.settle()
            try FileManager.default.removeItem(atPath: checkout.path)
            await watcher.settle()
            #expect(await loop.isWithdrawn("checkout") == false)
            #expect(await watcher.problems.map(\.message) == ["cannot be read: No such file or directory"])
        }
    }

    @Test func aWholeCheckoutThatIsSwappedBehindALinkIsSeen() async throws {
        let checkout = try Checkout()
        let files = FileManager.default
        for (folder, weight) in [("one", 20), ("two", 50)] {
            try files.createDirectory(atPath: "\(checkout.path)/\(folder)", withIntermediateDirectories: true)
            try checkout.write(
                "checkout.yaml", manifest("checkout", weight: weight), in: "\(checkout.path)/\(folder)")
        }
        let link = checkout.path + "/current"
        try files.createSymbolicLink(atPath: link, withDestinationPath: "one")
        try await checkout.follow([link]) { loop, watcher in
            await watcher.settle()
            #expect(await loop.weight(of: "checkout") == 20)
            try files.createSymbolicLink(atPath: link + ".new", withDestinationPath: "two")
            #expect(rename(link + ".new", link) == 0)
            await watcher.settle()
            #expect(await loop.weight(of: "checkout") == 50)
        }
    }

    @Test func aRestartDeclaresNothingThatIsInForceAndSeesWhatWasDeletedMeanwhile() async throws {
        let checkout = try Checkout()
        try checkout.write("checkout.yaml", manifest("checkout"))
        try checkout.write("payments.yaml", manifest("payments"))
        try await checkout.follow { _, watcher in await watcher.settle() }
        try checkout.remove("payments.yaml")
        try await checkout.follow { loop, watcher in
            await watcher.settle()
            #expect(await loop.rollout(RolloutName("checkout"))?.sequence == 1)
            #expect(await loop.isWithdrawn("payments") == true)
        }
    }

    @Test func twoThousandRolloutsAreInForceInAMoment() async throws {
        let checkout = try Checkout()
        for number in 0..<20 {
            let documents = (0..<100).map { manifest("service-\(number)-\($0)") }
            try checkout.write("\(number).yaml", documents.joined(separator: "---\n"))
        }
        try await checkout.follow { loop, watcher in
            let start = ContinuousClock.now
            await watcher.settle()
            #expect(await loop.all.count == 2_000)
            #expect(await loop.meters.commits <= 20, "they are recorded together")
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test func itLooksByItselfUntilItIsCancelled() async throws {
        let checkout = try Checkout()
        try checkout.write("checkout.yaml", manifest("checkout"))
        try await checkout.follow { loop, watcher in
            let watching = Task { await watcher.run() }
            let deadline = ContinuousClock.now + .seconds(5)
            while await loop.weight(of: "checkout") == nil, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(await loop.weight(of: "checkout") == 20)
            watching.cancel()
            await watching.value
        }
    }
}
