import Analysis
import Foundation
import Rollouts
import Transport

/// The network as one process sees it: the world's Envoys and its Prometheus, at the other end of the wire.
struct SimulatedSender: HTTPSender {
    let world: World
    let life: Life

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let peer: Peer = request.url.hasPrefix(Self.envoys) ? .mesh : .store
        let answer = await world.exchange(life, with: peer, within: request.timeout) { [world] in
            peer == .store ? world.answerAsPrometheus(request) : world.answerAsEnvoy(request)
        }
        if let answer { return answer }
        let kind: TransportError.Kind = Task.isCancelled ? .cancelled : .timeout
        throw TransportError(kind, at: request.url, "no answer came")
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        throw TransportError(.connect, at: request.url, "nothing is streamed here")
    }

    static let store = "http://prometheus:9090"

    static func admin(_ plane: Int) -> String { "\(envoys)\(plane):9901" }

    private static let envoys = "http://envoy-"
}

extension World {
    fileprivate func answerAsEnvoy(_ request: HTTPRequest) -> HTTPResponse {
        if happens(\.unavailable) { return HTTPResponse(status: 503) }
        let plane = mesh.planes.indices.first { request.url.hasPrefix(SimulatedSender.admin($0)) } ?? 0
        let path = request.url.dropFirst(SimulatedSender.admin(plane).count)
        if path.hasPrefix("/config_dump?resource=dynamic_route_configs") {
            return HTTPResponse(status: 200, body: dump(of: routeName(in: path, after: "%5E"), plane))
        }
        if path.hasPrefix("/stats") {
            return HTTPResponse(status: 200, body: stats(of: routeName(in: path, after: "rds%5C."), plane))
        }
        return HTTPResponse(status: 200, body: Array("{\"configs\":[]}".utf8))
    }

    private func routeName(in path: Substring, after mark: String) -> RolloutName {
        let rest = path.range(of: mark).map { path[$0.upperBound...] } ?? ""
        return RolloutName(String(rest.prefix { $0 != "%" }))
    }

    private func dump(of rollout: RolloutName, _ plane: Int) -> [UInt8] {
        let plane = mesh.planes[plane]
        let borne = (happens(\.stale) ? plane.formerly : plane.shown)[rollout]
        return borne?.dump ?? Array("{\"configs\":[]}".utf8)
    }

    private func stats(of rollout: RolloutName, _ plane: Int) -> [UInt8] {
        let count = mesh.planes[plane].attempts[rollout] ?? 0
        return Array(
            "{\"stats\":[{\"name\":\"http.x.rds.\(rollout).update_attempt\",\"value\":\(count)}]}".utf8)
    }

    fileprivate func answerAsPrometheus(_ request: HTTPRequest) -> HTTPResponse {
        if happens(\.unavailable) { return HTTPResponse(status: dice.pick([500, 503, 429])) }
        if happens(\.declined) { return HTTPResponse(status: 400, body: Array(Self.refusal.utf8)) }
        let value = value(of: question(in: request))
        return HTTPResponse(status: 200, body: Array(Self.answer(value).utf8))
    }

    private func question(in request: HTTPRequest) -> String {
        let form = String(decoding: request.body ?? [], as: UTF8.self)
        let field = form.split(separator: "&").first { $0.hasPrefix("query=") }?.dropFirst(6) ?? ""
        return field.replacing("+", with: " ").removingPercentEncoding ?? ""
    }

    private static let refusal = #"{"status":"error","errorType":"bad_data","error":"parse error"}"#

    private static func answer(_ value: Reply) -> String {
        switch value {
        case .nothing: #"{"status":"success","data":{"resultType":"vector","result":[]}}"#
        case .nonsense: "<html>what?</html>"
        case .number(let number):
            #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"\#(number)"]}]}}"#
        }
    }
}
