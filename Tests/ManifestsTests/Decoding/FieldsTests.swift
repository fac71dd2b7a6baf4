import Manifests
import Testing

struct FieldsTests {
    private struct Step: Equatable {
        let name: String
        let weight: Int?
    }

    private let step = Shape<Step>.object { object in
        let name = object.required("name", .string)
        let weight = object.optional("setWeight", .hundredths(in: 0...10_000))
        _ = object.field("pause")
        object.refuseUnsupported(["experiment": "experiments come with Kubernetes support"])
        guard let name else { return nil }
        return Step(name: name, weight: weight)
    }

    @Test func aDecoderReadsLikeATable() {
        let (value, problems) = decode("{name: a, setWeight: 12.5}", step)
        #expect(value == Step(name: "a", weight: 1250))
        #expect(problems.isEmpty)
    }

    @Test func aMissingKeyIsReportedAtItsMapping() {
        #expect(
            decode("- name: a\n- setWeight: 5\n", .list(of: step)).problems == ["2:3: [1]: missing `name`"])
    }

    @Test func aKeyWithoutAValueIsNotAbsent() {
        #expect(decode("name:\n", step).problems == ["1:6: name: expected a string, found nothing"])
        #expect(
            decode("{name: a, setWeight: ~}", step).problems == [
                "1:22: setWeight: expected a number, found nothing"
            ])
        let present = Shape<[Bool?]>.object { object in
            let fields = [object.field("a"), object.field("b"), object.field("c")]
            return fields.map { $0?.isNull }
        }
        #expect(decode("a:\nb: 1\n", present).value == [true, false, nil])
    }

    @Test func nullCanBeReadAsAbsentWhereKubernetesDoes() {
        let shape = Shape<String>.object { $0.optional("a", .string, nullIsAbsent: true) ?? "none" }
        #expect(decode("a: null", shape).value == "none")
        #expect(decode("a: x", shape).value == "x")
        #expect(decode("a: 1", shape).problems.count == 1)
    }

    @Test func anUnknownKeyIsRefusedWithWhatWasMeant() {
        #expect(
            decode("name: a\nsetWieght: 5\n", step).problems == [
                "2:1: unknown key `setWieght`; did you mean `setWeight`? known: name, pause, setWeight"
            ])
        #expect(
            decode("{name: a, colour: red}", step).problems == [
                "1:11: unknown key `colour`; known: name, pause, setWeight"
            ])
    }

    @Test func anUnsupportedKeyIsNamedAsSuch() {
        #expect(
            decode("{name: a, experiment: {}}", step).problems == [
                "1:11: `experiment` is not supported yet: experiments come with Kubernetes support"
            ])
    }

    @Test func allErrorsOfAMappingComeAtOnceAndInOrder() {
        let text = "steps:\n- setWeight: 120\n  color: red\n- 5\n- {name: [x], experiment: 1}\n"
        let shape = Shape<[Step]>.object { $0.required("steps", .list(of: step)) }
        #expect(
            decode(text, shape).problems == [
                "2:3: steps[0]: missing `name`",
                "2:14: steps[0].setWeight: 120 is more than 100",
                "3:3: steps[0]: unknown key `color`; known: name, pause, setWeight",
                "4:3: steps[1]: expected a mapping, found the number 5",
                "5:10: steps[2].name: expected a string, found a list",
                "5:15: steps[2]: `experiment` is not supported yet: experiments come with Kubernetes support",
            ])
    }

    @Test func anErrorBehindAnAliasIsReportedWhereTheAliasIsUsed() {
        let text = "a: &x 120\nb: *x\n"
        let shape = Shape<Int>.object { object in
            _ = object.field("a")
            return object.required("b", .int(in: 0...100))
        }
        #expect(decode(text, shape).problems == ["2:4: b: 120 is more than 100"])
    }

    @Test func keysCanBeLeftToOthers() {
        let shape = Shape<Bool>.object { object in
            object.ignore("status", "metadata")
            return true
        }
        #expect(decode("{status: 1, metadata: {}}", shape).problems.isEmpty)
    }

    @Test func refusingTwiceReportsOnce() {
        let shape = Shape<Bool>.object { object in
            object.refuseUnknown()
            return true
        }
        #expect(decode("{a: 1}", shape).problems == ["1:2: unknown key `a`; known: none"])
    }

    @Test(arguments: [
        ("{a: 1}", "a", []), ("{}", "nil", ["1:1: needs one of: a, b"]),
        ("{a: 1, b: 2}", "nil", ["1:1: has a and b; only one of them can be meant"]),
    ])
    func oneOfSeveralKeysCanBeAskedFor(text: String, found: String, problems: [String]) {
        let shape = Shape<String>.object { object in
            object.ignore("a", "b")
            return object.exactlyOne(of: ["a", "b"]) ?? "nil"
        }
        #expect(decode(text, shape).value == found)
        #expect(decode(text, shape).problems == problems)
    }

    @Test func aDecoderCanBeAFunction() {
        func read(_ field: Field) -> Int? { field.read(.int).map { $0 * 2 } }
        let shape = Shape<Int?>.object { $0.required("a", read) ?? $0.optional("b", read) }
        #expect(decode("{a: 21}", shape).value == 42)
    }

    @Test func aValueCanBeRefusedOrWarnedOf() {
        let shape = Shape<Bool>.object { object in
            object.field("a")?.warn("odd")
            object.field.refuse("impossible")
            return nil
        }
        #expect(decode("{a: 1}", shape).problems == ["1:1: impossible", "1:5: warning: a: odd"])
    }
}
