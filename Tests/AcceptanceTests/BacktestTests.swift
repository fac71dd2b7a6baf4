import ArgumentParser
import Foundation
import Lab
import Testing
import Transport

@testable import headgate

/// `headgate backtest`, on a real Prometheus that remembers hours.
@Suite(.serialized, .timeLimit(.minutes(4))) struct BacktestTests {
    @Test func aThresholdAndAComparisonAreTriedOnWhatAPrometheusRemembers() async throws {
        try await BacktestWorld.run { world in
            try await theThreshold(world)
            try await theComparison(world)
            try await theOfflineFile(world)
            try await theMistakes(world)
        }
    }

    private func theThreshold(_ world: BacktestWorld) async throws {
        let junit = world.file("junit.xml")
        let answer = try await BacktestWorld.backtest(
            [world.file("threshold.yaml"), "--arg", "job=web", "--json", "--junit", junit]
                + ["--max-false-rollback", "20%", "--min-power", "x5=50%"] + world.asked)
        #expect(answer.code == 0, "\(answer)")
        let report = try JSON(parsing: answer.output)
        #expect(report["rules"] == "argo")
        #expect(report["good"]["takenBack"]["count"] == 0)
        let five = report["bad"]?.array?.first { $0["effect"] == "×5" }
        #expect(five["takenBack"]["share"]?.number == 1)
        // One failure is allowed, and the window of the query is two minutes.
        #expect((five["medianSeconds"]?.number ?? 0) >= 60)
        let xml = try String(contentsOfFile: junit, encoding: .utf8)
        #expect(xml.contains(#"tests="2" failures="0""#), "\(xml)")
        let refused = try await BacktestWorld.backtest(
            [world.file("threshold.yaml"), "--arg", "job=web", "--min-power", "x2=90%"] + world.asked)
        #expect(refused.code == 1)
        #expect(refused.output.contains("✘ a release that is worse by ×2"), "\(refused.output)")
    }

    private func theComparison(_ world: BacktestWorld) async throws {
        let answer = try await BacktestWorld.backtest(
            [world.file("compared.yaml"), "--arg", "canary=web-2", "--arg", "stable=web-1"]
                + ["--weight", "25%", "--windows", "6", "--inject", "x5", "--save", world.file("saved.json")]
                + world.asked)
        #expect(answer.code == 0, "\(answer)")
        #expect(answer.output.contains("is taken back       ░░░░░░░░░░░░  0 % ["), "\(answer.output)")
        #expect(answer.output.contains("×5        ████████████   100 % ["), "\(answer.output)")
        // Four instances with ten requests a second each, of which one plays the canary.
        #expect(answer.output.contains("the canary has 25 %, 10 requests/s"), "\(answer.output)")
        #expect(!answer.complaints.contains("█"), "a progress bar where no terminal is")
    }

    /// The same file judges again without a store, and refuses what it does not know.
    private func theOfflineFile(_ world: BacktestWorld) async throws {
        let arms = ["--arg", "canary=web-2", "--arg", "stable=web-1"]
        let again = try await BacktestWorld.backtest(
            [world.file("compared.yaml"), "--offline", world.file("saved.json"), "--weight", "25%"]
                + ["--windows", "6", "--inject", "x5", "--min-power", "x5=30%"] + arms)
        #expect(again.code == 0, "\(again)")
        #expect(again.output.contains("✔ a release that is worse by ×5"), "\(again.output)")
        let other = try await world.backtest(
            world.file("threshold.yaml"), "--arg", "job=web", "--offline", world.file("saved.json"))
        #expect(other.code == 1)
        #expect(other.complaints.contains("is not in the history"), "\(other.complaints)")
    }

    private func theMistakes(_ world: BacktestWorld) async throws {
        let without = try await BacktestWorld.backtest([world.file("threshold.yaml")] + world.asked)
        #expect(without.code == 1)
        #expect(
            without.complaints.contains("--arg: args.job was not resolved: give it in args; asked for at"),
            "\(without.complaints)")
        let empty = try await BacktestWorld.backtest(
            [world.file("threshold.yaml"), "--arg", "job=gone"] + world.asked)
        #expect(empty.code == 1)
        #expect(empty.complaints.contains("had no data at all"), "\(empty.complaints)")
        let early = try await world.backtest(
            world.file("threshold.yaml"), "--arg", "job=web", "--prometheus", world.address, "--range", "10m",
            "--until", world.until)
        #expect(early.code == 1 && early.complaints.contains("longer --range"), "\(early.complaints)")
    }

    @Test(arguments: [
        (["x.yaml"], "say where the history is"),
        (["x.yaml", "--prometheus", "http://p", "--offline", "f"], "say where"),
        (["x.yaml", "--offline", "f", "--save", "g"], "no place beside"),
        (["x.yaml", "--offline", "f", "--range", "soon"], "--range: soon is no time"),
        (["x.yaml", "--offline", "f", "--weight", "100%"], "--weight: 100% is no share"),
        (["x.yaml", "--offline", "f", "--inject", "x0.5"], "--inject: x0.5 is none of"),
        (["x.yaml", "--offline", "f", "--arg", "a"], "--arg: a is not NAME=VALUE"),
        (["x.yaml", "--offline", "f", "--arg", "a=1", "--arg", "a=2"], "--arg: a is given twice"),
        (["x.yaml", "--offline", "f", "--min-power", "5=95%"], "--min-power: 5=95% is nothing like"),
        (
            ["x.yaml", "--offline", "f", "--max-false-rollback", "0.02"],
            "--max-false-rollback: 0.02 is no share"
        ),
        (["x.yaml", "--offline", "f", "--exclude", "a/b"], "--exclude: a/b is no time"),
    ])
    func whatIsWrittenWrongIsNamed(arguments: [String], message: String) {
        do {
            _ = try BacktestCommand.parse(arguments)
            Issue.record("\(arguments) was taken")
        } catch {
            let said = BacktestCommand.message(for: error)
            #expect(said.contains(message), "\(said)")
        }
    }

    @Test func howFarItHasComeIsALine() {
        #expect(ProgressBar.text("fetching errors", 0.5).hasPrefix(String(repeating: "█", count: 15) + "░"))
        #expect(ProgressBar.text("x", 2).contains("100 %"))
    }
}
