import Analysis
import Testing

@Suite struct MomentTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (1_795_373_280_250_000, "2026-11-22T18:48:00.250Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ]) func readsAsATimeOfDay(_ microseconds: Int64, _ text: String) {
        #expect(Moment(microseconds: microseconds).description == text)
    }

    @Test func addingTooMuchStopsAtTheEndOfTime() {
        #expect(Moment(microseconds: .max) + .seconds(1) == Moment(microseconds: .max))
        #expect(Moment(microseconds: 0) + .seconds(Int64.max) == Moment(microseconds: .max))
    }

    @Test(arguments: [
        (Duration.seconds(0), "0s"), (.seconds(90), "1m30s"), (.seconds(5_400), "1h30m"),
        (.milliseconds(250), "250ms"),
        (.milliseconds(1_500), "1.5s"), (.microseconds(7), "7us"), (.seconds(-3), "-3s"),
    ]) func aDurationReadsAsItIsWritten(_ duration: Duration, _ text: String) {
        #expect(duration.text == text)
    }
}
