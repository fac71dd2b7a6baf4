import Testing

@testable import Kubernetes
@testable import Transport

private let query = ObjectQuery(.pod, in: "shop")

/// The next events of a watch.
private func take(
    _ count: Int, _ iterator: inout AsyncStream<ObjectEvent>.Iterator
) async -> [ObjectEvent] {
    var events: [ObjectEvent] = []
    while events.count < count, let event = await iterator.next() { events.append(event) }
    return events
}

/// Lists answer with this list; the nth watch gets the nth of these replies, and the last of them ever after.
private func sender(list: HTTPResponse, _ watches: ScriptedSender.Reply...) -> ScriptedSender {
    let count = Counter()
    return ScriptedSender { _, request in
        guard request.url.contains("watch=1") else { return .response(list) }
        return watches[min(count.next(), watches.count - 1)]
    }
}

extension ScriptedSender {
    /// `list`, `watch from 7`
    fileprivate var story: [String] {
        targets.map { target in
            guard let version = target.firstRange(of: "resourceVersion=") else { return "list" }
            return "watch from " + target[version.upperBound...].prefix { $0 != "&" }
        }
    }
}

@Suite struct WatchTests {
    @Test func whatIsThereComesFirstAndThenEveryChange() async {
        let feed = Feed()
        let sender = sender(list: podList(pod("a"), version: 5), .feed(feed))
        var events = client(sender).watch(query).makeAsyncIterator()
        #expect(await take(1, &events) == [.listed([pod("a")])])
        feed.write(line("ADDED", pod("b", version: 6)) + line("MODIFIED", pod("a", version: 7)))
        feed.write(line("DELETED", pod("b", version: 8)))
        #expect(
            await take(3, &events) == [
                .added(pod("b", version: 6)), .modified(pod("a", version: 7)),
                .deleted(pod("b", version: 8)),
            ])
        #expect(sender.story == ["list", "watch from 5"])
    }

    @Test func aWatchThatEndsGoesOnWhereItWas() async {
        let feed = Feed()
        let sender = sender(
            list: podList(version: 5), .pieces([line("ADDED", pod("a", version: 6))]), .feed(feed))
        var events = client(sender).watch(query).makeAsyncIterator()
        #expect(await take(2, &events) == [.listed([]), .added(pod("a", version: 6))])
        feed.write(line("ADDED", pod("b", version: 7)))
        #expect(await take(1, &events) == [.added(pod("b", version: 7))])
        #expect(sender.story == ["list", "watch from 5", "watch from 6"])
    }

    @Test func aBookmarkIsAPlaceToGoOnFromAndNoEvent() async {
        let feed = Feed()
        let sender = sender(
            list: podList(version: 5), .pieces([line("BOOKMARK", pod("", version: 90))]), .feed(feed))
        var events = client(sender).watch(query).makeAsyncIterator()
        feed.write(line("ADDED", pod("a", version: 91)))
        #expect(await take(2, &events) == [.listed([]), .added(pod("a", version: 91))])
        #expect(sender.story == ["list", "watch from 5", "watch from 90"])
    }

    @Test func aHalfLineAtTheEndIsNoEvent() async {
        let feed = Feed()
        let half = String(line("ADDED", pod("b", version: 7)).prefix(40))
        let sender = sender(
            list: podList(version: 5), .pieces([line("ADDED", pod("a", version: 6)), half]), .feed(feed))
        var events = client(sender).watch(query).makeAsyncIterator()
        feed.write(line("ADDED", pod("b", version: 7)))
        #expect(
            await take(3, &events)
                == [.listed([]), .added(pod("a", version: 6)), .added(pod("b", version: 7))])
        #expect(sender.story.last == "watch from 6")
    }

    @Test func aVersionThatIsTooOldMeansToListAgain() async {
        let gone = refusalObject(410, "Expired", "too old resource version")
        let sender = sender(
            list: podList(pod("a"), version: 5), .pieces([line("ERROR", gone)]),
            .response(.refusal(410, "Expired", "too old resource version")), .feed(Feed()))
        var events = client(sender).watch(query).makeAsyncIterator()
        let all = await take(5, &events)
        #expect([all[0], all[2], all[4]].allSatisfy { $0 == .listed([pod("a")]) })
        for event in [all[1], all[3]] {
            guard case .interrupted(let error) = event else { Issue.record("\(event)"); continue }
            #expect(error.kind == .expired)
        }
        #expect(await eventually { sender.requests.count == 6 })
        #expect(sender.story == ["list", "watch from 5", "list", "watch from 5", "list", "watch from 5"])
    }

    @Test(arguments: [
        ScriptedSender.Reply.failure(.interrupted), .response(.refusal(500, "InternalError", "no")),
        .response(.refusal(403, "Forbidden", "User cannot watch")), .pieces(["<html>\n"]),
    ])
    func troubleIsToldAndOutlived(reply: ScriptedSender.Reply) async {
        let feed = Feed()
        let sender = sender(list: podList(version: 5), reply, reply, .feed(feed))
        var events = client(sender).watch(query).makeAsyncIterator()
        feed.write(line("ADDED", pod("a", version: 6)))
        let all = await take(4, &events)
        #expect([all[0], all[3]] == [.listed([]), .added(pod("a", version: 6))])
        for event in all[1...2] {
            guard case .interrupted = event else { Issue.record("\(event)"); continue }
        }
        #expect(sender.story == ["list", "watch from 5", "watch from 5", "watch from 5"])
    }

    @Test func aListThatFailsIsTriedAgain() async {
        let sender = ScriptedSender { number, request in
            if number == 0 { return .failure(.connect) }
            return request.url.contains("watch=1") ? .feed(Feed()) : .response(podList(version: 5))
        }
        var events = client(sender).watch(query).makeAsyncIterator()
        let all = await take(2, &events)
        if case .interrupted = all[0] {} else { Issue.record("\(all)") }
        #expect(all[1] == .listed([]))
    }

    @Test func whatLooksLikeNoListDoesNotPassForAnEmptyOne() async {
        let replies: [JSON] = [
            [:], ["items": []], ["kind": "Status"], ["metadata": ["resourceVersion": "1"]],
        ]
        for reply in replies {
            let sender = ScriptedSender { _, _ in .response(.json(reply)) }
            let found = await refusal { () async throws(KubernetesError) in
                try await client(sender).list(query, .ordinary)
            }
            #expect(found?.kind == .unavailable(retryAfter: nil))
            #expect(found?.message == "list pods of shop: the answer is no list")
        }
    }
}

