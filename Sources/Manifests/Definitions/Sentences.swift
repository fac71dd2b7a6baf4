/// What `kubectl explain` says of a field, by its path: a sentence for those that a reader starts from. They stand
/// beside the decoders and not in them, so that a decoder still reads like a table; a test holds that every path
/// here is one that a decoder knows.
package let sentences: [String: String] = {
    var all = ofRollouts.merging(ofFreezes) { first, _ in first }
    all["AnalysisTemplate"] =
        "Measurements that decide about a release, by which rollouts of its namespace name them."
    all["ClusterAnalysisTemplate"] =
        "Measurements that decide about a release, for rollouts of every namespace."
    for kind in ["AnalysisTemplate", "ClusterAnalysisTemplate"] {
        for (path, sentence) in ofTemplates { all["\(kind).\(path)"] = sentence }
    }
    return all
}()

private let ofRollouts = [
    "Rollout": "How the traffic of a service moves to a new release, step by step, and what takes it back.",
    "Rollout.spec": "What is wanted.",
    "Rollout.spec.drift": "What becomes of a route that somebody else has changed.",
    "Rollout.spec.inFlight": "What becomes of a release that is announced while another one is under way.",
    "Rollout.spec.minReadySeconds": "How long a pod has to be ready before it counts.",
    "Rollout.spec.paused": "Nothing starts and nothing advances. A rollback is never held.",
    "Rollout.spec.progressDeadline":
        "How long a weight may take to be seen in the data plane, and what then.",
    "Rollout.spec.replicas": "How many pods the stable release has; 1 where it is not said.",
    "Rollout.spec.restartAt": "Pods that are older than this moment are started anew.",
    "Rollout.spec.revisionHistoryLimit": "How many former releases are kept without pods.",
    "Rollout.spec.rollbackWindow": "A return to one of so many former stable releases skips the steps.",
    "Rollout.spec.selector": "The labels by which the pods of all releases are found.",
    "Rollout.spec.strategy": "One of canary, blueGreen and abTest.",
    "Rollout.spec.strategy.abTest":
        "Several releases side by side, until the time is over or the numbers decide.",
    "Rollout.spec.strategy.abTest.analysis": "What is measured meanwhile.",
    "Rollout.spec.strategy.abTest.arms":
        "The releases: the stable one first, which gets what the others leave.",
    "Rollout.spec.strategy.abTest.arms[].match": "Requests that get this arm.",
    "Rollout.spec.strategy.abTest.arms[].share": "The percentage of users who get this arm.",
    "Rollout.spec.strategy.abTest.duration": "How long the test runs.",
    "Rollout.spec.strategy.abTest.then":
        "What follows the end: a question to a person, all traffic for the arm, or none.",
    "Rollout.spec.strategy.abTest.until": "The test ends when the numbers have settled it.",
    "Rollout.spec.strategy.blueGreen": "A release that few or nobody see at first, then everybody at once.",
    "Rollout.spec.strategy.blueGreen.autoPromotionEnabled":
        "Whether the switch comes without a person; it does.",
    "Rollout.spec.strategy.blueGreen.autoPromotionSeconds": "How old a release has to be before the switch.",
    "Rollout.spec.strategy.blueGreen.postPromotionAnalysis":
        "A bad verdict after the switch sends everybody back.",
    "Rollout.spec.strategy.blueGreen.prePromotionAnalysis": "The switch comes after a good verdict only.",
    "Rollout.spec.strategy.blueGreen.previewRoute": "Requests that get the release before the switch.",
    "Rollout.spec.strategy.blueGreen.switch":
        "The switch in several weights, where it is not to happen at once.",
    "Rollout.spec.strategy.canary": "A release that gets more of the traffic step by step.",
    "Rollout.spec.strategy.canary.analysis":
        "What is measured all the while; a bad verdict takes all traffic back.",
    "Rollout.spec.strategy.canary.analysis.startingStep": "The step that it begins with; steps count from 0.",
    "Rollout.spec.strategy.canary.antiAffinity": "Keeps the pods of two releases off each other's nodes.",
    "Rollout.spec.strategy.canary.bake": "The release is watched for a while after it has all traffic.",
    "Rollout.spec.strategy.canary.canaryMetadata":
        "Labels and annotations of pods while their release is the canary.",
    "Rollout.spec.strategy.canary.canaryService": "The Service by which the mesh knows the canary.",
    "Rollout.spec.strategy.canary.maxSurge": "How many pods there may be beyond the wanted ones.",
    "Rollout.spec.strategy.canary.maxUnavailable": "How many of the wanted pods may be missing.",
    "Rollout.spec.strategy.canary.scaleDownDelay": "How long the pods of a former release stay.",
    "Rollout.spec.strategy.canary.stableMetadata":
        "Labels and annotations of pods while their release is stable.",
    "Rollout.spec.strategy.canary.stableService": "The Service by which the mesh knows the stable release.",
    "Rollout.spec.strategy.canary.steps": "What happens in turn; each step is one deed.",
    "Rollout.spec.strategy.canary.steps[].analysis": "Measures, and goes on with a good verdict only.",
    "Rollout.spec.strategy.canary.steps[].exponential": "Weights that are multiplied, each with a pause.",
    "Rollout.spec.strategy.canary.steps[].gate": "Asks somebody outside, by HTTP.",
    "Rollout.spec.strategy.canary.steps[].linear": "Weights that are added to, each with a pause.",
    "Rollout.spec.strategy.canary.steps[].pause": "Waits for a duration, or for a person.",
    "Rollout.spec.strategy.canary.steps[].setCanaryScale":
        "How many pods the canary has, whatever its weight.",
    "Rollout.spec.strategy.canary.steps[].setHeaderRoute":
        "Requests that get the release whatever the weight.",
    "Rollout.spec.strategy.canary.steps[].setMirrorRoute": "Requests of which the release gets a copy.",
    "Rollout.spec.strategy.canary.steps[].setWeight": "The release's share of the traffic, in percent.",
    "Rollout.spec.strategy.canary.stickiness": "Users who were given the release keep it, by a cookie.",
    "Rollout.spec.strategy.canary.trafficRouting":
        "Which mesh moves the traffic, and what it calls the places.",
    "Rollout.spec.template": "The pods of a release, as in a Deployment. A change of it is a new release.",
]

