import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// Finds the endpoint, asks who it is, and turns every error into an answer.
struct Responder: HTTPResponder {
    typealias Context = APIContext

    let endpoints: [Endpoint]
    let tokens: Tokens
    let readiness: Readiness
    let counts: RequestCounts
    let limits: APILimits

    func respond(to request: Request, context: Context) async throws -> Response {
        let (found, label) = find(request)
        let response = await answer(request, found, context)
        await counts.count(request.method.rawValue, label, status: response.status.code)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private typealias Found = Result<(endpoint: Endpoint, parameters: [String: String]), APIError>

    /// The label is for the metrics: only paths that exist, for others could be made up without end.
    private func find(_ request: Request) -> (Found, label: String) {
        guard let segments = request.segments else {
            return (.failure(.malformed("the path is not well encoded")), "none")
        }
        let here = endpoints.compactMap { endpoint in
            endpoint.parameters(in: segments).map { (endpoint: endpoint, parameters: $0) }
        }
        guard let first = here.first else { return (.failure(.noSuchPath(request.uri.path)), "none") }
        let method = request.method == .head ? .get : request.method
        guard let found = here.first(where: { $0.endpoint.method == method }) else {
            return (
                .failure(.method(request.method, allowed: here.map(\.endpoint.method))), first.endpoint.path
            )
        }
        return (.success(found), found.endpoint.path)
    }

    private func answer(_ request: Request, _ found: Found, _ context: Context) async -> Response {
        do {
            let (endpoint, parameters) = try found.get()
            let caller = try await authorise(request, for: endpoint.access)
            let call = APICall(request: request, parameters: parameters, caller: caller, limits: limits)
            return try await endpoint.answer(call)
        } catch let error as APIError {
            return answer(error, context)
        } catch {
            context.logger.error("\(request.method) \(request.uri.path) failed: \(error)")
            return answer(
                APIError(.internalServerError, "internal", "the server failed; its log says how"), context)
        }
    }

    private func answer(_ error: APIError, _ context: Context) -> Response {
        if error.closes { context.closeSoon() }
        do {
            return try Response(error)
        } catch {
            preconditionFailure("two strings are always JSON: \(error)")
        }
    }
}

// MARK: - Who may

extension Responder {
    /// Before the journal is read there is no token to compare with, and nothing to say about rollouts.
    private func authorise(_ request: Request, for access: Access) async throws(APIError) -> Caller? {
        guard access != .open else { return nil }
        if let obstacle = await readiness.obstacle { throw .notReady(obstacle) }
        guard case .role(let role) = access else { return nil }
        let caller = try await caller(of: request)
        guard caller.role >= role else { throw .forbidden(caller, needs: role) }
        return caller
    }

    private func caller(of request: Request) async throws(APIError) -> Caller {
        guard let header = request.headers[.authorization] else {
            throw .unauthorised("send a token, as `Authorization: Bearer hg_…`")
        }
        guard let token = BearerToken(authorization: header) else {
            throw .unauthorised("the header Authorization bears no token of this server; they begin with hg_")
        }
        do throws(Tokens.Failure) {
            if let caller = try await tokens.bearer(of: token) { return caller }
        } catch {
            throw APIError(error)
        }
        throw .unauthorised("the token is unknown or was revoked")
    }
}

extension Request {
    /// The parts of the path, decoded; nil when they can't be.
    fileprivate var segments: [String]? {
        let parts = uri.path.split(separator: "/").map { $0.removingPercentEncoding }
        return parts.contains(nil) ? nil : parts.compactMap(\.self)
    }
}
