import Analysis
import Backtest
import Foundation
import Testing

/// What is refused, what is left out, and what stands in a file.
@Suite struct PlaybackTests {
    private func complaint(_ metrics: [Metric], _ history: History) -> String {
        do {
            _ = try Playback(Made.subject(metrics), history)
            return "no complaint"
        } catch {
            return "\(error)"
        }
    }

    @Test func aTemplateOfWhichNothingIsKnownIsRefused() {
        let other = Made.metric(query: "other")
        let text = complaint([other], Made.numbers { _ in [1] })
        #expect(text.hasPrefix("nothing can be played: metric success-rate is not in the history"), "\(text)")
        #expect(complaint([Made.metric()], Made.numbers { _ in [] }).contains("had no data at all"))
        #expect(complaint([Made.compared()], Made.counters(hours: 0)).contains("nothing can be played"))
    }

    @Test func aHistoryThatIsTooShortIsRefused() {
        let text = complaint([Made.metric()], Made.numbers(days: 0.01) { _ in [1] })
        #expect(text.contains("less than one rollout of 30m; give it a longer --range"), "\(text)")
    }

    @Test func whatCannotBePlayedIsSaid() throws {
        var job = Made.metric("smoke")
        job.query.provider = "job"
        let report = try Made.report([Made.metric(), job], Made.numbers { _ in [0.99] })
        #expect(report.unplayed.map(\.metric) == ["smoke"])
        #expect(report.text.contains("not played: metric smoke is asked of job"))
    }

    @Test func aTimeThatIsExcludedIsLeftOut() throws {
        let trouble = Window(start: Made.start + .seconds(86_400), end: Made.start + .seconds(2 * 86_400))
        let history = Made.numbers { minute in [1_440..<2_880 ~= minute ? 0.5 : 0.99] }
        let all = try Made.report([Made.metric()], history)
        let rest = try Made.report([Made.metric()], history, excluded: [trouble])
        #expect(all.good.takenBack.count > 5)
        #expect(rest.good.takenBack.count == 0)
        #expect(rest.excluded > 0 && rest.windows + rest.excluded == all.windows)
    }

    @Test func aFileGivesBackWhatWasWritten() throws {
        var history = Made.counters(hours: 4)
        history.numbers = Made.numbers(days: 0.2) { [0: [], 1: [.nan]][$0] ?? [0.25, 1e9] }.numbers
        let read = try History(json: history.json())
        #expect(try read.json() == history.json())
        #expect(read.numbers[0].answers[1][0].isNaN)
        let twice = try [history, read].map {
            try Made.report([Made.compared()], $0, windows: 3, effects: [.times(5)]).text
        }
        #expect(twice[0] == twice[1])
    }

    @Test func anEditedTemplateIsJudgedByTheSameFile() throws {
        let history = Made.counters(hours: 4)
        let stricter = Comparison(kind: .errors, margin: Margin(ratio: 1), dispersion: 1)
        #expect(try Made.report([Made.compared(stricter)], history, windows: 3, effects: []).windows == 3)
    }

    @Test(arguments: ["", "{}", "[1]", #"{"format":"else","from":0,"until":1,"numbers":[],"counters":[]}"#])
    func whatIsNoHistoryIsRefused(text: String) {
        #expect(throws: Complaint.self) { try History(json: Data(text.utf8)) }
    }

    /// Nobody's edit of a file may bring the program down.
    @Test func aFileWhoseColumnsDoNotFitIsRefused() throws {
        let text = String(decoding: try Made.counters(hours: 1).json(), as: UTF8.self)
        for (found, instead) in [
            ("\"bad\":[[", "\"bad\":[[],["), ("\"bad\":[[", "\"bad\":[[1,"), ("1763856060000000", "9"),
        ] {
            let broken = text.replacingOccurrences(
                of: found, with: instead, range: text.range(of: found))
            #expect(broken != text)
            #expect(throws: Complaint.self) { try History(json: Data(broken.utf8)) }
        }
    }

    @Test(arguments: [
        ("x2", "×2"), ("×1.5", "×1.5"), ("+1pp", "+1pp"), ("+0.5pp", "+0.5pp"), ("silence", "silence"),
        ("x1", nil), ("x-2", nil), ("xinf", nil), ("+pp", nil), ("+100pp", nil), ("2", nil), ("", nil),
    ])
    func anEffectIsReadAsItIsWritten(text: String, name: String?) {
        #expect(Effect(text)?.name == name)
    }
}