@Suite struct SharedWatchTests {
    @Test func manyReadersShareOneConnection() async {
        let feed = Feed()
        let sender = sender(list: podList(pod("a"), version: 5), .feed(feed))
        let client = client(sender)
        var readers = (0..<50).map { _ in client.watch(query).makeAsyncIterator() }
        for index in readers.indices {
            #expect(await take(1, &readers[index]) == [.listed([pod("a")])])
        }
        feed.write(line("ADDED", pod("b", version: 6)))
        for index in readers.indices {
            #expect(await take(1, &readers[index]) == [.added(pod("b", version: 6))])
        }
        #expect(sender.story == ["list", "watch from 5"])
        #expect(await client.counts == ["list": 1, "watch": 1])
    }

    @Test func whoComesLaterIsToldWhatIsThereByThen() async {
        let feed = Feed()
        let sender = sender(list: podList(pod("a"), pod("c"), version: 5), .feed(feed))
        let client = client(sender)
        var early = client.watch(query).makeAsyncIterator()
        feed.write(line("ADDED", pod("b", version: 6)) + line("MODIFIED", pod("a", version: 7)))
        feed.write(line("DELETED", pod("c", version: 8)))
        #expect(await take(4, &early).count == 4)
        var late = client.watch(query).makeAsyncIterator()
        #expect(await take(1, &late) == [.listed([pod("a", version: 7), pod("b", version: 6)])])
        feed.write(line("DELETED", pod("b", version: 9)))
        #expect(await take(1, &early) == [.deleted(pod("b", version: 9))])
        #expect(await take(1, &late) == [.deleted(pod("b", version: 9))])
        #expect(sender.story == ["list", "watch from 5"])
    }

    @Test func withItsLastReaderTheConnectionGoes() async {
        let feed = Feed()
        let sender = sender(list: podList(version: 5), .feed(feed))
        let client = client(sender)
        let readers = (0..<2).map { _ in Task { for await _ in client.watch(query) {} } }
        #expect(await eventually { sender.requests.count == 2 })
        readers[0].cancel()
        await readers[0].value
        #expect(!feed.isAbandoned)
        readers[1].cancel()
        #expect(await eventually { feed.isAbandoned })
        #expect(await eventually { await client.watchCount == 0 }, "and nothing of it is kept")
    }

    @Test func aReaderWhoDropsTheWatchHasLeft() async {
        let feed = Feed()
        let sender = sender(list: podList(version: 5), .feed(feed))
        let client = client(sender)
        do {
            let watch = client.watch(query)
            #expect(await eventually { sender.requests.count == 2 })
            withExtendedLifetime(watch) {}
        }
        #expect(await eventually { feed.isAbandoned })
    }

    @Test func whoComesAfterTheLastHasLeftBeginsAnew() async {
        let feeds = [Feed(), Feed()]
        let sender = sender(list: podList(pod("a"), version: 5), .feed(feeds[0]), .feed(feeds[1]))
        let client = client(sender)
        let first = Task { for await _ in client.watch(query) {} }
        #expect(await eventually { sender.requests.count == 2 })
        first.cancel()
        #expect(await eventually { feeds[0].isAbandoned })
        var second = client.watch(query).makeAsyncIterator()
        #expect(await take(1, &second) == [.listed([pod("a")])])
        feeds[1].write(line("ADDED", pod("b", version: 6)))
        #expect(await take(1, &second) == [.added(pod("b", version: 6))])
    }

    @Test func differentQueriesHaveWatchesOfTheirOwn() async {
        let sender = sender(list: podList(version: 5), .feed(Feed()))
        let client = client(sender)
        var one = client.watch(query).makeAsyncIterator()
        var other = client.watch(ObjectQuery(.pod, in: "shop", labels: "app=web")).makeAsyncIterator()
        _ = (await take(1, &one), await take(1, &other))
        #expect(await client.watchCount == 2)
    }

    @Test func aReaderWhoSleepsWakesUpToAllThatIsThere() async {
        let feed = Feed()
        let sender = sender(list: podList(version: 1), .feed(feed))
        let client = client(sender)
        var sleeper = client.watch(query).makeAsyncIterator()
        var reader = client.watch(query).makeAsyncIterator()
        #expect(await take(1, &reader) == [.listed([])])
        for number in 1...1_500 {
            feed.write(line("ADDED", pod("p\(number)", version: number + 1)))
            #expect(await take(1, &reader).count == 1)
        }
        var known: Set<JSON> = []
        var count = 0
        while known.count < 1_500, let event = await sleeper.next() {
            count += 1
            switch event {
            case .listed(let objects): known = Set(objects)
            case .added(let object): known.insert(object)
            default: Issue.record("\(event)")
            }
        }
        #expect(count < 1_100, "what it was not told by then fills no memory")
        #expect(known.count == 1_500)
    }
}
