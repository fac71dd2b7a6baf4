import Foundation
import Rollouts
import Testing

@testable import Traffic

@Suite final class RouteFileTests {
    let folder: String

    init() throws {
        folder = try temporaryFolder()
    }

    deinit {
        chmod(folder, 0o755)
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test func theSameRouteIsWrittenOnce() async throws {
        let file = routeFile()
        #expect(try await file.put(document(order(20))))
        #expect(try await !file.put(document(order(20))))
    }

    @Test func nothingIsWrittenBelowTheFence() async throws {
        let file = routeFile()
        _ = try await file.put(document(order(20, since: 7)))
        let failure = await #expect(throws: RouteFailure.self) {
            try await file.put(document(order(0, since: 6)))
        }
        #expect(failure?.kind == .fenced)
        #expect(failure?.bears == 7)
        #expect(try await file.read() == document(order(20, since: 7)).bytes)
    }

    /// A rollback that was made while the journal could not be written bears a number that the log does not know,
    /// and may come to give to another event.
    @Test func aWriteThatTheLogDoesNotKnowOfIsNotReplaced() async throws {
        let file = routeFile()
        _ = try await file.put(document(order(20, since: 7)))
        _ = try await file.put(document(order(0, since: 14)))
        for since in [14, 15] as [Rollouts.Sequence] {
            let failure = await #expect(throws: RouteFailure.self) {
                try await file.put(document(order(50, since: since, previous: 7)))
            }
            #expect(failure?.bears == 14)
        }
        #expect(try await file.put(document(order(50, since: 15, previous: 14))))
    }

    @Test func theRouteOfAnotherJournalIsLeftAloneAndTheMessageSaysHowToTakeOver() async throws {
        _ = try await routeFile().put(document(order(20, journal: "south")))
        let failure = await #expect(throws: RouteFailure.self) {
            try await self.routeFile().put(document(order(0, since: 9)))
        }
        #expect(failure?.kind == .foreign)
        #expect(failure?.message.contains("delete \(folder)/web.json to let this journal take over") == true)
    }

    @Test func twoRolloutsCannotShareARoute() async throws {
        _ = try await routeFile().put(document(order(20)))
        let failure = await #expect(throws: RouteFailure.self) {
            try await self.routeFile().put(document(order(0, since: 9, rollout: "shop")))
        }
        #expect(failure?.kind == .foreign)
    }

    @Test func ofManyWritesAtOnceTheLatestStays() async throws {
        let file = routeFile()
        await withTaskGroup(of: Void.self) { group in
            for since in (1...50 as ClosedRange<Rollouts.Sequence>).shuffled() {
                // Those that come too late are fenced off, as they should be.
                group.addTask { _ = try? await file.put(document(order(Int(since), since: since))) }
            }
        }
        #expect(try await file.read() == document(order(50, since: 50)).bytes)
    }

    @Test(arguments: ["", "{", "someone was here"])
    func anEditThatBearsNoMarkIsPutRight(text: String) async throws {
        try text.write(toFile: "\(folder)/web.json", atomically: true, encoding: .utf8)
        #expect(try await routeFile().put(document(order(20))))
    }

    @Test func anotherProcessAtTheSameFileIsNotWaitedFor() async throws {
        let document = try document(order(20))
        try AtomicFile(folder: folder, name: "web.json").exclusively { () throws(RouteFailure) in
            let second = AtomicFile(folder: folder, name: "web.json")
            #expect(throws: RouteFailure.self) {
                try second.exclusively { () throws(RouteFailure) in try second.replace(with: document.bytes) }
            }
        }
        #expect(try await routeFile().put(document))
    }

    @Test func aDraftThatCannotBeWrittenIsReportedAndLeavesTheOldFile() async throws {
        _ = try await routeFile().put(document(order(20)))
        symlink("/dev/full", "\(folder)/.web.json.draft")
        let failure = await #expect(throws: RouteFailure.self) {
            try await self.routeFile().put(document(order(30, since: 2)))
        }
        #expect(failure?.kind == .unavailable)
        #expect(failure?.message.hasPrefix("can't write \(folder)/.web.json.draft: ") == true)
        #expect(try await routeFile().read() == document(order(20)).bytes)
    }

    @Test func aMissingFolderIsAnOutageAndAMissingFileIsNot() async throws {
        #expect(try await routeFile().read() == nil)
        let lost = RouteFile(RolloutName("web"), route: "web", in: FolderStore("\(folder)/gone"))
        let failure = await #expect(throws: RouteFailure.self) { try await lost.read() }
        #expect(failure?.kind == .unavailable)
    }

    @Test func onlyWhatOthersDidIsADisturbance() async throws {
        let file = routeFile()
        _ = try await file.put(document(order(20)))
        #expect(await !file.isDisturbed())
        try "edited".write(toFile: "\(folder)/web.json", atomically: true, encoding: .utf8)
        #expect(await file.isDisturbed())
        _ = try await file.read()
        #expect(await !file.isDisturbed())
        try FileManager.default.removeItem(atPath: "\(folder)/web.json")
        #expect(await file.isDisturbed())
    }

    @Test func aPipeInThePlaceOfTheFileKeepsNobodyWaiting() async throws {
        mkfifo("\(folder)/web.json", 0o644)
        #expect(try await routeFile().put(document(order(20))))
    }

    private func routeFile() -> RouteFile {
        RouteFile(RolloutName("web"), route: "web", in: FolderStore(folder))
    }
}
