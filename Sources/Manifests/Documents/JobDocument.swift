import Analysis

extension Query {
    static let job = "job"

    /// Whether it is run, and says itself whether it succeeded.
    var isJob: Bool { provider == Self.job }
}

extension Shape where Output == Query {
    /// `job: {metadata: {…}, spec: {…}}`: a Job of Kubernetes. Its spec is the API server's to judge.
    static func job(_ dialect: Dialect) -> Shape {
        .object { fields in
            let metadata = fields.optional("metadata", in: dialect, .jobMetadata(dialect))
            let spec: Field? = fields.required("spec") { field in
                field.note(.kind(.object), .open, .requires("template"))
                if field.sketch == nil, field.node.mapping == nil { field.refuse(expected: "a mapping") }
                return field.node.mapping == nil ? nil : field
            }
            guard let spec else { return nil }
            spec.checkJob()
            let parts = [("spec", spec.node.jsonText)] + (metadata.map { [("metadata", $0)] } ?? [])
            return Query(provider: Query.job, text: JSONText.object(parts))
        }
    }
}

extension Shape where Output == String {
    /// As JSON.
    fileprivate static func jobMetadata(_ dialect: Dialect) -> Shape {
        .object { fields in
            let labels = fields.optional("labels", in: dialect, .dictionary(of: .string)) ?? [:]
            let annotations = fields.optional("annotations", in: dialect, .dictionary(of: .string)) ?? [:]
            return JSONText.object([("labels", text(labels)), ("annotations", text(annotations))])
        }
    }

    private static func text(_ texts: [String: String]) -> String {
        JSONText.object(texts.map { ($0.key, JSONText.string($0.value)) })
    }
}

extension Field {
    fileprivate func checkJob() {
        guard let template = child("template") else { return refuse("missing `template`") }
        template.checkPodTemplate()
        if child("activeDeadlineSeconds") == nil {
            warn("has no activeDeadlineSeconds: a job that never ends is waited for until a person goes on")
        }
    }
}

extension Metric {
    /// The variables of a job's containers that are secrets, as references: what the Job says is for many to read.
    /// Nil where a secret stands anywhere else.
    func withReferences(to secrets: [String: SecretReference]) -> Metric? {
        var metric = self
        for (label, secret) in secrets {
            let plain = "\"value\":" + JSONText.string(SecretReference.token(label))
            let key = JSONText.object([
                ("name", JSONText.string(secret.name)), ("key", JSONText.string(secret.key)),
            ])
            let reference = "\"valueFrom\":" + JSONText.object([("secretKeyRef", key)])
            metric.query.text = metric.query.text.replacing(plain, with: reference)
        }
        return SecretReference.isNamed(in: metric.query.text) ? nil : metric
    }
}