private let ofTemplates = [
    "spec": "What is measured.",
    "spec.args": "What a rollout fills in, written {{args.name}} in the metrics.",
    "spec.dryRun": "Metrics that are measured and shown, and never counted.",
    "spec.metrics": "The measurements; one bad metric is enough for a bad verdict.",
    "spec.falseRollback":
        "How often all comparisons of a release together may take a good one back; 1% at first.",
    "spec.metrics[].compare": "Compares the release with the stable one, instead of conditions.",
    "spec.metrics[].compare.arms": "The label that tells the two releases apart, and its values.",
    "spec.metrics[].compare.atHorizon": "What follows when nothing was proved at the end.",
    "spec.metrics[].compare.bad": "A selector of the counters of bad requests, or of events.",
    "spec.metrics[].compare.direction": "Which way is worse.",
    "spec.metrics[].compare.dispersion":
        "How many events there are to a cluster; measured where it says auto.",
    "spec.metrics[].compare.histogram": "A selector of a classic histogram in seconds.",
    "spec.metrics[].compare.history": "For how long before the start the dispersion is measured.",
    "spec.metrics[].compare.kind": "What is compared.",
    "spec.metrics[].compare.margin": "How much worse the release may be.",
    "spec.metrics[].compare.minExcess": "So many bad events too many before a release is taken back.",
    "spec.metrics[].compare.noData": "How long an unmeasured release is held, and what follows.",
    "spec.metrics[].compare.pass": "When a release is proved to be good enough, which ends a step.",
    "spec.metrics[].compare.settle": "What is younger waits for the next look.",
    "spec.metrics[].compare.total": "A selector of the counters of all requests.",
    "spec.metrics[].compare.value": "A selector of the counters of a quantity.",
    "spec.metrics[].compare.warmup": "For how long a new instance of the release is left out.",
    "spec.metrics[].compare.weight": "Its part of falseRollback, beside those of the other comparisons.",
    "spec.metrics[].consecutiveErrorLimit": "How many errors in a row are borne; 4 where it is not said.",
    "spec.metrics[].consecutiveSuccessLimit": "So many good measurements in a row end the metric.",
    "spec.metrics[].count": "How often it is measured; without it until the analysis ends.",
    "spec.metrics[].failureCondition": "When a measurement is bad.",
    "spec.metrics[].failureLimit": "How many bad measurements are borne.",
    "spec.metrics[].inconclusiveLimit": "How many measurements may be neither good nor bad.",
    "spec.metrics[].initialDelay": "How long the first measurement waits.",
    "spec.metrics[].interval": "The time from one measurement to the next.",
    "spec.metrics[].provider": "Who is asked, and what.",
    "spec.metrics[].successCondition": "When a measurement is good.",
    "spec.templates": "Other templates, whose metrics are measured too.",
]

private let ofFreezes = [
    "Freeze": "A time in which nothing starts and nothing advances. A rollback is never held.",
    "Freeze.spec": "Why, when, and whom it holds.",
    "Freeze.spec.owner": "Who to ask about it.",
    "Freeze.spec.reason": "Why, in a sentence that people read who are held.",
    "Freeze.spec.scope": "Which rollouts it holds; all of them where it is not said.",
    "Freeze.spec.scope.labels": "Rollouts that bear all of these labels.",
    "Freeze.spec.scope.names": "Rollouts by name, with * for any part of it.",
    "Freeze.spec.timeZone":
        "Where the times of the windows are read, such as Europe/Berlin; UTC where it is not said.",
    "Freeze.spec.windows": "When; always, until the document is gone, where it is not said.",
    "Freeze.spec.windows[].cron": "When a window that comes again begins: minute, hour, day, month, weekday.",
    "Freeze.spec.windows[].duration": "How long a window that comes again lasts.",
    "Freeze.spec.windows[].from": "When a window begins that comes once: 2026-12-23 or 2026-12-23T18:00.",
    "Freeze.spec.windows[].to": "When it ends.",
]
