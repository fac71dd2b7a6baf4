import Transport

extension ClusterState {
    func read(_ target: Target) throws(Refusal) -> JSON {
        let object = try stored(target)
        return target.subresource == .scale ? scale(of: object, target) : target.shown(object)
    }

    func stored(_ target: Target) throws(Refusal) -> JSON {
        let name = target.name ?? ""
        guard let object = storage[target.key(name)] else { throw .notFound(target.kind, name) }
        return object
    }

    mutating func list(_ target: Target, _ request: ClusterRequest) throws(Refusal) -> JSON {
        guard let limit = Int(request.query["limit"] ?? "0") else {
            let text = request.query["limit"] ?? ""
            throw .badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
        }
        let page = try page(target, request)
        let isCut = limit > 0 && page.items.count > limit
        var metadata: JSON = ["resourceVersion": JSON(String(page.revision))]
        if target.kind.isCustom { metadata["continue"] = "" }
        if isCut {
            let rest = Page(items: Array(page.items.dropFirst(limit)), revision: page.revision)
            metadata["continue"] = JSON(keep(rest))
            let isSelected = request.query["labelSelector"] != nil || request.query["fieldSelector"] != nil
            if !isSelected { metadata["remainingItemCount"] = JSON(rest.items.count) }
        }
        let items = isCut ? Array(page.items.prefix(limit)) : page.items
        return target.list(items, metadata)
    }

    /// All that is left to hand out.
    private func page(_ target: Target, _ request: ClusterRequest) throws(Refusal) -> Page {
        if let token = request.query["continue"], !token.isEmpty {
            guard let page = pages[token] else {
                throw token.hasPrefix(Self.tokenPrefix) ? .pageExpired : .badRequest("invalid continue token")
            }
            return page
        }
        let selection = try Selection(request, target)
        let items = storage.all(target.kind.id).map(\.value).filter(selection.contains)
        return Page(items: items, revision: storage.revision)
    }

    private mutating func keep(_ page: Page) -> String {
        let token = "\(Self.tokenPrefix)\(makeCount())"
        pages[token] = page
        return token
    }

    private static let tokenPrefix = "eyJ2IjoibWV0YS5rOHMuaW8vdjEi"

    func watchTerms(_ target: Target, _ request: ClusterRequest) throws(Refusal) -> WatchTerms {
        let marks = request.flag("sendInitialEvents")
        if marks, request.query["resourceVersionMatch"] != "NotOlderThan" {
            throw .options(
                "ListOptions",
                Fault(
                    reason: .forbidden, path: "resourceVersionMatch",
                    message:
                        "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
                ))
        }
        return WatchTerms(
            target: target, selection: try Selection(request, target), start: try start(request, marks),
            sendsBookmarks: request.flag("allowWatchBookmarks"), marksInitialEnd: marks,
            timeoutSeconds: request.query["timeoutSeconds"].flatMap(Int.init))
    }

    private func start(_ request: ClusterRequest, _ marksInitialEnd: Bool) throws(Refusal) -> Int? {
        let text = request.query["resourceVersion"] ?? ""
        if marksInitialEnd || text.isEmpty || text == "0" { return nil }
        guard let revision = Int(text) else {
            throw .inner(
                "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: "
                    + "parsing \"\(text)\": invalid syntax")
        }
        return revision
    }
}

extension Target {
    /// An object as it is handed out: in the version that was asked for.
    func shown(_ object: JSON) -> JSON {
        var object = object
        object["apiVersion"] = JSON(apiVersion)
        object["kind"] = JSON(kind.kind)
        return object
    }

    /// Items of built-in kinds don't say what they are; the list does.
    func list(_ items: [JSON], _ metadata: JSON) -> JSON {
        let shown = items.map { item in
            if kind.isCustom { return self.shown(item) }
            var item = item
            item["apiVersion"] = nil
            item["kind"] = nil
            return item
        }
        return [
            "apiVersion": JSON(apiVersion), "kind": JSON(kind.kind + "List"), "metadata": metadata,
            "items": .array(shown),
        ]
    }
}

extension Refusal {
    static let pageExpired = Refusal(
        code: 410, reason: "Expired",
        message:
            "The provided continue parameter is too old to display a consistent list result. You can start "
            + "a new list without the continue parameter, or use the continue token in this response to retrieve "
            + "the remainder of the results. Continuing with the provided token results in an inconsistent list - "
            + "objects that were created, modified, or deleted between the time the first chunk was returned and "
            + "now may show up in the list.")
}
