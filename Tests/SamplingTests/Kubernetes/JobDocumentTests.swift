import Analysis
import Engine
import Rollouts
import Testing
import Transport

@testable import Sampling

/// The Job of a measurement, and what one says.
struct JobDocumentTests {
    @Test func aJobIsWhatTheTemplateSaysWithOurMarks() throws {
        let document = JobDocument(order: order(), namespace: "shop")
        let json = try document.json()
        #expect(json["apiVersion"] == "batch/v1" && json["kind"] == "Job")
        #expect(json["metadata"]["name"]?.string == document.name)
        #expect(json["metadata"]["labels"]["team"] == "shop")
        #expect(json["metadata"]["labels"]["headgate.dev/rollout"] == "web-shop")
        #expect(
            json["metadata"]["annotations"]["headgate.dev/measurement"]
                == "j/web.shop/7/step-1/0.smoke/0")
        #expect(json["spec"]["backoffLimit"] == 0 && json["spec"]["ttlSecondsAfterFinished"] == 86_400)
    }

    @Test func aTimeToLiveOfTheTemplateStays() throws {
        let text = #"{"spec": {"ttlSecondsAfterFinished": 5}}"#
        let json = try JobDocument(order: order(text: text), namespace: "shop").json()
        #expect(json["spec"]["ttlSecondsAfterFinished"] == 5)
    }

    @Test func aNameIsItsMeasurementsAlone() {
        let name = { (order: JobOrder) in JobDocument(order: order, namespace: "shop").name }
        #expect(name(order()) == name(order()))
        let others = [
            order(number: 1), order(flight: 8), order(kind: .background(1)), order(journal: "k"),
            order(rollout: "web-shop"), order(rollout: String(repeating: "long.", count: 40)),
        ]
        #expect(Set(others.map(name) + [name(order())]).count == others.count + 1)
        for order in others {
            #expect(
                name(order).utf8.count <= 63
                    && name(order).wholeMatch(of: /[a-z0-9]([a-z0-9-]*[a-z0-9])?/) != nil)
        }
    }

    @Test func anEarlierMeasurementsJobHasTheNameThatItHad() {
        let tenth = JobDocument(order: order(number: 9), namespace: "shop")
        #expect(tenth.earlier(by: 9)?.name == JobDocument(order: order(), namespace: "shop").name)
        #expect(tenth.earlier(by: 10) == nil)
    }

    @Test(arguments: [
        (#"[]"#, Sample?.none),
        (#"[{"type": "Complete", "status": "False"}]"#, nil),
        (#"[{"type": "SuccessCriteriaMet", "status": "True"}]"#, nil),
        (#"[{"type": "Complete", "status": "True"}]"#, .ended(.passed, message: "Job j is complete")),
        (
            #"[{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "m"}]"#,
            .ended(.failed, message: "Job j failed: BackoffLimitExceeded: m")
        ),
        (
            #"[{"type": "Failed", "status": "True", "reason": "DeadlineExceeded"}]"#,
            .ended(.stopped, message: "Job j failed: DeadlineExceeded")
        ),
    ])
    func aJobSaysHowItEnded(conditions: String, sample: Sample?) throws {
        let text = #"{"metadata": {"name": "j"}, "status": {"conditions": \#(conditions)}}"#
        let object = try JSON(parsing: text)
        #expect(JobReading(object).sample == sample)
    }
}

func order(
    text: String? = nil, number: Int = 0, flight: UInt64 = 7, kind: RunID.Kind = .step(1),
    journal: String = "j",
    rollout: String = "web.shop", outcome: String = "success", retention: Int = 10
) -> JobOrder {
    let job = """
        {"metadata": {"labels": {"team": "shop"}, "annotations": {"test/outcome": "\(outcome)"}},
         "spec": {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never",
           "containers": [{"name": "smoke", "image": "smoke:1"}]}}}}
        """
    return JobOrder(
        rollout: RolloutName(rollout), journal: journal,
        measurement: MeasureOrder(
            run: RunID(flight: flight, kind: kind), metric: 0, name: "smoke", number: number,
            query: Query(provider: "job", address: "shop", text: text ?? job, timeout: .seconds(2)),
            retention: retention, notBefore: Moment(microseconds: 0)))
}
