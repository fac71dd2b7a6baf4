import Foundation
import Transport

extension PodKeeper {
    mutating func settleJobs(_ state: inout some ControlledObjects, _ round: inout Round) {
        for job in state.all(.jobs) where !job.isFinished {
            let start = start(of: job, round)
            let isOver = isOver(start, min(jobsTake, job.deadline ?? jobsTake), &round)
            let status = isOver ? ended(job, round) : running(job, round)
            state.change(job, .jobs, .status, at: round.stamp) { $0["status"] = status }
        }
    }

    private func running(_ job: JSON, _ round: Round) -> JSON {
        ["active": 1, "startTime": job["status"]?["startTime"] ?? JSON(round.stamp.text)]
    }

    private func ended(_ job: JSON, _ round: Round) -> JSON {
        let isStopped = job.deadline.map { $0 < jobsTake } ?? false
        let hasFailed = isStopped || job["metadata"]?["annotations"]?["test/outcome"] == "failure"
        var status: JSON = ["startTime": job["status"]?["startTime"] ?? JSON(round.stamp.text)]
        status[hasFailed ? "failed" : "succeeded"] = 1
        if !hasFailed { status["completionTime"] = JSON(round.stamp.text) }
        var condition: JSON = [
            "type": JSON(hasFailed ? "Failed" : "Complete"), "status": "True",
            "lastTransitionTime": JSON(round.stamp.text),
        ]
        if hasFailed {
            condition["reason"] = isStopped ? "DeadlineExceeded" : "BackoffLimitExceeded"
            condition["message"] =
                isStopped
                ? "Job was active longer than specified deadline"
                : "Job has reached the specified backoff limit"
        }
        status["conditions"] = [condition]
        return status
    }
}

extension JSON {
    fileprivate var deadline: Duration? {
        self["spec"]?["activeDeadlineSeconds"]?.integer.map { .seconds($0) }
    }

    fileprivate var isFinished: Bool {
        self["status"]?["conditions"]?.array?
            .contains { ["Complete", "Failed"].contains($0["type"]?.string) && $0["status"] == "True" }
            ?? false
    }
}
