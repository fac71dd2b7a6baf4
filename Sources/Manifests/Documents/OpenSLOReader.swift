import Analysis

/// Reads OpenSLO v1, as far as it says how many requests were bad.
struct OpenSLOReader {
    let library: OpenSLOLibrary
    /// The `displayName` of the objective that is meant; none where there is only one.
    let wanted: String?

    private struct Indicator {
        let indicator: SLOIndicator
        let address: String?
    }

    var slo: Shape<OpenSLOObjective> {
        spec { fields in
            let window = fields.required("timeWindow", Self.window)
            let target = fields.required("objectives", objective)
            let indicator = indicator(&fields)
            _ = fields.required(
                "budgetingMethod",
                .string.refusing { method in
                    method == "Occurrences"
                        ? nil : "\(quoted(method)) counts slices of time; only Occurrences counts requests"
                })
            fields.ignore("description", "service", "alertPolicies")
            guard let window, let target, let indicator else { return nil }
            return OpenSLOObjective(
                target: target, window: window, indicator: indicator.indicator, address: indicator.address)
        }
    }

    private func spec<Output>(_ read: @escaping (inout Fields) -> Output?) -> Shape<Output> {
        .object { fields in
            fields.ignore("apiVersion", "kind", "metadata")
            return fields.required("spec", .object(read))
        }
    }
}

// MARK: - The objective

extension OpenSLOReader {
    /// One of them, and rolling.
    private static var window: Shape<Duration> {
        Shape { field in
            guard let items = field.items, let first = items.first else { return nil }
            if items.count > 1 { field.refuse("has \(items.count) windows; the limit is 1") }
            return first.read(
                .object { fields in
                    let duration = fields.required("duration", .openSLODuration)
                    let isRolling = fields.optional("isRolling", .bool) ?? false
                    fields.ignore("calendar")
                    if !isRolling {
                        fields.field.refuse(
                            "is a calendar's window, whose budget is whole again at once; only rolling windows are reckoned with"
                        )
                    }
                    return duration
                })
        }
    }

    private var objective: Shape<Double> {
        Shape { field in
            guard let items = field.items else { return nil }
            let meant = items.filter { item in
                wanted == nil || item.node["displayName"]?.scalar?.text == wanted
            }
            if meant.count == 1 { return meant[0].read(Self.target) }
            let names = items.compactMap { $0.node["displayName"]?.scalar?.text }.joined(separator: ", ")
            field.refuse(
                meant.isEmpty
                    ? "has no objective with displayName \(quoted(wanted ?? "")); known: \(names)"
                    : "has \(items.count) objectives; say which one by `openslo.objective`, its displayName: \(names)"
            )
            return nil
        }
    }

    private static var target: Shape<Double> {
        .object { fields in
            fields.ignore("displayName", "compositeWeight")
            if fields.has("op") || fields.has("value") {
                fields.field.refuse(
                    "is a threshold, which counts no requests; let a metric's condition look at it")
            }
            if fields.has("timeSliceTarget") || fields.has("timeSliceWindow") {
                fields.field.refuse("counts slices of time; only requests are counted")
            }
            fields.ignore("op", "value", "timeSliceTarget", "timeSliceWindow")
            let target = fields.optional("target", .number)
            let percent = fields.optional("targetPercent", .number)
            _ = fields.exactlyOne(of: ["target", "targetPercent"])
            guard let share = target ?? percent.map({ $0 / 100 }) else { return nil }
            if let flaw = objectiveFlaw(share) { fields.field.refuse("the target \(flaw)") }
            return share
        }
    }
}

// MARK: - The indicator

extension OpenSLOReader {
    private func indicator(_ fields: inout Fields) -> Indicator? {
        let inline = fields.field("indicator")
        let reference: String? = fields.optional("indicatorRef", .nonEmptyString)
        guard fields.exactlyOne(of: ["indicator", "indicatorRef"]) != nil else { return nil }
        if let inline { return inline.read(sli) }
        return reference.flatMap { library.find(.indicator, $0, for: fields.field) }?.read(sli)
    }

    private var sli: Shape<Indicator> {
        spec { fields in
            fields.ignore("description", "thresholdMetric")
            if fields.has("thresholdMetric") {
                fields.field.refuse(
                    "thresholdMetric counts no requests; let a metric's condition look at it, or give a ratioMetric"
                )
                return nil
            }
            return fields.required("ratioMetric", ratio)
        }
    }

    private var ratio: Shape<Indicator> {
        .object { fields in
            let isCounter = fields.optional("counter", .bool)
            let good = fields.optional("good", source)
            let bad = fields.optional("bad", source)
            let total = fields.optional("total", source)
            let raw = fields.optional("raw", source)
            let isSuccess = fields.optional("rawType", .oneOf(["success": true, "failure": false])) ?? true
            guard let kind = fields.exactlyOne(of: ["good", "bad", "raw"]) else { return nil }
            if kind == "raw" {
                return raw.map {
                    Indicator(
                        indicator: isSuccess ? .goodShare($0.query) : .share($0.query), address: $0.address)
                }
            }
            guard let counted = good ?? bad else { return nil }
            guard let total else {
                if !fields.has("total") { fields.field.refuse("missing `total`") }
                return nil
            }
            if isCounter != true, counted.query.selector != nil || total.query.selector != nil {
                fields.field.refuse("`counter: true` is not there: how a gauge counts requests is not known")
            }
            return Indicator(
                indicator: good == nil
                    ? .counts(bad: counted.query, total: total.query)
                    : .goodCounts(good: counted.query, total: total.query),
                address: counted.address ?? total.address)
        }
    }

    private struct Source {
        let query: WindowedQuery
        let address: String?
    }

    private var source: Shape<Source> {
        .object { fields in
            fields.required("metricSource", .object { metricSource(&$0) })
        }
    }

    private func metricSource(_ fields: inout Fields) -> Source? {
        let type = fields.optional("type", .nonEmptyString)
        let reference: (String, Field)? = fields.optional("metricSourceRef") { field in
            field.read(.nonEmptyString).map { ($0, field) }
        }
        let query: WindowedQuery? = fields.required(
            "spec",
            .object { spec in
                spec.ignore("queryType", "source")
                return spec.required("query", .windowedQuery)
            })
        let data = reference.flatMap { library.find(.source, $0.0, for: $0.1) }
        let kind = type ?? data?.node["spec"]?["type"]?.scalar?.text
        if reference == nil || data != nil, kind?.lowercased() != "prometheus" {
            fields.field.refuse(
                "is asked of \(kind.map { quoted($0) } ?? "nobody who is named"); only Prometheus is asked here"
            )
        }
        let address = data?.node["spec"]?["connectionDetails"]?["url"]?.scalar?.text
        if let address, let flaw = addressFlaw(address) {
            fields.field.refuse("connectionDetails.url \(flaw)")
        }
        return query.map { Source(query: $0, address: address) }
    }
}

extension Shape where Output == Duration {
    /// A whole number and a unit: `30d`, `4w`.
    fileprivate static var openSLODuration: Shape {
        Shape<String>.nonEmptyString.map { text -> Duration? in
            guard let unit = text.last, let count = Int64(text.dropLast()), 0..<100_000 ~= count else {
                return nil
            }
            switch unit {
            case "h": return .hours(count)
            case "d": return .days(count)
            case "w": return .days(7 * count)
            default: return nil
            }
        }.refusing { window in
            guard let window else { return "is no window such as 30d or 4w" }
            return sloWindowFlaw(window)
        }.map { $0 ?? .zero }
    }
}
