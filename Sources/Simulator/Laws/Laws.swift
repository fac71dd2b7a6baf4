/// All laws, each apart from the others.
enum Laws {
    /// An old copy of the journal believes another past. Then only what needs no past can be asked.
    static func all(of scenario: Scenario) -> [any Law] {
        if scenario.hasOldCopy { return [FenceLaw()] }
        return [
            WeightLaw(), ReturnLaw(), LaneLaw(), WarmLaw(), PromotionLaw(), EndLaw(), ReplayLaw(),
            ReportLaw(),
            NoticeLaw(), FenceLaw(), InstanceLaw(), BudgetLaw(),
        ]
    }
}

extension Scenario {
    fileprivate var hasOldCopy: Bool {
        deeds.contains { if case .rival(hasCopy: true, _) = $0.deed { true } else { false } }
    }
}
