import Rollouts
import Transport

extension IstioSurvey {
    var podFindings: [Finding] {
        if case .unknown(let why) = pods { return [.unread("pods of \(namespace)", why)] }
        return PodSet.findings(inspection, of: podSet)
    }
}
